"""The rules for tickets taken elsewhere: when, by whom, arriving, and not coming; knows no position and no page.

Such a ticket has its place by the time it was taken but stands in no line until its citizen checks in: nobody is called
who is not there, and whoever comes in time has lost nothing. Once somebody behind it was called it is kept for
`check_in_within_s`. Where the citizen is, is compared before the rules are asked, and kept nowhere.
"""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall import ticket_rules
from queue_server.hall.calendar import next_moment_in, rfc3339
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.hall.ticket_rules import Happened

CHANNEL = "remote"
NOT_HERE = "not_here"


def issue(hall: Hall, command: c.IssueRemoteTicket, happened: Happened) -> None:
    """A ticket for one service; every one counts for the day, also one that was given back."""
    refuse_when_shut(hall, command.at_ms)
    remote = hall.settings.remote
    if command.service not in hall.settings.services:
        raise Refused("unknown_service", service=command.service)
    if remote is None or (remote.services and command.service not in remote.services):
        raise Refused("remote_off", service=command.service)
    known = (hall.tickets[ticket_id] for ticket_id in hall.by_citizen.get(command.citizen, ()))
    if sum(ticket.channel == CHANNEL for ticket in known) >= remote.per_day:
        raise Refused("quota_used", service=command.service, limit=remote.per_day, per="citizen")
    wish = c.IssueTicket(
        command_id=command.command_id,
        at_ms=command.at_ms,
        ticket_id=command.ticket_id,
        services=(command.service,),
        channel=CHANNEL,
        citizen=command.citizen,
        away=True,
    )
    ticket_rules.issue(hall, wish, happened)


def arrive(hall: Hall, command: c.ArriveTicket, happened: Happened) -> None:
    """Who is here already arrives once more for nothing."""
    ticket = ticket_rules.ticket_of(hall, command.ticket_id)
    if ticket.state not in ticket_rules.UNSERVED:
        raise Refused("wrong_state", state=ticket.state)
    if not ticket.here:
        happened(e.TicketArrived(at_ms=command.at_ms, ticket_id=ticket.ticket_id))


def given_up(hall: Hall) -> list[tuple[int, e.TicketCancelled]]:
    """The tickets that others have passed, and until when each is kept."""
    remote = hall.settings.remote
    kept_ms = remote.check_in_within_s * 1000 if remote is not None else 0
    ends = [(t.passed_ms + kept_ms, t.ticket_id) for t in hall.away.values() if t.passed_ms is not None]
    return [
        (ends_ms, e.TicketCancelled(at_ms=ends_ms, ticket_id=ticket_id, reason=NOT_HERE)) for ends_ms, ticket_id in ends
    ]


def refuse_when_shut(hall: Hall, at_ms: int) -> None:
    """Raises Refused when the hall gives no tickets from elsewhere, or not now."""
    settings = hall.settings
    if settings.remote is None or not settings.public_url:
        raise Refused("remote_off")
    if settings.remote.weekly is not None:
        opens_ms = next_moment_in(settings, settings.remote.weekly, at_ms)
        if opens_ms != at_ms:
            raise Refused("remote_closed", opens_at=rfc3339(opens_ms))
