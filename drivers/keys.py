"""USB key pads and scanners: a line that was typed or scanned becomes one event; knows no ticket and keeps no text."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.address import Address, open_transport
from drivers.errors import BadAddress, BadFrame, StuckKey
from drivers.evdev_port import open_keys
from drivers.input_events import Typing
from drivers.listener import Listener
from drivers.ports import DeviceState
from drivers.states import OK, warning
from drivers.transport import OpenTransport, Transport

_READ_S = 0.1
STUCK_S = 5.0


class TypedLines:
    """A key pad or a scanner.

    name: in sentences for people · open_transport: gives its input events, again after it was unplugged ·
    empty: whether ENTER alone is told, as on a key pad; a scanner has nothing to say then · patience_s: what was typed
    without ENTER is dropped after such a pause.
    """

    def __init__(self, name: str, open_transport: OpenTransport, *, empty: bool, patience_s: float) -> None:
        self._name = name
        self._empty = empty
        self._patience_s = patience_s
        self._on_line: Callable[[str], None] = lambda _line: None
        self._on_key: Callable[[str], None] = lambda _key: None
        self._listener = Listener(name, open_transport, self._session)

    def listen(
        self,
        on_line: Callable[[str], None],
        on_state: Callable[[DeviceState], None],
        on_key: Callable[[str], None] = lambda _key: None,
    ) -> None:
        """Start the thread; all callbacks are called from it. on_key: each key at once, named as a browser does."""
        self._on_line, self._on_key = on_line, on_key
        self._listener.start(on_state)

    def state(self) -> DeviceState:
        return self._listener.state

    def close(self) -> None:
        self._listener.stop()

    def _session(self, transport: Transport) -> None:
        typing = Typing()
        since_s: dict[int, float] = {}
        heard_s = time.monotonic()
        while not self._listener.stopped():
            now_s = time.monotonic()
            since_s = {code: since_s.get(code, now_s) for code in typing.keys_down}
            self._listener.report(self._seen(typing, since_s, now_s))
            data = transport.read(_READ_S)
            if time.monotonic() - heard_s > self._patience_s:
                typing.forget_line()
            heard_s = time.monotonic() if data else heard_s
            lines = typing.feed(data)
            for key in typing.take_keys():
                self._listener.tell(lambda key=key: self._on_key(key))  # type: ignore[misc]
            for line in lines:
                typing.too_long = 0
                if line or self._empty:
                    self._tell(line)

    def _tell(self, line: str) -> None:
        self._listener.tell(lambda: self._on_line(line))

    def _seen(self, typing: Typing, since_s: dict[int, float], now_s: float) -> DeviceState:
        stuck = sorted(code for code, at_s in since_s.items() if now_s - at_s >= STUCK_S)
        if stuck:
            return warning(StuckKey(f"Key {stuck[0]} of the {self._name} is stuck; free it or change the device."))
        if typing.too_long:
            return warning(BadFrame(f"The {self._name} types without an end; set it to send ENTER after each line."))
        return OK


def create_keypad(address: Address) -> TypedLines:
    """The USB key pad at evdev://vendor:product?phys=…, or simulated://NAME."""
    return TypedLines("key pad", opener(address), empty=True, patience_s=30.0)


def create_scanner(address: Address) -> TypedLines:
    """The QR or bar-code scanner at evdev://vendor:product?phys=…, or simulated://NAME."""
    return TypedLines("scanner", opener(address), empty=False, patience_s=1.0)


def opener(address: Address) -> OpenTransport:
    """Opens what types at `address`. Raises BadAddress."""
    if address.scheme == "evdev":
        return lambda: open_keys(address)
    if address.scheme == "simulated":
        return lambda: open_transport(address)
    raise BadAddress(f"{address} is no USB key pad or scanner; write evdev://vendor:product or simulated://NAME.")
