"""Scanner, key pad, lamp and the printer's further settings at a kiosk: what is scanned becomes one event and stays
nowhere, and a slip that paper end interrupted comes out whole, once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from fake_hall import FakeHall
from node_process import start_node
from waiting import wait_for

from config.node import DeviceSettings, KioskSettings
from config.window_devices import LampSettings
from drivers.document import Document
from drivers.ports import DeviceState, PrintResult
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.printer import PrinterTwin
from kiosk.print_again import PrintAgain
from kiosk.taps import TapStore

LINK = "q7-Zk2f_LmT0aBcD9eXyQw"


@pytest.fixture
def scanner(plug_in_at: Callable[[Any, str], Any]) -> KeysTwin:
    twin: KeysTwin = plug_in_at(KeysTwin(), "scanner")
    return twin


@pytest.fixture
def keypad(plug_in_at: Callable[[Any, str], Any]) -> KeysTwin:
    twin: KeysTwin = plug_in_at(KeysTwin(keypad=True), "keypad")
    return twin


@pytest.fixture
def lamp(plug_in_at: Callable[[Any, str], Any]) -> PinsTwin:
    twin: PinsTwin = plug_in_at(PinsTwin(), "lamp")
    return twin


@pytest.fixture
def settings(settings: KioskSettings) -> KioskSettings:
    return replace(
        settings,
        scanner=DeviceSettings("evdev", "simulated://scanner"),
        keypad=DeviceSettings("evdev", "simulated://keypad"),
        lamps=LampSettings("gpio", "simulated://lamp", {"free": 17, "alarm": 23}),
    )


@pytest.fixture
def full(scanner: KeysTwin, keypad: KeysTwin, lamp: PinsTwin, kiosk: Any) -> Any:  # plugged in before it starts
    wait_for(lambda: {kiosk.device(name) for name in ("scanner", "keypad", "lamps")} == {"ok"})
    return kiosk


def scan(kiosk: Any) -> Any:
    view = kiosk.node._relay.newest("scan")
    return None if view is None else view["scan"]


def paper(kiosk: Any) -> Any:
    view = kiosk.node._relay.newest("paper")
    return None if view is None else {name: value for name, value in view.items() if name != "seq"}


def test_a_scanned_slip_is_shown_and_may_be_printed_again(
    full: Any, hall: FakeHall, scanner: KeysTwin, printer: PrinterTwin, capfd: pytest.CaptureFixture[str]
) -> None:
    ticket = full.take().json()["ticket"]
    elsewhere = {**ticket, "ticket_id": "01JD5Q8V3W4X5Y6Z7A8B9C9999", "label": "A777"}
    hall.tickets[LINK] = hall.tickets[elsewhere["ticket_id"]] = elsewhere  # issued at another kiosk
    scanner.enter(ticket["ticket_id"])
    first = wait_for(lambda: scan(full))
    assert (first["kind"], first["ticket"]["label"], first["problem"]) == ("ticket", ticket["label"], None)
    scanner.enter(f"https://hall.example.org/t/{LINK}")
    second = wait_for(lambda: (found := scan(full)) and found["id"] != first["id"] and found)
    assert second["id"] > first["id"]
    assert second["ticket"]["label"] == "A777"
    body = {"tap_id": "tap-00000009"}
    answer = full.post(f"/api/tickets/{elsewhere['ticket_id']}/reprint", body)
    assert answer.json() == {"print": {"outcome": "printed", "code": "ok"}}
    assert "A777" in printer.slips()[0].text
    assert full.post("/api/scan/forget").status_code == 204
    assert scan(full) is None
    written = "".join(path.read_bytes().decode("latin-1") for path in full.node.settings.node.data.iterdir())
    assert LINK not in written + "".join(capfd.readouterr())


def test_a_scanned_appointment_is_an_event_without_a_trace(
    full: Any, scanner: KeysTwin, capfd: pytest.CaptureFixture[str]
) -> None:
    scanner.enter("04718293")
    found = wait_for(lambda: scan(full))
    assert (found["kind"], found["code"], found["ticket"]) == ("appointment", "04718293", None)
    scanner.enter("330302199001010019 or whatever else")
    found = wait_for(lambda: (newer := scan(full))["kind"] != "appointment" and newer)
    assert (found["kind"], found["code"], found["ticket"], found["problem"]) == ("unknown", None, None, None)
    said = "".join(capfd.readouterr())
    assert "04718293" not in said
    assert "330302199001010019" not in said


def test_a_slip_that_nobody_knows_says_why(full: Any, hall: FakeHall, scanner: KeysTwin) -> None:
    scanner.enter("01JD5Q8V3W4X5Y6Z7A8B9C0009")
    found = wait_for(lambda: scan(full))
    assert (found["kind"], found["ticket"], found["problem"]) == ("ticket", None, "unknown_ticket")


def test_keys_of_the_pad_reach_the_page_one_by_one(
    full: Any, keypad: KeysTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    publish = full.node._relay.publish

    def noted(view: str, seq: int, data: dict[str, Any]) -> None:
        if view == "keys":
            told.append(data["key"])
        publish(view, seq, data)

    monkeypatch.setattr(full.node._relay, "publish", noted)
    keypad.type("15\b")
    keypad.enter("2")
    wait_for(lambda: told == ["1", "5", "Backspace", "2", "Enter"])


def test_the_lamp_tells_when_nothing_can_be_printed(full: Any, lamp: PinsTwin, printer: PrinterTwin) -> None:
    wait_for(lambda: lamp.outputs() == {17: 1, 23: 0})
    printer.set_paper(False)
    wait_for(lambda: lamp.outputs() == {17: 0, 23: 1})
    printer.set_paper(True)
    wait_for(lambda: lamp.outputs() == {17: 1, 23: 0})


def test_the_printer_is_opened_as_the_file_says(
    settings: KioskSettings, open_kiosk: Callable[..., Any], printer: PrinterTwin, hall: FakeHall
) -> None:
    plain = replace(settings.printer, cutter=False, process_id=False, speed_mm_s=300)
    object.__setattr__(settings, "printer", plain)
    kiosk = open_kiosk(deadline_s=5.0)
    wait_for(lambda: kiosk.device("printer") == "ok")
    assert kiosk.take().json()["print"] == {"outcome": "printed", "code": "ok"}
    assert not printer.slips()[0].complete, "nobody may cut where there is no cutter"


# -- a slip that paper end interrupted -------------------------------------------------------------------------------


def interrupted(kiosk: Any, printer: PrinterTwin, tap: str = "tap-00000001") -> str:
    """A tap whose paper ended in the middle of it; its ticket's label."""
    printer.paper_ends_after(200)
    taken = kiosk.take(tap).json()
    assert taken["print"] == {"outcome": "not_printed", "code": "paper_out"}
    assert paper(kiosk) == {"tap_id": tap, "waiting": True, "outcome": "not_printed", "code": "paper_out"}
    return str(taken["ticket"]["label"])


