"""A whole day in a few minutes before a wall's and a kiosk's page: what grows in them, in their nodes, in the server.

    .venv/bin/python tests/bench/long_day.py [--minutes 72] [--tickets 600]

72 minutes are 24 hours at twenty times their speed. Real processes: hall server, kiosk node, display node with a
voice, and Chromium with both pages; printer and speaker are twins, which answer at once. Citizens touch the kiosk's
page, three windows call, recall, start and finish, pictures and notices take turns on the wall, and each hour there is
an emergency. At the end of every hour, garbage collected: JavaScript heap and DOM nodes of each page, resident memory
of each process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent.parent)]

from hall_in_trouble import Node  # noqa: E402
from hall_process import Client, HallProcess  # noqa: E402

from drivers.simulated.line import PtyLine, UnixLine  # noqa: E402
from drivers.simulated.printer import PrinterTwin  # noqa: E402
from drivers.simulated.speaker import SpeakerTwin  # noqa: E402

HOURS = 24
WINDOWS = (1, 2, 3)
READY_S = 40.0
MEDIA = '\n[wall]\nlayout = "split"\n[media]\nfolder = "media"\nitem_s = 3\nbetween_s = 0\naway_s = 5\n'
PER_MIB = 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """After an hour: MiB of JavaScript heap, DOM nodes and listeners of each page; MiB resident of each process."""

    hour: int
    tickets: int
    heap_mib: dict[str, float]
    dom_nodes: dict[str, int]
    rss_mib: dict[str, float]


@dataclass
class Day:
    """`samples`: one for each hour."""

    samples: list[Sample] = field(default_factory=list)

    def growth(self) -> dict[str, float]:
        """The last hours over the first, by what was measured; 1.0 is no growth. The mean of three hours at the end,
        because a heap's size is never the same twice."""
        first, last = self.samples[0], self.samples[-3:]
        grown = {}
        for name in ("heap_mib", "dom_nodes", "rss_mib"):
            for who, begin in getattr(first, name).items():
                grown[f"{who} {name}"] = sum(getattr(each, name)[who] for each in last) / len(last) / begin
        return grown


class Direct:
    """A node's line to the server without any trouble, in the place of a BadNetwork."""

    def __init__(self, url: str) -> None:
        self.url = url


@contextmanager
def hall(folder: Path) -> Iterator[tuple[HallProcess, Client, Node, Node]]:
    """Server, manager, kiosk and display."""
    with ExitStack() as stack:
        devices = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-")))
        before = os.environ.get("HALL_DEVICES_DIR")
        os.environ["HALL_DEVICES_DIR"] = str(devices)
        stack.callback(_restore, before)
        stack.callback(PtyLine(PrinterTwin(), devices / "kiosk-1-printer").close)
        stack.callback(UnixLine(SpeakerTwin(), devices / "wall-1-speaker").close)
        rules = "[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 0\n"
        server = HallProcess(folder, extra=rules)
        stack.callback(server.close)
        server.start()
        media = folder / "media"
        media.mkdir(exist_ok=True)
        for n, colour in enumerate(("teal", "navy", "maroon")):
            Image.new("RGB", (1920, 1080), colour).save(media / f"{n}.jpg")
        (media / "notice.txt").write_text("国庆放假\n10 月 1 日至 3 日放假。", "utf-8")
        nodes = []
        for kind, name in (("kiosk", "kiosk-1"), ("display", "wall-1")):
            token = server.run("token", "create", "--role", "node", "--name", name).stdout.splitlines()[-1]
            node = Node(kind, name, folder, Direct(server.url), token)  # type: ignore[arg-type]
            stack.callback(node.kill)
            nodes.append(node)
        kiosk, wall = nodes
        wall.kill()
        config = folder / "wall-1.toml"
        config.write_text(config.read_text("utf-8") + MEDIA, "utf-8")
        wall.start()
        _wait(lambda: kiosk.is_up() and wall.is_up())
        manager = server.client("manager")
        for window in WINDOWS:
            manager.post(f"/windows/{window}/open", {})
        yield server, manager, kiosk, wall


