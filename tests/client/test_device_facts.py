"""What a node knows of a device besides its state is passed on live, and never moves the time of a fault."""

from __future__ import annotations

from typing import Any

from drivers.ports import DeviceFacts, DeviceState
from queue_server.node_web import Devices, NodeState

OK = DeviceState("ok", "ok", "It works.")
OUT = DeviceState("failed", "paper_out", "No paper.")


class Printer:
    def __init__(self) -> None:
        self.now, self.told = OK, DeviceFacts("TM 1.0", paper_left_percent=83)

    def state(self) -> DeviceState:
        return self.now

    def facts(self) -> DeviceFacts:
        return self.told

    def close(self) -> None:
        return


class Speaker:
    """A device that has nothing to tell."""

    def state(self) -> DeviceState:
        return OK

    def close(self) -> None:
        return


def node() -> tuple[Printer, Any, list[dict[str, Any]]]:
    views: list[dict[str, Any]] = []
    state = NodeState("kiosk-1", lambda _seq, view: views.append(view))
    devices = Devices(state, (OSError,))
    printer = Printer()
    devices.add("printer", "printer", lambda: printer, driver="escpos", address="usb://04b8:0202")
    devices.add("speaker", "speaker", Speaker)
    return printer, devices._look, views


def test_facts_are_passed_on_and_what_is_not_told_is_left_out() -> None:
    _, look, views = node()
    look()
    printer, speaker = views[-1]["devices"]
    assert printer["facts"] == {
        "driver": "escpos", "address": "usb://04b8:0202", "firmware": "TM 1.0", "paper_left_percent": 83,
    }  # fmt: skip
    assert "facts" not in speaker


def test_less_paper_is_no_new_state_and_the_same_paper_is_no_news() -> None:
    printer, look, views = node()
    look()
    since, told = views[-1]["devices"][0]["since"], len(views)
    look()
    assert len(views) == told
    printer.told = DeviceFacts("TM 1.0", paper_left_percent=82)
    look()
    assert len(views) == told + 1
    assert views[-1]["devices"][0]["since"] == since
    assert views[-1]["devices"][0]["facts"]["paper_left_percent"] == 82


def test_the_last_fault_is_remembered_when_it_is_over() -> None:
    printer, look, views = node()
    printer.now = DeviceState("warning", "starting", "Not asked yet.")
    look()
    assert "last_error" not in views[-1]["devices"][0]["facts"], "a start is no fault"
    printer.now = OUT
    look()
    at = views[-1]["devices"][0]["since"]
    printer.now = OK
    look()
    facts = views[-1]["devices"][0]["facts"]
    assert (facts["last_error"], facts["last_error_at"]) == ("paper_out", at)
