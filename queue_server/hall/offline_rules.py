"""The rules for tickets that a kiosk issued by itself while the server was away; knows no network and no printer.

Such a ticket is on paper already: what would have refused it is written on it as a flag, and it joins the line by the
time it was taken. One tap is one ticket: whatever an online request of the same tap made, or makes yet, gives way.
The code of an appointment that the kiosk could not check joins the ticket to it if it fits, as of when it was taken.
"""

from __future__ import annotations

from config.settings import Appointments
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.appointment_rules import timing_at, waiting_anyway
from queue_server.hall.appointments import Appointment
from queue_server.hall.calendar import business_day
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.hall.ticket_rules import UNSERVED, Happened, objections

NOT_MATCHED = "appointment_unmatched"
"""Flag of a ticket for which the code of an appointment was shown that is no such, or of another service or day."""
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
    one = None if over else _fits(hall, command)
    citizen = command.citizen or (one.citizens[0] if one is not None and one.citizens else None)
    if one is None and not over:
        flags += objections(hall, command.services, citizen, taken_ms)
        flags += [NOT_MATCHED] if command.appointment is not None else []
    timing = "" if one is None else timing_at(hall.settings.appointments or Appointments(), one, taken_ms)
    given_up = [] if one is None else waiting_anyway(hall, citizen, command.services)
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
            citizen=citizen,
            appointment=one.appointment_id if one is not None else None,
            due_ms=one.slot_ms if one is not None and timing != "late" else None,
            offline=command.node,
            taken_ms=taken_ms,
            taken_day=day if over else None,
            replaces=command.replaces,
            flags=tuple(flags) or None,
        )
    )
    if over:
        happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=command.ticket_id, reason="day_closed"))
    if one is not None:
        happened(
            e.AppointmentCheckedIn(
                at_ms=command.at_ms, appointment_id=one.appointment_id, ticket_id=command.ticket_id, timing=timing
            )
        )
    for ticket_id in given_up:
        happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=ticket_id, reason="appointment"))


def _fits(hall: Hall, command: c.AcceptOfflineTicket) -> Appointment | None:
    """The appointment whose code was shown, if it is for this service and today and nobody else has come for it."""
    one = hall.appointments.find(command.appointment) if command.appointment is not None else None
    if one is None or one.day != hall.day or one.service != command.services[0]:
        return None
    same_tap = one.state == "checked_in" and one.ticket_id == command.replaces
    return one if one.state == "booked" or same_tap else None


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
