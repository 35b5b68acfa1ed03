"""What bounds an estimator: how much can be known at all, and what an answer costs in a large hall."""

from __future__ import annotations

import copy
import math
import statistics
import time
from datetime import date
from datetime import time as Clock  # noqa: N812 - `time` is the module here
from random import Random

from estimate_halls import Place, days, large

from queue_server.estimate.estimator import Estimator
from queue_server.hall import events as e
from queue_server.hall.evolve import evolve
from queue_server.hall.order import choose
from queue_server.hall.state import Hall
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.staffing import moment_ms

RUNS = 40
WAITING, DAY = 200, date(2026, 3, 3)
CLOCKS = (Clock(9), Clock(9, 20), Clock(10))  # the day begins, people come, somebody asks


def floor_s(place: Place, learn: int, test: int, each: int, seed: int) -> float:
    """The mean absolute error of one who knows every parameter of the day and all its breaks, but not who will come.

    It runs the true hall forward with other luck, and says the median. Where nobody overtakes, nobody can do better.
    """
    errors: list[float] = []
    for n, day in enumerate(days(place, learn + test, seed)):
        if n < learn:
            continue
        events = [event for step in day.steps() for event in step.events]
        every = max(1, sum(isinstance(event, e.TicketIssued) for event in events) // each)
        hall, count, said = Hall(place.settings), 0, dict[str, float]()
        for seq, event in enumerate(events, 1):
            evolve(hall, event, seq)
            if isinstance(event, e.TicketIssued) and (count := count + 1) % every == 0:
                waits = sorted(_run(place, day, hall, event, luck) for luck in range(RUNS))
                said[event.ticket_id] = waits[RUNS // 2]
            elif isinstance(event, e.TicketCalled) and event.ticket_id in said:
                wait_s = (event.at_ms - hall.tickets[event.ticket_id].arrived_ms) / 1000
                errors.append(abs(wait_s - said.pop(event.ticket_id)))
    return statistics.mean(error for error in errors if math.isfinite(error))


def _run(place: Place, day: VirtualDay, hall: Hall, ticket: e.TicketIssued, luck: int) -> float:
    again = VirtualDay(
        place.settings, [], day.staffing, day.behaviour, seed=luck, hall=copy.deepcopy(hall), from_ms=ticket.at_ms
    )
    for step in again.steps():
        for event in step.events:
            if isinstance(event, e.TicketCalled) and event.ticket_id == ticket.ticket_id:
                return (event.at_ms - ticket.at_ms) / 1000
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
