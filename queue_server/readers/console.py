"""What a staff member sees and may do at a window, and what its sign and tablet show; knows no keys or colours."""

from __future__ import annotations

from itertools import chain

from queue_server.hall.calendar import rfc3339
from queue_server.hall.order import lines_of, may_serve
from queue_server.hall.state import Hall, Ticket, Window
from queue_server.hall.visit import may_be_next, to_come
from queue_server.readers.board import by_place
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.figures import Figures
from queue_server.readers.kiosk import services, windows
from queue_server.readers.public import Public, sign_person
from queue_server.readers.tickets import window_view
from queue_server.wire.staff import ConsoleView, ConsoleWaiting, Handover, WindowLiveView

WAITING_SHOWN = 200  # a whole view goes out with every change; nobody reads further down the list


def console(hall: Hall, figures: Figures, number: int, at_ms: int, estimates: Estimates = NONE) -> ConsoleView:
    window = hall.windows[number]
    own, then = lines_of(hall, number)
    standing = sorted(
        chain.from_iterable(
            standing
            for key in [*own, *then]
            if key in hall.lines
            for standing in (
                hall.lines[key].priority.first(WAITING_SHOWN),
                hall.lines[key].ordinary.first(WAITING_SHOWN),
                by_place(hall.lines[key].due),
            )
        )
    )[:WAITING_SHOWN]
    parked = [
        ticket
        for ticket in hall.tickets.values()
        if ticket.state == "parked" and (ticket.window == number or may_serve(hall, number, ticket))
    ]
    rules = hall.settings.rules
    return {
        "seq": hall.seq,
        "timezone": hall.settings.timezone,
        "window": window_view(hall, window, at_ms),
        "services": services(hall),
        "windows": windows(hall),
        "waiting": [_waiting(hall.tickets[ticket_id]) for _, ticket_id in standing],
        "waiting_total": _waiting_for(hall, number),
        "waits": [
            {"service": service, "estimate": estimates.of_newcomer(service)}
            for service in dict.fromkeys((*own, *then))
            if isinstance(service, str)
        ],
        "parked": [_waiting(ticket) for ticket in parked],
        "allowed": allowed(hall, window),
        "go_on": _go_on(hall, window),
        "handover": _handover(window),
        "today": figures.console(number),
        "rules": {
            "min_calls_before_no_show": rules.min_calls_before_no_show,
            "call_gap_s": rules.call_gap_s,
            "out_of_turn_needs_reason": rules.out_of_turn_needs_reason,
        },
    }


def allowed(hall: Hall, window: Window) -> list[str]:
    """The actions that the window's state allows; time (too_soon) and the other windows may still refuse one."""
    ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
    actions = []
    if window.state == "closed":
        actions.append("open")
    if window.state == "open":
        actions.append("pause")
        if ticket is None or ticket.state == "serving":
            actions.append("next")
        if ticket is None:
            actions.append("call")
    if window.state == "paused":
        actions.append("resume")
    if window.state != "closed" and ticket is None:
        actions.append("close")
    if ticket is not None and ticket.state == "called":
        actions += ["recall", "start", "park", "transfer"]
        if ticket.calls >= hall.settings.rules.min_calls_before_no_show:
            actions.append("no_show")
    if ticket is not None and ticket.state == "serving":
        actions += ["finish", "park", "transfer"]
    return actions


def _go_on(hall: Hall, window: Window) -> list[str]:
    ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
    if ticket is None or ticket.state != "serving" or window.state != "open":
        return []
    own, then = lines_of(hall, window.number)
    return [service for service in may_be_next(hall, to_come(ticket)) if service in own or service in then]


def _handover(window: Window) -> Handover | None:
    left = window.handover
    return None if left is None else {"note": left.note, "staff": left.staff, "at": rfc3339(left.at_ms) or ""}


def window_live(hall: Hall, figures: Figures, number: int, public: Public) -> WindowLiveView:
    window = hall.windows[number]
    ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
    return {
        "seq": hall.seq,
        "timezone": hall.settings.timezone,
        "window": number,
        "name": dict(hall.settings.windows[number].name),
        "state": window.state,
        "staff": window.staff,
        "label": ticket.label if ticket is not None else None,
        "ticket_state": ticket.state if ticket is not None else None,
        "pause_reason": window.pause_reason,
        "back_at": rfc3339(window.back_at_ms),
        "waiting": _waiting_for(hall, number),
        "rate": figures.rate_offer(hall, number),
        "person": sign_person(public, window.staff),
    }


def _waiting_for(hall: Hall, number: int) -> int:
    """How many wait whom this window may call."""
    own, then = lines_of(hall, number)
    return sum(len(hall.lines[key]) for key in [*own, *then] if key in hall.lines)


def _waiting(ticket: Ticket) -> ConsoleWaiting:
    return {
        "ticket_id": ticket.ticket_id,
        "label": ticket.label,
        "service": ticket.service,
        "priority": ticket.priority,
        "arrived_at": rfc3339(ticket.arrived_ms) or "",
        "due_at": rfc3339(ticket.due_ms),
    }
