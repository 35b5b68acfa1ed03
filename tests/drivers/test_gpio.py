"""The contract of lamps and buttons: on a simulated board in memory and over a pty, and on stand-ins for RPi.GPIO."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from waiting import wait_for

from drivers import gpio
from drivers.address import parse_address
from drivers.debounce import Debounce
from drivers.errors import BadAddress, LibraryMissing, Mute, Unplugged, Unsupported
from drivers.gpio import PinButtons, PinLamps
from drivers.pins import Pins, load_board, opener
from drivers.ports import DeviceState
from drivers.remote_pins import RemotePins
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.line import MemoryTransport

LAMP_PINS = {"free": 17, "serving": 27, "alarm": 22}
BUTTON_PINS = {"next": 5, "recall": 6}


class Board:
    """A stand-in for the module RPi.GPIO. edges: whether this kernel tells them · broken: what every call raises."""

    BCM, IN, OUT, PUD_UP, BOTH = 11, 1, 0, 22, 33

    def __init__(self, *, edges: bool = True, broken: Exception | None = None) -> None:
        self.edges, self.broken = edges, broken
        self.levels: dict[int, int] = {}
        self.callbacks: dict[int, Callable[[int], None]] = {}
        self.mode = None

    def setwarnings(self, flag):
        assert flag is False

    def setmode(self, mode):
        self.mode = mode

    def setup(self, channel, direction, **options):
        self._work()
        assert self.mode == self.BCM
        if direction == self.OUT:
            assert set(options) == {"initial"}
            self.levels[channel] = options["initial"]
        else:
            assert options == {"pull_up_down": self.PUD_UP}
            self.levels[channel] = 1

    def output(self, channel, value):
        self._work()
        self.levels[channel] = value

    def input(self, channel):
        self._work()
        return self.levels[channel]

    def add_event_detect(self, channel, edge, callback):
        if not self.edges:
            raise RuntimeError("Failed to add edge detection")
        assert edge == self.BOTH
        self.callbacks[channel] = callback

    def remove_event_detect(self, channel):
        del self.callbacks[channel]

    def cleanup(self, channel):
        del self.levels[channel]

    def press(self, pin, bounces=0):
        for _ in range(bounces):
            self._move(pin, 0)
            self._move(pin, 1)
        self._move(pin, 0)

    def release(self, pin):
        self._move(pin, 1)

    def _move(self, pin, level):
        self.levels[pin] = level
        if pin in self.callbacks:
            self.callbacks[pin](pin)

    def _work(self):
        if self.broken is not None:
            raise self.broken


class Wired:
    """A board and how it is opened. `board` has press, release; `lit(pin)` is the level of a lamp."""

    def __init__(self, board, open_pins, lit, unplug=None, plug=None):
        self.board, self.open, self.lit, self.unplug, self.plug = board, open_pins, lit, unplug, plug


@pytest.fixture(params=["edges", "polled", "twin"])
def wire(request, plug_in) -> Callable[[], Wired]:
    def make() -> Wired:
        if request.param == "twin":
            twin = PinsTwin()
            plug = plug_in(twin)
            return Wired(twin, lambda: Pins(RemotePins(plug.open())), twin.level, plug.unplug, plug.plug)
        board = Board(edges=request.param == "edges")
        return Wired(board, lambda: Pins(board), board.levels.get)

    return make


@pytest.fixture
def closing() -> Iterator[Callable]:
    made = []

    def keep(device):
        made.append(device)
        return device

    yield keep
    for device in made:
        device.close()
        device.close()
        assert device.state().code == "closed"


class Heard:
    """Buttons and all they told."""

    def __init__(self, open_pins, **options) -> None:
        self.presses: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[DeviceState] = queue.Queue()
        self.buttons = PinButtons(open_pins, BUTTON_PINS, **options)
        self.buttons.listen(self.presses.put, self.states.put)

    def state(self, code: str) -> DeviceState:
        while (state := self.states.get(timeout=15)).code != code:
            continue
        return state


def listening(closing, wired, **options) -> Heard:
    heard = Heard(wired.open, **options)
    closing(heard.buttons)
    heard.state("ok")
    return heard


@pytest.mark.parametrize("active_low", [False, True])
def test_one_lamp_is_lit_at_a_time(wire, closing, active_low):
    wired = wire()
    lamps = closing(PinLamps(wired.open, LAMP_PINS, active_low=active_low))
    wait_for(lambda: lamps.state().code == "ok")
    for lamp in ("free", "serving", "alarm", "off"):
        lamps.light(lamp)
        wanted = [int((name == lamp) != active_low) for name in LAMP_PINS]
        wait_for(lambda wanted=wanted: [wired.lit(pin) for pin in LAMP_PINS.values()] == wanted)


def test_a_lamp_without_a_pin_is_refused(wire, closing):
    lamps = closing(PinLamps(wire().open, LAMP_PINS))
    with pytest.raises(Unsupported, match="no pin for the lamp paused"):
        lamps.light("paused")


def test_pins_are_let_go_and_dark_at_the_end(wire):
    wired = wire()
    lamps = PinLamps(wired.open, LAMP_PINS)
    lamps.light("free")
    wait_for(lambda: wired.lit(17) == 1)
    lamps.close()
    wait_for(lambda: wired.lit(17) is None)


def test_a_bouncing_contact_is_one_press(wire, closing):
    wired = wire()
    heard = listening(closing, wired)
    for _ in range(2):
        wired.board.press(5, bounces=4)
        assert heard.presses.get(timeout=10) == "next"
        wired.board.release(5)
        wired.board.press(6)
        assert heard.presses.get(timeout=10) == "recall"
        wired.board.release(6)
        assert until_up(heard)
    assert heard.presses.empty()


def until_up(heard: Heard) -> bool:
    """Let both contacts settle: longer than settle_s and several rounds of polling."""
    return not threading.Event().wait(0.3)


def test_a_stuck_button_is_named(wire, closing, monkeypatch):
    monkeypatch.setattr(gpio, "STUCK_S", 0.3)
    wired = wire()
    heard = listening(closing, wired)
    wired.board.press(5)
    assert "button next" in heard.state("stuck_key").detail
    wired.board.release(5)
    heard.state("ok")
    assert heard.presses.get(timeout=1) == "next"
    assert heard.presses.empty()


def test_a_board_that_goes_away_comes_back(plug_in, closing):
    twin = PinsTwin()
    plug = plug_in(twin)
    wired = Wired(twin, lambda: Pins(RemotePins(plug.open())), twin.level)
    heard = listening(closing, wired)
    plug.unplug()
    heard.state("unplugged")
    plug.plug()
    heard.state("ok")
    twin.press(5)
    assert heard.presses.get(timeout=10) == "next"
    wait_for(lambda: twin.inputs() == [5, 6])


def test_a_lamp_is_lit_again_after_its_board_was_away(plug_in, closing):
    twin = PinsTwin()
    plug = plug_in(twin)
    lamps = closing(PinLamps(lambda: Pins(RemotePins(plug.open())), LAMP_PINS))
    lamps.light("free")
    wait_for(lambda: twin.level(17) == 1)
    plug.unplug()
    wait_for(lambda: lamps.state().code == "unplugged")
    lamps.light("serving")
    plug.plug()
    wait_for(lambda: (twin.level(17), twin.level(27)) == (0, 1))


@pytest.mark.parametrize("fault", [RuntimeError("not running on a RPi"), OSError(5, "I/O error")])
def test_what_the_library_raises_becomes_ours(closing, fault):
    board = Board(broken=fault)
    lamps = closing(PinLamps(lambda: Pins(board), LAMP_PINS))
    wait_for(lambda: lamps.state().code == "unplugged")
    board.broken = None
    lamps.light("free")
    wait_for(lambda: board.levels.get(17) == 1)
    wait_for(lambda: lamps.state().code == "ok")


def test_a_mute_board_is_named():
    twin = PinsTwin()
    twin.mute = True
    pins = Pins(RemotePins(MemoryTransport(twin)))
    with pytest.raises(Mute, match="do not answer"):
        pins.button(5)
    pins.close()
    with pytest.raises(Unplugged):
        pins.light(5, 1)


@pytest.mark.parametrize(
    ("pins", "says"),
    [
        ({}, "at least one pin"),
        ({"green": 1}, "no lamp 'green'"),
        ({"free": 28}, "0 to 27"),
        ({"free": "x"}, "0 to 27"),
        ({"free": 1, "alarm": 1}, "the same pin"),
    ],
)
def test_wrong_pins_are_named(pins, says):
    with pytest.raises(Unsupported, match=says):
        PinLamps(lambda: Pins(Board()), pins)


def test_addresses():
    assert callable(opener(parse_address("gpio://bcm")))
    for url in ("serial:///dev/ttyS0", "gpio://board", "gpio://bcm?x=1"):
        with pytest.raises(BadAddress):
            opener(parse_address(url))


def test_off_a_pi_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "RPi", None)
    with pytest.raises(LibraryMissing, match=r"hall-queue\[device\]"):
        load_board()


def test_the_module_of_the_pi_is_used(monkeypatch):
    """The one seam to the library: whatever `import RPi.GPIO` gives is the board."""
    package, module = ModuleType("RPi"), Board()
    package.GPIO = module  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "RPi", package)
    monkeypatch.setitem(sys.modules, "RPi.GPIO", module)
    assert load_board() is module
    pins = opener(parse_address("gpio://bcm"))()
    pins.lamp(4, 0)
    assert module.levels == {4: 0}
    pins.close()
    assert module.levels == {}


def test_debounce():
    contact = Debounce(0.03)
    levels = [(True, 0.0), (False, 0.01), (True, 0.02), (True, 0.04), (True, 0.06), (True, 0.1), (False, 0.2)]
    assert [contact.press(down, at) for down, at in levels] == [False, False, False, False, True, False, False]
    assert contact.moving
    assert contact.held_s(0.2) == pytest.approx(0.14)
    assert not contact.press(False, 0.3)
    assert (contact.held_s(0.3), contact.moving) == (0.0, False)


def test_the_twin_passes_over_what_it_does_not_know():
    twin = PinsTwin()
    twin.feed(b"\xff\xfe\nout\nout x 1\nout 99 1\nblink 3\nout 3 1\nin 4\n")
    assert (twin.outputs(), twin.inputs()) == ({3: 1}, [4])
    twin.feed(b"free 3\nfree 4\n")
    twin.feed(b"x" * 9000)
    assert (twin.outputs(), twin.inputs(), len(twin._held)) == ({}, [], 4096)
    twin.press(4)
    assert twin.feed(b"") == b""


@pytest.mark.skipif("HALL_HW_LAMPS" not in os.environ, reason="HALL_HW_LAMPS names no pin with a lamp")
def test_a_real_lamp():
    """Look at it: it is lit once."""
    lamps = PinLamps(opener(parse_address("gpio://bcm")), {"free": int(os.environ["HALL_HW_LAMPS"])})
    lamps.light("free")
    wait_for(lambda: lamps.state().code == "ok")
    lamps.close()


@pytest.mark.skipif("HALL_HW_BUTTONS" not in os.environ, reason="HALL_HW_BUTTONS names no pin with a button")
def test_a_real_button():
    """Press it within a minute."""
    heard: queue.Queue[str] = queue.Queue()
    buttons = PinButtons(opener(parse_address("gpio://bcm")), {"next": int(os.environ["HALL_HW_BUTTONS"])})
    buttons.listen(heard.put, lambda _state: None)
    try:
        assert heard.get(timeout=60) == "next"
    finally:
        buttons.close()
