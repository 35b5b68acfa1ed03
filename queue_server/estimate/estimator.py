"""Estimates of one hall: folds its journal, learns from it, and says how long everybody will wait; knows no process.

Its answer is a function of the events it was given and of the moment asked for. Past days are rehearsed: every half
hour of them it says what it would have said then, and what came true calibrates what it says now.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from config.settings import HallSettings
from queue_server.estimate.calibrate import Calibration
from queue_server.estimate.forward import run
from queue_server.estimate.learn import Learned
from queue_server.estimate.scene import look
from queue_server.estimate.times import Floats
from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.evolve import evolve
from queue_server.hall.state import Hall

SAMPLES = 300
SAMPLES_MANY = 160  # where very many wait
SAMPLES_REHEARSED = 100
MANY = 60
REHEARSE_MS = 1_800_000
FRESH_MS = 20_000  # what was said so long ago was said to somebody who comes now
REMEMBER_MS = 600_000  # how often what is said to those who wait is kept to be compared
Range = tuple[float, float]


class Answer(TypedDict):
    """Seconds, p50 and p90: of tickets by id, of newcomers by service."""

    tickets: dict[str, Range]
    ordinary: dict[str, Range]
    priority: dict[str, Range]


class Estimator:
    """`apply` every event in order, `estimate` when asked. seed: the same events and questions give the same answers.

    rehearse_from_ms: days before it are learned from, but not rehearsed.
    """

    def __init__(self, settings: HallSettings, seed: int = 1, rehearse_from_ms: int = 0) -> None:
        self.hall = Hall(settings)
        self.learned = Learned()
        self.calibration = Calibration()
        self._seed = seed
        self._said: dict[str, list[tuple[int, float, float]]] = {}
        self._asked_ms = 0
        self._remembered_ms = 0
        self._newcomers: dict[tuple[str, bool], Range] = {}
        self._rehearse_from_ms = rehearse_from_ms

    def apply(self, event: Event, seq: int) -> None:
        if self.hall.day is None and not isinstance(event, e.DayOpened):
            return  # the rest of a day whose beginning was not read: its tickets are not known
        if isinstance(event, e.TicketIssued) and event.at_ms >= self._rehearse_from_ms:
            if event.at_ms - self._asked_ms > REHEARSE_MS:
                self._run(event.at_ms, SAMPLES_REHEARSED)
            self._remember_newcomer(event)
        evolve(self.hall, event, seq)
        self.learned.apply(self.hall, event)
        if isinstance(event, e.TicketCalled):
            for at_ms, p50_s, p90_s in self._said.pop(event.ticket_id, ()):
                self.calibration.add(p50_s, p90_s, (event.at_ms - at_ms) / 1000)
        elif isinstance(event, e.TicketCancelled | e.TicketArrived):  # said of who was not here: nothing to learn from
            self._said.pop(event.ticket_id, None)
        elif isinstance(event, e.DayOpened):
            self._said.clear()

    def estimate(self, at_ms: int) -> Answer:
        """What to say at `at_ms`; a ticket or service of which nothing can be said is left out."""
        waiting = sum(map(len, self.hall.lines.values()))
        tickets, newcomers = self._run(at_ms, SAMPLES if waiting <= MANY else SAMPLES_MANY)
        said = self.calibration.range
        return {
            "tickets": {ticket: _rounded(said(*found)) for ticket, found in tickets.items()},
            "ordinary": {service: _rounded(said(*found)) for (service, first), found in newcomers.items() if not first},
            "priority": {service: _rounded(said(*found)) for (service, first), found in newcomers.items() if first},
        }

    def _run(self, at_ms: int, samples: int) -> tuple[dict[str, Range], dict[tuple[str, bool], Range]]:
        """Ranges before calibration."""
        at_ms = max(at_ms, self.hall.last_ms)
        self.learned.services.fit()
        chance = np.random.default_rng(self._seed)  # the same luck every time, or minutes would flicker
        sight = look(self.hall, self.learned, at_ms, samples, chance)
        called = np.sort(np.maximum(run(sight.scene, chance), 0.0), axis=0)
        ranges = [_range(called[:, n]) for n in range(called.shape[1])]
        tickets = {t: r for t, r in zip(sight.tickets, ranges, strict=False) if r is not None}
        newcomers = {p: r for p, r in zip(sight.probes, ranges[len(sight.tickets) :], strict=True) if r is not None}
        self._asked_ms, self._newcomers = at_ms, newcomers
        if at_ms - self._remembered_ms > REMEMBER_MS:
            self._remembered_ms = at_ms
            for ticket_id, (p50_s, p90_s) in tickets.items():
                self._said.setdefault(ticket_id, []).append((at_ms, p50_s, p90_s))
        return tickets, newcomers

    def _remember_newcomer(self, event: e.TicketIssued) -> None:
        found = self._newcomers.get((event.services[0], event.priority is not None))
        if found is not None and event.due_ms is None and not event.away and event.at_ms - self._asked_ms < FRESH_MS:
            self._said.setdefault(event.ticket_id, []).append((event.at_ms, *found))


def _range(sorted_s: Floats) -> Range | None:
    """Median and ninth decile; None where more than half never come to it."""
    p50_s = sorted_s[len(sorted_s) // 2]
    if not np.isfinite(p50_s):
        return None
    p90_s = sorted_s[len(sorted_s) * 9 // 10]
    if not np.isfinite(p90_s):
        p90_s = sorted_s[np.isfinite(sorted_s)][-1]
    return float(p50_s), float(p90_s)


def _rounded(found: Range) -> Range:
    return round(found[0], 1), round(found[1], 1)
