"""When windows work: what past days were like, and what may come of today; knows neither tickets nor services.

Each sample of a run lives through the rest of one of the past days, drawn at random, with what is known of today put
first: who is away now comes back when they said, or after as long as others were away. So lunch breaks, second
shifts and windows that open late need no settings; settings stand in until there is a past day.

Who leaves does so after the citizen who is there: a break that was seen to begin late was meant to begin at some
moment since that citizen was called, at the end of opening hours if that lies in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from queue_server.estimate.times import Floats, Pool, remaining

Span = tuple[float, float]  # seconds since midnight
Work = tuple[float, float, float]  # from when a window worked, from when it may have meant to leave, when it left
Ints = NDArray[np.int64]

DAYS_KEPT = 10
LATE_S = 2700.0  # a break that others took by now and that has not begun is still to come, for so long
SOON_S = 600.0
OVERTIME_S = 1800.0  # windows that close so near to the hall's last one serve out who waits
AWAY_PRESET_S = 600.0
TARDY_PRESET_S = 180.0


@dataclass(slots=True)
class Today:
    """One window's day so far. `since_s`: since when it is in `state`; `back_s`: when it said it would be back."""

    state: str = "closed"
    since_s: float = 0.0
    back_s: float | None = None
    spans: list[Work] = field(default_factory=list)


class Presence:
    """Fed with changes of windows; `breaks` draws what may come."""

    def __init__(self) -> None:
        self._days: deque[tuple[bool, dict[int, list[Work]]]] = deque(maxlen=DAYS_KEPT)
        self._today: dict[int, Today] = {}
        self._away = Pool(AWAY_PRESET_S)
        self._late = Pool(30.0, spread=1.5)
        self._tardy = Pool(TARDY_PRESET_S, spread=1.0)  # how much later than on other days a window opens

    def begin_day(self) -> None:
        self._today = {}

    def end_day(self, at_s: float, weekend: bool) -> None:
        for window in list(self._today):
            self.change(window, "closed", at_s)
        spans = {window: today.spans for window, today in self._today.items() if today.spans}
        for window, worked in spans.items():
            before = [day[window][0][0] for was, day in self._days if was == weekend and window in day]
            tardy_s = worked[0][0] - float(np.median(before)) if before else 0.0
            if before and tardy_s < LATE_S:
                self._tardy.add(tardy_s)
        if spans:
            self._days.append((weekend, spans))

    def change(
        self, window: int, state: str, at_s: float, back_s: float | None = None, stayed_s: float | None = None
    ) -> None:
        """`window` is `state` from `at_s` on: open, paused or closed.

        stayed_s: when it showed for the last time that nobody meant to leave, by a call; `at_s`, if nobody waited.
        """
        today = self._today.setdefault(window, Today())
        if today.state == "open" and state != "open" and at_s > today.since_s:
            meant_s = at_s if stayed_s is None else max(today.since_s, stayed_s)
            today.spans.append((today.since_s, min(meant_s, at_s), at_s))
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
        stayed_s: Sequence[float] = (),
    ) -> tuple[Floats, Floats]:
        """Begin and end of the times away, seconds from `at_s`, samples × windows × K.

        planned: the hall's opening hours today; empty: always open. stayed_s: by window, see `change`; empty: now.
        """
        days = [spans for was, spans in self._days if was == weekend] or [spans for _, spans in self._days]
        found: list[tuple[int, int, float, float]] = []
        draws = chance.random((samples, len(windows)))
        chosen = chance.integers(0, max(1, len(days)), samples)
        for n, window in enumerate(windows):
            today = self._today.get(window) or Today()
            until = self._returns(today, at_s, draws[:, n])
            patterns = [self._pattern(day, window, planned) for day in days] or [_by_plan(planned, today.state, at_s)]
            opens = [self._opens(today, pattern, at_s, draws[:, n]) for pattern in patterns]
            shown_s = stayed_s[n] if stayed_s else at_s
            for sample in range(samples):
                pattern, draw = patterns[chosen[sample]], float(draws[sample, n])
                back_s = float((until if today.state != "closed" else opens[chosen[sample]])[sample])
                for begin, end in _aways(pattern, today.state, at_s, back_s, shown_s, draw):
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

    def _opens(self, today: Today, pattern: list[Work] | None, at_s: float, draws: Floats) -> Floats:
        """When a window that is closed now opens, if today is like `pattern`; never, where it did not open again."""
        if pattern is None or today.state != "closed":
            return np.full(len(draws), np.inf)
        for begin, _, end in pattern:
            if begin > at_s:
                return np.full(len(draws), begin)
            if today.since_s < begin and at_s < end and at_s - begin < LATE_S:  # it should be open, and is late today
                late_s: Floats = at_s + remaining(self._tardy.table(), at_s - begin, draws)
                return late_s
        return np.full(len(draws), np.inf)

    @staticmethod
    def _pattern(day: Mapping[int, list[Work]], window: int, planned: Sequence[Span]) -> list[Work] | None:
        """When the window worked that day, its last span without end if it closed with the hall; None: not at all."""
        worked = day.get(window)
        if not worked:
            return None
        spans = [(begin, *_meant(meant, left, planned)) for begin, meant, left in worked]
        if worked[-1][2] >= max(one[-1][2] for one in day.values()) - OVERTIME_S:
            return [*spans[:-1], (spans[-1][0], np.inf, np.inf)]
        return spans


def _meant(from_s: float, to_s: float, planned: Sequence[Span]) -> Span:
    """When staff may have meant to leave who left at `to_s` and had not meant to before `from_s`."""
    for _, end in planned:
        if from_s < end <= to_s:
            return end, end
    return from_s, to_s


def _by_plan(planned: Sequence[Span], state: str, at_s: float) -> list[Work] | None:
    if planned:
        return [*((begin, end, end) for begin, end in planned[:-1]), (planned[-1][0], np.inf, np.inf)]
    return [(at_s, np.inf, np.inf)] if state != "closed" else None


def _aways(
    pattern: list[Work] | None, state: str, at_s: float, back_s: float, stayed_s: float, draw: float
) -> list[Span]:
    """The times away from `at_s` on in one sample, of a window that is back at `back_s` when it is away now."""
    aways: list[Span] = [(-np.inf, back_s)] if state != "open" and back_s > at_s else []
    if pattern is None or back_s == np.inf:  # it did not work that day: it stays as it is
        return aways
    known_s = stayed_s if state == "open" else back_s
    leaves = [meant + draw * (left - meant) if left < np.inf else np.inf for _, meant, left in pattern]
    for end, (begin, _, _) in zip(leaves, pattern[1:], strict=False):
        if end >= known_s:
            aways.append((end, begin))
        elif state == "open" and begin > at_s - LATE_S and end > at_s - LATE_S and begin - end > LATE_S / 2:
            # That day it was away by now; today it still is not: the break comes later, as long as it was.
            late = at_s - end + draw * SOON_S
            aways.append((end + late, max(begin, begin + late - LATE_S / 2)))
    if leaves[-1] < np.inf:
        if leaves[-1] > known_s:
            aways.append((leaves[-1], np.inf))
        elif state == "open" and draw < 0.5:
            aways.append((at_s + draw * 2 * LATE_S, np.inf))
    return aways
