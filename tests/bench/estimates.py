"""How good estimates of waiting times are, beside the simple ways to make them; knows no server.

    .venv/bin/python tests/bench/estimates.py [--places village,busy] [--learn 5] [--test 5] [--each 200]

Every hall is learned from some days and judged on later ones, at the moment somebody takes a ticket: the wait that
was said then, and the wait that came true. The simple ways get the same: the hall as it is, and past days for the mean.

    last        the wait of the last one of this service who was called
    head        how long the first in line has waited
    mean        people ahead × mean time ÷ windows that serve it now
    pessimistic ⌊(n + 1) · A ÷ W⌋ minutes, and optimistic ⌊0.8 · A ÷ W · max(0, n - W + 1)⌋: a city's appointment system
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

from estimate_halls import Place, days, places  # noqa: E402
from estimate_limits import floor_s  # noqa: E402

from queue_server.estimate.estimator import Estimator  # noqa: E402
from queue_server.hall import events as e  # noqa: E402
from queue_server.hall.ahead import ahead  # noqa: E402
from queue_server.hall.order import may_serve  # noqa: E402
from queue_server.hall.state import Hall, Ticket  # noqa: E402

OURS = "estimate"
SIMPLE = ("last", "head", "mean", "pessimistic", "optimistic")


@dataclass
class Said:
    """What every way said of one ticket, and what came true, seconds."""

    p50_s: dict[str, float]
    p90_s: float
    learning: bool
    actual_s: float = math.nan


@dataclass
class Score:
    """Of one hall. Seconds; by way of estimating. margin: what is added to a simple way for its p90."""

    place: str
    count: int
    mean_wait_s: float
    error_s: dict[str, float]
    pinball50_s: dict[str, float]
    pinball90_s: dict[str, float]
    coverage: float
    coverages: dict[str, float] = field(default_factory=dict)
    ask_ms: float = 0.0

    @property
    def best_simple(self) -> str:
        return min(SIMPLE, key=lambda way: self.error_s[way])

    @property
    def better(self) -> float:
        """How much smaller our mean absolute error is than the best simple one's, as a share."""
        return 1 - self.error_s[OURS] / self.error_s[self.best_simple]


class Simple:
    """The simple ways, fed with the same events."""

    def __init__(self) -> None:
        self._last: dict[str, float] = defaultdict(float)
        self._called: dict[int, int] = {}
        self._sums: dict[str, tuple[float, int]] = {}

    def apply(self, hall: Hall, event: e.Event) -> None:
        if isinstance(event, e.TicketCalled):
            ticket = hall.tickets[event.ticket_id]
            self._last[ticket.service] = (event.at_ms - ticket.arrived_ms) / 1000
            self._called[event.window] = event.at_ms
        elif isinstance(event, e.ServingFinished | e.TicketMarkedNoShow):
            service = hall.tickets[event.ticket_id].service
            total, count = self._sums.get(service, (0.0, 0))
            self._sums[service] = (total + (event.at_ms - self._called[event.window]) / 1000, count + 1)
        elif isinstance(event, e.DayOpened):
            self._last.clear()

    def say(self, hall: Hall, ticket: Ticket, at_ms: int) -> dict[str, float]:
        """`ticket` has just joined."""
        n = ahead(hall, ticket, at_ms)
        windows = max(1, sum(w.state == "open" and may_serve(hall, w.number, ticket) for w in hall.windows.values()))
        total, count = (sum(column) for column in zip(*self._sums.values(), strict=True)) if self._sums else (360.0, 1)
        mean_s = total / count
        head = hall.lines[ticket.line].ordinary.head()
        return {
            "last": self._last[ticket.service],
            "head": (at_ms - head[0][0]) / 1000 if head else 0.0,
            "mean": n * mean_s / windows,
            "pessimistic": 60.0 * math.floor((n + 1) * mean_s / 60 / windows),
            "optimistic": 60.0 * math.floor(0.8 * mean_s / 60 / windows * max(0, n - windows + 1)),
        }


