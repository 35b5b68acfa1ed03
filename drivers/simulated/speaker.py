"""The speaker twin: takes a WAV as a sound card does, keeps it and what was said; knows no driver and no socket."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

from drivers.sound import read_comment

_KEEP = 20
_RATE_HZ = 22_050


@dataclass(frozen=True, slots=True)
class Said:
    """One announcement: when, in which language, its tokens, and the sound itself. n counts from 1."""

    n: int
    at: datetime
    language: str
    tokens: tuple[str, ...]
    duration_s: float
    wav: bytes = field(repr=False)


class SpeakerTwin:
    """One speaker. pace: answer only after the time the sound really takes · broken: as with no sound card, nothing
    is played."""

    def __init__(self, pace: bool = False) -> None:
        self.pace = pace
        self.broken = False
        self._said: deque[Said] = deque(maxlen=_KEEP)
        self._count = 0
        self._closing = threading.Event()

    def said(self) -> list[Said]:
        """What was said, newest first."""
        return list(reversed(self._said))

    def play(self, stream: bytes) -> bytes:
        """Play one WAV; "played" at its end, or a line that says what is wrong with it."""
        if self.broken:
            return b"no sound card\n"
        try:
            with wave.open(io.BytesIO(stream)) as wav:
                shape = (wav.getnchannels(), wav.getsampwidth(), wav.getframerate())
                frames = wav.getnframes()
                heard = len(wav.readframes(frames)) // 2
        except (wave.Error, EOFError) as err:
            return f"no WAV file: {err}\n".encode()
        if shape != (1, 2, _RATE_HZ):
            return b"not 16-bit mono at 22050 Hz\n"
        if not frames or heard != frames:
            return b"the sound is cut off\n"
        language, tokens = _comment(stream)
        duration_s = frames / _RATE_HZ
        self._count += 1
        self._said.append(Said(self._count, datetime.now(UTC), language, tokens, duration_s, stream))
        if self.pace:
            self._closing.wait(duration_s)
        return b"played\n"

    def close(self) -> None:
        """Let a paced sound end at once."""
        self._closing.set()


def _comment(stream: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        told = json.loads(read_comment(stream) or "{}")
        return str(told.get("language", "")), tuple(str(token) for token in told.get("tokens", ()))
    except (ValueError, AttributeError):
        return "", ()
