"""Calls for help at the kiosk itself while nobody can be called at the reception; knows no network and no page.

A chime and the alarm lamp, again and again until the citizen is helped, goes away, or a minute is over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from drivers.errors import DriverError
from drivers.speech_words import CHIME

EVERY_S = 4.0
LONGEST_S = 60.0


class Chimes(Protocol):
    """What is asked of drivers.ports.Speaker."""

    def say(self, tokens: list[str], language: str, /) -> None: ...


class HelpBell:
    """speaker(): the open speaker, or None. alarm(on): the lamp; says whether there is one to be seen.

    May be used from any thread. A device that fails is its own state's business.
    """

    def __init__(
        self,
        speaker: Callable[[], Chimes | None],
        alarm: Callable[[bool], bool],
        every_s: float = EVERY_S,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._speaker, self._alarm, self._every_s, self._longest_s = speaker, alarm, every_s, longest_s
        self._lock = threading.Lock()
        self._over: threading.Event | None = None

    def ring(self) -> bool:
        """From now on; False when this kiosk can be neither heard nor seen."""
        with self._lock:
            if self._over is not None and not self._over.is_set():
                return True
            seen = self._alarm(True)
            if not seen and self._speaker() is None:
                self._alarm(False)
                return False
            self._over = over = threading.Event()
            threading.Thread(target=self._run, args=(over,), name="help bell", daemon=True).start()
            return True

    def stop(self) -> bool:
        """False when it did not ring. May be called again, and at any time."""
        with self._lock:
            rang = self._over is not None and not self._over.is_set()
            if self._over is not None:
                self._over.set()
            return rang

    def _run(self, over: threading.Event) -> None:
        left_s = self._longest_s
        while left_s > 0 and not over.is_set():
            speaker = self._speaker()
            if speaker is not None:
                try:
                    speaker.say([CHIME], "zh-CN")
                except DriverError as err:
                    structlog.get_logger().warning("help_bell_failed", code=err.code)
            over.wait(min(self._every_s, left_s))
            left_s -= self._every_s
        over.set()
        self._alarm(False)
