"""Lamps and buttons wired to pins; knows no window and no ticket.

Buttons connect a pin to ground, with the pull-up of the chip: pressed is 0. Lamps light at 1, or at 0 with
`active_low`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from drivers.address import Address
from drivers.debounce import Debounce
from drivers.errors import StuckKey, Unsupported
from drivers.listener import Listener
from drivers.pins import OpenPins, Pins, opener
from drivers.ports import DeviceState, Lamp
from drivers.states import OK, warning

LAMPS: tuple[Lamp, ...] = ("free", "serving", "paused", "alarm")
HIGHEST_PIN = 27
SETTLE_S = 0.03
STUCK_S = 20.0
_POLL_S = 0.015
_WATCH_S = 0.2


class PinLamps:
    """The lamp of one window: a pin for each colour, at most one lit. What was asked last is lit again after a failure.

    pins: BCM numbers 0–27 of "free", "serving", "paused", "alarm" · active_low: a pin lights at 0.
    """

    def __init__(self, open_pins: OpenPins, pins: Mapping[str, int], *, active_low: bool = False) -> None:
        _check_pins(pins, LAMPS)
        self._pins = dict(pins)
        self._low = active_low
        self._lamp: Lamp = "off"
        self._changed = threading.Event()
        self._listener = Listener("lamps", open_pins, self._session)
        self._listener.start(lambda _state: None)

    def light(self, lamp: Lamp) -> None:
        """Light one lamp and no other; "off" lights none. Raises Unsupported for a lamp without a pin."""
        if lamp != "off" and lamp not in self._pins:
            raise Unsupported(f"There is no pin for the lamp {lamp}; there are {', '.join(self._pins)}.")
        self._lamp = lamp
        self._changed.set()

    def state(self) -> DeviceState:
        return self._listener.state

    def close(self) -> None:
        """Put the lamp out and let its pins go."""
        self._listener.stop(0.0)  # no more rounds; then wake the thread and wait for it
        self._changed.set()
        self._listener.stop()

    def _session(self, pins: Pins) -> None:
        for pin in self._pins.values():
            pins.lamp(pin, self._level(False))
        while not self._listener.stopped():
            self._changed.clear()
            for lamp, pin in self._pins.items():
                pins.light(pin, self._level(lamp == self._lamp))
            self._listener.report(OK)
            self._changed.wait(1.0)  # written again each second, so that a board that went away is noticed

    def _level(self, lit: bool) -> int:
        return int(lit != self._low)


class PinButtons:
    """Buttons by name, each on a pin.

    pins: name -> BCM number 0–27 · settle_s: how long a contact stands still before it counts, whether it is polled or
    told by edges.
    """

    def __init__(self, open_pins: OpenPins, pins: Mapping[str, int], *, settle_s: float = SETTLE_S) -> None:
        _check_pins(pins)
        self._pins = dict(pins)
        self._settle_s = settle_s
        self._on_press: Callable[[str], None] = lambda _name: None
        self._edge = threading.Event()
        self._listener = Listener("buttons", open_pins, self._session)

    def listen(self, on_press: Callable[[str], None], on_state: Callable[[DeviceState], None]) -> None:
        """Start the thread; both callbacks are called from it."""
        self._on_press = on_press
        self._listener.start(on_state)

    def state(self) -> DeviceState:
        return self._listener.state

    def close(self) -> None:
        self._listener.stop(0.0)
        self._edge.set()
        self._listener.stop()

    def _session(self, pins: Pins) -> None:
        contacts = {name: Debounce(self._settle_s) for name in self._pins}
        for pin in self._pins.values():
            pins.button(pin)
        watched = [pins.watch(pin, lambda _pin: self._edge.set()) for pin in self._pins.values()]
        told = all(watched)
        while not self._listener.stopped():
            now_s = time.monotonic()
            moving = False
            for name, contact in contacts.items():
                if contact.press(pins.pressed(self._pins[name]), now_s):
                    self._listener.tell(lambda name=name: self._on_press(name))  # type: ignore[misc]
                moving = moving or contact.moving
            self._listener.report(_seen(contacts, now_s))
            # While a contact moves it is polled in both cases, so that both make the same of it.
            self._edge.wait(_POLL_S if moving or not told else _WATCH_S)
            self._edge.clear()


def _seen(contacts: Mapping[str, Debounce], now_s: float) -> DeviceState:
    for name, contact in contacts.items():
        if contact.held_s(now_s) >= STUCK_S:
            return warning(StuckKey(f"The button {name} is stuck; free it or see its wire."))
    return OK


def _check_pins(pins: Mapping[str, int], names: Iterable[str] = ()) -> None:
    known = tuple(names)
    if not pins:
        raise Unsupported("Name at least one pin, like pins = { next = 17 }.")
    for name, pin in pins.items():
        if known and name not in known:
            raise Unsupported(f"There is no lamp {name!r}; there are {', '.join(known)}.")
        if not isinstance(pin, int) or not 0 <= pin <= HIGHEST_PIN:
            raise Unsupported(f"{pin!r} is no pin for {name}; pins are 0 to {HIGHEST_PIN}, as the chip numbers them.")
    if len(set(pins.values())) < len(pins):
        raise Unsupported("Two names have the same pin; each needs its own.")


def create_lamps(address: Address, *, pins: Mapping[str, int], active_low: bool = False) -> PinLamps:
    """The lamp of a window at gpio://bcm or simulated://NAME."""
    return PinLamps(opener(address), pins, active_low=active_low)


def create_buttons(address: Address, *, pins: Mapping[str, int]) -> PinButtons:
    """Buttons at gpio://bcm or simulated://NAME."""
    return PinButtons(opener(address), pins)
