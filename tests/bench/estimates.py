"""How good estimates of waiting times are, beside the simple ways to make them; knows no server.

    .venv/bin/python tests/bench/estimates.py [--places village,busy] [--seeds 7,8] [--each 200] [--reference 40]

Every hall is learned from some days and judged on later ones, at the moment somebody takes a ticket: the wait that
was said then, and the wait that came true. The simple ways get the same: the hall as it is, and past days for
the mean; `estimate_simple.py` says what they are. `--reference` asks two more, who know what nobody can know, of
the same tickets: how much chance leaves to be foreseen at all.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

from estimate_halls import Place, days, places  # noqa: E402
from estimate_limits import REFERENCES, references  # noqa: E402
from estimate_simple import WAYS as SIMPLE  # noqa: E402
from estimate_simple import Simple  # noqa: E402

from queue_server.estimate.estimator import Estimator  # noqa: E402
from queue_server.hall import events as e  # noqa: E402
from queue_server.simulate.people import Arrival  # noqa: E402

OURS = "estimate"
UNTOLD_S = 120.0  # people are told of no shorter wait: most of them are called at once, which any p90 holds


@dataclass
class Said:
    """What every way said of one ticket, and what came true, seconds. simple: by way and reading; no p90."""

    simple: dict[tuple[str, str], float]
    p50_s: dict[str, float]
    p90_s: dict[str, float]
    learning: bool
    actual_s: float = math.nan


@dataclass
class Score:
    """Of one hall. Seconds; by way of estimating. readings: of each simple way, the one that was best and counts."""

    place: str
    count: int
    mean_wait_s: float
    error_s: dict[str, float]
    pinball50_s: dict[str, float]
    pinball90_s: dict[str, float]
    held: dict[str, float]
    readings: dict[str, str]
    told_held: float  # of the waits that people are told of
    held_by_length: dict[str, float] = field(default_factory=dict)
    ask_ms: float = 0.0

    @property
    def coverage(self) -> float:
        return self.held[OURS]

    @property
    def best_simple(self) -> str:
        return min(SIMPLE, key=lambda way: self.error_s[way])

    @property
    def better(self) -> float:
        """How much smaller our mean absolute error is than the best simple one's, as a share."""
        return self.better_of(OURS)

    def better_of(self, way: str) -> float:
        return 1 - self.error_s[way] / self.error_s[self.best_simple]