def whole(printer: PrinterTwin) -> list[str]:
    return [slip.text for slip in printer.slips() if slip.complete]


def test_it_comes_out_whole_and_once_when_there_is_paper_again(
    kiosk: Any, hall: FakeHall, printer: PrinterTwin
) -> None:
    label = interrupted(kiosk, printer)
    assert whole(printer) == []
    printer.set_paper(True)
    wait_for(lambda: not paper(kiosk)["waiting"])
    assert paper(kiosk) == {"tap_id": "tap-00000001", "waiting": False, "outcome": "printed", "code": "ok"}
    again = kiosk.take("tap-00000001").json()
    assert again["print"] == {"outcome": "printed", "code": "ok"}
    [slip] = whole(printer)
    assert label in slip
    tap = kiosk.node._taps.find("tap-00000001")
    assert (tap.outcome, tap.code) == ("printed", "ok")
    assert len(hall.tickets) == 1


def test_the_next_citizen_does_not_find_a_strangers_slip(kiosk: Any, printer: PrinterTwin) -> None:
    kiosk.node._again._look_s = 3600.0  # the next tap is quicker than the next look
    interrupted(kiosk, printer)
    printer.set_paper(True)
    second = kiosk.take("tap-00000002").json()
    assert second["print"]["outcome"] == "printed"
    assert paper(kiosk) == {
        "tap_id": "tap-00000001", "waiting": False, "outcome": "not_printed", "code": "paper_out",
    }  # fmt: skip
    wait_for(lambda: len(whole(printer)) == 1)
    assert second["ticket"]["label"] in whole(printer)[0]
    first = kiosk.take("tap-00000001").json()
    assert first["print"] == {"outcome": "not_printed", "code": "paper_out"}
    answer = kiosk.post(f"/api/tickets/{first['ticket']['ticket_id']}/reprint", {"tap_id": "tap-00000003"})
    assert answer.json()["print"]["outcome"] == "printed"
    assert len(whole(printer)) == 2


