"""What is shown of a window: on signs that lack letters, on lamps that lack a colour, by the hour; on hand-made
devices."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest
from waiting import wait_for

from config.window_devices import SignSettings, WindowLampSettings
from display.outputs import LampOutput, PadOutput, SignOutput, brightness
from display.scene import Scene, digits, lamp, scene
from display.window_board import WindowBoard
from drivers.errors import Unplugged, Unsupported

BOARD: Any = {
    "windows": [{"window": n, "state": state} for n, state in ((1, "paused"), (2, "open"), (3, "closed"), (4, "open"))],
    "emergency": None,
}
KIOSK: Any = {
    "windows": [{"window": n, "services": services} for n, services in ((1, "ab"), (2, "b"), (3, "a"), (4, "c"))]
}


class Sign:
    """Shows only what stands in `letters`."""

    def __init__(self, letters: str) -> None:
        self.letters = letters
        self.done: list[tuple[str, Any]] = []

    def _take(self, text: str) -> None:
        if not set(text) <= set(self.letters):
            raise Unsupported("letters")
        self.done.append(("text", text))

    def show(self, label: str, _address: int | None = None) -> None:
        self._take(label)

    pause = show

    def clear(self, _address: int | None = None) -> None:
        self.done.append(("clear", None))

    def set_brightness(self, percent: int, _address: int | None = None) -> None:
        self.done.append(("brightness", percent))


NUMBERS, LATIN = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"
CHINESE = LATIN + "暂停服务请到号窗口、"


@pytest.mark.parametrize(
    ("letters", "now", "shown"),
    [
        (LATIN, Scene("open", "A042", 3), ("text", "A042")),
        (NUMBERS, Scene("open", "A042", 3), ("text", "042")),
        (LATIN, Scene("open", "", 3), ("clear", None)),
        (LATIN, Scene("closed", "", 3), ("clear", None)),
        (CHINESE, Scene("paused", "", 3), ("text", "暂停服务")),
        (CHINESE, Scene("paused", "", 3, (2, 4)), ("text", "暂停服务 请到2、4号窗口")),
        (CHINESE, Scene("paused", "A042", 3, (2,)), ("text", "A042")),
        (CHINESE.replace("请", ""), Scene("paused", "", 3, (2, 4)), ("text", "暂停服务")),
        (NUMBERS, Scene("paused", "", 3, (2,)), ("clear", None)),
    ],
)
def test_a_sign_shows_the_best_it_can(letters: str, now: Scene, shown: tuple[str, Any]) -> None:
    sign = Sign(letters)
    SignOutput(SignSettings("x", "x", {5: 1}), lambda: cast(Any, sign)).show(1, now, "", False)
    assert sign.done == [shown]


def test_a_sign_is_told_what_is_new_and_everything_when_asked_again() -> None:
    sign = Sign(LATIN)
    settings = SignSettings("x", "x", {5: 1, 6: 1}, brightness={"07:00": 100, "18:30": 40})
    output = SignOutput(settings, lambda: cast(Any, sign))
    now = Scene("open", "A042", 3)
    output.show(1, now, "12:00", False)
    assert sign.done == [("text", "A042")] * 2 + [("brightness", 100)] * 2
    output.show(1, now, "18:29", False)
    assert len(sign.done) == 4
    output.show(1, now, "18:30", False)
    assert sign.done[4:] == [("brightness", 40)] * 2
    output.show(1, now, "18:31", True)
    assert sign.done[6:] == [("text", "A042")] * 2 + [("brightness", 40)] * 2


@pytest.mark.parametrize(
    ("time", "percent"), [("06:59", 40), ("07:00", 100), ("18:29", 100), ("23:59", 40), ("", None)]
)
def test_brightness_holds_until_the_next_time(time: str, percent: int | None) -> None:
    assert brightness({"07:00": 100, "18:30": 40}, time) == percent
    assert brightness({}, time) is None


class Lamps:
    def __init__(self) -> None:
        self.lit: list[str] = []

    def light(self, colour: str) -> None:
        self.lit.append(colour)


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        (Scene("closed", "", 9), "off"),
        (Scene("open", "", 9), "free"),
        (Scene("open", "A042", 9), "serving"),
        (Scene("paused", "A042", 9), "serving"),
        (Scene("paused", "", 9), "paused"),
        (Scene("closed", "", 9, emergency=True), "alarm"),
    ],
)
def test_a_lamp_has_one_colour_and_stays_dark_for_one_that_it_lacks(now: Scene, colour: str) -> None:
    assert lamp(now) == colour
    lamps = Lamps()
    for pins in ({"free": 1, "serving": 2, "paused": 3, "alarm": 4}, {"alarm": 4}):
        output = LampOutput(WindowLampSettings("x", "x", pins, window=1), lambda: cast(Any, lamps))
        output.show(1, now, "", False)
    assert lamps.lit == [colour, colour if colour == "alarm" else "off"]


def test_a_refused_key_lights_the_alarm_for_a_moment() -> None:
    lamps = Lamps()
    output = LampOutput(WindowLampSettings("x", "x", {"free": 1, "alarm": 4}, window=1), lambda: cast(Any, lamps))
    output.answer(1, "done", Scene("open", "", 0))
    output.answer(1, "refused", Scene("open", "", 0))
    assert lamps.lit == ["alarm", "free"]


class Pads:
    """Fails `failures` times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.done: list[tuple[int, str, int]] = []

    def show(self, address: int, number: str, waiting: int) -> None:
        if self.failures:
            self.failures -= 1
            raise Unplugged("gone")
        self.done.append((address, number, waiting))


