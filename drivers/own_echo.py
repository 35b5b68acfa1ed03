"""Tells our own bytes, heard again on a two-wire RS-485 line, from a device that says the same; knows no protocol.

A host acknowledges a key pad by sending the pad's own frame back, so on a line with echo every acknowledgement looks
like a new press. What we sent is therefore expected once within a short time and passed over.
"""

from __future__ import annotations

from collections import deque

_EXPECTED_S = 0.3
"""An echo arrives within the time of the bytes; the rest is a USB adapter's latency and a busy machine."""
_KEEP = 32


class OwnEcho:
    """Frames sent and not heard yet."""

    def __init__(self) -> None:
        self._sent: deque[tuple[bytes, float]] = deque(maxlen=_KEEP)

    def sent(self, frame: bytes, now_s: float) -> None:
        """Note a frame that was written at `now_s`."""
        if frame:
            self._sent.append((frame, now_s))

    def is_ours(self, frame: bytes, now_s: float) -> bool:
        """Whether `frame`, heard at `now_s`, is one of ours; each is taken for an echo once."""
        while self._sent and now_s - self._sent[0][1] > _EXPECTED_S:
            self._sent.popleft()
        for at, (ours, _) in enumerate(self._sent):
            if ours == frame:
                del self._sent[at]
                return True
        return False
