"""A whole day before a wall's and a kiosk's page, many times faster: what grows in them, their nodes and the server.

Real processes: hall server, kiosk node, display node with a voice, and Chromium with both pages; printer and speaker
are twins, which answer at once. Citizens press their way through the kiosk's page, three windows call, recall, start
and finish, pictures and notices take turns on the wall, and each hour there is an emergency.

The pages' intervals go as many times faster as the day: a real first hour has 3,600 seconds of clock and 36,000 looks
at the queue of calls, and leaves compiled what they need. Times that somebody or something is waited for stay as they
are.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from chromium import PER_MIB, Chromium, ChromiumPage, PageMemory
from hall_process import Client, HallProcess
from node_process import PRINTER, NodeProcess, start_node
from PIL import Image
from report import Figure
from waiting import wait_for

from drivers.simulated.line import PtyLine, UnixLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.speaker import SpeakerTwin

WINDOWS = (1, 2, 3)
READY_S = 40.0
WITHIN = 1.1  # so many times what it was in the first hour
_STEP = "document.querySelector('main').dataset.step"
_HOME = f"{_STEP} === 'home'"
LAST = 3  # hours at the end that stand for it: a heap is never twice the same size
RULES = "[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 0\n"
WALL = """
[wall]
layout = "split"
[media]
folder = "media"
item_s = 3
between_s = 0
away_s = 5
[voice]
languages = ["zh-CN"]
repeats = 1
[devices.speaker]
driver = "speech"
address = "simulated://speaker"
"""


@dataclass(frozen=True)
class Hour:
    """What there was at the end of one: `tickets` so far, memory of each page, MiB resident of each process."""

    number: int
    tickets: int
    pages: dict[str, PageMemory]
    processes_mib: dict[str, float]

    def __str__(self) -> str:
        pages = (
            f"{name} {each.heap_mib:.2f} MiB ({each.code_mib:.2f} code), {each.nodes} nodes, {each.listeners} listeners"
            for name, each in self.pages.items()
        )
        processes = (f"{name} {mib:.1f} MiB" for name, mib in self.processes_mib.items())
        return " | ".join([f"hour {self.number:2}: {self.tickets} tickets", *pages, *processes])


@dataclass(frozen=True)
class Growth:
    """One measure: in the first hour, and the median of the last ones."""

    first: float
    last: float

    @property
    def times(self) -> float:
        return self.last / self.first


def growth(hours: list[Hour], measure: Callable[[Hour], float]) -> Growth:
    return Growth(measure(hours[0]), statistics.median(measure(each) for each in hours[-LAST:]))


def figures(folder: Path, hours: int, tickets: int, speed: float) -> Iterator[Figure]:
    """Each measure's last hours over its first one; every hour is told to standard error as it ends."""
    day = []
    for hour in live(folder, hours, tickets, speed):
        print(f"  {hour}", file=sys.stderr, flush=True)
        day.append(hour)
    for name in day[0].pages:
        for words, measure, limit in (
            ("heap", "heap_mib", WITHIN),
            ("of it compiled code", "code_mib", None),
            ("of it everything else", "data_mib", None),
            ("of that objects and functions", "objects_kib", None),
            ("outside JavaScript", "outside_mib", None),
            ("DOM nodes", "nodes", None),
            ("listeners", "listeners", None),
            ("documents", "documents", None),
        ):
            grown = growth(day, lambda each, page=name, what=measure: getattr(each.pages[page], what))
            unit, digits = {"_mib": ("MiB", 2), "_kib": ("KiB", 1)}.get(measure[-4:], ("", 0))
            note = f"{grown.first:.{digits}f} → {grown.last:.{digits}f} {unit}".rstrip()
            yield Figure("long-day", f"{name} page: {words}", grown.times, "×", limit, note=note)
    for name in day[0].processes_mib:
        grown = growth(day, lambda each, process=name: each.processes_mib[process])
        limit = WITHIN if name.endswith("node") else None
        note = f"{grown.first:.1f} → {grown.last:.1f} MiB"
        yield Figure("long-day", f"{name}: memory", grown.times, "×", limit, note=note)