def measure(folder: Path, lasts_s: float, tickets: int, hours: int = HOURS, tell: Any = None) -> Day:
    """Live through `hours` in `lasts_s` seconds. tell(sample): told each one at once."""
    day = Day()
    with hall(folder) as (server, manager, kiosk, wall), sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        pages = {
            "wall": _open(browser, f"{wall.url}/wall", 1920, 1080),
            "kiosk": _open(browser, f"{kiosk.url}/", 1080, 1920),
        }
        assert server.process is not None
        # The server is gunicorn: its worker holds the hall.
        worker = psutil.Process(server.process.pid).children(recursive=True)
        processes = {
            "kiosk node": psutil.Process(kiosk.process.pid),
            "display node": psutil.Process(wall.process.pid),
            "server": max(worker or [psutil.Process(server.process.pid)], key=lambda each: each.memory_info().rss),
        }
        begin_s, taken = time.monotonic(), 0
        for hour in range(1, hours + 1):
            end_s = begin_s + lasts_s * hour / hours
            for n in range(tickets * (hour - 1) // hours, tickets * hour // hours):
                _take_ticket(pages["kiosk"], n)
                _serve(manager, n)
                taken += 1
                left = max(1, tickets * hour // hours - n - 1)
                _until(pages["wall"], min(end_s, time.monotonic() + max(0.0, end_s - time.monotonic()) / left / 2))
            manager.post("/emergency", {"text": "请由东侧出口离开 Please leave by the east exit"})
            _until(pages["wall"], time.monotonic() + min(1.0, lasts_s / hours / 5))
            manager.post("/emergency/clear", {})
            _until(pages["wall"], end_s)
            day.samples.append(_sample(hour, taken, pages, processes))
            if tell is not None:
                tell(day.samples[-1])
        browser.close()
    return day


def _take_ticket(kiosk: Page, n: int) -> None:
    """As a citizen does, language and all."""
    for name in ("take-number", f"service-{('hukou', 'social')[n % 2]}", "confirm"):
        kiosk.click(f"[data-test={name}]", timeout=30_000)
    # Not wait_for_selector: the handle that it returns holds the element for ever.
    kiosk.locator("[data-test=result-label]").wait_for(timeout=30_000)
    kiosk.click("[data-test=done]", timeout=30_000)


def _serve(manager: Client, n: int) -> None:
    window = WINDOWS[n % len(WINDOWS)]
    if manager.post(f"/windows/{window}/next", {}).status_code != 200:
        return
    if n % 4 == 0:
        manager.post(f"/windows/{window}/recall", {})
    manager.post(f"/windows/{window}/start", {})
    manager.post(f"/windows/{window}/finish", {})


def _sample(hour: int, tickets: int, pages: dict[str, Page], processes: dict[str, psutil.Process]) -> Sample:
    heap, nodes = {}, {}
    for name, page in pages.items():
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        for _ in range(2):  # what the first one frees may have held something
            session.send("HeapProfiler.collectGarbage")
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        session.detach()
        heap[name], nodes[name] = metrics["JSHeapUsedSize"] / PER_MIB, int(metrics["Nodes"])
    rss = {name: process.memory_info().rss / PER_MIB for name, process in processes.items()}
    return Sample(hour, tickets, heap, nodes, rss)


def _open(browser: Any, url: str, width: int, height: int) -> Page:
    page: Page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(url)
    page.wait_for_selector("body[data-ready=true]", timeout=READY_S * 1000)
    return page


def _until(page: Page, end_s: float) -> None:
    """Let time pass; the pages live on."""
    page.wait_for_timeout(max(0.0, end_s - time.monotonic()) * 1000)


def _wait(true: Any) -> None:
    end_s = time.monotonic() + READY_S
    while not true():
        if time.monotonic() > end_s:
            raise RuntimeError("the hall did not start")
        time.sleep(0.1)


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop("HALL_DEVICES_DIR", None)
    else:
        os.environ["HALL_DEVICES_DIR"] = before


def _row(sample: Sample) -> str:
    parts = [f"hour {sample.hour:2}  {sample.tickets:5} tickets"]
    parts += [f"{name} heap {mib:5.2f} MiB {sample.dom_nodes[name]:5} nodes" for name, mib in sample.heap_mib.items()]
    parts += [f"{name} {mib:6.1f} MiB" for name, mib in sample.rss_mib.items()]
    return "  |  ".join(parts)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=72.0)
    arguments.add_argument("--tickets", type=int, default=600)
    wish = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="hall-day-") as folder:
        day = measure(Path(folder), wish.minutes * 60, wish.tickets, tell=lambda each: print(_row(each), flush=True))
    print("\nthe last three hours over the first:")
    for name, grown in day.growth().items():
        print(f"  {name:24} × {grown:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
