"""A kiosk whose server is gone: one tap stays one ticket and one paper, wherever either of them is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hall_process import Client, HallProcess
from node_process import start_node
from waiting import wait_for

from drivers.simulated.printer import PrinterTwin

OFFLINE = '[offline]\nkiosk-1 = "801-803"\nkiosk-2 = "901-999"\n'


class Scene:
    """A real server, a real kiosk and the twin of its printer, each of which may be killed and started again."""

    def __init__(self, folder: Path, printer: PrinterTwin) -> None:
        self.hall, self.printer, self.folder = HallProcess(folder / "hall", extra=OFFLINE), printer, folder
        self.hall.start()
        self.kiosk = start_node("kiosk", folder, self.hall.url, self.hall.token("node", name="kiosk-1"))
        self.kiosk.wait_until_connected()
        wait_for((folder / "kiosk-1" / "hall.json").exists)
        self.wait_for_printer()

    def wait_for_printer(self) -> None:
        wait_for(lambda: self.kiosk.device("printer") == "ok", 30)

    def start_kiosk(self) -> None:
        self.kiosk.start()
        self.wait_for_printer()

    def take(self, tap: str | None = None, **wish: Any) -> requests.Response:
        body = {"tap_id": tap or uuid.uuid4().hex, "service": "hukou", **wish}
        return requests.post(f"{self.kiosk.url}/api/tickets", json=body, timeout=30)

    def taken(self, tap: str | None = None, **wish: Any) -> Any:
        answer = self.take(tap, **wish)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def slips(self) -> list[str]:
        return [slip.text for slip in self.printer.slips() if slip.complete]

    def issued(self) -> list[dict[str, Any]]:
        return [event["data"] for event in self.events() if event["kind"] == "TicketIssued"]

    def events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.manager.get("/journal?limit=1000").json()["events"]
        return events

    @property
    def manager(self) -> Client:
        if not hasattr(self, "_manager"):
            self._manager = self.hall.client("manager")
        return self._manager

    def start_and_next(self) -> str | None:
        self.manager.post("/windows/1/start")
        answer = self.manager.post("/windows/1/next")
        return answer.json()["label"] if answer.status_code == 200 else None

    def handed_in(self) -> int:
        return sum(event["offline"] is not None for event in self.issued())

    def take_and_lose(self, tap: str) -> None:
        with contextlib.suppress(requests.ConnectionError):
            self.take(tap)

    def waiting_here(self) -> int:
        """How many tickets are in the kiosk's own file and not handed in."""
        box = self.folder / "kiosk-1" / "outbox.db"
        if not box.exists():
            return 0
        with contextlib.closing(sqlite3.connect(f"file:{box}?mode=ro", uri=True, timeout=5)) as db:
            return int(db.execute("SELECT count(*) FROM ticket WHERE state = 'waiting'").fetchone()[0])

    def close(self) -> None:
        for pid in self.hall.pids():
            os.kill(pid, signal.SIGCONT)
        self.kiosk.close()
        self.hall.close()


@pytest.fixture
def scene(tmp_path: Path, printer: PrinterTwin) -> Iterator[Scene]:
    made = Scene(tmp_path, printer)
    yield made
    made.close()


