"""What bounds an estimator: how much can be known at all, and what an answer costs in a large hall."""

from __future__ import annotations

import copy
import math
import pickle
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import date
from datetime import time as Clock  # noqa: N812 - `time` is the module here
from random import Random
from typing import Any

from estimate_halls import Place, days, large

from queue_server.estimate.estimator import Estimator
from queue_server.hall import events as e
from queue_server.hall.order import choose
from queue_server.hall.state import Hall, Ticket
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Citizen
from queue_server.simulate.staffing import moment_ms

REFERENCES = ("knows all", "and who ends")
WAITING, DAY = 200, date(2026, 3, 3)
CLOCKS = (Clock(9), Clock(9, 20), Clock(10))  # the day begins, people come, somebody asks


class _Known(VirtualDay):
    """A day run on from the middle, in which who is at a window stays there as long as they really did."""

    def __init__(self, truth: Mapping[str, Citizen], *arguments: Any, **fields: Any) -> None:
        self._truth = truth
        super().__init__(*arguments, **fields)

    def _take_over(self, ticket: Ticket, from_ms: int) -> None:
        if ticket.state not in ("waiting", "called", "serving"):
            return  # whoever has gone needs no luck
        known = self._truth.get(ticket.ticket_id)
        if ticket.state != "serving" or ticket.window is None or ticket.started_ms is None or known is None:
            super()._take_over(ticket, from_ms)
            return
        self.citizens[ticket.ticket_id] = copy.copy(known)
        takes_s = known.service_s[ticket.service] * self.behaviour.speed.get(ticket.window, 1.0)
        done_ms = max(from_ms, ticket.started_ms + round(takes_s * 1000))
        self._agenda.at(done_ms, self._visits.served(ticket.window, ticket.ticket_id))


def references(
    place: Place, day: VirtualDay, to_come: Sequence[Arrival], hall: Hall, ticket: Ticket, at_ms: int, runs: int
) -> dict[str, tuple[float, float]]:
    """What somebody would say, p50 and p90 in seconds, who knows far more than can be known, by name in `REFERENCES`.

    The first knows every parameter of the day, its breaks, and who is still to come and when (`to_come`); only how
    long each visit takes, and who is there when called, is chance. So nobody does better but by chance. The second
    knows beside this when those who are being served now will be done. `hall` and `ticket` stand at `at_ms`.
    """
    targets = {service.target_wait_s for service in place.settings.services.values()}
    if len(targets) == 1 and not any(window.then for window in place.settings.windows.values()):
        to_come = [arrival for arrival in to_come if arrival.priority]  # nobody else can come before the ticket
    said = {}
    packed = pickle.dumps(hall)  # unpacked for every run: several times quicker than a deep copy
    for name, truth in zip(REFERENCES, ({}, day.citizens), strict=True):
        waits = []
        for luck in range(runs):
            again = _Known(
                truth, place.settings, to_come, day.staffing, day.behaviour,
                seed=luck, hall=pickle.loads(packed), from_ms=at_ms,
            )  # fmt: skip
            waits.append(_until_called(again, ticket.ticket_id, at_ms))
        # Only tickets that are called are judged.
        waits = sorted(filter(math.isfinite, waits)) or [math.nan]
        said[name] = statistics.median(waits), waits[len(waits) * 9 // 10]
    return said


def _until_called(day: VirtualDay, ticket_id: str, from_ms: int) -> float:
    for step in day.steps():
        for event in step.events:
            if isinstance(event, e.TicketCalled) and event.ticket_id == ticket_id:
                return (event.at_ms - from_ms) / 1000
    return math.inf


def effort_ms(rounds: int) -> list[float]:
    """CPU milliseconds of an answer where 200 people wait for 20 windows, after a day to learn from."""
    place = large()
    estimator = Estimator(place.settings)
    seq = 0

    def happened(event: e.Event) -> None:
        nonlocal seq
        seq += 1
        estimator.apply(event, seq)

    for day in days(place, 1):
        for step in day.steps():
            for event in step.events:
                happened(event)
        happened(e.DayClosed(at_ms=day.hall.last_ms, day=day.hall.day or ""))
    hour = [moment_ms(place.settings, DAY, clock) for clock in CLOCKS]
    happened(e.DayOpened(at_ms=hour[0], day=DAY.isoformat()))
    for window in place.settings.windows:
        happened(e.WindowOpened(at_ms=hour[0], window=window))
    rng, services = Random(1), list(place.settings.services)
    for n in range(WAITING + len(place.settings.windows)):
        at_ms = hour[1] + n * 5000
        happened(
            e.TicketIssued(
                at_ms=at_ms, ticket_id=f"t{n}", label=f"A{n:03d}", number=n, serial=n, place=(at_ms, n),
                channel="kiosk", services=(services[n % len(services)],),
                priority="age" if rng.random() < 0.12 else None,
            )
        )  # fmt: skip
    for window in place.settings.windows:
        choice = choose(estimator.hall, window, hour[2])
        if choice is None:
            raise RuntimeError("the bench's hall should have somebody for every window")
        happened(e.TicketCalled(at_ms=hour[2], ticket_id=choice.ticket_id, window=window, why=choice.why))
    spent = []
    for n in range(rounds + 1):
        began_s = time.process_time()
        found = estimator.estimate(hour[2] + 60_000 + n * 1000)
        spent.append(1000 * (time.process_time() - began_s))
        if len(found["tickets"]) != WAITING:
            raise RuntimeError(f"{len(found['tickets'])} of {WAITING} waiting tickets have an estimate")
    return spent[1:]
