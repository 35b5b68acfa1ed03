"""When staff sit at which window; knows no citizens and no rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from config.settings import HallSettings, Span
from queue_server.hall.calendar import spans_on

# REQUIREMENTS.md 4: the office hours seen in use, for a hall whose settings say that it is always open.
PRESET_SPANS = (Span(time(8, 30), time(12)), Span(time(14), time(17, 30)))


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """At the window from `start_ms` to `end_ms`, milliseconds since 1970 UTC; a service begun before is ended."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """The shifts of every window, in order and apart; a window that is not named stays closed.

    Between two shifts the window is paused, after its last it closes: but a window that is the last to serve a service
    goes on for `overtime_s` at most while citizens wait for it. staff: who opens a window, where skills depend on it.
    """

    shifts: Mapping[int, tuple[Shift, ...]]
    overtime_s: float = 3600.0
    staff: Mapping[int, str] = field(default_factory=dict)

    @property
    def opens_ms(self) -> int:
        return min(shift.start_ms for shifts in self.shifts.values() for shift in shifts)

    @property
    def closes_ms(self) -> int:
        """The end of the last shift: who leaves the hall after that has left late."""
        return max(shift.end_ms for shifts in self.shifts.values() for shift in shifts)

    def staffed_s(self) -> float:
        """Seconds of all shifts together."""
        return sum(shift.end_ms - shift.start_ms for shifts in self.shifts.values() for shift in shifts) / 1000

    def only(self, windows: Iterable[int]) -> Staffing:
        return replace(self, shifts={window: self.shifts[window] for window in windows if window in self.shifts})


def moment_ms(settings: HallSettings, day: date, at: time) -> int:
    """`at` on the hall's wall clock, as milliseconds since 1970 UTC."""
    return round(datetime.combine(day, at, ZoneInfo(settings.timezone)).timestamp() * 1000)


def hours_of(settings: HallSettings, day: date) -> tuple[Shift, ...]:
    """The spans the hall works on `day`: none on a holiday; the preset for one that is always open."""
    spans = PRESET_SPANS if settings.hours is None else spans_on(settings, settings.hours.weekly, day)
    return tuple(Shift(moment_ms(settings, day, span.start), moment_ms(settings, day, span.end)) for span in spans)


def all_day(settings: HallSettings, day: date, windows: Iterable[int] | None = None) -> Staffing:
    """`windows` (all there are, when None) staffed for the hall's whole hours."""
    hours = hours_of(settings, day)
    return Staffing({window: hours for window in (settings.windows if windows is None else windows) if hours})
