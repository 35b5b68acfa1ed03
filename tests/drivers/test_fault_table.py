"""Each cell of the table of faults in docs/devices.md happens over a pty; printers and card readers: test_faults.py."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fault_table import fault_table
from waiting import wait_for

from drivers import keys, presses
from drivers.ports import DeviceState
from drivers.registry import open_device
from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.faults import FAULTS, begin_fault
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.sign import SignTwin

TABLE = fault_table()
NAMED_WITHIN_S = 10.0

KINDS: dict[str, tuple[str, Callable[[], Any], Callable[[Any], None], dict[str, Any]]] = {
    "ratingpad": ("ff68", RatingPadTwin, lambda twin: twin.press(1, 2), {}),
    "callpad": ("ff68", CallPadTwin, lambda twin: twin.press_key(1, "next"), {}),
    "keypad": ("evdev", KeysTwin, lambda twin: twin.enter("42"), {}),
    "scanner": ("evdev", KeysTwin, lambda twin: twin.enter("42"), {}),
}
CELLS = [(kind, fault) for kind in KINDS for fault, said in TABLE[kind].items() if said != "–"]


def test_the_table_has_every_fault_and_fills_every_cell_that_a_twin_can_show():
    for kind, cells in TABLE.items():
        assert set(cells) == set(FAULTS)
        for fault, said in cells.items():
            if FAULTS[fault].kinds and kind not in FAULTS[fault].kinds:
                assert said == "–", (kind, fault)
    assert set(TABLE) == {"printer", "idcard", "sign", *KINDS}


@pytest.mark.parametrize(("kind", "fault"), CELLS)
def test_what_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, fault: str) -> None:
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    monkeypatch.setattr(keys, "STUCK_S", 0.5)
    monkeypatch.setattr(presses, "STUCK_S", 0.5)
    driver, make, use, options = KINDS[kind]
    twin = make()
    line = PtyLine(twin, tmp_path / "one")
    heard: queue.Queue[object] = queue.Queue()
    states: queue.Queue[str] = queue.Queue()

    def on_state(state: DeviceState) -> None:
        states.put(state.code)

    if fault == "port-busy":
        begin_fault(fault, kind, twin, line)
    device = open_device(kind, driver, "simulated://one", **options)
    device.listen(heard.put, on_state)
    if fault == "cable-pull":
        assert states.get(timeout=NAMED_WITHIN_S) == "ok"
        use(twin)
        line.unplug()
    elif fault != "port-busy":
        assert states.get(timeout=NAMED_WITHIN_S) == "ok"
        begin_fault(fault, kind, twin, line)
    try:
        expect(TABLE[kind][fault], lambda: use(twin), heard, states)
    finally:
        device.close()
        line.close()


def expect(said: str, use: Callable[[], None], heard: queue.Queue[object], states: queue.Queue[str]) -> None:
    if said == "works":
        use()
        heard.get(timeout=NAMED_WITHIN_S)
        assert states.empty()
        return
    if said == "unseen":
        use()
        pause = threading.Event()
        pause.wait(0.5)  # that nothing happens takes time
        assert (heard.empty(), states.empty()) == (True, True)
        return
    for _ in range(100):
        try:
            if states.get(timeout=0.1) == said:
                return
        except queue.Empty:
            if said != "stuck_key":  # another key would be a hand
                use()
    pytest.fail(f"{said} was not named")


@pytest.mark.parametrize("fault", [fault for fault, said in TABLE["sign"].items() if said != "–"])
def test_a_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """It is only spoken to, so what it would answer is never seen."""
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    twin = SignTwin("kanban")
    line = PtyLine(twin, tmp_path / "one")
    if fault == "cable-pull":
        line.unplug()
    else:
        begin_fault(fault, "sign", twin, line)
    sign = open_device("sign", "kanban", "simulated://one", at=5)
    try:
        sign.show("42")
        if TABLE["sign"][fault] == "works":
            wait_for(lambda: twin.shown(5) == "42" and sign.state().code == "ok")
        else:
            wait_for(lambda: sign.state().code == TABLE["sign"][fault])
            line.unplug()
            line.plug()
            wait_for(lambda: twin.shown(5) == "42")
    finally:
        sign.close()
        line.close()
