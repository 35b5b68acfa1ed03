"""When windows work: what past days were like, and what may come of today; knows neither tickets nor services.

Each sample of a run lives through the rest of one of the past days, drawn at random, with what is known of today put
first: who is away now comes back when they said, or after as long as others were away. So lunch breaks, second
shifts and windows that open late need no settings; settings stand in until there is a past day.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from queue_server.estimate.times import Floats, Pool, remaining

Span = tuple[float, float]  # seconds since midnight
Ints = NDArray[np.int64]

DAYS_KEPT = 10
LATE_S = 2700.0  # a break that others took by now and that has not begun is still to come, for so long
SOON_S = 600.0
OVERTIME_S = 1800.0  # windows that close so near to the hall's last one serve out who waits
AWAY_PRESET_S = 600.0


@dataclass(slots=True)
class Today:
    """One window's day so far. `since_s`: since when it is in `state`; `back_s`: when it said it would be back."""

    state: str = "closed"
    since_s: float = 0.0
    back_s: float | None = None
    spans: list[Span] = field(default_factory=list)


class Presence:
    """Fed with changes of windows; `breaks` draws what may come."""

    def __init__(self) -> None:
        self._days: deque[tuple[bool, dict[int, list[Span]]]] = deque(maxlen=DAYS_KEPT)
        self._today: dict[int, Today] = {}
        self._away = Pool(AWAY_PRESET_S)
        self._late = Pool(30.0, spread=1.5)

    def begin_day(self) -> None:
        self._today = {}

    def end_day(self, at_s: float, weekend: bool) -> None:
        for window in list(self._today):
            self.change(window, "closed", at_s)
        spans = {window: today.spans for window, today in self._today.items() if today.spans}
        if spans:
            self._days.append((weekend, spans))

    def change(self, window: int, state: str, at_s: float, back_s: float | None = None) -> None:
        """`window` is `state` from `at_s` on: open, paused or closed."""
        today = self._today.setdefault(window, Today())
        if today.state == "open" and state != "open" and at_s > today.since_s:
            today.spans.append((today.since_s, at_s))
        if today.state == "paused" and state == "open":
            if today.back_s is None:
                self._away.add(at_s - today.since_s)
            else:
                self._late.add(max(0.0, at_s - today.back_s))
        if today.state != state:
            today.since_s = at_s
        today.state, today.back_s = state, back_s

    def breaks(
        self,
        windows: Sequence[int],
        at_s: float,
        weekend: bool,
        planned: Sequence[Span],
        samples: int,
        chance: np.random.Generator,
    ) -> tuple[Floats, Floats]:
        """Begin and end of the times away, seconds from `at_s`, samples × windows × K.

        planned: the hall's opening hours today, for a hall without a past; empty: always open.
        """
        days = [spans for was, spans in self._days if was == weekend] or [spans for _, spans in self._days]
        found: list[tuple[int, int, float, float]] = []
        draws = chance.random((samples, len(windows)))
        chosen = chance.integers(0, max(1, len(days)), samples)
        for n, window in enumerate(windows):
            today = self._today.get(window) or Today()
            until = self._returns(today, at_s, draws[:, n])
            patterns: list[list[Span] | None] = [self._pattern(day, window) for day in days]
            if not days:
                patterns = [_by_plan(planned, today.state, at_s)]
            for sample in range(samples):
                pattern = patterns[chosen[sample]]
                for begin, end in _aways(pattern, today.state, at_s, float(until[sample]), float(draws[sample, n])):
                    found.append((sample, n, begin - at_s, end - at_s))
        count: dict[tuple[int, int], int] = {}
        places = []
        for sample, n, _, _ in found:
            k = count.get((sample, n), 0)
            places.append(k)
            count[sample, n] = k + 1
        size = max(count.values(), default=0)
        begins = np.full((samples, len(windows), size), np.inf)
        ends = np.full((samples, len(windows), size), np.inf)
        for (sample, n, begin, end), k in zip(found, places, strict=True):
            begins[sample, n, k], ends[sample, n, k] = begin, end
        return begins, ends

    def _returns(self, today: Today, at_s: float, draws: Floats) -> Floats:
        """When a window that is away now is back; `at_s` for one that is open."""
        if today.state != "paused":
            return np.full(len(draws), at_s)
        if today.back_s is not None:
            late = self._late.table()
            if at_s > today.back_s:
                return at_s + remaining(late, at_s - today.back_s, draws)
            late_s: Floats = today.back_s + late[(draws * len(late)).astype(int)]
            return late_s
        back_s: Floats = at_s + remaining(self._away.table(), at_s - today.since_s, draws)
        return back_s

    @staticmethod
    def _pattern(day: Mapping[int, list[Span]], window: int) -> list[Span] | None:
        """When the window worked that day, its last span without end if it closed with the hall; None: not at all."""
        spans = day.get(window)
        if not spans:
            return None
        last = max(end for one in day.values() for _, end in one)
        if spans[-1][1] >= last - OVERTIME_S:
            return [*spans[:-1], (spans[-1][0], np.inf)]
        return spans


def _by_plan(planned: Sequence[Span], state: str, at_s: float) -> list[Span] | None:
    if planned:
        return [*planned[:-1], (planned[-1][0], np.inf)]
    return [(at_s, np.inf)] if state != "closed" else None


def _aways(pattern: list[Span] | None, state: str, at_s: float, back_s: float, draw: float) -> list[Span]:
    """The times away from `at_s` on in one sample, of a window that is back at `back_s` when it is paused now."""
    if pattern is None:  # it did not work that day: it stays as it is
        if state == "closed":
            return [(-np.inf, np.inf)]
        return [(-np.inf, back_s)] if back_s > at_s else []
    aways: list[Span] = []
    if state == "closed":
        coming = [begin for begin, _ in pattern if begin > at_s]
        if not coming and pattern[0][0] > at_s - LATE_S and pattern[-1][1] > at_s:
            coming = [at_s + draw * LATE_S]  # it opened earlier that day, and may still
        if not coming:
            return [(-np.inf, np.inf)]
        back_s = coming[0]
    if back_s > at_s:
        aways.append((-np.inf, back_s))
    for (_, end), (begin, _) in pairwise(pattern):
        if end >= back_s:
            aways.append((end, begin))
        elif state == "open" and begin > at_s - LATE_S and end > at_s - LATE_S and begin - end > LATE_S / 2:
            # That day it was away by now; today it still is not: the break comes later, as long as it was.
            late = at_s - end + draw * SOON_S
            aways.append((end + late, max(begin, begin + late - LATE_S / 2)))
    if np.isfinite(pattern[-1][1]):
        end = pattern[-1][1]
        if end > back_s:
            aways.append((end, np.inf))
        elif state == "open" and draw < 0.5:
            aways.append((at_s + draw * 2 * LATE_S, np.inf))
    return aways
