"""An opening plan by half hour: which window is staffed when; knows no citizens and no search."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.hall.calendar import local
from queue_server.simulate.arrivals import HALF_HOUR_MS
from queue_server.simulate.staffing import Shift, Staffing

Cell = tuple[int, int]  # window, start of the half hour in ms


def half_hours(hours: tuple[Shift, ...]) -> tuple[int, ...]:
    """The starts of the half hours the hall works; one that is cut short by a break counts as one."""
    return tuple(at for shift in hours for at in range(shift.start_ms, shift.end_ms, HALF_HOUR_MS))


@dataclass(frozen=True, slots=True)
class Plan:
    """`cells`: the window-half-hours that are staffed, of the half hours of `hours`."""

    hours: tuple[Shift, ...]
    cells: frozenset[Cell]

    def staffing(self, overtime_s: float) -> Staffing:
        shifts: dict[int, tuple[Shift, ...]] = {}
        for window in sorted({window for window, _ in self.cells}):
            shifts[window] = tuple(Shift(run[0], self._end(run[-1])) for run in self.runs(window))
        return Staffing(shifts, overtime_s)

    def runs(self, window: int) -> list[list[int]]:
        """The half hours of `window` that follow each other without a break of the hall between them."""
        runs: list[list[int]] = []
        for start in half_hours(self.hours):
            if (window, start) in self.cells:
                if runs and self._end(runs[-1][-1]) == start:
                    runs[-1].append(start)
                else:
                    runs.append([start])
        return runs

    def edges(self) -> list[Cell]:
        """The cells at the ends of runs: a plan made smaller there never sends anybody away in between."""
        found = {(w, at) for w in {w for w, _ in self.cells} for run in self.runs(w) for at in (run[0], run[-1])}
        return sorted(found, key=lambda cell: (-cell[1], -cell[0]))

    def beside(self, cell: Cell) -> bool:
        """Whether `cell` would make a run longer rather than begin one."""
        window, start = cell
        return (window, start - HALF_HOUR_MS) in self.cells or (window, start + HALF_HOUR_MS) in self.cells

    def open_at(self, start: int) -> list[int]:
        return sorted(window for window, at in self.cells if at == start)

    def as_toml(self, timezone: str, overtime_s: float) -> str:
        """The plan as the part of a day file that `queue-server simulate --day` reads."""
        by_shifts: dict[tuple[str, ...], list[int]] = {}
        for window, shifts in self.staffing(overtime_s).shifts.items():
            spans = tuple(f"{_clock(timezone, s.start_ms)}-{_clock(timezone, s.end_ms)}" for s in shifts)
            by_shifts.setdefault(spans, []).append(window)
        return "\n".join(
            f"[[plan]]\nwindows = {windows}\nshifts = [{', '.join(chr(34) + span + chr(34) for span in spans)}]\n"
            for spans, windows in by_shifts.items()
        )

    def _end(self, start: int) -> int:
        within = next(shift for shift in self.hours if shift.start_ms <= start < shift.end_ms)
        return min(start + HALF_HOUR_MS, within.end_ms)


def _clock(timezone: str, at_ms: int) -> str:
    return f"{local(timezone, at_ms):%H:%M}"
