"""One working day of a hall, decided by the hall's own rules, and the same day at another time; knows no journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from random import Random
from typing import Any

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import next_day_ms
from queue_server.hall.rules import decide
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import all_day
from queue_server.simulate.times import Fixed, LogNormal

Command = tuple[list[e.Event], bool]  # its events, and whether a request with a key asked for it

DAY = date(2026, 3, 3)
BUSY = 0.8  # of the time that the windows are staffed
WALK_S, BETWEEN_S = 5.0, 3.0
_NAMES = {kind: frozenset(f.name for f in fields(cls)) for kind, cls in e.KINDS.items()}


class RecordedDay:
    """A day of `tickets` tickets, every one of its commands in order, from its opening to its close."""

    def __init__(self, settings: HallSettings, tickets: int) -> None:
        virtual = VirtualDay(settings, *_day(settings, tickets))
        steps = [([*step.events], not isinstance(step.command, c.Tick)) for step in virtual.steps()]
        self._opening = steps[0][0].pop(0)
        self._steps: list[Command] = steps
        closing = c.Tick(command_id="close", at_ms=next_day_ms(settings.timezone, DAY.isoformat()))
        self._closing = decide(virtual.hall, closing).events[:-1]  # without the opening of the next
        self.begins_ms = self._opening.at_ms
        self.ends_ms = max(event.at_ms for events, _ in steps for event in events)

    def opening(self, day: date, moved: Callable[[int], int]) -> e.Event:
        return replace(self._opening, at_ms=moved(self.begins_ms), day=day.isoformat())  # type: ignore[call-arg]

    def commands(self, moved: Callable[[int], int]) -> Iterator[Command]:
        """The day's work with new tickets. moved: from a time of the recorded day to that of the new one, in ms."""
        names: dict[str, str] = {}
        for events, answered in self._steps:
            yield [_moved(event, moved, names) for event in events], answered

    def closing(self, day: date, at_ms: int) -> list[e.Event]:
        """What ends the day; the command that does it also opens the next one."""
        return [replace(event, at_ms=at_ms, **_day_of(event, day)) for event in self._closing]


def _day_of(event: e.Event, day: date) -> dict[str, Any]:
    return {"day": day.isoformat()} if isinstance(event, e.DayClosed) else {}


def _moved(event: e.Event, moved: Callable[[int], int], names: dict[str, str]) -> e.Event:
    known = _NAMES[type(event).__name__]
    changed: dict[str, Any] = {"at_ms": moved(event.at_ms)}
    if "ticket_id" in known:
        ticket_id: str = event.ticket_id  # type: ignore[attr-defined]
        if ticket_id not in names:
            names[ticket_id] = secrets.token_urlsafe(12)
        changed["ticket_id"] = names[ticket_id]
    place = getattr(event, "place", None)
    if place is not None:
        changed["place"] = (moved(place[0]), *place[1:])
    return replace(event, **changed)


def _day(settings: HallSettings, tickets: int) -> tuple[Any, ...]:
    """Arrivals all day long, windows that are busy for `BUSY` of it, and people who behave as people do."""
    rng = Random(tickets)
    staffing = all_day(settings, DAY)
    a_ticket_s = BUSY * staffing.staffed_s() / tickets
    spans = next(iter(staffing.shifts.values()))
    services = list(settings.services)
    arrivals = []
    for n in range(tickets):
        span = spans[n % len(spans)]
        at_ms = rng.randrange(span.start_ms, span.end_ms)
        arrivals.append(Arrival(at_ms, (rng.choice(services),), "age" if rng.random() < 0.05 else None))
    behaviour = Behaviour(
        other_service_s=LogNormal(max(1.0, a_ticket_s - WALK_S - BETWEEN_S)),
        walk_s=Fixed(WALK_S),
        between_s=Fixed(BETWEEN_S),
    )
    return arrivals, staffing, behaviour
