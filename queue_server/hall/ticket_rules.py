"""The rules for tickets in line: taking a number, cancelling, coming back, priority, rating; knows no windows' work.

Each rule takes the hall, the command and `happened`, which it calls only once nothing can be refused any more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day, rfc3339, shut
from queue_server.hall.events import Event, Place
from queue_server.hall.order import lines_of
from queue_server.hall.refusal import Refused
from queue_server.hall.serving import Keys
from queue_server.hall.state import Hall, Ticket
from queue_server.hall.visit import soonest

Happened = Callable[[Event], None]

# A citizen with such a ticket is asked to use it before taking another (您有一个号码事项尚未办理).
UNSERVED = ("waiting", "called", "parked")


def issue(hall: Hall, command: c.IssueTicket, happened: Happened) -> None:
    if command.ticket_id in hall.replaced:
        raise Refused("ticket_replaced")
    for service in command.services:
        if service not in hall.settings.services:
            raise Refused("unknown_service", service=service)
    taken_ms = _taken_ms(hall, command)
    for n, service in enumerate(command.services):
        booked = n == 0 and command.appointment is not None  # it has its place: no quota, no second queueing
        if not booked or command.due_ms is None:
            _refuse_when_shut(hall, service, taken_ms)
        if not booked:
            _refuse_second(hall, service, command.citizen)
            _refuse_over_quota(hall, service, command.citizen)
    prefix = hall.settings.services[command.services[0]].prefix  # of what was asked for first, whatever comes first
    number = _next_number(hall, prefix)
    serial = hall.serial + 1
    happened(
        e.TicketIssued(
            at_ms=command.at_ms,
            ticket_id=command.ticket_id,
            label=f"{prefix}{number:03d}",
            number=number,
            serial=serial,
            services=_in_order(hall, command, (taken_ms, serial)),
            channel=command.channel,
            place=(taken_ms, serial),
            priority=command.priority,
            citizen=command.citizen,
            appointment=command.appointment,
            due_ms=command.due_ms,
            away=command.away or None,
        )
    )


def cancel(hall: Hall, command: c.CancelTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.state not in UNSERVED:
        raise Refused("wrong_state", state=ticket.state)
    happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=ticket.ticket_id, reason=command.reason))


def requeue(hall: Hall, command: c.RequeueTicket, happened: Happened) -> None:
    ticket = ticket_of(hall, command.ticket_id)
    place = _place_of_return(hall, ticket, command.at_ms, ("no_show", "cancelled"))
    happened(e.TicketRequeued(at_ms=command.at_ms, ticket_id=ticket.ticket_id, place=place))


def postpone(hall: Hall, command: c.PostponeTicket, happened: Happened) -> None:
    """A called ticket stays: it is in the hands of a window, and staff decide whether it is a no-show."""
    ticket = ticket_of(hall, command.ticket_id)
    if ticket.state == "waiting":
        _refuse_postponed_out(hall, ticket)
        place = _place_after_followers(hall, ticket)
    else:
        place = _place_of_return(hall, ticket, command.at_ms, ("no_show",))
        _refuse_postponed_out(hall, ticket)
    happened(e.TicketPostponed(at_ms=command.at_ms, ticket_id=ticket.ticket_id, place=place))


def postponements_left(hall: Hall, ticket: Ticket) -> int:
    """How often the citizen may still ask for more time."""
    return max(0, hall.settings.rules.postpone_times - ticket.postponed)


def _refuse_postponed_out(hall: Hall, ticket: Ticket) -> None:
    if not postponements_left(hall, ticket):
        raise Refused("postponed_out", limit=hall.settings.rules.postpone_times)


def _place_of_return(hall: Hall, ticket: Ticket, at_ms: int, ended: tuple[str, ...]) -> Place:
    if ticket.state not in ended or ticket.ended_ms is None or ticket.outcome == "replaced":
        raise Refused("wrong_state", state=ticket.state)
    within_s = hall.settings.rules.requeue_within_s
    if within_s and at_ms - ticket.ended_ms > within_s * 1000:
        raise Refused("requeue_expired", requeue_within_s=within_s)
    for service in ticket.services[ticket.services.index(ticket.service) :]:
        _refuse_second(hall, service, ticket.citizen)
        if ticket.state == "cancelled":  # it did not count for the cap, and would again
            _refuse_over_cap(hall, service, ticket.citizen)
    return _place_after_next(hall, ticket)


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


def objections(hall: Hall, services: tuple[str, ...], citizen: str | None, at_ms: int) -> list[str]:
    """What would have refused this ticket at `at_ms`, by the codes of refusals; for one that is on paper already."""
    found = []
    for service in services:
        if service not in hall.settings.services:
            found.append("unknown_service")
            continue
        for refuse in (
            partial(_refuse_when_shut, hall, service, at_ms),
            partial(_refuse_second, hall, service, citizen),
            partial(_refuse_over_quota, hall, service, citizen),
        ):
            try:
                refuse()
            except Refused as refused:
                found.append(refused.code)
    return list(dict.fromkeys(found))


def _in_order(hall: Hall, command: c.IssueTicket, place: Place) -> tuple[str, ...]:
    """The services asked for, the one that reaches the citizen soonest first; an appointment stays before them."""
    asked = command.services
    if len(asked) < 2 or command.due_ms is not None:
        return asked
    ticket = Ticket(
        ticket_id=command.ticket_id,
        label="",
        serial=0,
        services=asked,
        service=asked[0],
        channel=command.channel,
        place=place,
        issued_ms=command.at_ms,
        priority=command.priority,
        citizen=None,
    )
    first = soonest(hall, ticket, asked, command.at_ms)
    return tuple(sorted(asked, key=lambda service: service != first))


def _next_number(hall: Hall, prefix: str) -> int:
    """The next running number, past those that kiosks keep for themselves or have given today."""
    number = hall.numbers.get(prefix, 0) + 1
    ranges = sorted(hall.settings.offline.values())
    while True:
        kept = next((last for first, last in ranges if first <= number <= last), None)
        if kept is not None:
            number = kept + 1
        elif f"{prefix}{number:03d}" in hall.offline_labels:
            number += 1
        else:
            return number


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
    _refuse_over_cap(hall, service, citizen)


def _refuse_over_cap(hall: Hall, service: str, citizen: str | None) -> None:
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


def _place_after_followers(hall: Hall, ticket: Ticket) -> Place:
    """The place behind the next `requeue_after_n`, at least one, who stand behind this ticket."""
    count = max(1, hall.settings.rules.requeue_after_n)
    behind: list[Place] = []
    for key in _narrowest_lines(hall, ticket):
        if key in hall.lines:
            file = hall.lines[key].file("ordinary" if ticket.priority is None else "priority")
            standing = file.first(file.before(ticket.place) + 1 + count)
            behind += [place for place, _ in standing if place > ticket.place]
    if not behind:
        raise Refused("nobody_behind")
    return (*sorted(behind)[:count][-1], hall.seq + 1)


def _narrowest_lines(hall: Hall, ticket: Ticket) -> Keys:
    """The lines of the window that would reach this ticket soonest: the one that serves the fewest services."""
    tiers = (tier for window in hall.windows for tier in lines_of(hall, window))
    return min((tier for tier in tiers if ticket.line in tier), key=len, default=(ticket.line,))
