"""Halls whose waits are to be estimated, and days in them; knows no estimator, and no estimator may look in here.

The days are run by `queue_server.simulate`, which decides everything by the hall's own rules. What an estimator gets is
what a real one would get: the settings and the journal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from config.settings import HallSettings, Hours, Rules, Service, Span, Window
from queue_server.hall.calendar import spans_on
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.times import LogNormal

FIRST_DAY = date(2026, 3, 2)  # a Monday
WEEK = tuple((Span(time(8, 30), time(12)), Span(time(14), time(17, 30))) if day < 5 else () for day in range(7))
LONG = tuple((Span(time(8, 30), time(17)),) if day < 5 else () for day in range(7))
# Half hours from 8:30 and how many come in them, relative to the others: a morning peak and a smaller one after lunch.
CURVE = (1.2, 1.6, 1.7, 1.5, 1.2, 0.9, 0.6, 0.3, 0.3, 0.5, 1.0, 1.4, 1.3, 1.1, 0.9, 0.7, 0.4, 0.2)


@dataclass(frozen=True)
class Place:
    """A hall, how busy it is, and how people are there. load: work that comes ÷ work that the windows can do."""

    name: str
    settings: HallSettings
    means_s: dict[str, float]
    popularity: dict[str, float]
    load: float
    speed: dict[int, float]
    through_lunch: bool
    priority_share: float
    cv: float = 1.0


def days(place: Place, count: int, seed: int = 7) -> Iterator[VirtualDay]:
    """`count` working days, each unlike the others: more people or fewer, other breaks, everybody quicker or slower."""
    rng = Random(f"{place.name} {seed}")
    day = FIRST_DAY
    for n in range(count):
        while day.weekday() >= 5:
            day += timedelta(days=1)
        pace = math.exp(rng.gauss(0, 0.06))
        staffing = _staffing(place, day, rng)
        behaviour = Behaviour(
            service_s={service: LogNormal(mean_s, place.cv) for service, mean_s in place.means_s.items()},
            speed={window: speed * pace for window, speed in place.speed.items()},
            walk_s=LogNormal(18.0, 0.6),
            between_s=LogNormal(20.0, 1.5),
            absent_share=0.05,
            patience_s=LogNormal(5400.0, 0.5),
        )
        yield VirtualDay(
            place.settings, _arrivals(place, day, staffing, rng), staffing, behaviour, seed=1000 * seed + n
        )
        day += timedelta(days=1)


def _arrivals(place: Place, day: date, staffing: Staffing, rng: Random) -> list[Arrival]:
    hours = spans_on(place.settings, place.settings.hours.weekly, day) if place.settings.hours else ()
    mean_s = sum(place.popularity[s] * place.means_s[s] for s in place.means_s) / sum(place.popularity.values())
    speed = sum(place.speed.values()) / len(place.speed)
    expected = place.load * staffing.staffed_s() / (mean_s * speed + 45) * math.exp(rng.gauss(0, 0.12))
    slots = [
        (moment_ms(place.settings, day, time(8, 30)) + n * 1_800_000, weight * math.exp(rng.gauss(0, 0.25)))
        for n, weight in enumerate(CURVE)
        if any(span.start <= _clock(n) < span.end for span in hours)
    ]
    total = sum(weight for _, weight in slots)
    services, weights = list(place.popularity), list(place.popularity.values())
    found = []
    for start_ms, weight in slots:
        at_ms, rate_per_ms = float(start_ms), expected * weight / total / 1_800_000
        while (at_ms := at_ms + rng.expovariate(rate_per_ms)) < start_ms + 1_800_000:
            first = rng.random() < place.priority_share
            found.append(Arrival(round(at_ms), (rng.choices(services, weights)[0],), "age" if first else None))
    return found


def _clock(half_hour: int) -> time:
    return time(8 + (half_hour + 1) // 2, 30 * ((half_hour + 1) % 2))


def _staffing(place: Place, day: date, rng: Random) -> Staffing:
    """Who works when: where the hall stays open, lunch in turns; pauses at any time; some windows mornings only."""
    shifts = {}
    hours = spans_on(place.settings, place.settings.hours.weekly, day) if place.settings.hours else ()
    spans = [(moment_ms(place.settings, day, s.start), moment_ms(place.settings, day, s.end)) for s in hours]
    numbers = list(place.settings.windows)
    for n, window in enumerate(numbers):
        work = [(begin + round(rng.expovariate(1 / 120_000)), end) for begin, end in spans]
        if place.through_lunch:
            begin_ms = (
                moment_ms(place.settings, day, time(11, 30) if n % 2 else time(12, 15)) + rng.randint(-6, 6) * 60_000
            )
            work = _without(work, begin_ms, begin_ms + rng.randint(38, 50) * 60_000)
        if len(numbers) > 4 and n % 5 == 4:
            work = _without(work, moment_ms(place.settings, day, time(13)), spans[-1][1])
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            begin_ms = rng.randint(spans[0][0] + 1_800_000, spans[-1][1] - 1_800_000)
            work = _without(work, begin_ms, begin_ms + round(rng.lognormvariate(math.log(540), 0.5) * 1000))
        shifts[window] = tuple(Shift(begin, end) for begin, end in work)
    return Staffing(shifts)


def _without(work: list[tuple[int, int]], begin_ms: int, end_ms: int) -> list[tuple[int, int]]:
    left = []
    for begin, end in work:
        left += [(begin, min(end, begin_ms)), (max(begin, end_ms), end)]
    return [(begin, end) for begin, end in left if end - begin >= 300_000]


def _place(
    name: str,
    means_min: list[float],
    windows: list[list[int]],
    load: float,
    *,
    through_lunch: bool = False,
    targets_s: tuple[int, ...] = (900,),
    then: dict[int, list[int]] | None = None,
    priority_share: float = 0.1,
    cv: float = 1.0,
) -> Place:
    """windows: the services of each, by number from 0."""
    rng = Random(name)
    ids = [f"s{n}" for n in range(len(means_min))]
    settings = HallSettings(
        id=name,
        name={"en": name},
        timezone="Asia/Shanghai",
        languages=("en",),
        services={
            service: Service(
                service, {"en": service}, "ABCDEFGHJKLMNPQR"[n], target_wait_s=targets_s[n % len(targets_s)]
            )
            for n, service in enumerate(ids)
        },
        windows={
            n + 1: Window(
                n + 1, {"en": f"{n + 1}"}, tuple(ids[s] for s in served), tuple(ids[s] for s in (then or {}).get(n, ()))
            )
            for n, served in enumerate(windows)
        },
        hours=Hours(LONG if through_lunch else WEEK),
        rules=Rules(one_waiting_per_citizen=False),
    )
    return Place(
        name=name,
        settings=settings,
        means_s={service: 60 * minutes for service, minutes in zip(ids, means_min, strict=True)},
        popularity={service: rng.uniform(0.5, 2.0) for service in ids},
        load=load,
        speed={n + 1: rng.uniform(0.75, 1.3) for n in range(len(windows))},
        through_lunch=through_lunch,
        priority_share=priority_share,
        cv=cv,
    )


def places() -> list[Place]:
    """From one window to thirty. All are a little overloaded at their peaks, as halls are when waits matter."""
    every = list(range(12))
    return [
        _place("village", [6, 9, 14], [[0, 1, 2]], 0.85, cv=0.9),
        _place(
            "township", [5, 7, 9, 6, 12, 15, 8, 20],
            [[0, 1], [2, 3], [4, 5], [6, 7], list(range(8)), list(range(8))], 0.92,
        ),
        _place(
            "targets", [4, 6, 8, 10, 12, 7], [[0, 1], [1, 2], [3, 4], [5], [0, 5], [2, 3, 4]], 0.9,
            through_lunch=True, targets_s=(600, 900, 1800), then={0: [2, 3], 3: [0, 1]}, priority_share=0.15,
        ),
        _place(
            "busy", [4, 5, 6, 8, 10, 7, 5, 12, 9, 6, 15, 11],
            [[n % 12, (n + 1) % 12, (n + 5) % 12] for n in range(22)] + [every] * 8, 0.97, through_lunch=True,
        ),
    ]  # fmt: skip


def large() -> Place:
    """Twenty windows, five of which serve everything."""
    every = list(range(12))
    served = [[n % 12, (n + 1) % 12] for n in range(15)] + [every] * 5
    return _place("large", [4, 5, 6, 8, 10, 7, 5, 12, 9, 6, 15, 11], served, 0.95, through_lunch=True)
