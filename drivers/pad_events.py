"""One event of a pad on a line, and what a line's language must tell of it; knows no protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from drivers.framing import FrameParser

GRADE = "grade"
KEY_EVENTS = ("next", "recall", "evaluate", "pause", "transfer", "no_show", "park", "call_back")


@dataclass(frozen=True, slots=True)
class PadEvent:
    """Something pressed.

    event: "grade", one of KEY_EVENTS, or a name of a dialect's own · address: 0–255 · value: of a grade, as on the
    wire · digits: typed before the key · frame: its bytes.
    """

    event: str
    address: int
    value: int | None = None
    digits: str = ""
    frame: bytes = field(default=b"", repr=False)


class PadLanguage(Protocol):
    """How pads on one line talk. Nothing of it opens a port."""

    @property
    def silence_s(self) -> float: ...

    def parser(self) -> FrameParser: ...

    def read(self, data: bytes) -> PadEvent | None:
        """The event in a whole frame, None when it has none."""

    def acknowledgement(self, data: bytes) -> bytes:
        """What the host answers to a frame with an event, b"" for nothing."""

    def address_of(self, data: bytes) -> int | None:
        """Who sent a frame, None where it does not say."""

    def command(self, name: str, text: str = "", address: int = 0) -> bytes:
        """Bytes for "show", "waiting", "beep", "open_rating" … Raises Unsupported."""

    def questions(self) -> Sequence[tuple[int, bytes]]:
        """Address and question of each device that speaks only when asked."""

    @property
    def question_every_s(self) -> float: ...
