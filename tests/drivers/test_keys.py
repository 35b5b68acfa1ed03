"""The contract of key pads and scanners, in memory and over a pty, and evdev's part by a library made by hand."""

from __future__ import annotations

import errno
import os
import queue
import random
import string
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers import keys
from drivers.address import parse_address
from drivers.errors import BadAddress, LibraryMissing, NoAccess, PortBusy, Unplugged
from drivers.evdev_port import list_keys, load_evdev, open_keys
from drivers.input_events import RECORD, Typing
from drivers.keys import TypedLines
from drivers.ports import DeviceState
from drivers.registry import open_device
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import MemoryTransport
from drivers.transport import OpenTransport

FUZZ_BYTES = int(os.environ.get("HALL_FUZZ_BYTES", "2000000"))


class Heard:
    """A device and all it told."""

    def __init__(self, open_transport: OpenTransport, **options) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[DeviceState] = queue.Queue()
        self.device = TypedLines("scanner", open_transport, **{"empty": False, "patience_s": 30.0, **options})
        self.device.listen(self.lines.put, self.states.put)

    def state(self, code: str) -> DeviceState:
        while (state := self.states.get(timeout=15)).code != code:
            continue
        return state

    def line(self) -> str:
        return self.lines.get(timeout=10)


@pytest.fixture
def listen() -> Iterator[Callable[..., Heard]]:
    heard: list[Heard] = []

    def start(open_transport: OpenTransport, **options) -> Heard:
        heard.append(Heard(open_transport, **options))
        heard[-1].state("ok")
        return heard[-1]

    yield start
    for one in heard:
        one.device.close()


@pytest.mark.parametrize(
    "twin", [KeysTwin(), KeysTwin(keypad=True), KeysTwin(keypad=True, numlock=True)], ids=["row", "keypad", "numlock"]
)
def test_a_line_becomes_one_event(plug_in, listen, twin):
    heard = listen(plug_in(twin).open)
    twin.enter("9876543210")
    assert heard.line() == "9876543210"
    twin.type("12\b3")
    twin.enter("")
    assert heard.line() == "13"
    assert heard.lines.empty()


def test_a_scanner_types_every_printable_character(plug_in, listen):
    twin = KeysTwin()
    heard = listen(plug_in(twin).open)
    text = "".join(sorted(set(string.printable) - set(string.whitespace))) + " x"
    twin.enter(text)
    assert heard.line() == text


def test_a_host_that_is_slow_to_take_loses_no_key(plug_in):
    twin = KeysTwin()
    transport = plug_in(twin).open()
    for _ in range(3):
        twin.enter("0123456789" * 9)  # three times what a pty holds
    typing, lines = Typing(), []
    while len(lines) < 3:
        data = transport.read(10.0)
        assert data, "keys were lost on the way"
        lines += typing.feed(data)
    assert lines == ["0123456789" * 9] * 3
    transport.close()


def test_enter_alone_is_told_by_a_key_pad_and_not_by_a_scanner(plug_in, listen):
    pad, scanner = KeysTwin(), KeysTwin()
    heard_pad, heard_scanner = listen(plug_in(pad).open, empty=True), listen(plug_in(scanner).open)
    pad.enter("")
    assert heard_pad.line() == ""
    scanner.enter("")
    scanner.enter("1")
    assert heard_scanner.line() == "1"


def test_what_is_left_without_enter_is_dropped(plug_in, listen):
    twin = KeysTwin()
    heard = listen(plug_in(twin).open, patience_s=0.3)
    twin.type("12")
    waited = threading.Event()
    waited.wait(1.0)  # the pause itself is what is tested
    twin.enter("345")
    assert heard.line() == "345"


def test_a_stuck_key_is_named(plug_in, listen, monkeypatch):
    monkeypatch.setattr(keys, "STUCK_S", 0.3)
    twin = KeysTwin()
    heard = listen(plug_in(twin).open)
    twin.hold(5)
    assert "Key 5" in heard.state("stuck_key").detail
    twin.release(5)
    heard.state("ok")
    twin.enter("")
    assert heard.line() == "4"


def test_typing_without_an_end_is_named(listen):
    twin = KeysTwin()
    heard = listen(lambda: MemoryTransport(twin))
    twin.type("x" * 2100)
    assert "send ENTER" in heard.state("bad_frame").detail
    twin.enter("")
    heard.line()
    twin.enter("1")
    assert heard.line() == "1"
    heard.state("ok")


def test_pulled_and_put_back(plug_in, listen):
    twin = KeysTwin()
    plug = plug_in(twin)
    heard = listen(plug.open)
    for n in range(5):
        plug.unplug()
        heard.state("unplugged")
        plug.plug()
        heard.state("ok")
        twin.enter(str(n))
        assert heard.line() == str(n)


def test_other_addresses_are_refused():
    for kind in ("keypad", "scanner"):
        with pytest.raises(BadAddress, match="evdev://"):
            open_device(kind, "evdev", "serial:///dev/ttyS0")


@pytest.mark.parametrize("url", ["evdev://x", "evdev://1a2c:0b2", "evdev://1a2c:0b23?name=x", "evdev:1a2c:0b23"])
def test_wrong_addresses(url):
    with pytest.raises(BadAddress, match="evdev://vendor:product"):
        parse_address(url)


