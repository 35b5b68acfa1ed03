"""Everything that stands at windows, on real lines, with the real node and the real hall server: keys act once, what
is to be seen follows."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hall_process import Client, HallProcess
from node_process import NodeProcess, start_node
from waiting import wait_for

from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import Line, PtyLine
from drivers.simulated.sign import SignTwin

WINDOWS = range(1, 21)
ALONE = 21  # serves what nobody wants
HALL = """
[hall]
id = "test"
name = "Test hall"
timezone = "Asia/Shanghai"
languages = ["zh-CN"]
[[services]]
id = "hukou"
name = "户籍"
prefix = "A"
[[services]]
id = "other"
name = "其他"
prefix = "B"
""" + "".join(
    f'[[windows]]\nid = {n}\nname = "{n}"\nservices = ["{"other" if n == ALONE else "hukou"}"]\n'
    for n in (*WINDOWS, ALONE)
)
PADS = ", ".join(f"{n} = {n}" for n in (*WINDOWS, ALONE))
DEVICES = f"""
[[callpads]]
driver = "ff68"
address = "simulated://pads"
windows = {{ {PADS} }}
[[ratingpads]]
driver = "ff68"
address = "simulated://pads"
windows = {{ 101 = 1 }}
grades = {{ 0 = 2, 2 = 4, 3 = 5 }}
[[signs]]
driver = "alpha"
address = "simulated://signs"
windows = {{ {PADS} }}
paused = "PAUSED"
elsewhere = "GO TO {{windows}}"
[[lamps]]
driver = "gpio"
address = "simulated://lamp"
window = 4
pins = {{ free = 17, serving = 27, paused = 22, alarm = 23 }}
[[buttons]]
driver = "gpio"
address = "simulated://buttons"
window = 4
pins = {{ next = 5, serve = 6, pause = 13 }}
[[keypads]]
driver = "evdev"
address = "simulated://keys"
window = 5
[[keypads]]
driver = "evdev"
address = "simulated://grades"
window = 5
use = "grades"
"""
TWINS = ("pads", "signs", "lamp", "buttons", "keys", "grades")


@dataclass
class Stage:
    """The running hall and node, and the devices in our hands."""

    hall: HallProcess
    node: NodeProcess
    folder: Path
    manager: Client
    reception: Client
    pads: CallPadTwin
    signs: SignTwin
    lamp: PinsTwin
    buttons: PinsTwin
    keys: KeysTwin
    grades: KeysTwin
    lines: dict[str, Line]
    pressed_s: float = 0.0

    def key(self, address: int, key: str) -> None:
        """Press a key as a hand does: not the same within the half second in which a pad repeats itself."""
        wait_for(lambda: time.monotonic() - self.pressed_s > 0.6)
        self.pressed_s = time.monotonic()
        self.pads.press_key(address, key)

    def push(self, pin: int, action: str) -> None:
        """Push a button of window 4 until the node has dealt with it, and let it go long enough to be noticed."""
        wait_for(lambda: time.monotonic() - self.pressed_s > 0.2)
        before = len(self.presses(4))
        self.buttons.press(pin, bounces=3)
        wait_for(lambda: len(self.presses(4)) > before, 20)
        self.buttons.release(pin)
        self.pressed_s = time.monotonic()
        assert self.presses(4)[-1][0] == action

    def ticket(self, service: str = "hukou") -> str:
        answer = self.reception.post("/tickets", {"service": service})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["label"])

    def window(self, number: int) -> Any:
        return self.manager.get(f"/windows/{number}").json()

    def in_hand(self, number: int) -> str | None:
        ticket = self.window(number)["ticket"]
        return None if ticket is None else str(ticket["state"])

    def events(self, *kinds: str) -> list[Any]:
        events = self.manager.get("/journal?after=0&limit=1000").json()["events"]
        return [event for event in events if event["kind"] in kinds]

    def open(self, number: int) -> None:
        assert self.manager.post(f"/windows/{number}/open").status_code == 200

    def lit(self) -> list[int]:
        return [pin for pin, level in sorted(self.lamp.outputs().items()) if level]

    def presses(self, window: int) -> list[tuple[str, str, str]]:
        """Action, verdict and code of each press that the node has dealt with."""
        lines = [line for line in self.node.log().splitlines() if '"event": "press"' in line]
        told = [json.loads(line) for line in lines]
        return [(one["action"], one["verdict"], one["code"]) for one in told if one["window"] == window]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("windows")
    (folder / "hall.toml").write_text(HALL, encoding="utf-8")
    hall = HallProcess(folder, folder / "hall.toml")
    twins = (
        CallPadTwin((*WINDOWS, ALONE, 101)),
        SignTwin("alpha"),
        PinsTwin(),
        PinsTwin(),
        KeysTwin(keypad=True),
        KeysTwin(keypad=True),
    )
    with tempfile.TemporaryDirectory(prefix="hall-") as devices, pytest.MonkeyPatch.context() as environment:
        environment.setenv("HALL_DEVICES_DIR", devices)
        lines: dict[str, Line] = {
            name: PtyLine(twin, Path(devices) / name) for name, twin in zip(TWINS, twins, strict=True)
        }
        node = None
        try:
            hall.start()
            token = hall.token("node", *WINDOWS, ALONE)
            node = start_node("display", folder, hall.url, token, rest=DEVICES)
            node.wait_until_connected()
            wait_for(lambda: (health := node.health()) and set(health["devices"].values()) == {"ok"}, 20)
            yield Stage(
                hall, node, Path(devices), hall.client("manager"), hall.client("reception"), *twins, lines=lines
            )
            assert node.stop() == 0
        finally:
            if node is not None:
                node.close()
            hall.close()
            for line in lines.values():
                line.close()


def test_a_pad_opens_calls_serves_and_rates(stage: Stage) -> None:
    pads, signs = stage.pads, stage.signs
    stage.key(1, "pause")
    wait_for(lambda: stage.window(1)["state"] == "open", 20)
    first, second = stage.ticket(), stage.ticket()
    wait_for(lambda: pads.shown(1) == "002   ", 20)
    stage.key(1, "next")
    wait_for(lambda: pads.shown(1) == f"001{first[1:]}" and signs.shown(1) == first, 20)

    stage.key(1, "next")  # refused: the one who was called has not come yet
    wait_for(lambda: pads.beeps(1) == 2, 20)
    assert stage.presses(1)[-1] == ("next", "refused", "ticket_called")
    wait_for(lambda: pads.shown(1) == f"001{first[1:]}", 20)

    stage.key(1, "evaluate")
    wait_for(lambda: stage.in_hand(1) == "serving", 20)
    wait_for(lambda: stage.presses(1)[-1] == ("serve", "done", ""), 20)
    assert not pads.rating_open(101)
    wait_for(lambda: not pads.unheard(1))
    stage.key(1, "recall")  # too late for that
    wait_for(lambda: stage.presses(1)[-1] == ("recall", "refused", "wrong_state"), 20)
    stage.key(1, "evaluate")
    wait_for(lambda: stage.in_hand(1) is None and pads.rating_open(101), 20)
    wait_for(lambda: pads.shown(1) == "001   " and signs.shown(1) == "", 20)
    pads.press(101, 3)
    [rated] = wait_for(lambda: stage.events("Rated"), 20)
    assert (rated["data"]["grade"], rated["data"]["channel"]) == (5, "pad")

    stage.key(1, "next")
    wait_for(lambda: signs.shown(1) == second, 20)
    stage.key(1, "park")
    wait_for(lambda: stage.in_hand(1) is None, 20)
    stage.key(1, "pause")
    wait_for(lambda: signs.shown(1) == "PAUSED", 20)
    assert stage.window(1)["pause_reason"] == "暂离"
    stage.open(2)
    wait_for(lambda: signs.shown(1) == "PAUSED GO TO 2", 20)
    stage.key(1, "call_back")  # a key that means nothing here
    wait_for(lambda: stage.presses(1)[-1] == ("", "refused", "unknown_key"), 20)
    assert stage.manager.post("/windows/2/close").status_code == 200


def test_nobody_waiting_is_said_by_one_beep(stage: Stage) -> None:
    stage.open(ALONE)
    stage.pads.press_key(ALONE, "next")
    wait_for(lambda: stage.pads.beeps(ALONE) == 1, 20)
    assert stage.presses(ALONE)[-1] == ("next", "nobody", "")
    wait_for(lambda: stage.pads.shown(ALONE) == "000   ", 20)


def test_buttons_lamp_and_key_pads(stage: Stage) -> None:
    wait_for(lambda: stage.buttons.inputs() == [5, 6, 13])
    assert stage.lit() == [], "a closed window's lamp is dark"

    stage.push(13, "pause")
    wait_for(lambda: stage.lit() == [17], 20)
    label = stage.ticket()
    stage.push(5, "next")
    wait_for(lambda: stage.lit() == [27] and stage.signs.shown(4) == label, 20)
    stage.push(6, "serve")
    wait_for(lambda: stage.in_hand(4) == "serving", 20)
    stage.push(6, "serve")
    wait_for(lambda: stage.lit() == [17], 20)
    stage.push(13, "pause")
    wait_for(lambda: stage.lit() == [22], 20)
    assert stage.reception.post("/emergency", {"text": "请立即疏散"}).status_code < 300
    wait_for(lambda: stage.lit() == [23], 20)
    assert stage.reception.post("/emergency/clear").status_code < 300
    wait_for(lambda: stage.lit() == [22], 20)

    stage.keys.enter("0")
    wait_for(lambda: stage.window(5)["state"] == "open", 20)
    label = stage.ticket()
    stage.keys.enter("")
    wait_for(lambda: stage.signs.shown(5) == label, 20)
    stage.keys.enter("2")
    wait_for(lambda: stage.in_hand(5) == "serving", 20)
    rated = len(stage.events("Rated"))
    stage.grades.enter("4")  # nobody was finished yet: no grade is invented
    stage.keys.enter("2")
    wait_for(lambda: stage.in_hand(5) is None, 20)
    assert len(stage.events("Rated")) == rated

    def graded() -> bool:
        stage.grades.enter("5")  # counts once the node knows that the ticket is finished
        return len(stage.events("Rated")) > rated

    wait_for(graded, 20)
    assert stage.events("Rated")[-1]["data"]["grade"] == 5


def test_twenty_windows_on_one_line_call_once_each_though_the_server_dies(stage: Stage) -> None:
    windows = [n for n in WINDOWS if n > 5]
    for number in windows:
        stage.open(number)
    labels = {stage.ticket() for _ in windows}
    before = len(stage.events("TicketCalled"))
    for number in windows[:5]:
        stage.pads.press_key(number, "next")
    stage.hall.kill()
    for number in windows[5:]:
        stage.pads.press_key(number, "next")
    wait_for(lambda: not any(stage.pads.unheard(number) for number in windows), 20)
    pressed_s = time.monotonic()
    wait_for(lambda: time.monotonic() - pressed_s > 0.6)
    for number in windows:
        stage.pads.press_key(number, "next")  # impatience, and no repetition of the pad's
    stage.hall.start()
    wait_for(lambda: all(stage.pads.shown(n)[3:].strip() for n in windows), 40)
    called = stage.events("TicketCalled")[before:]
    assert sorted(event["data"]["window"] for event in called) == windows
    assert len({event["data"]["ticket_id"] for event in called}) == len(windows)
    shown = {stage.window(n)["ticket"]["label"]: stage.pads.shown(n)[3:] for n in windows}
    assert set(shown) == labels
    assert all(label.endswith(digits) for label, digits in shown.items())
    wait_for(lambda: {stage.signs.shown(n) for n in windows} == labels, 20)


def test_a_line_that_was_pulled_shows_everything_again_and_hears_keys(stage: Stage) -> None:
    tickets = {n: stage.window(n)["ticket"] for n in WINDOWS}
    numbers = {n: ticket["label"][1:] if ticket else "   " for n, ticket in tickets.items()}
    signs = {n: stage.signs.shown(n) for n in WINDOWS}
    for name in ("pads", "signs"):
        stage.lines[name].close()
    wait_for(lambda: stage.node.health()["devices"]["callpads"] == "unplugged", 20)
    stage.ticket("other")
    wait_for(lambda: stage.manager.get("/hall").status_code == 200)
    # Other pads and signs in their place: switched off meanwhile, they know nothing.
    pads, fresh = CallPadTwin((*WINDOWS, ALONE, 101)), SignTwin("alpha")
    stage.pads, stage.signs = pads, fresh
    stage.lines["pads"] = PtyLine(pads, stage.folder / "pads")
    stage.lines["signs"] = PtyLine(fresh, stage.folder / "signs")
    wait_for(lambda: all(pads.shown(n)[:3].isdigit() and pads.shown(n)[3:] == numbers[n] for n in WINDOWS), 20)
    wait_for(lambda: all(fresh.shown(n) == signs[n] for n in WINDOWS), 20)
    wait_for(lambda: pads.shown(ALONE) == "001   ", 20)
    pads.press_key(ALONE, "next")
    wait_for(lambda: pads.shown(ALONE) == "000001", 20)
