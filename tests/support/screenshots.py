"""Takes the pictures of the README from a running hall: `make screenshots`; decides nothing about how pages look."""

from __future__ import annotations

import socket
import sys
import tempfile
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from queue_server.demo import Demo, hall  # noqa: E402 - after the path

IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
MORNING_MS = 45_000


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="hall-pictures-") as folder,
        hall(ROOT / "config/examples/township.toml", Path(folder), _port()) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in ("zh-CN", "en"):
            _pictures(browser, demo, language)
        browser.close()


def _pictures(browser: Browser, demo: Demo, language: str) -> None:
    server = f"http://127.0.0.1:{demo.port}"
    virtual = _open(browser, f"{server}/login", 1920, 1080)
    virtual.fill("[data-test=name]", "demo")
    virtual.fill("[data-test=password]", demo.password)
    virtual.click("[data-test=submit]")
    virtual.wait_for_url(f"{server}/")
    virtual.goto(f"{server}/virtual?lang={language}")
    virtual.click("[data-test=morning]")
    kiosk = _open(browser, f"{demo.url('kiosk')}?lang={language}", 1080, 1920)
    kiosk.click("[data-test=take-number]")
    kiosk.screenshot(path=IMAGES / f"kiosk-{language}.png")
    kiosk.click("[data-test=service-hukou]")
    kiosk.click("[data-test=confirm]")
    kiosk.wait_for_selector("[data-test=print-printed]")
    kiosk.screenshot(path=IMAGES / f"kiosk-ticket-{language}.png")
    _slip(demo, language)
    wall = _open(browser, f"{demo.url('wall')}?lang={language}", 1920, 1080)
    virtual.wait_for_timeout(MORNING_MS)
    virtual.screenshot(path=IMAGES / f"virtual-hall-{language}.png")
    wall.wait_for_selector("[data-test=band-label]")
    wall.screenshot(path=IMAGES / f"wall-{language}.png")
    console = virtual.context.new_page()
    console.set_viewport_size({"width": 1366, "height": 768})
    console.goto(f"{server}/console/16?lang={language}")
    console.wait_for_selector("body[data-ready=true]")
    console.screenshot(path=IMAGES / f"console-{language}.png")
    for page in (virtual, kiosk, wall):
        page.context.close()


def _slip(demo: Demo, language: str) -> None:
    twins = requests.get(f"{demo.url('devices')}api/twins", timeout=10).json()
    slip = next(twin for twin in twins if twin["kind"] == "printer")["state"]["slips"][0]
    picture = requests.get(demo.url("devices").rstrip("/") + slip["png"], timeout=10)
    (IMAGES / f"slip-{language}.png").write_bytes(picture.content)


def _open(browser: Browser, url: str, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(url)
    page.wait_for_selector("body[data-ready=true]")
    return page


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return min(port, 60_000)


if __name__ == "__main__":
    main()