# -- decoding ----------------------------------------------------------------------------------------------------------


def test_records_are_found_at_any_split():
    twin = KeysTwin()
    twin.enter("A1")
    data = twin.feed(b"")
    assert RECORD.size == struct.calcsize("llHHi")
    for at in range(0, len(data), 5):
        typing = Typing()
        assert typing.feed(data[:at]) + typing.feed(data[at:]) == ["A1"]


def test_random_records_neither_crash_nor_fill():
    noise = random.Random(5)
    typing, fed = Typing(), 0
    while fed < FUZZ_BYTES:
        piece = noise.randbytes(noise.randrange(1, 900))
        if fed % 2:
            piece = b"".join(
                RECORD.pack(0, 0, 1, noise.randrange(120), noise.randrange(3)) for _ in range(noise.randrange(40))
            )
        typing.feed(piece)
        fed += len(piece) + 1
        assert len(typing._held) < RECORD.size
        assert len(typing._line) <= 2048
    typing = Typing()
    twin = KeysTwin()
    twin.enter("7")
    assert typing.feed(twin.feed(b"")) == ["7"]


def test_escape_and_repeats():
    def pressed(*events: tuple[int, int]) -> bytes:
        return b"".join(RECORD.pack(0, 0, 1, code, value) for code, value in events)

    typing = Typing()
    assert typing.feed(pressed((2, 1), (2, 2), (2, 0), (1, 1), (3, 1), (28, 1))) == ["2"]
    typing.feed(pressed((4, 1)))
    typing.forget_line()
    assert typing.feed(pressed((96, 1))) == [""]


# -- evdev's part ------------------------------------------------------------------------------------------------------


PAD = (0x1A2C, 0x0B23, "usb-1.2/input0", True, 0, 0)


def test_the_right_node_of_several_is_grabbed_and_read(nodes):
    library = nodes(
        (0x046D, 0xC31C, "usb-1.1/input0", True, 0, 0), (0x1A2C, 0x0B23, "usb-1.2/input1", False, 0, 0), PAD
    )
    twin = KeysTwin()
    twin.enter("5")
    transport = open_keys(parse_address("evdev://1A2C:0B23"), library)
    assert library.open == ["/dev/input/event2"]
    os.write(library.pipes["/dev/input/event2"][1], twin.feed(b""))
    assert Typing().feed(transport.read(1.0)) == ["5"]
    transport.close()
    assert library.open == []


def test_two_alike_are_told_apart_by_their_port(nodes):
    library = nodes(PAD, (0x1A2C, 0x0B23, "usb-1.3/input0", True, 0, 0))
    transport = open_keys(parse_address("evdev://1a2c:0b23?phys=usb-1.3/input0"), library)
    assert library.open == ["/dev/input/event1"]
    transport.close()


@pytest.mark.parametrize(
    ("node", "error", "says"),
    [
        ((1, 2, "", True, 0, 0), Unplugged, "not plugged in"),
        ((1, 2, "", True, errno.EACCES, 0), NoAccess, "group"),
        ((1, 2, "", True, errno.ENODEV, 0), Unplugged, "not plugged in"),
        ((*PAD[:5], errno.EBUSY), PortBusy, "another program"),
        ((*PAD[:5], errno.ENODEV), Unplugged, "unplugged"),
    ],
)
def test_faults_are_named(nodes, node, error, says):
    library = nodes(node)
    with pytest.raises(error, match=says):
        open_keys(parse_address("evdev://1a2c:0b23"), library)
    assert library.open == []


def test_what_is_plugged_in_is_listed(nodes):
    library = nodes(PAD, (5, 6, "", False, 0, 0), (7, 8, "", True, errno.EACCES, 0), (9, 10, "", True, 0, 0))
    assert list_keys(library) == [
        ("evdev://1a2c:0b23?phys=usb-1.2/input0", "pad", "/dev/input/event0"),
        ("evdev://0009:000a", "pad", "/dev/input/event3"),
    ]
    assert library.open == []


def test_without_the_library_it_is_said_what_to_install():
    try:
        import evdev
    except ImportError:
        with pytest.raises(LibraryMissing, match=r"hall-queue\[device\]"):
            load_evdev()
        pad = open_device("keypad", "evdev", "evdev://1a2c:0b23")
        states: queue.Queue[DeviceState] = queue.Queue()
        pad.listen(lambda _line: None, states.put)
        assert states.get(timeout=10).code == "library_missing"
        pad.close()
    else:
        assert load_evdev() is evdev


@pytest.mark.parametrize("kind", ["keypad", "scanner"])
def test_a_real_device(kind):
    """Type or scan anything within a minute."""
    url = os.environ.get(f"HALL_HW_{kind.upper()}")
    if not url:
        pytest.skip(f"HALL_HW_{kind.upper()} names no address of a real {kind}")
    heard: queue.Queue[str] = queue.Queue()
    device = open_device(kind, "evdev", url)
    device.listen(heard.put, lambda _state: None)
    try:
        assert heard.get(timeout=60)
    finally:
        device.close()