@contextmanager
def hall(folder: Path) -> Iterator[tuple[HallProcess, Client, NodeProcess, NodeProcess]]:
    """Server, manager, kiosk and display."""
    with ExitStack() as stack:
        devices = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-")))
        before = os.environ.get("HALL_DEVICES_DIR")
        os.environ["HALL_DEVICES_DIR"] = str(devices)
        stack.callback(_restore, before)
        stack.callback(PtyLine(PrinterTwin(), devices / "printer").close)
        stack.callback(UnixLine(SpeakerTwin(), devices / "speaker").close)
        server = HallProcess(folder, extra=RULES)
        stack.callback(server.close)
        server.start()
        media = folder / "media"
        media.mkdir()
        for n, colour in enumerate(("teal", "navy", "maroon")):
            Image.new("RGB", (1920, 1080), colour).save(media / f"{n}.jpg")
        (media / "notice.txt").write_text("国庆放假\n10 月 1 日至 3 日放假。", "utf-8")
        nodes = []
        for kind, devices_of in (("kiosk", PRINTER), ("display", WALL)):
            made = server.run("token", "create", "--role", "node", "--name", f"{kind}-1")
            node = start_node(kind, folder, server.url, made.stdout.splitlines()[-1], rest=devices_of)
            stack.callback(node.close)
            nodes.append(node)
        kiosk, wall = nodes
        wait_for(lambda: kiosk.connected() and wall.connected(), READY_S, "both nodes")
        manager = server.client("manager")
        for window in WINDOWS:
            manager.post(f"/windows/{window}/open", {})
        yield server, manager, kiosk, wall


def live(folder: Path, hours: int, tickets: int, speed: float) -> Iterator[Hour]:
    """Each hour at its end. tickets: of them all, evenly; speed: how many times faster than a real day."""
    folder.mkdir(parents=True, exist_ok=True)
    with hall(folder) as (server, manager, kiosk, wall), ExitStack() as stack:
        pages = {}
        for name, unit, url, size in (
            ("wall", "hall-display-browser.service", f"{wall.url}/wall", (1920, 1080)),
            ("kiosk", "hall-kiosk-browser.service", f"{kiosk.url}/", (1080, 1920)),
        ):
            browser = Chromium(unit)
            stack.callback(browser.close)
            pages[name] = browser.open(url, *size, speed)
        assert server.process is not None
        # The server is gunicorn: its worker holds the hall.
        workers = psutil.Process(server.process.pid).children(recursive=True)
        processes = {
            "kiosk node": psutil.Process(kiosk.process.pid),
            "display node": psutil.Process(wall.process.pid),
            "server": max(workers or [psutil.Process(server.process.pid)], key=_resident_mib),
        }
        hour_s, began_s, taken = 3600 / speed, time.monotonic(), 0
        for hour in range(1, hours + 1):
            end_s = began_s + hour_s * hour
            first, after = tickets * (hour - 1) // hours, tickets * hour // hours
            for n in range(first, after):
                taken += _take_ticket(pages["kiosk"], n)
                _serve(manager, n)
                # Half of what is left of the hour, shared out: whoever is late catches up.
                _pause((end_s - time.monotonic()) / (after - n) / 2)
            manager.post("/emergency", {"text": "请由东侧出口离开 Please leave by the east exit"})
            _pause(min(1.0, hour_s / 5))
            manager.post("/emergency/clear", {})
            _pause(end_s - time.monotonic())
            memory = {name: page.memory() for name, page in pages.items()}
            yield Hour(hour, taken, memory, {name: _resident_mib(each) for name, each in processes.items()})


def _take_ticket(kiosk: ChromiumPage, n: int) -> bool:
    """Whether there is one: where other work holds the server up, the kiosk may refuse, or go home by itself."""
    for name in ("take-number", f"service-{('hukou', 'social')[n % 2]}", "confirm"):
        kiosk.press(f"[data-test={name}]")
    kiosk.wait(f"!['confirm', 'taking'].includes({_STEP})")
    if kiosk.value(f"{_STEP} === 'result'"):
        kiosk.press("[data-test=done]", unless=_HOME)
        return True
    kiosk.press("[data-test=home]", unless=_HOME)
    return False


def _serve(manager: Client, n: int) -> None:
    window = WINDOWS[n % len(WINDOWS)]
    if manager.post(f"/windows/{window}/next", {}).status_code != 200:
        return
    if n % 4 == 0:
        manager.post(f"/windows/{window}/recall", {})
    manager.post(f"/windows/{window}/start", {})
    manager.post(f"/windows/{window}/finish", {})


def _resident_mib(process: psutil.Process) -> float:
    resident: int = process.memory_info().rss
    return resident / PER_MIB


def _pause(seconds: float) -> None:
    """The hall lives on."""
    time.sleep(max(0.0, seconds))


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop("HALL_DEVICES_DIR", None)
    else:
        os.environ["HALL_DEVICES_DIR"] = before
