"""What is measured on a virtual day: waits, use of windows, the queue, who was late; folds steps, knows no statistics.

A wait runs from joining the line for a service (taking the ticket, or ending the service before) to the first call
for it; with an appointment that was kept, from its slot. Who was never called has no wait but counts as unserved, and
as missing every target.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.simulate.day import VirtualDay

QUEUE_EVERY_MS = 300_000


@dataclass(frozen=True, slots=True)
class Wait:
    """`wait_s` is None for one who was never called. booked: by an appointment, in time for it."""

    service: str
    since_ms: int
    wait_s: float | None
    booked: bool = False


@dataclass(slots=True)
class WindowDay:
    """served: services done. serving_s: citizens at the window. engaged_s: that, and calling and waiting for them.

    planned_s: the length of its shifts. overtime_s: how much longer than its last shift it was open.
    """

    served: int = 0
    serving_s: float = 0.0
    engaged_s: float = 0.0
    planned_s: float = 0.0
    overtime_s: float = 0.0


@dataclass(slots=True)
class Kept:
    """What became of the appointments that were booked. came: how many "early", "due" and "late" for it."""

    booked: int = 0
    came: Counter[str] = field(default_factory=Counter)

    @property
    def missed(self) -> int:
        return self.booked - self.came.total()


@dataclass(frozen=True, slots=True)
class Late:
    """A ticket that ended after closing, or never (None)."""

    taken_ms: int
    service: str
    ended_ms: int | None
    booked: bool


@dataclass(slots=True)
class DayFigures:
    """One day. queue: who waited at `opens_ms` and every five minutes after it. ended_late: tickets that ended after
    `closes_ms` or never."""

    opens_ms: int
    closes_ms: int
    waits: list[Wait] = field(default_factory=list)
    windows: dict[int, WindowDay] = field(default_factory=dict)
    queue: list[int] = field(default_factory=list)
    ended_late: list[Late] = field(default_factory=list)
    issued: int = 0
    refused: int = 0
    no_shows: int = 0
    overtime_s: float = 0.0
    appointments: Kept = field(default_factory=Kept)


def measure(day: VirtualDay, opens_ms: int, closes_ms: int) -> DayFigures:
    """Run `day` to its end and say what it was like."""
    fold = _Fold(day, DayFigures(opens_ms, closes_ms))
    for step in day.steps():
        if step.refused is not None and step.refused.code != "too_early":  # they come again
            fold.figures.refused += 1
        for event in step.events:
            fold.apply(event)
    return fold.result()


class _Fold:
    def __init__(self, day: VirtualDay, figures: DayFigures) -> None:
        self._day = day
        self.figures = figures
        self._waiting = 0
        self._since: dict[str, Wait] = {}  # by ticket, until its first call for the service
        self._called_ms: dict[int, int] = {}
        self._started_ms: dict[int, int] = {}
        for window, shifts in day.staffing.shifts.items():
            planned_ms = sum(shift.end_ms - shift.start_ms for shift in shifts)
            figures.windows[window] = WindowDay(planned_s=planned_ms / 1000)

    def apply(self, event: Event) -> None:
        self._sample(event.at_ms)
        match event:
            case e.TicketIssued():
                self.figures.issued += 1
                since_ms = max(event.at_ms, event.due_ms or 0)
                self._joins(event.ticket_id, event.services[0], since_ms, booked=event.due_ms is not None)
            case e.AppointmentBooked():
                self.figures.appointments.booked += 1
            case e.AppointmentCheckedIn():
                self.figures.appointments.came[event.timing] += 1
            case e.TicketCalled():
                self._waiting -= 1
                self._called_ms[event.window] = event.at_ms
                joined = self._since.pop(event.ticket_id, None)
                if joined is not None:
                    self.figures.waits.append(replace(joined, wait_s=max(0, event.at_ms - joined.since_ms) / 1000))
            case e.TicketRequeued():
                self._waiting += 1
            case e.ServingStarted():
                self._started_ms[event.window] = event.at_ms
            case e.ServingFinished():
                window = self._over(event.window, event.at_ms)
                window.served += 1
                window.serving_s += (event.at_ms - self._started_ms.get(event.window, event.at_ms)) / 1000
                if event.next_service is not None:
                    self._joins(event.ticket_id, event.next_service, event.at_ms)
            case e.TicketMarkedNoShow():
                self.figures.no_shows += 1
                self._over(event.window, event.at_ms)
            case e.WindowClosed():
                self._closed(event.window, event.at_ms)

    def result(self) -> DayFigures:
        figures = self.figures
        self._sample(figures.closes_ms)
        figures.waits += self._since.values()
        for ticket in self._day.hall.tickets.values():
            if ticket.ended_ms is None or (ticket.state == "finished" and ticket.ended_ms > figures.closes_ms):
                booked = ticket.due_ms is not None
                figures.ended_late.append(Late(ticket.issued_ms, ticket.service, ticket.ended_ms, booked))
        return figures

    def _sample(self, at_ms: int) -> None:
        queue, until_ms = self.figures.queue, min(at_ms, self.figures.closes_ms)
        while self.figures.opens_ms + len(queue) * QUEUE_EVERY_MS <= until_ms:
            queue.append(self._waiting)

    def _joins(self, ticket_id: str, service: str, since_ms: int, *, booked: bool = False) -> None:
        self._waiting += 1
        self._since[ticket_id] = Wait(service, since_ms, None, booked)

    def _window(self, number: int) -> WindowDay:
        return self.figures.windows.setdefault(number, WindowDay())

    def _over(self, number: int, at_ms: int) -> WindowDay:
        window = self._window(number)
        window.engaged_s += (at_ms - self._called_ms.get(number, at_ms)) / 1000
        return window

    def _closed(self, number: int, at_ms: int) -> None:
        shifts = self._day.staffing.shifts.get(number)
        if shifts:
            over_s = max(0, at_ms - shifts[-1].end_ms) / 1000
            self._window(number).overtime_s = over_s
            self.figures.overtime_s += over_s
