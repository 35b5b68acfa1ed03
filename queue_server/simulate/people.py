"""Who comes to a virtual hall and how people behave there; knows neither the rules of the queue nor the clock.

All that chance decides about a citizen is drawn when the day is set up, in the order of arrival: two days with the same
arrivals, behaviour and seed have the very same citizens, whatever the staffing (common random numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from queue_server.simulate.times import Fixed, LogNormal, Times

# Our own choices where nothing was learned; docs/simulate.md and the command's output say so.
PRESET_SERVICE = LogNormal(480.0)
PRESET_WALK = Fixed(15.0)
PRESET_BETWEEN = Fixed(10.0)
PRESET_RETURN = LogNormal(600.0)


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """A citizen takes a ticket at `at_ms` (milliseconds since 1970 UTC) for `services`, 1 to 5 service ids in order.

    priority: the reason it has priority. citizen: a made-up reference, for the rule of one waiting ticket a person.
    patience_s: leaves the hall without a word after waiting so long, in place of what the behaviour draws.
    service_s: how long each of `services` takes, in place of what the behaviour draws.
    slot_ms: the start of the slot for which they have an appointment for the first of `services`; missed: they have it,
    and do not come.
    """

    at_ms: int
    services: tuple[str, ...]
    priority: str | None = None
    channel: str = "kiosk"
    citizen: str | None = None
    patience_s: float | None = None
    service_s: tuple[float, ...] | None = None
    slot_ms: int | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How citizens and staff behave. Shares lie in 0–1, times in seconds; presets are our own choice.

    service_s: how long a service takes, by service id; `other_service_s` for those it does not name.
    speed: by window, what service times there are multiplied by (staff who know more are faster); 1 when not named.
    walk_s: from the call to the start of serving. between_s: from the end of serving to the next call.
    absent_share: of citizens called, those who do not come this time; `returns_share` of them come back to ask for
    their place, `returns_after_s` after they were marked as no-show, if the hall's rules still let them.
    patience_s: citizens who have waited longer than this leave for good without a word; None: nobody does.
    recall_after_s: staff repeat a call, and give up after the last one, so long after the call before (never less than
    the hall's `call_gap_s`).
    """

    service_s: Mapping[str, Times] = field(default_factory=dict)
    other_service_s: Times = PRESET_SERVICE
    speed: Mapping[int, float] = field(default_factory=dict)
    walk_s: Times = PRESET_WALK
    between_s: Times = PRESET_BETWEEN
    absent_share: float = 0.03
    returns_share: float = 0.3
    returns_after_s: Times = PRESET_RETURN
    patience_s: Times | None = None
    recall_after_s: float = 20.0

    def times_of(self, service: str) -> Times:
        return self.service_s.get(service, self.other_service_s)


@dataclass(slots=True)
class Citizen:
    """One citizen as drawn. `present`: comes when called; a citizen who came back does."""

    present: bool
    returns_after_s: float | None
    patience_s: float | None
    walk_s: float
    between_s: float
    service_s: dict[str, float]


def draw_citizen(arrival: Arrival, behaviour: Behaviour, rng: Random) -> Citizen:
    present = rng.random() >= behaviour.absent_share
    returns = rng.random() < behaviour.returns_share
    returns_after_s = behaviour.returns_after_s.draw(rng)
    patience_s = behaviour.patience_s.draw(rng) if behaviour.patience_s is not None else None
    return Citizen(
        present=present,
        returns_after_s=returns_after_s if returns else None,
        patience_s=patience_s if arrival.patience_s is None else arrival.patience_s,
        walk_s=behaviour.walk_s.draw(rng),
        between_s=behaviour.between_s.draw(rng),
        service_s={
            service: behaviour.times_of(service).draw(rng) if arrival.service_s is None else arrival.service_s[n]
            for n, service in enumerate(arrival.services)
        },
    )