def watch(place: Place, learn: int, test: int, each: int, seed: int = 7) -> tuple[list[Said], float]:
    """Run the days, ask for about `each` tickets of each test day. Also: milliseconds that an answer took."""
    estimator, simple = Estimator(place.settings), Simple()
    said: list[Said] = []
    asked_s: list[float] = []
    seq = 0
    for n, day in enumerate(days(place, learn + test, seed)):
        steps = list(_events(day))
        issued = sum(isinstance(event, e.TicketIssued) for _, event in steps)
        every = max(1, issued // each)
        open_questions: dict[str, Said] = {}
        count = 0
        for at_ms, event in steps:
            asked = isinstance(event, e.TicketIssued) and (count := count + 1) % every == 0
            p50_s, p90_s = math.nan, math.nan
            if asked and n >= learn and isinstance(event, e.TicketIssued):
                began_s = time.perf_counter()
                answer = estimator.estimate(at_ms)
                asked_s.append(time.perf_counter() - began_s)
                found = answer["ordinary" if event.priority is None else "priority"].get(event.services[0])
                if found is not None:
                    p50_s, p90_s = found
            seq += 1
            estimator.apply(event, seq)
            simple.apply(estimator.hall, event)
            if asked and isinstance(event, e.TicketIssued):
                ticket = estimator.hall.tickets[event.ticket_id]
                ways = {**simple.say(estimator.hall, ticket, at_ms), OURS: p50_s}
                open_questions[event.ticket_id] = Said(ways, p90_s, n < learn)
            elif isinstance(event, e.TicketCalled) and event.ticket_id in open_questions:
                one = open_questions.pop(event.ticket_id)
                one.actual_s = (at_ms - estimator.hall.tickets[event.ticket_id].arrived_ms) / 1000
                said.append(one)
    return said, 1000 * statistics.mean(asked_s) if asked_s else 0.0


def _events(day) -> Iterator[tuple[int, e.Event]]:  # type: ignore[no-untyped-def]
    """The day's events, and its end as the next day's first command would bring it."""
    last_ms = 0
    opened = ""
    for step in day.steps():
        for event in step.events:
            if isinstance(event, e.DayOpened):
                opened = event.day
            last_ms = event.at_ms
            yield event.at_ms, event
    for ticket in list(day.hall.tickets.values()):
        if ticket.state in ("waiting", "parked", "called"):
            cancelled = e.TicketCancelled(at_ms=last_ms, ticket_id=ticket.ticket_id, reason="day_closed")
            yield last_ms, cancelled
    yield last_ms, e.DayClosed(at_ms=last_ms, day=opened)


def score(place: str, said: list[Said], ask_ms: float) -> Score:
    margins = {way: _quantile([s.actual_s - s.p50_s[way] for s in said if s.learning], 0.9) for way in SIMPLE}
    judged = [s for s in said if not s.learning]
    known = [s for s in judged if not math.isnan(s.p50_s[OURS])]
    if len(known) < 0.97 * len(judged):
        print(f"  {place}: of {len(judged)} tickets {len(judged) - len(known)} had no estimate")
    p90 = {way: [s.p50_s[way] + margins[way] for s in known] for way in SIMPLE} | {OURS: [s.p90_s for s in known]}
    actual = [s.actual_s for s in known]
    ways = (OURS, *SIMPLE)
    held = [s.actual_s <= s.p90_s for s in known]
    by_length: dict[str, list[bool]] = defaultdict(list)
    for s, ok in zip(known, held, strict=True):
        by_length["<5" if s.p50_s[OURS] < 300 else "5-20" if s.p50_s[OURS] < 1200 else ">20"].append(ok)
    return Score(
        place=place,
        count=len(known),
        mean_wait_s=statistics.mean(actual),
        error_s={way: statistics.mean(abs(s.actual_s - s.p50_s[way]) for s in known) for way in ways},
        pinball50_s={
            way: statistics.mean(_pinball(a, s.p50_s[way], 0.5) for a, s in zip(actual, known, strict=True))
            for way in ways
        },
        pinball90_s={
            way: statistics.mean(_pinball(a, q, 0.9) for a, q in zip(actual, p90[way], strict=True)) for way in ways
        },
        coverage=statistics.mean(held),
        coverages={length: statistics.mean(some) for length, some in sorted(by_length.items())},
        ask_ms=ask_ms,
    )


def _pinball(actual_s: float, said_s: float, level: float) -> float:
    return max(level * (actual_s - said_s), (level - 1) * (actual_s - said_s))


def _quantile(values: list[float], level: float) -> float:
    return sorted(values)[int(level * (len(values) - 1))] if values else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", default="", help="some of them, with commas between")
    parser.add_argument("--learn", type=int, default=5, metavar="DAYS")
    parser.add_argument("--test", type=int, default=5, metavar="DAYS")
    parser.add_argument("--each", type=int, default=120, metavar="N", help="tickets asked for on each test day")
    parser.add_argument("--seeds", default="7", help="other days of the same halls, with commas between")
    parser.add_argument("--floor", type=int, default=0, metavar="N", help="beside it, what could be known of N a day")
    arguments = parser.parse_args()
    for place in places():
        if arguments.places and place.name not in arguments.places.split(","):
            continue
        began_s = time.monotonic()
        said: list[Said] = []
        for seed in map(int, arguments.seeds.split(",")):
            more, ask_ms = watch(place, arguments.learn, arguments.test, arguments.each, seed)
            said += more
        one = score(place.name, said, ask_ms)
        took_s = time.monotonic() - began_s
        print(f"{place.name}: {one.count} tickets, mean wait {one.mean_wait_s / 60:.1f} min", end="")
        print(f", {one.ask_ms:.0f} ms an answer, {took_s:.0f} s")
        for way in (OURS, *SIMPLE):
            pinball = f"pinball p50 {one.pinball50_s[way]:5.0f}  p90 {one.pinball90_s[way]:5.0f}"
            print(f"  {way:<12} MAE {one.error_s[way]:6.0f} s   {pinball}")
        if arguments.floor:
            floors = [
                floor_s(place, arguments.learn, arguments.test, arguments.floor, int(seed))
                for seed in arguments.seeds.split(",")
            ]
            print(f"  {'(knows all)':<12} MAE {statistics.mean(floors):6.0f} s")
        lengths = ", ".join(f"{length} min {share:.0%}" for length, share in one.coverages.items())
        print(f"  {one.better:.0%} better than {one.best_simple}; p90 held {one.coverage:.1%} ({lengths})", flush=True)


if __name__ == "__main__":
    main()
