"""The rules for tickets in line: taking a number, cancelling, coming back, priority, rating; knows no windows' work.

Each rule takes the hall, the command and `happened`, which it calls only once nothing can be refused any more.
"""

from __future__ import annotations

from collections.abc import Callable

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day, rfc3339, shut
from queue_server.hall.events import Event, Place
from queue_server.hall.order import lines_of
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall, LineKey, Ticket

Happened = Callable[[Event], None]

# A citizen with such a ticket is asked to use it before taking another (您有一个号码事项尚未办理).
UNSERVED = ("waiting", "called", "parked")


def issue(hall: Hall, command: c.IssueTicket, happened: Happened) -> None:
    for service in command.services:
        if service not in hall.settings.services:
            raise Refused("unknown_service", service=service)
    taken_ms = _taken_ms(hall, command)
    for service in command.services:
        _refuse_when_shut(hall, service, taken_ms)
        _refuse_second(hall, service, command.citizen)
        _refuse_over_quota(hall, service, command.citizen)
    prefix = hall.settings.services[command.services[0]].prefix
    number = hall.numbers.get(prefix, 0) + 1
    serial = hall.serial + 1
    happened(
        e.TicketIssued(
            at_ms=command.at_ms,
            ticket_id=command.ticket_id,
            label=f"{prefix}{number:03d}",
            number=number,
            serial=serial,
            services=command.services,
            channel=command.channel,
            place=(taken_ms, serial),
            priority=command.priority,
            citizen=command.citizen,
            appointment=command.appointment,
            due_ms=command.due_ms,
        )
    )


def cancel(hall: Hall, command: c.CancelTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.state not in UNSERVED:
        raise Refused("wrong_state", state=ticket.state)
    happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=ticket.ticket_id, reason=command.reason))


def requeue(hall: Hall, command: c.RequeueTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.state not in ("no_show", "cancelled") or ticket.ended_ms is None:
        raise Refused("wrong_state", state=ticket.state)
    within_s = hall.settings.rules.requeue_within_s
    if within_s and command.at_ms - ticket.ended_ms > within_s * 1000:
        raise Refused("requeue_expired", requeue_within_s=within_s)
    for service in ticket.services[ticket.services.index(ticket.service) :]:
        _refuse_second(hall, service, ticket.citizen)
    happened(e.TicketRequeued(at_ms=command.at_ms, ticket_id=ticket.ticket_id, place=_place_after_next(hall, ticket)))


def prioritise(hall: Hall, command: c.PrioritiseTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.state not in UNSERVED:
        raise Refused("wrong_state", state=ticket.state)
    happened(e.TicketPrioritised(at_ms=command.at_ms, ticket_id=ticket.ticket_id, reason=command.reason))


def rate(hall: Hall, command: c.RateTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.served_by is None:
        raise Refused("not_served", state=ticket.state)
    if ticket.rated:
        raise Refused("already_rated")
    window, staff = ticket.served_by
    happened(
        e.Rated(
            at_ms=command.at_ms,
            ticket_id=ticket.ticket_id,
            window=window,
            staff=staff,
            grade=command.grade,
            reasons=command.reasons,
            channel=command.channel,
            note=command.note,
        )
    )


def ticket_of(hall: Hall, ticket_id: str) -> Ticket:
    ticket = hall.tickets.get(ticket_id)
    if ticket is None:
        raise Refused("unknown_ticket", ticket_id=ticket_id)
    return ticket


def _taken_ms(hall: Hall, command: c.IssueTicket) -> int:
    """When the citizen took the ticket: never after now, never before today, whatever a kiosk's clock says."""
    if command.taken_at_ms is None or command.taken_at_ms >= command.at_ms:
        return command.at_ms
    if hall.day is not None and business_day(hall.settings.timezone, command.taken_at_ms) < hall.day:
        return command.at_ms
    return command.taken_at_ms


def _refuse_when_shut(hall: Hall, service: str, at_ms: int) -> None:
    closed = shut(hall.settings, hall.settings.services[service], at_ms)
    if closed is not None:
        raise Refused(closed.code, service=service, opens_at=rfc3339(closed.opens_ms))


def _refuse_second(hall: Hall, service: str, citizen: str | None) -> None:
    if citizen is None or not hall.settings.rules.one_waiting_per_citizen:
        return
    for ticket in _tickets_of(hall, citizen):
        if service in _services_to_come(ticket):
            raise Refused("already_waiting", ticket_id=ticket.ticket_id, label=ticket.label)


def _services_to_come(ticket: Ticket) -> tuple[str, ...]:
    """The services this ticket still has to be called for, or is called for now."""
    at = ticket.services.index(ticket.service)
    if ticket.state in UNSERVED:
        return ticket.services[at:]
    return ticket.services[at + 1 :] if ticket.state == "serving" else ()


def _refuse_over_quota(hall: Hall, service: str, citizen: str | None) -> None:
    quota = hall.settings.services[service].daily_quota
    if quota and hall.issued[service] >= quota:
        raise Refused("quota_used", service=service, limit=quota, per="service")
    cap = hall.settings.rules.daily_cap_per_citizen
    if cap and citizen is not None:
        taken = sum(1 for t in _tickets_of(hall, citizen) if service in t.services and t.state != "cancelled")
        if taken >= cap:
            raise Refused("quota_used", service=service, limit=cap, per="citizen")


def _tickets_of(hall: Hall, citizen: str) -> list[Ticket]:
    return [hall.tickets[ticket_id] for ticket_id in hall.by_citizen.get(citizen, ())]


def _place_after_next(hall: Hall, ticket: Ticket) -> Place:
    """The place behind the next `requeue_after_n` who would be called: not at the front, not behind everyone."""
    count = hall.settings.rules.requeue_after_n
    standing = sorted(
        place
        for key in _narrowest_lines(hall, ticket)
        if key in hall.lines
        for place, _ in hall.lines[key].file("ordinary" if ticket.priority is None else "priority").first(count)
    )[:count]
    if not standing:
        return ticket.place
    # One more number behind a place stands right after it; the journal's row keeps later returns behind earlier ones.
    return (*standing[-1], hall.seq + 1)


def _narrowest_lines(hall: Hall, ticket: Ticket) -> list[LineKey]:
    """The lines of the window that would reach this ticket soonest: the one that serves the fewest services."""
    tiers = (tier for window in hall.windows for tier in lines_of(hall, window))
    return min((tier for tier in tiers if ticket.line in tier), key=len, default=[ticket.line])
