"""Finds frames in a stream of bytes that may begin anywhere, stop anywhere and carry noise; knows no particular frame.

A length field alone is not to be trusted: a false header would wait for ever. So a frame has a bounded length, and a
silence in the middle of one gives its first byte up and looks again in the rest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod


class FrameParser(ABC):
    """Base of the parsers. It never holds more than one frame of the greatest length and the piece fed last.

    silence_s: a gap between two bytes longer than this cannot be inside a frame · bad_frames: how many looked like
    one and had a
    wrong check byte · noise_bytes: how many bytes belonged to no frame.
    """

    silence_s = 0.2

    def __init__(self) -> None:
        self.bad_frames = 0
        self.noise_bytes = 0
        self._held = bytearray()
        self._last_s = 0.0

    @abstractmethod
    def measure(self, held: bytearray) -> int:
        """What stands at the start of `held`: n > 0 a right frame of n bytes, 0 perhaps a frame, n < 0 no frame in -n
        bytes."""

    def reset(self) -> None:
        """Forget what is held."""
        self._held.clear()

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        """Frames completed by `data` at `now_s`, seconds of a clock that only goes forward; call with b"" after a
        silence."""
        frames: list[bytes] = []
        if self._held and now_s - self._last_s > self.silence_s:
            while self._held:
                frames += self._take()
                self.noise_bytes += bool(self._held)
                del self._held[:1]
        if data:
            self._last_s = now_s
            self._held += data
            frames += self._take()
        return frames

    def _take(self) -> list[bytes]:
        frames: list[bytes] = []
        while self._held and (length := self.measure(self._held)):
            if length > 0:
                frames.append(bytes(self._held[:length]))
            else:
                self.noise_bytes -= length
            del self._held[: abs(length)]
        return frames
