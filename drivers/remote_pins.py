"""A simulated board of pins over a line, with the API of RPi.GPIO; knows no lamp and no button.

To the board: `out 17 1`, `in 27`, `free 17`. From it: `pin 27 0` at each change and once after `in`. Lines of ASCII.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from drivers.errors import Mute
from drivers.transport import Transport

_ANSWER_S = 2.0


class RemotePins:
    """Pins at the other end of `transport`. It detects no edges, so its user polls, as on kernels without them."""

    BCM, IN, OUT, PUD_UP, BOTH = 11, 1, 0, 22, 33

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._levels: dict[int, int] = {}
        self._held = bytearray()

    def setwarnings(self, flag: bool) -> None:
        """A simulated board warns of nothing."""

    def setmode(self, mode: int) -> None:
        """Pins have one numbering here."""

    def setup(self, channel: int, direction: int, **options: Any) -> None:
        """Raises Mute when the board does not tell the level of an input, Unplugged."""
        if direction == self.OUT:
            self.output(channel, int(options.get("initial", 0)))
            return
        self._transport.write(b"in %d\n" % channel)
        deadline = time.monotonic() + _ANSWER_S
        while channel not in self._levels:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise Mute("The simulated pins do not answer; start them again.")
            self._hear(left_s)

    def output(self, channel: int, value: int) -> None:
        self._transport.write(b"out %d %d\n" % (channel, value))

    def input(self, channel: int) -> int:
        self._hear(0.0)
        return self._levels[channel]

    def add_event_detect(self, channel: int, edge: int, callback: Callable[[int], None]) -> None:  # noqa: ARG002
        raise RuntimeError("Failed to add edge detection")

    def remove_event_detect(self, channel: int) -> None:
        """There is none."""

    def cleanup(self, channel: int) -> None:
        self._transport.write(b"free %d\n" % channel)

    def close(self) -> None:
        """Let the line go; the Pi's own module has nothing like it."""
        self._transport.close()

    def _hear(self, timeout_s: float) -> None:
        self._held += self._transport.read(timeout_s)
        *lines, rest = bytes(self._held[-4096:]).split(b"\n")
        self._held = bytearray(rest)
        for line in lines:
            words = line.split()
            if len(words) == 3 and words[0] == b"pin" and words[1].isdigit() and words[2] in (b"0", b"1"):
                self._levels[int(words[1])] = int(words[2])
