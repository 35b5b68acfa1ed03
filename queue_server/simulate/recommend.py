"""Finds a cheap opening plan by half hour that keeps a promise about waiting; knows no table.

1. Bound: in each half hour the work that comes then, in windows (offered load), and by Erlang's formula how many
   windows a hall would need in which every window served everything. No plan can take less than the work.
2. Start with so many windows, those that help most.
3. Repair: simulate the same few days again and again; open the window-half-hours in which most of those who waited too
   long could have been called, until the promise is kept.
4. Trim: close half hours at the ends of shifts, one after the other, and keep what keeps the promise.
5. Check on days the search never saw. If the promise is not kept there, or kept with much to spare, take more days into
   the search, aim a little higher or lower, and go back to 3. The cheapest plan that passed the check is taken.
6. What is told about it comes from days that neither the search nor the check saw.
The result is a plan that cannot be made smaller at an edge; a cheaper one may exist, and the bound says how far off at
most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queue_server.simulate.arrivals import HALF_HOUR_MS
from queue_server.simulate.choice import opening_order
from queue_server.simulate.compare import work_of
from queue_server.simulate.erlang import windows_needed
from queue_server.simulate.figures import DayFigures
from queue_server.simulate.plan import Cell, Plan, half_hours
from queue_server.simulate.runner import Runner
from queue_server.simulate.summary import Summary, summarise

SEARCH_DAYS = 10
MORE_DAYS = 6  # that every further round searches with
ROUNDS = 4
CHECK_DAYS = 24
REPORT_DAYS = 24
TO_SPARE = 0.02  # above the promise: then the search is asked again
_FIRST_UNSEEN = SEARCH_DAYS + ROUNDS * MORE_DAYS
CHECKED = range(_FIRST_UNSEEN, _FIRST_UNSEEN + CHECK_DAYS)
REPORTED = range(CHECKED.stop, CHECKED.stop + REPORT_DAYS)
AT_ONCE = 0.15  # of the citizens missing to the promise, how much one repair may try to win at most

# How far a search is at the end of each round: most of it is the first, and most searches end before the last.
DONE_AFTER_ROUND = (0.6, 0.8, 0.9, 0.95)
REPAIR_PART = 0.25  # of a round

Progress = Callable[
    [float, str], object
]  # gets how far the search is, 0–1 and never less than before, and how it stands


@dataclass(frozen=True, slots=True)
class Promise:
    """At least `share` (0–1) of the citizens are called within `limit_s` seconds."""

    share: float
    limit_s: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """kept: whether the promise was kept on the days that are told about; days_kept: on how many of them alone.

    bound: window-half-hours that the work alone takes. feasible: whether all windows all day would keep the promise;
    when not, `plan` has them all.
    """

    plan: Plan
    promise: Promise
    summary: Summary
    kept: bool
    days_kept: int
    days_checked: int
    bound: float
    feasible: bool
    tried: int


def recommend(runner: Runner, promise: Promise, progress: Progress | None = None) -> Recommendation:
    """`runner.scenario` says who comes; its own staffing is not looked at."""
    return _Search(runner, promise, progress or (lambda _done, _line: None)).run()


@dataclass(frozen=True, slots=True)
class _Tried:
    days: Sequence[DayFigures]
    share: float
    unserved: float
    cost_s: float


class _Search:
    def __init__(self, runner: Runner, promise: Promise, progress: Progress) -> None:
        self._runner, self._promise, self._progress = runner, promise, progress
        self._round = 0
        self._done = 0.0
        self._scenario = runner.scenario
        self._targets = dict.fromkeys(self._scenario.settings.services, promise.limit_s)
        self._hours = self._scenario.hours
        self._starts = half_hours(self._hours)
        self._overtime_s = self._scenario.staffing.overtime_s
        self._hopeless: set[Cell] = set()  # closing it broke the promise: it would break it in a smaller plan too
        self._tried = 0
        self._searched = range(SEARCH_DAYS)

    def run(self) -> Recommendation:
        every = Plan(self._hours, frozenset((w, at) for w in self._scenario.settings.windows for at in self._starts))
        best = self._try(every, self._searched)
        self._unserved = best.unserved
        if best.share < self._promise.share:
            return self._result(every, feasible=False)
        wanted = aim = self._promise.share
        plan = self._start()
        passed: list[tuple[float, int, Plan]] = []
        for self._round in range(ROUNDS):
            plan = self._trim(self._repair(plan, aim, every), aim)
            checked = self._try(plan, CHECKED)
            if checked.share >= wanted:
                passed.append((checked.cost_s, len(passed), plan))
                if checked.share <= wanted + TO_SPARE:
                    break
            self._searched = range(len(self._searched) + MORE_DAYS)
            best = self._try(every, self._searched)
            self._unserved = best.unserved
            aim = min(aim + (wanted - checked.share) / 2, (wanted + best.share) / 2)
            self._hopeless.clear()
        return self._result(min(passed)[2] if passed else plan, feasible=True)

    def _start(self) -> Plan:
        load = self._scenario.load_s()
        visits = self._visits()
        each_s = sum(load.values()) / max(1.0, sum(visits.values()))
        order = opening_order(self._scenario.settings, work_of(self._scenario))
        cells = set()
        for at in self._starts:
            windows = windows_needed(visits[at] * each_s / 1800, each_s, self._promise.limit_s, self._promise.share)
            cells |= {(window, at) for window in order[: max(1, windows)]}
        return Plan(self._hours, frozenset(cells))

    def _visits(self) -> Counter[int]:
        """Services asked for a day, by the half hour they begin to wait; those outside the hours in the next one."""
        found: Counter[int] = Counter()
        for n in range(SEARCH_DAYS):
            for arrival in (one for one in self._scenario.arrivals(n) if not one.missed):
                begins_ms = max(arrival.at_ms, arrival.slot_ms or 0)
                at = max((start for start in self._starts if start <= begins_ms), default=self._starts[0])
                found[at] += len(arrival.services)
        return Counter({at: math.ceil(count / SEARCH_DAYS) for at, count in found.items()})

    def _repair(self, plan: Plan, aim: float, every: Plan) -> Plan:
        first: float | None = None
        while plan.cells != every.cells:
            tried = self._try(plan, self._searched)
            first = tried.share if first is None else first
            self._say(REPAIR_PART * (tried.share - first) / max(1e-9, aim - first), tried, plan)
            if self._keeps(tried, aim):
                break
            credit = self._credit(tried, plan, every)
            if not credit:  # those who still wait too long wait for windows that are open
                break
            missing = max(1.0, (aim - tried.share) * sum(len(day.waits) for day in tried.days))
            taken, won = [], 0.0
            for cell, count in sorted(credit.items(), key=lambda item: (-item[1], item[0])):
                taken.append(cell)
                won += count
                if won >= AT_ONCE * missing:
                    break
            plan = Plan(plan.hours, plan.cells | set(taken))
        return plan

    def _credit(self, tried: _Tried, plan: Plan, every: Plan) -> dict[Cell, float]:
        """For each closed window-half-hour, how many of those who waited too long could have been called there."""
        closed: dict[str, list[Cell]] = {}
        for window, at in every.cells - plan.cells:
            for service in {*(w := self._scenario.settings.windows[window]).services, *w.then}:
                closed.setdefault(service, []).append((window, at))
        credit: Counter[Cell] = Counter()
        for day in tried.days:
            for wait in day.waits:
                if wait.wait_s is not None and wait.wait_s <= self._promise.limit_s:
                    continue
                until = day.closes_ms if wait.wait_s is None else wait.since_ms + wait.wait_s * 1000
                for window, at in closed.get(wait.service, ()):
                    if at <= until and wait.since_ms < at + HALF_HOUR_MS:
                        credit[window, at] += 1
        return {cell: count * (1.5 if plan.beside(cell) else 1.0) for cell, count in credit.items()}

    def _trim(self, plan: Plan, aim: float) -> Plan:
        cost_s = self._try(plan, self._searched).cost_s
        while edges := [cell for cell in plan.edges() if cell not in self._hopeless]:
            for cell in edges:
                if cell not in plan.cells:
                    continue
                smaller = Plan(plan.hours, plan.cells - {cell})
                tried = self._try(smaller, self._searched)
                if smaller.cells and self._keeps(tried, aim) and tried.cost_s < cost_s - HALF_HOUR_MS / 2000:
                    plan, cost_s = smaller, tried.cost_s
                else:
                    self._hopeless.add(cell)
                left = sum(edge not in self._hopeless for edge in plan.edges())
                seen = len(self._hopeless) / max(1, len(self._hopeless) + left)
                self._say(REPAIR_PART + (1 - REPAIR_PART) * seen, tried, plan)
        return plan

    def _say(self, of_round: float, tried: _Tried, plan: Plan) -> None:
        begins = DONE_AFTER_ROUND[self._round - 1] if self._round else 0.0
        done = begins + (DONE_AFTER_ROUND[self._round] - begins) * min(1.0, of_round)
        self._done = max(self._done, done)
        self._progress(self._done, f"{tried.share:.1%}, {len(plan.cells)}")

    def _keeps(self, tried: _Tried, aim: float) -> bool:
        return tried.share >= aim and tried.unserved <= self._unserved

    def _try(self, plan: Plan, numbers: range) -> _Tried:
        self._tried += 1
        staffing = plan.staffing(self._overtime_s)
        days = self._runner.days(staffing, numbers, expected_days=20 * len(numbers))
        waits = [wait for day in days for wait in day.waits]
        good = sum(1 for wait in waits if wait.wait_s is not None and wait.wait_s <= self._promise.limit_s)
        unserved = sum(1 for wait in waits if wait.wait_s is None)
        # Overtime is paid too: without it, closing early and going on would be free.
        overtime_s = sum(day.overtime_s for day in days) / len(days)
        return _Tried(days, good / max(1, len(waits)), unserved, staffing.staffed_s() + overtime_s)

    def _result(self, plan: Plan, *, feasible: bool) -> Recommendation:
        tried = self._try(plan, REPORTED)
        self._progress(1.0, f"{tried.share:.1%}, {len(plan.cells)}")
        shares = [summarise([day], self._targets).whole.within.value for day in tried.days]
        return Recommendation(
            plan=plan,
            promise=self._promise,
            summary=summarise(tried.days, self._targets),
            kept=tried.share >= self._promise.share,
            days_kept=sum(1 for share in shares if share is not None and share >= self._promise.share),
            days_checked=len(shares),
            bound=sum(self._scenario.load_s().values()) / (HALF_HOUR_MS / 1000),
            feasible=feasible,
            tried=self._tried,
        )