def watch(
    place: Place, learn: int, test: int, each: int, seed: int = 7, reference_runs: int = 0
) -> tuple[list[Said], float]:
    """Run the days, ask for about `each` tickets of each test day. Also: milliseconds that an answer took."""
    estimator, simple = Estimator(place.settings), Simple()
    said: list[Said] = []
    asked_s: list[float] = []
    seq = 0
    for n, day in enumerate(days(place, learn + test, seed)):
        steps = list(_events(day))
        issued = [event for _, event in steps if isinstance(event, e.TicketIssued)]
        every = max(1, len(issued) // each)
        open_questions: dict[str, Said] = {}
        count = 0
        for at_ms, event in steps:
            asked = isinstance(event, e.TicketIssued) and (count := count + 1) % every == 0
            found: tuple[float, float] | None = None
            if asked and n >= learn and isinstance(event, e.TicketIssued):
                began_s = time.perf_counter()
                answer = estimator.estimate(at_ms)
                asked_s.append(time.perf_counter() - began_s)
                found = answer["ordinary" if event.priority is None else "priority"].get(event.services[0])
            seq += 1
            estimator.apply(event, seq)
            simple.apply(estimator.hall, event)
            if asked and isinstance(event, e.TicketIssued):
                ticket = estimator.hall.tickets[event.ticket_id]
                ranges = {OURS: found or (math.nan, math.nan)}
                if reference_runs and n >= learn:
                    to_come = [Arrival(i.at_ms, i.services, i.priority) for i in issued if i.at_ms > at_ms]
                    ranges |= references(place, day, to_come, estimator.hall, ticket, at_ms, reference_runs)
                p50_s, p90_s = ({way: found[level] for way, found in ranges.items()} for level in (0, 1))
                open_questions[event.ticket_id] = Said(
                    simple.say(estimator.hall, ticket, at_ms), p50_s, p90_s, learning=n < learn
                )
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
    judged = [s for s in said if not s.learning]
    known = [s for s in judged if not any(map(math.isnan, s.p50_s.values()))]
    if len(known) < 0.97 * len(judged):
        print(f"  {place}: of {len(judged)} tickets {len(judged) - len(known)} had no estimate")
    readings = {way: _best_reading(way, known) for way in SIMPLE}
    for s in said:
        for way, reading in readings.items():
            s.p50_s[way] = s.simple[way, reading]
    # A simple way says no p90: it gets the margin that would have held nine times in ten on the learning days.
    for way in SIMPLE:
        margin_s = _quantile([s.actual_s - s.p50_s[way] for s in said if s.learning], 0.9)
        for s in said:
            s.p90_s[way] = s.p50_s[way] + margin_s
    by_length: dict[str, list[bool]] = defaultdict(list)
    for s in known:
        length = "<2" if s.p90_s[OURS] < UNTOLD_S else "2-20" if s.p50_s[OURS] < 1200 else ">20"
        by_length[length].append(s.actual_s <= s.p90_s[OURS])

    def mean_of(figure: Callable[[Said, str], float]) -> dict[str, float]:
        return {way: statistics.mean(figure(s, way) for s in known) for way in known[0].p50_s}

    return Score(
        place=place,
        count=len(known),
        mean_wait_s=statistics.mean(s.actual_s for s in known),
        error_s=mean_of(lambda s, way: abs(s.actual_s - s.p50_s[way])),
        pinball50_s=mean_of(lambda s, way: _pinball(s.actual_s, s.p50_s[way], 0.5)),
        pinball90_s=mean_of(lambda s, way: _pinball(s.actual_s, s.p90_s[way], 0.9)),
        held=mean_of(lambda s, way: float(s.actual_s <= s.p90_s[way])),
        readings=readings,
        told_held=statistics.mean(s.actual_s <= s.p90_s[OURS] for s in known if s.p90_s[OURS] >= UNTOLD_S),
        held_by_length={length: statistics.mean(some) for length, some in sorted(by_length.items())},
        ask_ms=ask_ms,
    )


def _best_reading(way: str, known: list[Said]) -> str:
    """In hindsight: no simple way is to lose because it was read wrongly."""
    readings = [reading for other, reading in known[0].simple if other == way]
    return min(readings, key=lambda reading: sum(abs(s.actual_s - s.simple[way, reading]) for s in known))


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
    parser.add_argument("--reference", type=int, default=0, metavar="RUNS", help="how often the all-knowing try")
    arguments = parser.parse_args()
    for place in places():
        if arguments.places and place.name not in arguments.places.split(","):
            continue
        began_s = time.monotonic()
        said: list[Said] = []
        for seed in map(int, arguments.seeds.split(",")):
            more, ask_ms = watch(place, arguments.learn, arguments.test, arguments.each, seed, arguments.reference)
            said += more
        one = score(place.name, said, ask_ms)
        took_s = time.monotonic() - began_s
        print(f"{place.name}: {one.count} tickets, mean wait {one.mean_wait_s / 60:.1f} min", end="")
        print(f", {one.ask_ms:.0f} ms an answer, {took_s:.0f} s")
        for way in (OURS, *SIMPLE, *(REFERENCES if arguments.reference else ())):
            pinball = f"pinball p50 {one.pinball50_s[way]:5.0f}  p90 {one.pinball90_s[way]:5.0f}"
            reading = f"   {one.readings[way]}" if way in SIMPLE else f"   p90 held {one.held[way]:.1%}"
            print(f"  {way:<12} MAE {one.error_s[way]:6.0f} s   {pinball}{reading}")
        for way in (OURS, *(REFERENCES[:1] if arguments.reference else ())):
            print(f"  {way}: {one.better_of(way):.1%} better than {one.best_simple}")
        lengths = ", ".join(f"{length} min {share:.0%}" for length, share in one.held_by_length.items())
        print(f"  p90 held {one.coverage:.1%} ({lengths}); of 2 min and more {one.told_held:.1%}", flush=True)


if __name__ == "__main__":
    main()
