"""The wall: who was called last, windows, who is next; folds calls, knows no screen and no voice."""

from __future__ import annotations

from collections import deque
from itertools import chain

from queue_server.hall import events as e
from queue_server.hall.calendar import rfc3339
from queue_server.hall.events import Event
from queue_server.hall.line import File, Standing
from queue_server.hall.state import Hall, Ticket
from queue_server.readers.estimates import NONE, Estimates
from queue_server.wire.board import BoardView, BoardWaiting, BoardWindow, Call, Emergency, ZoneInfo

CALLS_KEPT = 60  # API.md promises 30; the rest is for a speaker that was away during a busy minute
NEXT_SHOWN = 6


class Calls:
    """The newest announcements, newest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    def apply(self, hall: Hall, event: Event, seq: int) -> None:
        """`hall` already stands after `event`, row `seq`."""
        if isinstance(event, e.DayOpened):
            self._calls.clear()
        elif isinstance(event, e.TicketCalled | e.TicketRecalled):
            ticket = hall.tickets[event.ticket_id]
            plan = hall.settings.windows.get(event.window)
            self._calls.appendleft(
                {
                    "seq": seq,
                    "at": rfc3339(event.at_ms) or "",
                    "kind": "call" if isinstance(event, e.TicketCalled) else "recall",
                    "label": ticket.label,
                    "window": event.window,
                    "window_name": dict(plan.name) if plan is not None else {},
                    "service": ticket.service,
                    "zone": plan.zone if plan is not None else "",
                }
            )

    def newest(self) -> list[Call]:
        return list(self._calls)


def board(hall: Hall, calls: Calls, estimates: Estimates = NONE) -> BoardView:
    return {
        "seq": hall.seq,
        "timezone": hall.settings.timezone,
        "hall": dict(hall.settings.name),
        "day": hall.day or "",
        "calls": calls.newest(),
        "windows": [_window(hall, number) for number in hall.settings.windows],
        "zones": zones(hall),
        "waiting": [_waiting(hall, service, estimates) for service in hall.settings.services],
        "marquee": dict(hall.settings.words.marquee),
        "emergency": emergency(hall),
    }


def zones(hall: Hall) -> list[ZoneInfo]:
    return [{"zone": zone.id, "name": dict(zone.name)} for zone in hall.settings.zones.values()]


def emergency(hall: Hall) -> Emergency | None:
    """The message that goes before everything else, if there is one."""
    if hall.emergency is None:
        return None
    text, at_ms = hall.emergency
    return {"text": text, "at": rfc3339(at_ms) or ""}


def _window(hall: Hall, number: int) -> BoardWindow:
    window = hall.windows[number]
    ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
    return {
        "window": number,
        "name": dict(hall.settings.windows[number].name),
        "zone": hall.settings.windows[number].zone,
        "place": dict(hall.settings.windows[number].place),
        "state": window.state,
        "label": ticket.label if ticket is not None else None,
        "ticket_state": ticket.state if ticket is not None else None,
        "pause_reason": window.pause_reason,
        "back_at": rfc3339(window.back_at_ms),
    }


def _waiting(hall: Hall, service: str, estimates: Estimates) -> BoardWaiting:
    return {
        "service": service,
        "name": dict(hall.settings.services[service].name),
        "waiting": waiting_count(hall, service),
        "next": [ticket.label for ticket in first_waiting(hall, service, NEXT_SHOWN)],
        "estimate": estimates.of_newcomer(service),
    }


def waiting_count(hall: Hall, service: str) -> int:
    """How many wait for `service`, those sent to one window in particular among them."""
    line = hall.lines.get(service)
    return len(_sent(hall, service)) + (len(line) if line is not None else 0)


def first_waiting(hall: Hall, service: str, count: int) -> list[Ticket]:
    """The first `count` who wait for `service` in the order of their places, priority tickets at theirs."""
    standing = _sent(hall, service)
    line = hall.lines.get(service)
    if line is not None:
        standing += line.ordinary.first(count) + line.priority.first(count) + by_place(line.due)
    return [hall.tickets[ticket_id] for _, ticket_id in sorted(standing)[:count]]


def _sent(hall: Hall, service: str) -> list[Standing]:
    """Those who wait for `service` at one window in particular; they are few."""
    lines = (line for key, line in hall.lines.items() if isinstance(key, int))
    standing = (one for line in lines for file in (line.ordinary, line.priority) for one in file.first(len(file)))
    due = (one for line in lines for one in by_place(line.due))
    return [one for one in chain(standing, due) if hall.tickets[one[1]].service == service]


def by_place(due: File) -> list[Standing]:
    """Those with an appointment at the place of their arrival, as the others stand; they are few."""
    return [(place[1:], ticket_id) for place, ticket_id in due.first(len(due))]
