"""What is simulated: a hall, a day, who comes and how people behave; knows no results.

Day number `n` of a scenario is always the same day, whatever the staffing it is run with (common random numbers), so
that two plans are compared on the very same citizens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from config.settings import HallSettings
from queue_server.simulate.arrivals import RateCurve
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import Shift, Staffing, hours_of


@dataclass(frozen=True, slots=True)
class Scenario:
    """`source`: arrivals that are the same on every day, or rates to draw them from. `seed`: same seed, same days."""

    settings: HallSettings = field(repr=False)
    day: date
    source: Sequence[Arrival] | RateCurve = field(repr=False)
    behaviour: Behaviour = field(repr=False)
    staffing: Staffing = field(repr=False)
    seed: int = 1

    @property
    def hours(self) -> tuple[Shift, ...]:
        return hours_of(self.settings, self.day)

    @property
    def opens_ms(self) -> int:
        return self.hours[0].start_ms

    @property
    def closes_ms(self) -> int:
        return self.hours[-1].end_ms

    def arrivals(self, n: int) -> Sequence[Arrival]:
        if isinstance(self.source, RateCurve):
            return self.source.draw(self.settings, self.day, Random(f"{self.seed}/{n}/arrivals"))  # noqa: S311
        return self.source

    def virtual_day(self, n: int, staffing: Staffing | None = None) -> VirtualDay:
        """Day `n`, counted from 0, staffed as planned or as given."""
        drawn = Random(f"{self.seed}/{n}/citizens").getrandbits(63)  # noqa: S311 - chance in a model
        plan = self.staffing if staffing is None else staffing
        return VirtualDay(self.settings, self.arrivals(n), plan, self.behaviour, drawn)

    def load_s(self) -> dict[str, float]:
        """Seconds of staff time a day that each service asks for, on average, with walking and clearing the desk."""
        visits: dict[str, float] = {}
        if isinstance(self.source, RateCurve):
            visits = self.source.by_service()
        else:
            for arrival in (one for one in self.source if not one.missed):
                for service in arrival.services:
                    visits[service] = visits.get(service, 0.0) + 1
        around_s = self.behaviour.walk_s.mean_s + self.behaviour.between_s.mean_s
        return {s: count * (self.behaviour.times_of(s).mean_s + around_s) for s, count in visits.items()}
