"""Rating pads that speak FF 68, several on one line: presses become grades; knows no ticket and no citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.address import Address, open_transport
from drivers.dialect_port import named_dialect, opener
from drivers.errors import Unsupported
from drivers.ff68_keys import Ff68Language
from drivers.pad_events import GRADE, PadEvent, PadLanguage
from drivers.padline import DEFAULT_BAUD, PadLine
from drivers.ports import DeviceState, GradePressed
from drivers.transport import OpenTransport

GRADES: Mapping[int, int] = {0: 2, 2: 4, 3: 5}
"""Value of a press -> grade, as seen in halls: 0 不满意, 2 满意, 3 非常满意.

There, 1 is 默认, what a pad sends when nobody pressed: it is acknowledged and is no grade. A site whose fourth key
sends 1
says so in its settings.
"""

_REPEAT_S = 1.0


class Ff68Pads:
    """The pads of one line.

    open_transport: opens the line; called again after it was unplugged · grades: value of a press (0–255) -> grade
    1–5; a value that is not in it is acknowledged and not told · language: what the pads speak.
    """

    def __init__(
        self,
        open_transport: OpenTransport,
        *,
        grades: Mapping[int, int] = GRADES,
        language: PadLanguage | None = None,
    ) -> None:
        for value, grade in grades.items():
            if not 0 <= value <= 255 or not 1 <= grade <= 5:
                raise Unsupported(f"A press of {value} cannot mean grade {grade}; values are 0 to 255, grades 1 to 5.")
        self._grades = dict(grades)
        self._on_grade: Callable[[GradePressed], None] = lambda _grade: None
        self._line = PadLine("rating pads", open_transport, language or Ff68Language(), _REPEAT_S)

    def listen(self, on_grade: Callable[[GradePressed], None], on_state: Callable[[DeviceState], None]) -> None:
        """Start the thread; both callbacks are called from it."""
        self._on_grade = on_grade
        self._line.listen(self._told, on_state)

    def open_rating(self, address: int) -> None:
        """Let the pad at `address` (0–255) ask for a grade. Raises Unplugged, Mute."""
        self._line.command("open_rating", "", address)

    def state(self) -> DeviceState:
        """A pad says nothing while nobody presses it, so this tells of the line, not of each pad."""
        return self._line.state

    def close(self) -> None:
        self._line.close()

    def _told(self, event: PadEvent) -> None:
        grade = self._grades.get(event.value) if event.event == GRADE and event.value is not None else None
        if grade is not None:
            self._on_grade(GradePressed(event.address, grade))


def create(address: Address, *, grades: Mapping[int, int] | Mapping[str, int] = GRADES) -> Ff68Pads:
    """The pads at `address`; 9,600 baud unless it names another rate. Keys of `grades` may be text, as TOML has
    them."""
    return Ff68Pads(lambda: open_transport(address, DEFAULT_BAUD), grades=_numbers(grades))


def create_dialect(
    address: Address, *, dialect: str = "", grades: Mapping[int, int] | Mapping[str, int] = GRADES
) -> Ff68Pads:
    """Rating pads at `address` that speak the dialect in the file `dialect`. Raises BadDialect, Unsupported."""
    language = named_dialect(dialect)
    return Ff68Pads(opener(address, language.baud, language.line), grades=_numbers(grades), language=language)


def _numbers(grades: Mapping[int, int] | Mapping[str, int]) -> dict[int, int]:
    return {int(value): grade for value, grade in grades.items()}
