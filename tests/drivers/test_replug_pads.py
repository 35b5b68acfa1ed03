"""Cables of pads, signs, key pads and pins pulled and put back under use: each is back by itself, and nothing stays.

`HALL_REPLUGS=100` does it a hundred times; without it five.
"""

from __future__ import annotations

import queue
import time

import pytest
from replugs import BACK_WITHIN_S, TIMES, no_more, open_things
from waiting import wait_for

from drivers.registry import open_device
from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.sign import SignTwin


def use_ratingpad(twin: RatingPadTwin) -> None:
    twin.press(1, 3)


def use_callpad(twin: CallPadTwin) -> None:
    twin.press_key(1, "next")


def use_keys(twin: KeysTwin) -> None:
    twin.enter("42")


def use_button(twin: PinsTwin) -> None:
    twin.press(5)


KINDS = {
    "ratingpad.ff68": (RatingPadTwin, use_ratingpad, {}),
    "callpad.ff68": (CallPadTwin, use_callpad, {}),
    "keypad.evdev": (KeysTwin, use_keys, {}),
    "scanner.evdev": (KeysTwin, use_keys, {}),
    "buttons.gpio": (PinsTwin, use_button, {"pins": {"next": 5}}),
}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_is_listened_to(no_leak, tmp_path, monkeypatch, name):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    make, use, options = KINDS[name]
    twin = make()
    line = PtyLine(twin, tmp_path / "one")
    heard: queue.Queue[object] = queue.Queue()
    device = open_device(*name.split("."), "simulated://one", **options)
    device.listen(heard.put, lambda _state: None)
    wait_for(lambda: device.state().code == "ok")
    held, longest_s = open_things(), 0.0
    for _ in range(TIMES):
        use(twin)  # a cable is pulled in the middle of something
        line.unplug()
        wait_for(lambda: device.state().code == "unplugged")
        while not heard.empty():
            heard.get()
        if isinstance(twin, PinsTwin):
            twin.release(5)
        began_s = time.monotonic()
        line.plug()
        wait_for(lambda: device.state().code == "ok")
        longest_s = max(longest_s, time.monotonic() - began_s)
        use(twin)
        heard.get(timeout=BACK_WITHIN_S)
    assert longest_s < BACK_WITHIN_S
    assert no_more(held)
    device.close()
    line.close()
    print(f"{name}: back after at most {longest_s:.2f} s in {TIMES} times")


@pytest.mark.timeout(1200)
def test_a_sign(no_leak, tmp_path, monkeypatch):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    twin = SignTwin("alpha")
    line = PtyLine(twin, tmp_path / "sign")
    sign = open_device("sign", "alpha", "simulated://sign")
    for n in range(TIMES):
        sign.show(f"A{n:03d}")
        wait_for(lambda n=n: twin.shown() == f"A{n:03d}")
        line.unplug()
        twin.forget()
        line.plug()
        wait_for(lambda n=n: twin.shown() == f"A{n:03d}")
    sign.close()
    line.close()
