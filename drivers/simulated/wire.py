"""The wire between a host and a twin: when each byte has passed it; knows no pty, no protocol and no clock of its own.

A serial line takes ten bits a byte. Time is an argument, so that a test can let minutes pass at once: `send` what the
host says, `take` what has reached the host by now, `next_s` tells when there will be more.
"""

from __future__ import annotations

from collections import deque

from drivers.simulated.twin import ByteTwin

BITS_A_BYTE = 10


class Wire:
    """One cable to `twin`, its times in seconds of any clock that only goes forward.

    baud: 0 for a wire that takes no time · half_duplex: the twin waits until the host's bytes have passed, as on
    RS-485 · split_s: least pause between two bytes to the host, each then arriving alone.
    """

    def __init__(self, twin: ByteTwin, baud: int = 0, *, half_duplex: bool = False) -> None:
        self.baud = baud
        self.half_duplex = half_duplex
        self.split_s = 0.0
        self._twin = twin
        self._to_twin: deque[tuple[float, bytes]] = deque()
        self._to_host: deque[tuple[float, bytes]] = deque()
        self._twin_free_s = self._host_free_s = 0.0

    @property
    def next_s(self) -> float | None:
        """When the next byte will have passed, None when none is on its way."""
        times = [queue[0][0] for queue in (self._to_twin, self._to_host) if queue]
        return min(times) if times else None

    def send(self, data: bytes, now_s: float) -> None:
        """The host puts `data` on the wire."""
        byte_s = BITS_A_BYTE / self.baud if self.baud else 0.0
        start_s = max(now_s, self._twin_free_s)
        self._twin_free_s = start_s + len(data) * byte_s
        self._to_twin.extend(_in_time(data, start_s, byte_s))

    def take(self, now_s: float) -> bytes:
        """Let the time be `now_s`: what has reached the host, what the twin says unasked among it."""
        while self._to_twin and self._to_twin[0][0] <= now_s:
            at_s, data = self._to_twin.popleft()
            self._answer(self._twin.feed(data), at_s)
        self._answer(self._twin.feed(b""), now_s)
        arrived = bytearray()
        while self._to_host and self._to_host[0][0] <= now_s:
            arrived += self._to_host.popleft()[1]
            if self.split_s:
                break
        return bytes(arrived)

    def cut(self) -> None:
        """The cable is pulled: what is on its way is lost."""
        self._to_twin.clear()
        self._to_host.clear()
        self._twin_free_s = self._host_free_s = 0.0

    def _answer(self, data: bytes, at_s: float) -> None:
        if not data:
            return
        byte_s = max(BITS_A_BYTE / self.baud if self.baud else 0.0, self.split_s)
        start_s = max(at_s, self._host_free_s, self._twin_free_s if self.half_duplex else 0.0)
        self._host_free_s = start_s + len(data) * byte_s
        self._to_host.extend(_in_time(data, start_s, byte_s))


def _in_time(data: bytes, start_s: float, byte_s: float) -> list[tuple[float, bytes]]:
    if not byte_s:
        return [(start_s, data)] if data else []
    return [(start_s + (n + 1) * byte_s, bytes((byte,))) for n, byte in enumerate(data)]
