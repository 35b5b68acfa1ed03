"""The contract of every call pad driver, in memory and over a pty, natively and by the dialect file."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import wait_for

from drivers import presses
from drivers.address import open_transport, parse_address
from drivers.callpad import CallPads
from drivers.dialect_file import load_dialect, read_dialect
from drivers.errors import Unplugged, Unsupported
from drivers.ff68_keys import Ff68Language
from drivers.pad_events import KEY_EVENTS
from drivers.ports import DeviceState, GradePressed, KeyPressed
from drivers.presses import Presses
from drivers.registry import open_device
from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.faults import begin_fault
from drivers.simulated.line import PtyLine
from drivers.simulated.twin import ByteTwin
from drivers.transport import OpenTransport

DIALECTS = Path(__file__).parents[2] / "config" / "dialects"
NEXT = bytes.fromhex("FF 68 03 03 68 03 01 0C 10 16")


class Heard:
    """Pads and all they told."""

    def __init__(self, open_transport: OpenTransport, language, **options: float) -> None:
        self.keys: queue.Queue[KeyPressed] = queue.Queue()
        self.grades: queue.Queue[GradePressed] = queue.Queue()
        self.states: queue.Queue[DeviceState] = queue.Queue()
        self.pads = CallPads(open_transport, language, **options)
        self.pads.listen(self.keys.put, self.states.put, self.grades.put)

    def state(self, code: str) -> DeviceState:
        while (state := self.states.get(timeout=15)).code != code:
            continue
        return state

    def key(self) -> KeyPressed:
        return self.keys.get(timeout=10)


@pytest.fixture(params=["ff68", "dialect"])
def listen(request: pytest.FixtureRequest) -> Iterator[Callable[[OpenTransport], Heard]]:
    heard: list[Heard] = []

    def start(open_transport: OpenTransport, **options: float) -> Heard:
        language = Ff68Language() if request.param == "ff68" else load_dialect(DIALECTS / "ff68.toml")
        heard.append(Heard(open_transport, language, **options))
        heard[-1].state("ok")
        return heard[-1]

    yield start
    for one in heard:
        one.pads.close()


def test_every_key_becomes_its_event_and_is_acknowledged(plug_in, listen):
    twin = CallPadTwin([3, 4])
    heard = listen(plug_in(twin).open)
    for address in (3, 4):
        for event in KEY_EVENTS:
            twin.press_key(address, event)
            assert heard.key() == KeyPressed(address, event)
            wait_for(lambda address=address: not twin.unheard(address))


def test_digits_typed_before_a_key_come_with_it(plug_in, listen):
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open)
    twin.press_key(3, "transfer", digits="12")
    assert heard.key() == KeyPressed(3, "transfer", "12")


def test_a_bouncing_key_is_one_event_and_each_frame_is_acknowledged(plug_in, listen):
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open)
    for _ in range(3):
        twin.press_key(3, "next")
    twin.press_key(3, "recall")
    assert [heard.key().event, heard.key().event] == ["next", "recall"]
    wait_for(lambda: not twin.unheard(3))
    assert heard.keys.empty()


def test_a_rating_pad_on_the_same_line(plug_in, listen):
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open)
    heard.pads.open_rating(3)
    wait_for(lambda: twin.rating_open(3))
    twin.press(3, 2)
    assert heard.grades.get(timeout=10) == GradePressed(3, 2)
    wait_for(lambda: twin.acknowledged(3) == 1)


def test_numbers_and_beeps_reach_their_pad(plug_in, listen):
    twin = CallPadTwin([3, 4])
    heard = listen(plug_in(twin).open)
    heard.pads.show_ticket(3, "042")
    wait_for(lambda: twin.shown(3) == "   042")
    heard.pads.show_waiting(4, 12)
    wait_for(lambda: twin.shown(4) == "012   ")
    heard.pads.show_waiting(4, 4000)
    wait_for(lambda: twin.shown(4) == "999   ")
    heard.pads.show_ticket(3, "")
    wait_for(lambda: twin.shown(3) == "      ")
    heard.pads.beep(3)
    wait_for(lambda: twin.beeps(3) == 1)


def test_what_a_pad_cannot_show_is_refused_by_name(plug_in, listen):
    heard = listen(plug_in(CallPadTwin([3])).open)
    for show, says in (
        (lambda: heard.pads.show_ticket(3, "A01"), r"'A' \(U\+0041\)"),
        (lambda: heard.pads.show_ticket(3, "1234"), "3 digits"),
        (lambda: heard.pads.show_waiting(3, -1), "-1"),
        (lambda: heard.pads.beep(256), "256"),
    ):
        with pytest.raises(Unsupported, match=says):
            show()


def test_our_own_bytes_on_the_line_are_no_press(plug_in, listen):
    twin = CallPadTwin([3])
    twin.echoes = True
    heard = listen(plug_in(twin).open)
    twin.press_key(3, "next")
    assert heard.key() == KeyPressed(3, "next")
    heard.pads.open_rating(3)  # the same bytes as the key "evaluate"
    wait_for(lambda: twin.rating_open(3))
    twin.press_key(3, "recall")
    assert heard.key() == KeyPressed(3, "recall")
    assert heard.keys.empty()


def test_a_stuck_key_is_one_event_and_named(plug_in, listen, monkeypatch):
    monkeypatch.setattr(presses, "STUCK_S", 0.6)
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open, repeat_s=1.2)  # a busy machine repeats late, and that is no new press
    twin.hold_key(3, "next")
    try:
        assert "key next of pad 3" in heard.state("stuck_key").detail
    finally:
        twin.release_key()
    heard.state("ok")
    assert heard.key() == KeyPressed(3, "next")
    assert heard.keys.empty()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: b"\xff\x68\x1f\x1f\x68" + said,
        lambda said: said[:-4],
        lambda said: said[:-2] + bytes((said[-2] ^ 1,)) + said[-1:],
        lambda said: bytes(len(said)),
    ],
    ids=["false header", "half a frame", "wrong sum", "garbage"],
)
def test_a_press_right_after_a_fault_is_heard(plug_in, listen, spoil):
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open)
    fed = []
    twin.spoil = lambda said: fed.append(said) or spoil(said)
    twin.press_key(3, "pause")
    wait_for(lambda: fed)
    twin.spoil = bytes
    twin.press_key(3, "next")
    while heard.key() != KeyPressed(3, "next"):
        continue


def test_only_noise_is_named(plug_in, listen):
    twin = CallPadTwin([3])
    heard = listen(plug_in(twin).open)
    twin.spoil = lambda said: bytes(range(60))
    twin.press_key(3, "next")
    assert heard.state("bad_frame").health == "warning"
    twin.spoil = bytes
    twin.press_key(3, "next")
    heard.state("ok")


def test_pulled_and_put_back_again_and_again(plug_in, listen):
    twin = CallPadTwin([3])
    plug = plug_in(twin)
    heard = listen(plug.open)
    rounds = 10 if type(plug).__name__ == "PtyPlug" else 3
    for n in range(rounds):
        plug.unplug()
        heard.state("unplugged")
        with pytest.raises(Unplugged):
            heard.pads.beep(3)
        plug.plug()
        heard.state("ok")
        twin.press_key(3, KEY_EVENTS[n % len(KEY_EVENTS)])
        assert heard.key().event == KEY_EVENTS[n % len(KEY_EVENTS)]


def test_both_ways_of_saying_a_two_byte_key():
    """`06 0F` stands after the command in most pads, and is command and data in some."""
    language = Ff68Language()
    as_data = language.read(bytes.fromhex("FF 68 04 04 68 03 01 06 0F 19 16"))
    as_command = language.read(bytes.fromhex("FF 68 03 03 68 03 06 0F 18 16"))
    assert (as_data.event, as_command.event) == ("no_show", "no_show")
    assert language.read(bytes.fromhex("FF 68 03 03 68 03 05 0C 14 16")) is None
    with pytest.raises(Unsupported, match="no command dance"):
        language.command("dance")


def test_golden_bytes():
    language, dialect = Ff68Language(), load_dialect(DIALECTS / "ff68.toml")
    for speaks in (language, dialect):
        assert speaks.command("show", "001", 3).hex(" ") == "ff 68 08 08 68 03 02 0a 0a 0a 00 00 01 24 16"
        assert speaks.command("waiting", "012", 3).hex(" ") == "ff 68 08 08 68 03 02 00 01 02 0a 0a 0a 26 16"
        assert speaks.command("beep", "", 3).hex(" ") == "ff 68 02 02 68 03 03 06 16"
        assert speaks.command("open_rating", "", 3).hex(" ") == "ff 68 03 03 68 03 01 0b 0f 16"
        assert speaks.acknowledgement(NEXT) == NEXT
        assert speaks.acknowledgement(bytes.fromhex("FF 68 03 03 68 03 11 00 14 16")) == bytes.fromhex(
            "FF 68 03 03 68 03 01 00 04 16"
        )
        assert speaks.address_of(NEXT) == 3
    with pytest.raises(KeyError):
        CallPadTwin([3]).press_key(9, "next")


def test_presses():
    one = Presses(repeat_s=0.5)
    assert [one.is_new(3, "next", at) for at in (0.0, 0.4, 0.8, 1.4)] == [True, False, False, True]
    assert one.is_new(3, "recall", 1.5)
    assert one.is_new(4, "recall", 1.5)
    assert one.stuck(1.5) is None
    for tenth in range(15, 70):
        one.is_new(3, "recall", tenth / 10)
    assert one.stuck(7.0) == (3, "recall")
    assert one.stuck(9.0) is None


# -- pads that speak only when asked -----------------------------------------------------------------------------------

POLLED = """
name = "polled"
silence_ms = 50
[[frames]]
name = "ask"
direction = "out"
fields = [{ const = "05" }, { u8 = "address" }, { check = "sum8", of = "address" }]
[[frames]]
name = "key"
direction = "in"
fields = [{ const = "02" }, { u8 = "address" }, { u8 = "key" }, { check = "sum8", of = "address..key" }]
[[events]]
frame = "key"
field = "key"
map = { "4E" = "next" }
[poll]
frame = "ask"
addresses = [1, 2]
every_ms = 20
"""


class PolledTwin(ByteTwin):
    """Pads that answer to their own address: the key that was pressed, or 0 for none."""

    def __init__(self) -> None:
        super().__init__()
        self.away: set[int] = set()
        self.pressed: dict[int, int] = {}
        self.echoes = True

    def _receive(self, data: bytes) -> None:
        self._say(data)  # a two-wire line: the host hears its own questions
        for at in range(0, len(data) - 2, 3):
            address = data[at + 1]
            if address not in self.away:
                key = self.pressed.pop(address, 0)
                self._say(bytes((2, address, key, (address + key) & 0xFF)))


@pytest.fixture
def polled(plug_in) -> Iterator[tuple[PolledTwin, Heard]]:
    twin = PolledTwin()
    heard = Heard(plug_in(twin).open, read_dialect(POLLED, "polled.toml"))
    heard.state("ok")
    yield twin, heard
    heard.pads.close()


def test_polled_pads_are_asked_in_turn(polled):
    twin, heard = polled
    for address in (2, 1):
        twin.pressed[address] = 0x4E
        assert heard.key() == KeyPressed(address, "next")
    with pytest.raises(Unsupported, match="no command beep"):
        heard.pads.beep(1)


def test_a_pad_that_does_not_answer_is_named(polled):
    twin, heard = polled
    twin.away.add(2)
    assert "Of the call pads, 2 do not answer" in heard.state("mute").detail
    twin.pressed[1] = 0x4E
    assert heard.key() == KeyPressed(1, "next"), "the others go on"
    twin.away.clear()
    heard.state("ok")


# -- the faults that `hall-devices simulate --fault` shows -------------------------------------------------------------


@pytest.fixture
def on_line(tmp_path) -> Iterator[tuple[CallPadTwin, PtyLine, Heard]]:
    twin = CallPadTwin([3])
    line = PtyLine(twin, tmp_path / "pads")
    address = parse_address(f"serial://{tmp_path}/pads?baud=9600")
    heard = Heard(lambda: open_transport(address), Ff68Language())
    yield twin, line, heard
    heard.pads.close()
    twin.release_key()
    line.close()


def test_a_busy_port_is_named(tmp_path):
    twin = CallPadTwin([3])
    line = PtyLine(twin, tmp_path / "pads")
    begin_fault("port-busy", "callpad", twin, line)
    heard = Heard(lambda: open_transport(parse_address(f"serial://{tmp_path}/pads")), Ff68Language())
    assert heard.state("port_busy").health == "failed"
    heard.pads.close()
    line.close()


@pytest.mark.parametrize("fault", ["garbage", "half-frame", "checksum", "silence"])
def test_faults_of_a_pad_make_no_event(on_line, fault):
    twin, line, heard = on_line
    heard.state("ok")
    begin_fault(fault, "callpad", twin, line)
    for _ in range(8):
        twin.press_key(3, "next")
        wait_for(lambda: not twin._out)  # each answer is spoilt by itself
    if fault != "silence":
        heard.state("bad_frame")
    assert heard.keys.empty()
    twin.spoil, twin.mute = bytes, False
    twin.press_key(3, "recall")
    assert heard.key() == KeyPressed(3, "recall")


@pytest.mark.parametrize("fault", ["split", "slow", "echo"])
def test_faults_of_a_line_cost_nothing(on_line, fault):
    twin, line, heard = on_line
    heard.state("ok")
    begin_fault(fault, "callpad", twin, line)
    for event in KEY_EVENTS:
        twin.press_key(3, event)
        assert heard.key() == KeyPressed(3, event)
    assert heard.keys.empty()


def test_a_key_sticks_by_name(on_line, monkeypatch):
    monkeypatch.setattr(presses, "STUCK_S", 0.6)
    twin, line, heard = on_line
    heard.state("ok")
    begin_fault("stuck-key", "callpad", twin, line)
    assert heard.state("stuck_key").health == "warning"
    assert heard.key() == KeyPressed(3, "next")


@pytest.mark.skipif("HALL_HW_CALLPAD" not in os.environ, reason="HALL_HW_CALLPAD names no address of a real call pad")
def test_a_real_pad():
    """Press any key of the pad within a minute."""
    pads = open_device("callpad", "ff68", os.environ["HALL_HW_CALLPAD"])
    keys: queue.Queue[KeyPressed] = queue.Queue()
    pads.listen(keys.put, lambda _state: None)
    try:
        assert keys.get(timeout=60).event in KEY_EVENTS
    finally:
        pads.close()
