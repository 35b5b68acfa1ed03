"""What each event does to tickets, and to the lines and windows they are at; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.state import Hall, Ticket

OUT_OF_TURN = ("out_of_turn", "parked")  # calls that say nothing about whose turn it was


def _ticket_issued(hall: Hall, event: e.TicketIssued) -> None:
    ticket = Ticket(
        ticket_id=event.ticket_id,
        label=event.label,
        serial=event.serial,
        services=event.services,
        service=event.services[0],
        channel=event.channel,
        place=event.place,
        issued_ms=event.at_ms if event.taken_ms is None else event.taken_ms,
        priority=event.priority,
        citizen=event.citizen,
        appointment=event.appointment,
        due_ms=event.due_ms,
        offline=event.offline,
        flags=event.flags or (),
        here=not event.away,
    )
    hall.tickets[ticket.ticket_id] = ticket
    hall.serial = max(hall.serial, event.serial)
    if event.offline is None:
        prefix = event.label.rstrip("0123456789")
        hall.numbers[prefix] = max(hall.numbers.get(prefix, 0), event.number)
    elif event.replaces is not None:
        hall.replaced.add(event.replaces)
    if event.taken_day is None:  # else it belongs to a day that is over: neither its label nor its number is today's
        hall.issued.update(event.services)
        if event.offline is not None:
            hall.offline_labels.add(event.label)
    if event.citizen is not None:
        hall.by_citizen.setdefault(event.citizen, []).append(ticket.ticket_id)
    hall.join(ticket)


def _ticket_arrived(hall: Hall, event: e.TicketArrived) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.here, ticket.passed_ms = True, None
    hall.join(ticket)


def _ticket_called(hall: Hall, event: e.TicketCalled) -> None:
    ticket = hall.tickets[event.ticket_id]
    if event.why not in OUT_OF_TURN:
        _note_passed(hall, ticket, event.at_ms)
    hall.leave(ticket)
    ticket.state, ticket.window, ticket.calls, ticket.why = "called", event.window, 1, event.why
    ticket.first_called_ms = ticket.first_called_ms or event.at_ms
    ticket.last_called_ms = event.at_ms
    ticket.started_ms = None
    hall.window(event.window).ticket_id = ticket.ticket_id
    _count_for_share(hall, ticket, event.window)


def _note_passed(hall: Hall, called: Ticket, at_ms: int) -> None:
    for ticket in hall.away.values():
        stands_before = (ticket.line, ticket.file) == (called.line, called.file) and ticket.standing < called.standing
        if stands_before and ticket.passed_ms is None:
            ticket.passed_ms = at_ms


def _count_for_share(hall: Hall, ticket: Ticket, window: int) -> None:
    """An ordinary call counts for every service the window serves: it was a turn that priority of any of them left."""
    if ticket.file == "due":
        return
    if ticket.priority is not None:
        hall.ordinary_run[ticket.service] = hall.ordinary_run[window] = 0
        return
    plan = hall.settings.windows.get(window)
    served = {*plan.services, *plan.then} if plan is not None else set()
    for key in (window, ticket.service, *(served - {ticket.service})):
        if key in hall.ordinary_run:
            hall.ordinary_run[key] += 1


def _ticket_recalled(hall: Hall, event: e.TicketRecalled) -> None:
    ticket = hall.tickets[event.ticket_id]
    ticket.calls += 1
    ticket.last_called_ms = event.at_ms


def _serving_started(hall: Hall, event: e.ServingStarted) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)  # one that goes on here with its next service was not called for it
    ticket.state, ticket.started_ms, ticket.window = "serving", event.at_ms, event.window
    hall.window(event.window).ticket_id = ticket.ticket_id


def _serving_finished(hall: Hall, event: e.ServingFinished) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.outcome = event.outcome
    ticket.served_by = (event.window, hall.window(event.window).staff)
    ticket.rated = False  # each service done may be rated once
    if event.next_service is not None:
        _put_next(ticket, event.next_service)
        ticket.service, ticket.for_window = event.next_service, None
        hall.join(ticket)
    else:
        ticket.state, ticket.ended_ms = "finished", event.at_ms


def _ticket_no_show(hall: Hall, event: e.TicketMarkedNoShow) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.state, ticket.ended_ms = "no_show", event.at_ms


def _ticket_parked(hall: Hall, event: e.TicketParked) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.state = "parked"


def _ticket_transferred(hall: Hall, event: e.TicketTransferred) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    at = ticket.services.index(ticket.service)
    if event.service not in ticket.services[: at + 1]:  # sent back to one that was done: go on from there
        _put_next(ticket, event.service)
        ticket.services = ticket.services[:at] + ticket.services[at + 1 :]
    ticket.service, ticket.for_window, ticket.place = event.service, event.for_window, event.place
    ticket.due_ms = event.due_ms
    hall.join(ticket)


def _put_next(ticket: Ticket, service: str) -> None:
    """`service` right behind the one the ticket is at, whether it stood there, further behind or not at all."""
    at = ticket.services.index(ticket.service) + 1
    left = (other for other in ticket.services[at:] if other != service)
    ticket.services = (*ticket.services[:at], service, *left)


def _ticket_requeued(hall: Hall, event: e.TicketRequeued) -> None:
    ticket = hall.tickets[event.ticket_id]
    ticket.place, ticket.due_ms, ticket.ended_ms, ticket.outcome = event.place, None, None, None
    ticket.here, ticket.passed_ms = True, None  # whoever puts it back has its citizen before them
    hall.join(ticket)


def _ticket_postponed(hall: Hall, event: e.TicketPostponed) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.place, ticket.due_ms, ticket.ended_ms = event.place, None, None
    ticket.postponed += 1
    ticket.passed_ms = None
    hall.join(ticket)


def _ticket_returned(hall: Hall, event: e.TicketReturned) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.for_window = None
    hall.join(ticket)


def _ticket_cancelled(hall: Hall, event: e.TicketCancelled) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    hall.release(ticket)
    ticket.state, ticket.ended_ms, ticket.outcome = "cancelled", event.at_ms, event.reason
    if event.reason == "replaced":  # its tap counts once
        hall.issued.subtract(ticket.services)


def _ticket_prioritised(hall: Hall, event: e.TicketPrioritised) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.priority = event.reason
    if ticket.state == "waiting":
        hall.join(ticket)


def _rated(hall: Hall, event: e.Rated) -> None:
    hall.tickets[event.ticket_id].rated = True


TICKET_FOLDS: dict[type[Event], Callable[[Hall, Any], None]] = {
    e.TicketIssued: _ticket_issued,
    e.TicketArrived: _ticket_arrived,
    e.TicketCalled: _ticket_called,
    e.TicketRecalled: _ticket_recalled,
    e.ServingStarted: _serving_started,
    e.ServingFinished: _serving_finished,
    e.TicketMarkedNoShow: _ticket_no_show,
    e.TicketParked: _ticket_parked,
    e.TicketTransferred: _ticket_transferred,
    e.TicketRequeued: _ticket_requeued,
    e.TicketPostponed: _ticket_postponed,
    e.TicketReturned: _ticket_returned,
    e.TicketCancelled: _ticket_cancelled,
    e.TicketPrioritised: _ticket_prioritised,
    e.Rated: _rated,
}
