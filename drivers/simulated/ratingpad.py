"""The rating pad twin: several pads on one FF 68 line; knows no driver, no port and no grade, only the values of its
keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers.ff68 import Ff68Parser, Message
from drivers.simulated.twin import ByteTwin

_RATING_OPEN_S = 60.0
KEYS = {0: "不满意", 1: "默认", 2: "满意", 3: "非常满意"}
"""Value a key sends -> what is written on it, as seen in one hall."""


@dataclass(slots=True)
class _Pad:
    shown: str = ""
    beeps: int = 0
    acknowledged: int = 0
    open_until_s: float = 0.0


class RatingPadTwin(ByteTwin):
    """The pads of one line.

    addresses: 0–255 each · clock_s: a clock that only goes forward. A pad asked to rate stays open for 60 s or until
    pressed.
    """

    def __init__(self, addresses: Sequence[int] = (1,), clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        if not addresses or not all(0 <= address <= 255 for address in addresses):
            raise ValueError("addresses are numbers from 0 to 255")
        self._clock_s = clock_s
        self._pads = {address: _Pad() for address in addresses}
        self._parser = Ff68Parser()
        self.echoes = False  # a two-wire RS-485 adapter hears what it sends

    @property
    def addresses(self) -> list[int]:
        return sorted(self._pads)

    def press(self, address: int, value: int) -> None:
        """Press the key that sends `value` (0–255). Raises KeyError for an address that is not on the line."""
        with self._lock:
            self._pads[address].open_until_s = 0.0
            self._say(frame_of(Message(address, 0x11, bytes((value,)))))
        self.wake()

    def rating_open(self, address: int) -> bool:
        """Whether the pad asks for a grade."""
        with self._lock:
            return self._clock_s() < self._pads[address].open_until_s

    def shown(self, address: int) -> str:
        """The digits on the pad, blanks as spaces."""
        with self._lock:
            return self._pads[address].shown

    def acknowledged(self, address: int) -> int:
        """How many presses the host has acknowledged."""
        with self._lock:
            return self._pads[address].acknowledged

    def beeps(self, address: int) -> int:
        """How often the pad has beeped."""
        with self._lock:
            return self._pads[address].beeps

    def _receive(self, data: bytes) -> None:
        if self.echoes:
            self._say(data)
        for message in self._parser.messages(data, self._clock_s()):
            pad = self._pads.get(message.address)
            if pad is not None and not self._obeyed(message):
                self._obey(pad, message)

    def _obeyed(self, message: Message) -> bool:  # noqa: ARG002  for pads with keys of their own
        """Whether a pad with further keys has dealt with the message."""
        return False

    def _obey(self, pad: _Pad, message: Message) -> None:
        if message.command == 0x01 and message.data == b"\x0b":
            pad.open_until_s = self._clock_s() + _RATING_OPEN_S
        elif message.command == 0x01 and message.data == b"\x00":
            pad.acknowledged += 1
        elif message.command == 0x02:
            pad.shown = "".join(str(digit) if digit <= 9 else " " for digit in message.data)
        elif message.command == 0x03:
            pad.beeps += 1


def frame_of(message: Message) -> bytes:
    """The frame as a pad makes it, written apart from the driver's so that one mistake is not made twice."""
    body = bytes((message.address, message.command)) + message.data
    return bytes((0xFF, 0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))
