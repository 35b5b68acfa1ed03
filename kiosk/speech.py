"""Spoken guidance of one citizen: says what the page asks for, sentence by sentence; knows no page and no sound card.

Off until a citizen asks for it, and off again when the page says that they went, or was silent for so long. Through an
open speaker nothing is said that belongs to one person: the page sends such words apart, and a run of digits that could
be a number of theirs is left out all the same. Nothing that is said is logged or kept.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from drivers.errors import DriverError

FORGET_AFTER_S = 300.0
LONGEST_TEXT = 1000

_SENTENCE = re.compile(r"[^。！？；!?;\n]*(?:[。！？；!?;\n]+|$)")
_STOP = re.compile(r"(?<=\.)\s+(?=\S)")
_PERSONAL = re.compile(r"\d(?:[ -]?\d){5,}")


class Reader(Protocol):
    """What is asked of drivers.ports.Speaker."""

    def read(self, text: str, language: str, wanted: Callable[[], bool] = ...) -> None: ...
    def hush(self) -> None: ...


class SpokenGuide:
    """speaker(private): the device to be heard at, or None when it is not there. ways: which of the two there are,
    open speaker and headphones. publish(on, private): what the page may know of it. May be used from any thread.

    raises nothing: a device that cannot be heard is its own state's business, the words stand on the page as well.
    """

    def __init__(
        self,
        speaker: Callable[[bool], Reader | None],
        publish: Callable[[bool, bool], None],
        ways: tuple[bool, bool],
        forget_after_s: float = FORGET_AFTER_S,
    ) -> None:
        self._speaker, self._publish, self._forget_after_s = speaker, publish, forget_after_s
        self._open, self._headphones = ways
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, str]] = deque()
        self._on = self._private = self._closed = False
        self._reading: Reader | None = None
        self._turn = 0
        self._thread = threading.Thread(target=self._run, name="spoken guidance", daemon=True)

    def start(self) -> None:
        self._publish(False, False)
        self._thread.start()

    def available(self) -> bool:
        """Whether this kiosk can speak at all."""
        return self._open or self._headphones

    def switch(self, on: bool, private: bool | None = None) -> None:
        """On or off. private: through the headphones, as a jack that noticed them says; None: as the kiosk is made."""
        with self._changed:
            wanted = self._private if private is None else private
            self._private = self._headphones and (wanted or not self._open)
            self._on = on and self.available()
            self._hush()
            self._publish(self._on, self._private and self._on)
            self._changed.notify_all()

    def say(self, text: str, private: str, language: str, interrupt: bool) -> bool:
        """Say `text`, or `private` in its place where only one person hears it. False while guidance is off."""
        with self._changed:
            if not self._on:
                return False
            if interrupt:
                self._hush()
            heard = private or text if self._private else _PERSONAL.sub("", text)
            self._waiting += [(sentence, language) for sentence in sentences(heard)]
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """May be called twice."""
        with self._changed:
            self._closed = True
            self._hush()
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout=2.0)

    def _hush(self) -> None:
        self._turn += 1
        self._waiting.clear()
        if self._reading is not None:
            self._reading.hush()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._reading = None
                heard = self._changed.wait_for(lambda: self._waiting or self._closed, self._forget_after_s)
                if self._closed:
                    return
                if not heard:
                    if self._on:
                        self.switch(False)
                    continue
                sentence, language = self._waiting.popleft()
                speaker, turn = self._speaker(self._private), self._turn
                self._reading = speaker
            if speaker is None:
                continue
            try:
                speaker.read(sentence, language, lambda turn=turn: turn == self._turn)  # type: ignore[misc]
            except DriverError as err:
                structlog.get_logger().warning("guidance_failed", code=err.code)
                with self._changed:
                    self._waiting.clear()


def sentences(text: str) -> list[str]:
    """`text` in pieces that are heard soon and can be interrupted; without the empty ones."""
    pieces = [part for found in _SENTENCE.findall(text) for part in _STOP.split(found)]
    return [piece.strip() for piece in pieces if re.search(r"\w", piece)]