def test_tickets_given_without_the_server_join_the_line_once_and_by_the_time_they_were_taken(scene: Scene) -> None:
    before = scene.taken()
    scene.hall.kill()
    own = [scene.taken(f"tap-0000000{n}", phone="13800138000" if n == 1 else None) for n in (1, 2)]
    assert [each["ticket"]["label"] for each in own] == ["A801", "A802"]
    assert [each["print"]["outcome"] for each in own] == ["printed", "printed"]
    assert own[0]["ticket"]["flags"] == ["offline"]
    assert scene.taken("tap-00000001") == own[0]
    assert len(scene.slips()) == 3
    data = b"".join(path.read_bytes() for path in (scene.folder / "kiosk-1").iterdir())
    assert b"13800138000" not in data

    scene.kiosk.kill()  # a power cut: it boots without the server, and goes on
    scene.start_kiosk()
    third = scene.taken()
    assert third["ticket"]["label"] == "A803"
    assert scene.taken("tap-00000002")["ticket"] == own[1]["ticket"]
    assert len(scene.slips()) == 4
    assert scene.take().json()["code"] == "server_unreachable"  # all its numbers are given

    scene.hall.start()
    later = scene.manager.post("/tickets", {"service": "hukou"}).json()
    wait_for(lambda: len(scene.issued()) == 5, 20)
    labels = ["A001", "A801", "A802", "A803", later["label"]]
    assert sorted(event["label"] for event in scene.issued()) == sorted(labels)
    events = {event["label"]: event for event in scene.issued()}
    assert events["A801"]["citizen"] is not None
    assert all(events[label]["offline"] == "kiosk-1" and events[label]["flags"] is None for label in ("A801", "A802"))
    scene.manager.post("/windows/1/open", {})
    called = []
    for _ in labels:
        called.append(scene.manager.post("/windows/1/next").json()["label"])
        scene.manager.post("/windows/1/start")
    assert called == ["A001", "A801", "A802", "A803", "A002"]
    assert before["ticket"]["label"] == "A001"
    wait_for(lambda: scene.take().json().get("ticket", {}).get("label") == "A003", 20)


def test_a_server_that_hangs_gives_no_second_ticket_for_the_tap_when_it_goes_on(scene: Scene) -> None:
    for pid in scene.hall.pids():
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    first = scene.taken("tap-00000001")  # its online request lies in the server's socket, fate unknown
    waited_s = time.monotonic() - began
    began = time.monotonic()
    second = scene.taken("tap-00000002")
    assert time.monotonic() - began < waited_s, "the second citizen waits for a silent server again"
    assert [each["ticket"]["label"] for each in (first, second)] == ["A801", "A802"]
    for pid in scene.hall.pids():
        os.kill(pid, signal.SIGCONT)
    wait_for(lambda: {"A801", "A802"} <= {event["label"] for event in scene.issued()}, 20)
    over = {event["data"]["ticket_id"] for event in scene.events() if event["kind"] == "TicketCancelled"}
    waiting = [event["label"] for event in scene.issued() if event["ticket_id"] not in over]
    assert sorted(waiting) == ["A801", "A802"]
    scene.manager.post("/windows/1/open", {})
    assert [scene.manager.post("/windows/1/next").json()["label"], scene.start_and_next()] == ["A801", "A802"]
    assert scene.start_and_next() is None


def test_whoever_is_killed_while_tickets_are_handed_in_each_is_in_the_journal_once(scene: Scene) -> None:
    scene.hall.kill()
    for _ in range(3):
        scene.taken(service="social")
    scene.hall.start()
    wait_for(lambda: scene.handed_in() >= 1, 20)
    scene.hall.kill()  # between a commit and its answer, or as near as a test comes to it
    scene.hall.start()
    wait_for(lambda: scene.handed_in() >= 2, 20)
    scene.kiosk.kill()
    scene.start_kiosk()
    wait_for(lambda: scene.handed_in() >= 3 and scene.waiting_here() == 0, 20)
    assert sorted(event["label"] for event in scene.issued()) == ["B801", "B802", "B803"]
    assert len(scene.slips()) == 3


def test_a_kiosk_killed_between_the_row_and_the_paper_keeps_the_ticket_and_guesses_nothing(scene: Scene) -> None:
    scene.hall.kill()
    scene.printer.set_paper(False)
    asking = threading.Thread(target=scene.take_and_lose, args=["tap-00000001"])
    asking.start()
    wait_for(lambda: scene.waiting_here() == 1, 20)
    scene.kiosk.kill()
    asking.join()
    scene.printer.set_paper(True)
    scene.start_kiosk()
    again = scene.taken("tap-00000001")
    assert again["ticket"]["label"] == "A801"
    assert again["print"]["outcome"] in ("printed", "unconfirmed", "not_printed")
    scene.hall.start()
    wait_for(lambda: [event["label"] for event in scene.issued()] == ["A801"], 20)
