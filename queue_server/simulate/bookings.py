"""Who has an appointment on a made-up day, and when they come; knows slots and their quotas, not what becomes of them.

That an appointment is booked, early, due, late or missed is decided by the hall's rules, as for everybody (`visits`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from random import Random

from config.settings import HallSettings
from queue_server.hall.appointments import slots_on
from queue_server.hall.calendar import local
from queue_server.simulate.people import Arrival
from queue_server.simulate.staffing import moment_ms
from queue_server.simulate.times import Times


@dataclass(frozen=True, slots=True)
class Around:
    """A normal distribution; below 0 is after the slot."""

    mean_s: float
    sd_s: float

    def draw(self, rng: Random) -> float:
        return rng.normalvariate(self.mean_s, self.sd_s)


PRESET_EARLY = Around(300.0, 300.0)


@dataclass(frozen=True, slots=True)
class Bookings:
    """share: 0–1, of the citizens a rate curve draws, who book instead of coming by chance: the free slot nearest to
    the time they would have come at. Where every slot of the day is full they come all the same.
    per_slot: appointments a day, by service and the time of their slot. missed_share: 0–1, of all these.
    early_s: how long before the slot they check in, below 0 after it. Presets are our own choice.
    """

    share: float = 0.0
    per_slot: Mapping[str, Mapping[time, float]] = field(default_factory=dict)
    missed_share: float = 0.1
    early_s: Times = PRESET_EARLY

    def draw(self, settings: HallSettings, day: date, coming: Sequence[Arrival], rng: Random) -> list[Arrival]:
        """Everybody of that day: `coming`, some with an appointment now, and those whose slots are known."""
        free = {service: dict.fromkeys(_starts(settings, service, day), 0) for service in settings.services}
        for service, slots in free.items():
            plan = settings.services[service].slots
            slots.update(dict.fromkeys(slots, plan.quota if plan else 0))
        booked = [
            Arrival(slot_ms, (service,), slot_ms=slot_ms)
            for service, slot_ms in self._known(settings, day, rng)
            if free[service][slot_ms] > 0
        ]
        for one in booked:
            free[one.services[0]][one.at_ms] -= 1
        rest = []
        for arrival in coming:
            open_slots = [slot_ms for slot_ms, places in free[arrival.services[0]].items() if places]
            if open_slots and rng.random() < self.share:
                slot_ms = min(open_slots, key=lambda start: (abs(start - arrival.at_ms), start))
                free[arrival.services[0]][slot_ms] -= 1
                booked.append(replace(arrival, slot_ms=slot_ms))
            else:
                rest.append(arrival)
        first_ms = moment_ms(settings, day, time(0)) + 1
        whole = [*rest, *(self._comes(one, first_ms, rng) for one in booked)]
        return sorted(whole, key=lambda arrival: arrival.at_ms)

    def by_service(self) -> dict[str, float]:
        """How many of those whose slots are known come in a day, on average; the others are in their rate curve."""
        return {service: (1 - self.missed_share) * sum(slots.values()) for service, slots in self.per_slot.items()}

    def _known(self, settings: HallSettings, day: date, rng: Random) -> Iterator[tuple[str, int]]:
        """Each place of a slot is taken as often as it was."""
        for service, by_time in self.per_slot.items():
            plan = settings.services[service].slots
            if plan is None:
                continue
            for start_ms, end_ms in slots_on(settings, service, day):
                begin = local(settings.timezone, start_ms).time()
                end = local(settings.timezone, end_ms).time() or time.max
                usual = sum(each for at, each in by_time.items() if begin <= at < max(end, begin) or at == begin)
                for _ in range(plan.quota):
                    if rng.random() * plan.quota < usual:
                        yield service, start_ms

    def _comes(self, booked: Arrival, first_ms: int, rng: Random) -> Arrival:
        slot_ms = booked.at_ms if booked.slot_ms is None else booked.slot_ms
        missed, early_s = rng.random() < self.missed_share, self.early_s.draw(rng)
        return replace(booked, at_ms=max(first_ms, slot_ms - round(early_s * 1000)), missed=missed)


def bookable(settings: HallSettings, service: str) -> bool:
    plan = settings.services.get(service)
    return settings.appointments is not None and plan is not None and plan.slots is not None


def _starts(settings: HallSettings, service: str, day: date) -> list[int]:
    return [start_ms for start_ms, _ in slots_on(settings, service, day)]
