"""The twin of a board of pins with lamps and buttons on it; knows no driver, no port and no window."""

from __future__ import annotations

from drivers.simulated.twin import ByteTwin

_HIGHEST_PIN = 27
_LONGEST_BYTES = 4096


class PinsTwin(ByteTwin):
    """Pins 0–27. A pin is an output after `out`, an input with pull-up after `in`, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()
        self._lit: dict[int, int] = {}
        self._pressed: set[int] = set()
        self._inputs: set[int] = set()

    def level(self, pin: int) -> int | None:
        """Level of an output, None for a pin that is none."""
        with self._lock:
            return self._lit.get(pin)

    def outputs(self) -> dict[int, int]:
        """Level of every output."""
        with self._lock:
            return dict(self._lit)

    def inputs(self) -> list[int]:
        """Pins that somebody reads, sorted."""
        with self._lock:
            return sorted(self._inputs)

    def press(self, pin: int, bounces: int = 0) -> None:
        """Connect `pin` to ground, the contact bouncing so often before."""
        with self._lock:
            for _ in range(bounces):
                self._tell(pin, 0)
                self._tell(pin, 1)
            self._pressed.add(pin)
            self._tell(pin, 0)
        self.wake()

    def release(self, pin: int) -> None:
        with self._lock:
            self._pressed.discard(pin)
            self._tell(pin, 1)
        self.wake()

    def _receive(self, data: bytes) -> None:
        self._held += data
        *lines, rest = bytes(self._held[-_LONGEST_BYTES:]).split(b"\n")
        self._held = bytearray(rest)
        for line in lines:
            words = line.split()
            if len(words) < 2 or not all(word.isdigit() for word in words[1:]) or int(words[1]) > _HIGHEST_PIN:
                continue
            self._obey(words[0], int(words[1]), int(words[2]) if len(words) > 2 else 0)

    def _obey(self, order: bytes, pin: int, level: int) -> None:
        if order == b"out":
            self._lit[pin] = level
        elif order == b"in":
            self._inputs.add(pin)
            self._tell(pin, 0 if pin in self._pressed else 1)
        elif order == b"free":
            self._lit.pop(pin, None)
            self._inputs.discard(pin)

    def _tell(self, pin: int, level: int) -> None:
        if pin in self._inputs:
            self._say(b"pin %d %d\n" % (pin, level))
