"""The rules for tickets that a kiosk issued by itself while the server was away; knows no network and no printer.

Such a ticket is on paper already: what would have refused it is written on it as a flag, and it joins the line by the
time it was taken. One tap is one ticket: whatever an online request of the same tap made, or makes yet, gives way.
"""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.hall.ticket_rules import UNSERVED, Happened, objections

CLOCK_SLACK_MS = 2_000
"""HTTP tells the time in whole seconds, so that a kiosk's clock may be ahead by that much and still be right."""


def accept(hall: Hall, command: c.AcceptOfflineTicket, happened: Happened) -> None:
    flags: list[str] = []
    _refuse_foreign_number(hall, command)
    taken_ms = min(command.taken_at_ms, command.at_ms)
    if not command.clock_sure or command.taken_at_ms > command.at_ms + CLOCK_SLACK_MS:
        flags.append("clock")
    day = business_day(hall.settings.timezone, taken_ms)
    over = hall.day is not None and day < hall.day
    if not over and (command.ticket_id in hall.tickets or command.label in hall.offline_labels):
        raise Refused("label_taken", label=command.label)
    flags += _replace(hall, command, happened)
    if not over:
        flags += objections(hall, command.services, command.citizen, taken_ms)
    serial = hall.serial + 1
    happened(
        e.TicketIssued(
            at_ms=command.at_ms,
            ticket_id=command.ticket_id,
            label=command.label,
            number=command.number,
            serial=serial,
            services=command.services,
            channel=command.channel,
            place=(taken_ms, serial),
            priority=command.priority,
            citizen=command.citizen,
            offline=command.node,
            taken_ms=taken_ms,
            taken_day=day if over else None,
            replaces=command.replaces,
            flags=tuple(flags) or None,
        )
    )
    if over:
        happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=command.ticket_id, reason="day_closed"))


def _refuse_foreign_number(hall: Hall, command: c.AcceptOfflineTicket) -> None:
    """A node gives numbers of its own range only, and only with the letters of the service."""
    first, last = hall.settings.offline.get(command.node, (1, 0))
    service = hall.settings.services.get(command.services[0])
    prefix = command.label[: -len(f"{command.number:03d}")]
    if (
        not first <= command.number <= last
        or command.label != f"{prefix}{command.number:03d}"
        or (service is not None and service.prefix != prefix)
    ):
        raise Refused("not_your_number", label=command.label, first=first, last=last)


def _replace(hall: Hall, command: c.AcceptOfflineTicket, happened: Happened) -> list[str]:
    """Take back the ticket that the server gave for this tap and that nobody got to know of."""
    online = hall.tickets.get(command.replaces)
    if online is None:
        return []
    if online.state in UNSERVED:
        happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=online.ticket_id, reason="replaced"))
    return ["replaced"]
