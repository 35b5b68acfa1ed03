"""The pages as a slow machine shows them: Chromium with its processor throttled to a quarter; knows no server's speed.

A kiosk's computer is about that much slower than the one that measures. Times are taken inside the page, from the
start of the navigation or from the key, to the frame after the change.
"""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import sysconfig
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from report import Figure, median

from queue_server.demo import Demo, hall

TOWNSHIP = Path(__file__).parents[2] / "config" / "examples" / "township.toml"
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SLOWER = 4
SCRIPTS_KB = 120
PORTS = 8

# When <body data-ready="true"> has been drawn, ms since the navigation began.
_WATCH_READY = """addEventListener("DOMContentLoaded", () => {
  const note = () => { window.measured_ms = performance.now(); };
  const drawn = () => requestAnimationFrame(() => requestAnimationFrame(note));
  const look = () => document.body.dataset.ready === "true" && (seen.disconnect(), drawn());
  const seen = new MutationObserver(look);
  seen.observe(document.body, { attributes: true });
  look();
});"""

# From the next key to the frame in which `selector` is enabled.
_WATCH_KEY = """(selector) => {
  window.measured_ms = null;
  addEventListener("keydown", (event) => {
    const look = () => {
      const button = document.querySelector(selector);
      if (!button || button.disabled) return;
      seen.disconnect();
      requestAnimationFrame(() => { window.measured_ms = performance.now() - event.timeStamp; });
    };
    const seen = new MutationObserver(look);
    seen.observe(document.body, { subtree: true, childList: true, attributes: true });
  }, { once: true, capture: true });
}"""

# Not Playwright's own waiting, which the pages' content policy does not allow.
_MEASURED = """() => new Promise((done) => {
  const look = () => (window.measured_ms ? done(window.measured_ms) : requestAnimationFrame(look));
  look();
})"""


def unavailable() -> str | None:
    """Why pages cannot be measured on this machine, or None."""
    return None if shutil.which("chromium") else "no Chromium here: apt-get install chromium"


@contextmanager
def stage(folder: Path) -> Iterator[tuple[Demo, Browser]]:
    """A whole demo hall and a browser."""
    with hall(TOWNSHIP, folder, _free_ports()) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        try:
            yield demo, browser
        finally:
            browser.close()


def figures(folder: Path, rounds: int) -> Iterator[Figure]:
    with stage(folder) as (demo, browser):
        kiosk, wall = (next(url for name, url in demo.addresses if what in name) for what in ("kiosk", "wall"))
        ready: dict[str, list[float]] = defaultdict(list)
        sizes_kb: dict[str, float] = {}
        for _ in range(rounds):
            for name, url in (("kiosk", kiosk), ("wall", wall)):
                ready_ms, sizes_kb[name] = _open(browser, url)
                ready[name].append(ready_ms)
        slower = f"{SLOWER} × throttled"
        yield median("pages", f"kiosk ready, nothing cached, {slower}", ready["kiosk"], "ms", 1000)
        yield median("pages", f"wall ready, nothing cached, {slower}", ready["wall"], "ms")
        for name, kb in sizes_kb.items():
            yield Figure("pages", f"{name}: JavaScript, gzip", kb, "KB", SCRIPTS_KB)
        for action, times in _console(demo, browser, rounds).items():
            yield median("pages", f"console: {action} → shown, {slower}", times, "ms", 100)


def _slowed(context: BrowserContext) -> Page:
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def _open(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds until ready, and KB of scripts that were needed for it."""
    context = browser.new_context(viewport={"width": 1080, "height": 1920})
    context.add_init_script(_WATCH_READY)
    page = _slowed(context)
    page.goto(url)
    ready_ms: float = page.evaluate(_MEASURED)
    scripts = page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.endsWith('.js'))"
    )
    kb = sum(len(gzip.compress(requests.get(script, timeout=10).content, 9)) for script in set(scripts)) / 1024
    context.close()
    return ready_ms, kb


def _console(demo: Demo, browser: Browser, rounds: int) -> dict[str, list[float]]:
    """By action, from the key to its effect on the screen; each answer comes from the server and its journal."""
    server = f"http://127.0.0.1:{demo.port}"
    _issue(demo, server, rounds + 1)
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = _slowed(context)
    page.goto(f"{server}/login")
    page.fill("[data-test=name]", "demo")
    page.fill("[data-test=password]", demo.password)
    page.click("[data-test=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{server}/console/1")
    page.click("[data-test=action-open]")
    page.wait_for_selector("[data-test=action-next]:enabled")
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):  # the first one warms up
        for action, key, then in (("next", " ", "start"), ("start", "s", "finish"), ("finish", "f", "next")):
            page.evaluate(_WATCH_KEY, f"[data-test=action-{then}]")
            page.keyboard.press(key)
            shown_ms: float = page.evaluate(_MEASURED)
            if number:
                times[action].append(shown_ms)
    context.close()
    return times


def _issue(demo: Demo, server: str, count: int) -> None:
    script = Path(sysconfig.get_path("scripts")) / "queue-server"
    command = [str(script), "token", "create", "--role", "node", "--name", "bench", "--config", str(demo.config)]
    done = subprocess.run([*command, "--data", str(demo.data)], capture_output=True, text=True, check=True)
    headers = {"Authorization": f"Bearer {done.stdout.splitlines()[-1]}"}
    for number in range(count):
        answer = requests.post(
            f"{server}/api/v1/tickets",
            json={"service": "hukou"},
            headers={**headers, "Idempotency-Key": f"bench-pages-{number:04}"},
            timeout=10,
        )
        answer.raise_for_status()


def _free_ports() -> int:
    """The first of some free ports in a row."""
    for first in range(29000, 32000, PORTS):
        if all(_is_free(port) for port in range(first, first + PORTS)):
            return first
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