@pytest.mark.parametrize("within_s", [0, 1])
def test_after_its_time_it_waits_for_nobody(
    settings: KioskSettings, open_kiosk: Callable[..., Any], printer: PrinterTwin, within_s: int
) -> None:
    object.__setattr__(settings, "printer", replace(settings.printer, print_again_s=within_s))
    kiosk = open_kiosk(deadline_s=5.0)
    wait_for(lambda: kiosk.device("printer") == "ok")
    printer.paper_ends_after(200)
    assert kiosk.take("tap-00000001").json()["print"]["code"] == "paper_out"
    if within_s:
        wait_for(lambda: not paper(kiosk)["waiting"])
    assert paper(kiosk) is None or paper(kiosk)["outcome"] == "not_printed"
    printer.set_paper(True)
    wait_for(lambda: kiosk.device("printer") == "ok")
    second = kiosk.take("tap-00000002").json()
    assert [second["ticket"]["label"] in slip for slip in whole(printer)] == [True]


def test_a_second_end_of_paper_is_not_tried_again(kiosk: Any, printer: PrinterTwin) -> None:
    interrupted(kiosk, printer)
    with printer._lock:
        printer._paper, printer._stopped_by_paper = True, False
        printer._left_dots = 100
    printer.wake()
    wait_for(lambda: not paper(kiosk)["waiting"])
    assert paper(kiosk)["outcome"] == "not_printed"
    assert whole(printer) == []
    tap = kiosk.node._taps.find("tap-00000001")
    assert (tap.outcome, tap.code) == ("not_printed", "paper_out")


def test_a_kill_while_it_prints_again_leaves_nobody_a_lie(tmp_path: Path) -> None:
    """The store says "not printed" until the second try begins, and nothing from then on until its outcome is known."""
    taps, stored, told = TapStore(tmp_path), [], []

    def look() -> Any:
        with sqlite3.connect(tmp_path / "taps.db") as after_a_kill:
            return after_a_kill.execute("SELECT outcome, code FROM tap").fetchone()

    class Printer:
        def print(self, document: Document) -> PrintResult:
            raise AssertionError(document)

        def print_again(self) -> PrintResult:
            stored.append(look())
            return PrintResult("printed", "ok", "")

        def state(self) -> DeviceState:
            stored.append(look())
            return DeviceState("ok", "ok", "")

    taps.begin("tap-00000001", "t1")
    taps.finish("tap-00000001", "not_printed", "paper_out")
    again = PrintAgain(Printer, taps, 60, lambda *what: told.append(what), look_s=0.01)
    again.interrupted("tap-00000001", PrintResult("not_printed", "paper_out", "", piece=True))
    wait_for(lambda: len(told) == 2)
    assert stored == [("not_printed", "paper_out"), (None, None)]
    assert look() == ("printed", "ok")
    again.close()
    taps.close()


def test_a_kiosk_killed_while_it_waits_for_paper_prints_nothing_by_itself(
    tmp_path: Path, hall: FakeHall, printer: PrinterTwin
) -> None:
    body = {"tap_id": "tap-00000001", "service": "shebao"}
    node = start_node("kiosk", tmp_path, hall.url)
    try:
        node.wait_until_connected()
        wait_for(lambda: node.device("printer") == "ok")
        printer.paper_ends_after(200)
        first = requests.post(f"{node.url}/api/tickets", json=body, timeout=30).json()
        assert first["print"] == {"outcome": "not_printed", "code": "paper_out"}
        node.kill()
        printer.set_paper(True)
        node.start()
        node.wait_until_connected()
        wait_for(lambda: node.device("printer") == "ok")
        assert requests.post(f"{node.url}/api/tickets", json=body, timeout=30).json() == first
        assert whole(printer) == []
        reprint = {"tap_id": "tap-00000002"}
        path = f"/api/tickets/{first['ticket']['ticket_id']}/reprint"
        assert requests.post(f"{node.url}{path}", json=reprint, timeout=30).json()["print"]["outcome"] == "printed"
        [slip] = whole(printer)
        assert first["ticket"]["label"] in slip
        assert len(hall.tickets) == 1
    finally:
        node.close()


def test_a_slip_without_a_piece_is_not_waited_for(tmp_path: Path) -> None:
    told: list[Any] = []
    taps = TapStore(tmp_path)
    again = PrintAgain(lambda: None, taps, 60, lambda *what: told.append(what))
    again.interrupted("tap-00000001", PrintResult("not_printed", "paper_out", "", piece=False))
    again.interrupted("tap-00000001", PrintResult("not_printed", "cover_open", "", piece=True))
    assert told == []
    again.close()
    taps.close()
