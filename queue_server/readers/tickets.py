"""A ticket and a window as API.md shows them; pure functions of the hall, they never show who the citizen is."""

from __future__ import annotations

from queue_server.hall.ahead import ahead
from queue_server.hall.calendar import rfc3339
from queue_server.hall.state import Hall, Ticket, Window
from queue_server.readers.estimates import NONE, Estimates
from queue_server.wire.hall import WindowView
from queue_server.wire.tickets import TicketView


def ticket_view(hall: Hall, ticket: Ticket, at_ms: int, estimates: Estimates = NONE) -> TicketView:
    return {
        "ticket_id": ticket.ticket_id,
        "label": ticket.label,
        "serial": serial_text(hall, ticket),
        "service": ticket.service,
        "services": list(ticket.services),
        "state": ticket.state,
        "priority": ticket.priority,
        "ahead": ahead(hall, ticket, at_ms),
        "estimate": estimates.of_ticket(ticket),
        "window": ticket.window,
        "for_window": ticket.for_window,
        "issued_at": rfc3339(ticket.issued_ms) or "",
        "called_at": rfc3339(ticket.last_called_ms),
        "started_at": rfc3339(ticket.started_ms),
        "ended_at": rfc3339(ticket.ended_ms),
        "calls": ticket.calls,
        "outcome": ticket.outcome,
        "channel": ticket.channel,
        "why": ticket.why,
        "appointment": ticket.appointment,
        "due_at": rfc3339(ticket.due_ms),
        "flags": list(ticket.flags),
        "here": ticket.here,
    }


def serial_text(hall: Hall, ticket: Ticket) -> str:
    """The number on the slip that names a ticket for good: 20261120-000137."""
    return f"{(hall.day or '').replace('-', '')}-{ticket.serial:06d}"


def window_view(hall: Hall, window: Window, at_ms: int) -> WindowView:
    plan = hall.settings.windows.get(window.number)
    ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
    return {
        "window": window.number,
        "name": dict(plan.name) if plan is not None else {},
        "services": list(plan.services) if plan is not None else [],
        "state": window.state,
        "staff": window.staff,
        "covers": window.covers,
        "pause_reason": window.pause_reason,
        "back_at": rfc3339(window.back_at_ms),
        "ticket": ticket_view(hall, ticket, at_ms) if ticket is not None else None,
    }
