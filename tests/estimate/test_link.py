"""The estimator's process: it learns from the journal, is started anew when it dies, and never outlives the link."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from hall_process import HallProcess

from config.settings import HallSettings
from queue_server.codec import encode
from queue_server.estimate.link import Link
from queue_server.hall import commands as c
from queue_server.hall.events import Event
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall
from queue_server.journal import Entry, MemoryJournal
from queue_server.readers.estimates import NONE, Estimates

PATIENCE_S = 20.0
DAY_MS = 24 * 3600 * 1000


def until(look: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(0.02)
    return found


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Journalled:
    """A hall whose events stand in a journal."""

    def __init__(self, settings: HallSettings) -> None:
        self.hall = Hall(settings)
        self.journal = MemoryJournal()
        # Eight in the morning three days ago, in the hall's time zone.
        self.at_ms = (time.time_ns() // 1_000_000 // DAY_MS - 3) * DAY_MS
        self._count = 0

    def ask(self, command: type[c.Command], after_s: float = 0.0, **fields: object) -> None:
        self.at_ms += round(1000 * after_s)
        self._count += 1
        after = self.hall.seq
        decision = decide(self.hall, command(command_id=f"c{self._count}", at_ms=self.at_ms, **fields))
        assert decision.refused is None
        self.journal.append(after, [self._row(after + n, n, event) for n, event in enumerate(decision.events, 1)])

    def _row(self, seq: int, n: int, event: Event) -> Entry:
        kind, version, data = encode(event)
        return Entry(seq, event.at_ms, kind, version, data, "test", f"c{self._count}", n)


@pytest.fixture
def hall(hall_settings: Callable[..., HallSettings]) -> Journalled:
    """Services took twenty minutes each three days ago; today three people wait at one window."""
    hall = Journalled(hall_settings(("hukou",), {1: ("hukou",)}))
    hall.ask(c.OpenWindow, window=1)
    for n in range(30):
        hall.ask(c.IssueTicket, ticket_id=f"p{n}", services=("hukou",))
        hall.ask(c.CallNext, window=1)
        hall.ask(c.StartServing, window=1)
        hall.ask(c.FinishServing, 1200, window=1)
    hall.at_ms = time.time_ns() // 1_000_000
    hall.ask(c.OpenWindow, window=1)
    for n in range(3):
        hall.ask(c.IssueTicket, ticket_id=f"t{n}", services=("hukou",))
    return hall


@pytest.fixture
def link(hall: Journalled) -> Iterator[tuple[Link, list[Estimates]]]:
    said: list[Estimates] = []
    link = Link(hall.hall.settings, hall.journal, now_ms=lambda: time.time_ns() // 1_000_000, changed=said.append)
    link.start()
    yield link, said
    pid = link.pid
    link.stop()
    assert pid is None or not running(pid)


def test_it_learns_the_past_follows_the_journal_and_comes_back(
    hall: Journalled, link: tuple[Link, list[Estimates]]
) -> None:
    feed, said = link
    first = until(lambda: said and said[-1].tickets and said[-1], "the first estimates")
    assert 1800 < first.tickets["t2"][0] < 3000, "two of twenty minutes"
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, feed.pid or 0) == min(19, ours + 10)

    hall.ask(c.IssueTicket, ticket_id="new", services=("hukou",))
    feed.wake()
    until(lambda: said[-1].tickets.get("new"), "an estimate of a new ticket")

    old = feed.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    feed.wake()
    until(lambda: NONE in said, "word that nothing is known")
    until(lambda: said[-1].tickets.get("new"), "estimates of a new process")
    assert feed.pid not in (None, old)


def test_a_process_that_cannot_start_is_no_harm(hall: Journalled, tmp_path: Path) -> None:
    said: list[Estimates] = []
    link = Link(
        hall.hall.settings, hall.journal, now_ms=lambda: 0, changed=said.append, command=(str(tmp_path / "nothing"),)
    )
    link.start()
    until(lambda: NONE in said, "word that nothing is known")
    link.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HallProcess]:
    server = HallProcess(tmp_path)
    server.start()
    yield server
    server.close()


def estimator_of(server: HallProcess) -> int:
    worker = server.pids()[1]
    children = [
        int(pid) for task in Path(f"/proc/{worker}/task").iterdir() for pid in (task / "children").read_text().split()
    ]
    return next((pid for pid in children if b"queue_server.estimate" in Path(f"/proc/{pid}/cmdline").read_bytes()), 0)


def test_a_server_says_it_without_numpy_and_takes_the_process_with_it(server: HallProcess) -> None:
    manager, node = server.client("manager"), server.client("node")
    manager.post("/windows/1/open", {})
    tickets = [node.post("/tickets", {"service": "hukou"}).json()["ticket_id"] for _ in range(4)]
    last = f"/tickets/{tickets[-1]}"
    found = until(
        lambda: (known := manager.get(last).json()["estimate"]) and known["p50_s"] > 600 and known,
        "an estimate that knows of the three before it",
    )
    assert found["p50_s"] < found["p90_s"]
    answer = until(
        lambda: (made := node.post("/tickets", {"service": "hukou"}).json())["estimate"] and made,
        "a newcomer's estimate",
    )
    assert answer["estimate"]["p50_s"] >= found["p50_s"], "the ticket says it at once, for the slip"

    child = until(lambda: estimator_of(server), "the estimator's process")
    for pid in server.pids():
        assert "numpy" not in Path(f"/proc/{pid}/maps").read_text(), "arrays have no place in the server's process"
    assert "numpy" in Path(f"/proc/{child}/maps").read_text(), "else the line above proves nothing"
    inherited = [str(fd.readlink()) for fd in Path(f"/proc/{child}/fd").iterdir()]
    assert str(server.data) not in inherited, "it must not hold the folder of a server that is gone"
    assert sum(name.startswith("socket:") for name in inherited) == 0

    os.kill(child, signal.SIGKILL)
    until(lambda: manager.get(last).json()["estimate"] is None, "no estimate without the process")
    until(lambda: manager.get(last).json()["estimate"], "estimates of a new process")
    child = until(lambda: estimator_of(server), "the new process")
    server.kill()
    until(lambda: not running(child), "the end of the estimator with its server")


def test_a_kiosk_is_told_without_an_event(server: HallProcess) -> None:
    manager = server.client("manager")
    seen: queue.Queue[dict[str, Any]] = queue.Queue()
    page = socketio.Client(reconnection=False)
    page.on("view", seen.put, namespace="/live")
    page.connect(server.url, auth={"token": server.token("node")}, namespaces=["/live"], transports=["websocket"])
    try:
        seen.put(page.call("follow", {"view": "kiosk"}, namespace="/live", timeout=PATIENCE_S))
        manager.post("/windows/1/open", {})
        for _ in range(5):
            manager.post("/tickets", {"service": "hukou"})
        last = manager.get("/hall").json()["seq"]

        def told() -> bool:
            message = seen.get(timeout=PATIENCE_S)
            hukou = next(each for each in message["data"]["services"] if each["service"] == "hukou")
            estimate = hukou["estimate"]
            return message["seq"] == last and estimate is not None and estimate["p50_s"] >= 1200

        until(told, "a view of the same row that knows how long five people take")
    finally:
        page.disconnect()
