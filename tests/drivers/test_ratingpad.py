"""The contract of every rating pad driver, against the twin in memory and over a pty, and the FF 68 frames."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable, Iterator

import pytest
from waiting import wait_for

from drivers import ff68
from drivers.errors import Unplugged, Unsupported
from drivers.ff68 import Ff68Parser, Message
from drivers.ports import DeviceState, GradePressed
from drivers.ratingpad import Ff68Pads
from drivers.simulated.line import MemoryTransport
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.transport import OpenTransport


class Heard:
    """Pads and all they told."""

    def __init__(self, open_transport: OpenTransport, **options) -> None:
        self.grades: queue.Queue[GradePressed] = queue.Queue()
        self.states: queue.Queue[DeviceState] = queue.Queue()
        self.pads = Ff68Pads(open_transport, **options)
        self.pads.listen(self.grades.put, self.states.put)

    def state(self, code: str) -> DeviceState:
        while (state := self.states.get(timeout=10)).code != code:
            continue
        return state


@pytest.fixture
def listen() -> Iterator[Callable[..., Heard]]:
    heard: list[Heard] = []

    def start(open_transport: OpenTransport, **options) -> Heard:
        heard.append(Heard(open_transport, **options))
        return heard[-1]

    yield start
    for one in heard:
        one.pads.close()


def test_a_press_becomes_a_grade_and_is_acknowledged(plug_in, listen):
    twin = RatingPadTwin([3, 4])
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    twin.press(3, 0)
    assert heard.grades.get(timeout=10) == GradePressed(3, 2)
    twin.press(4, 3)
    assert heard.grades.get(timeout=10) == GradePressed(4, 5)
    wait_for(lambda: (twin.acknowledged(3), twin.acknowledged(4)) == (1, 1))


def test_a_value_without_a_grade_is_acknowledged_and_never_told(plug_in, listen):
    twin = RatingPadTwin([3])
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    twin.press(3, 1)
    wait_for(lambda: twin.acknowledged(3) == 1)
    assert heard.grades.empty()


def test_the_site_says_what_a_key_means(plug_in, listen):
    twin = RatingPadTwin([3])
    heard = listen(plug_in(twin).open, grades={1: 1})
    heard.state("ok")
    twin.press(3, 1)
    assert heard.grades.get(timeout=10) == GradePressed(3, 1)


def test_a_repeated_press_is_one_grade(plug_in, listen):
    twin = RatingPadTwin([3])
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    for _ in range(3):
        twin.press(3, 2)
    wait_for(lambda: twin.acknowledged(3) == 3)
    assert heard.grades.get(timeout=10) == GradePressed(3, 4)
    assert heard.grades.empty()


def test_one_pad_of_several_is_asked_to_rate(plug_in, listen):
    twin = RatingPadTwin([1, 2])
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    heard.pads.open_rating(2)
    wait_for(lambda: twin.rating_open(2))
    assert not twin.rating_open(1)
    twin.press(2, 2)
    assert not twin.rating_open(2)


def test_noise_and_echo_are_passed_over(plug_in, listen):
    twin = RatingPadTwin([3])
    twin.spoil = lambda said: b"\xff\x68\x03\x00\xff" + ff68.acknowledge_rating(3) + said
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    twin.press(3, 3)
    assert heard.grades.get(timeout=10) == GradePressed(3, 5)
    assert heard.grades.empty()


def test_unplugged_and_put_back(plug_in, listen):
    twin = RatingPadTwin([3])
    plug = plug_in(twin)
    heard = listen(plug.open)
    heard.state("ok")
    plug.unplug()
    assert heard.state("unplugged").health == "failed"
    with pytest.raises(Unplugged):
        heard.pads.open_rating(3)
    plug.plug()
    heard.state("ok")
    twin.press(3, 0)
    assert heard.grades.get(timeout=10) == GradePressed(3, 2)


def test_grades_out_of_bounds_are_refused():
    for grades in ({0: 0}, {0: 6}, {256: 1}, {-1: 1}):
        with pytest.raises(Unsupported):
            Ff68Pads(lambda: MemoryTransport(RatingPadTwin()), grades=grades)


# -- frames, without a pad ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "golden"),
    [
        (Message(3, 1, b"\x0c"), "FF 68 03 03 68 03 01 0C 10 16"),
        (Message(3, 0x11, b"\x00"), "FF 68 03 03 68 03 11 00 14 16"),
        (Message(3, 1, b"\x00"), "FF 68 03 03 68 03 01 00 04 16"),
        (Message(3, 2, bytes((10, 10, 10, 0, 0, 1))), "FF 68 08 08 68 03 02 0A 0A 0A 00 00 01 24 16"),
        (Message(3, 3), "FF 68 02 02 68 03 03 06 16"),
        (Message(3, 1, b"\x0b"), "FF 68 03 03 68 03 01 0B 0F 16"),
    ],
)
def test_golden_frames(message, golden):
    data = bytes.fromhex(golden)
    assert ff68.frame(message) == data
    assert Ff68Parser().messages(data, 1.0) == [message]


def test_golden_commands():
    assert ff68.acknowledge_rating(3) == bytes.fromhex("FF 68 03 03 68 03 01 00 04 16")
    assert ff68.open_rating(3) == bytes.fromhex("FF 68 03 03 68 03 01 0B 0F 16")


def test_golden_press_and_display_of_the_twin():
    twin = RatingPadTwin([3], clock_s=lambda: 1.0)
    twin.press(3, 0)
    assert twin.feed(b"") == bytes.fromhex("FF 68 03 03 68 03 11 00 14 16")
    twin.feed(bytes.fromhex("FF 68 08 08 68 03 02 0A 0A 0A 00 00 01 24 16"))
    assert twin.shown(3) == "   001"
    with pytest.raises(KeyError):
        twin.press(9, 0)


def test_an_open_rating_closes_by_itself():
    now = [0.0]
    twin = RatingPadTwin([3], clock_s=lambda: now[0])
    twin.feed(ff68.open_rating(3))
    assert twin.rating_open(3)
    now[0] = 61.0
    assert not twin.rating_open(3)


def test_frames_are_found_at_any_split_and_after_noise():
    press = ff68.frame(Message(3, 0x11, b"\x02"))
    stream = b"\xff\xff\x68\x03\x03\x00\xff\x68\x20\x20\x68" + press + b"\x16" + press
    for at in range(len(stream)):
        parser = Ff68Parser()
        found = parser.messages(stream[:at], 1.0) + parser.messages(stream[at:], 1.0) + parser.messages(b"", 9.0)
        assert found == [Message(3, 0x11, b"\x02")] * 2


def test_a_false_header_does_not_stall_the_next_frame():
    parser = Ff68Parser()
    assert parser.messages(b"\xff\x68\x20\x20\x68\x01", 1.0) == []
    assert parser.messages(ff68.frame(Message(3, 0x11, b"\x02")), 1.5) == [Message(3, 0x11, b"\x02")]


def test_a_wrong_sum_is_no_frame():
    press = bytearray(ff68.frame(Message(3, 0x11, b"\x02")))
    press[-2] ^= 1
    parser = Ff68Parser()
    assert parser.messages(bytes(press), 1.0) == []
    assert parser.bad_frames == 1


def test_random_bytes_never_fill_the_parser():
    noise = random.Random(7)
    parser = Ff68Parser()
    for at in range(300):
        parser.feed(noise.randbytes(500) + b"\xff\x68\x20\x20\x68", float(at) / 1000)
        assert len(parser._held) < 64
    assert parser.messages(ff68.frame(Message(3, 0x11, b"\x02")), 99.0) == [Message(3, 0x11, b"\x02")]


def test_too_much_for_a_pad_is_refused():
    with pytest.raises(Unsupported):
        ff68.frame(Message(3, 2, bytes(31)))