def test_what_a_pad_did_not_get_is_not_taken_for_shown() -> None:
    pads = Pads(1)
    output = PadOutput({7: 1, 8: 1}, lambda: cast(Any, pads))
    now = Scene("open", "A1042", 3)
    with pytest.raises(Unplugged):
        output.show(1, now, "", False)
    for _ in range(2):
        output.show(1, now, "", False)
    assert pads.done == [(7, "042", 3), (8, "042", 3)]
    output.show(1, now, "", True)
    assert len(pads.done) == 4


def test_a_scene_is_made_of_the_newest_views() -> None:
    view: Any = {"window": 1, "state": "paused", "label": None, "waiting": 4}
    assert scene(view, BOARD, KIOSK) == Scene("paused", "", 4, (2,))
    assert scene(view, None, KIOSK) == Scene("paused", "", 4)
    assert scene({**view, "state": "open", "label": "A1"}, {**BOARD, "emergency": {"text": "x"}}, None) == Scene(
        "open", "A1", 4, emergency=True
    )
    older = {name: value for name, value in view.items() if name != "waiting"}
    assert scene(cast(Any, older), BOARD, KIOSK).waiting == 0


def test_digits_of_a_label() -> None:
    assert [digits("A042"), digits("Z9"), digits("预1042"), digits("A", 5)] == ["042", "9", "042", ""]


class Slow:
    """An output whose answer takes as long as the test likes, and ends by showing what it began with."""

    windows = (1,)

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.begun, self.end = threading.Event(), threading.Event()

    def show(self, _window: int, now: Scene, _time: str, _again: bool) -> None:
        self.shown.append(now.label)

    def answer(self, _window: int, _verdict: str, now: Scene) -> None:
        self.begun.set()
        assert self.end.wait(10)
        self.shown.append(now.label)


def test_what_changed_while_a_refusal_was_shown_is_shown_after_it() -> None:
    output = Slow()
    board = WindowBoard([cast(Any, output)])
    view = {"window": 1, "state": "open", "label": "A001", "waiting": 0}
    board.start()
    board.view_changed("window:1", view)
    wait_for(lambda: output.shown == ["A001"])
    answering = threading.Thread(target=board.answer, args=(1, "refused"))
    answering.start()
    assert output.begun.wait(10)
    board.view_changed("window:1", {**view, "label": "A002"})
    wait_for(lambda: output.shown == ["A001", "A002"])
    output.end.set()
    answering.join()
    wait_for(lambda: output.shown == ["A001", "A002", "A001", "A002"])
    board.close()
