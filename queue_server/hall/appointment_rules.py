"""The rules for appointments: booking, moving, cancelling, coming; knows no tickets' order and no people's words.

An appointment's ticket is called at its slot (order.py). Whoever checks in earlier waits for the slot, whoever comes
later than `late_s` after it is an ordinary ticket; either way nobody queues for a second number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from config.settings import Appointments as Presets
from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall import ticket_rules
from queue_server.hall.appointments import Appointment, Appointments, open_on, slots_on
from queue_server.hall.calendar import business_day, rfc3339
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.hall.ticket_rules import Happened

DAY_MS = 86_400_000
CODES = 100_000_000  # eight digits: with 5,000 open, one guess in 20,000 finds any, one in a million one of today


def book(hall: Hall, command: c.BookAppointment, happened: Happened) -> None:
    happened(_booked(hall.settings, hall.appointments, command.booking, command.at_ms, command.channel))


def import_all(hall: Hall, command: c.ImportAppointments, happened: Happened) -> None:
    """Every line is tried beside those before it; if any is wrong all wrong ones are named and nothing happens."""
    book_as_it_grows = hall.appointments.copy()
    wrong = [{"line": line, "code": code} for line, code in command.wrong]
    good: list[e.AppointmentBooked] = []
    for line, booking in command.bookings:
        try:
            event = _booked(hall.settings, book_as_it_grows, booking, command.at_ms, command.channel)
        except Refused as refused:
            wrong.append({"line": line, "code": refused.code})
            continue
        book_as_it_grows.apply(event)
        good.append(event)
    if wrong:
        raise Refused("import_refused", lines=sorted(wrong, key=lambda one: (one["line"], one["code"])))
    for booked in good:
        happened(booked)


def move(hall: Hall, command: c.MoveAppointment, happened: Happened) -> None:
    one = _open(hall.appointments, command.appointment)
    if one.slot_ms == command.slot_ms:
        return
    _refuse_late_change(hall.settings, one, command.at_ms)
    day = _refuse_slot(hall.settings, one.service, command.slot_ms, command.at_ms)
    _refuse_full(hall.settings, hall.appointments, one.service, day, command.slot_ms)
    happened(
        e.AppointmentMoved(
            at_ms=command.at_ms, appointment_id=one.appointment_id, slot_ms=command.slot_ms, day=day.isoformat()
        )
    )


def cancel(hall: Hall, command: c.CancelAppointment, happened: Happened) -> None:
    one = _open(hall.appointments, command.appointment)
    _refuse_late_change(hall.settings, one, command.at_ms)
    happened(e.AppointmentCancelled(at_ms=command.at_ms, appointment_id=one.appointment_id, reason="asked"))


def issue(hall: Hall, command: c.IssueTicket, happened: Happened) -> None:
    """A ticket; for an appointment that is named, or that this citizen has today for the service asked for."""
    one = _meant(hall, command)
    if one is None:
        ticket_rules.issue(hall, command, happened)
        return
    timing = timing_of(_presets(hall.settings), one, command.at_ms)
    others = tuple(service for service in command.services if service != one.service)
    checked = replace(
        command,
        appointment=one.appointment_id,
        services=(one.service, *others),
        due_ms=None if timing == "late" else one.slot_ms,
        citizen=command.citizen or next(iter(one.citizens), None),
        taken_at_ms=None,
    )
    replaced = waiting_anyway(hall, checked.citizen, checked.services)
    ticket_rules.issue(hall, checked, happened)
    happened(
        e.AppointmentCheckedIn(
            at_ms=command.at_ms, appointment_id=one.appointment_id, ticket_id=command.ticket_id, timing=timing
        )
    )
    for ticket_id in replaced:
        happened(e.TicketCancelled(at_ms=command.at_ms, ticket_id=ticket_id, reason="appointment"))


def end_day(hall: Hall, at_ms: int, next_day: str, happened: Happened) -> None:
    """Open appointments before `next_day` end: missed, or cancelled when the hall was not open for them."""
    for one in list(hall.appointments.by_id.values()):
        if one.state != "booked" or one.day >= next_day:
            continue
        if one.day == hall.day and _was_open(hall.settings, one):
            happened(e.AppointmentMissed(at_ms=at_ms, appointment_id=one.appointment_id))
        else:
            happened(e.AppointmentCancelled(at_ms=at_ms, appointment_id=one.appointment_id, reason="hall_closed"))


def counts_since(hall: Hall, day: str) -> str:
    """The first day whose missed appointments still count on `day`."""
    presets = _presets(hall.settings)
    return _days_before(day, presets.no_show_within_days + presets.suspended_days)


# -- what others may ask ---------------------------------------------------------------------------------------------


def timing_of(presets: Presets, one: Appointment, at_ms: int) -> str:
    """early, due or late; whoever comes sooner than `early_s` before the slot is refused (`too_early`)."""
    timing = timing_at(presets, one, at_ms)
    if presets.early_s and at_ms < one.slot_ms - presets.early_s * 1000:
        come_ms = one.slot_ms - presets.early_s * 1000
        raise Refused("too_early", slot=rfc3339(one.slot_ms), come_at=rfc3339(come_ms))
    return timing


def timing_at(presets: Presets, one: Appointment, at_ms: int) -> str:
    """early, due or late; for whom nobody can send away any more."""
    if at_ms > one.slot_ms + presets.late_s * 1000:
        return "late"
    return "early" if at_ms < one.slot_ms else "due"


def suspended_until(presets: Presets, missed: list[str], today: str) -> str | None:
    """The first day on which a citizen who missed appointments on these days, oldest first, may book again."""
    limit = presets.no_show_limit
    until = None
    if limit:
        for first, last in zip(missed, missed[limit - 1 :], strict=False):
            if first > _days_before(last, presets.no_show_within_days):
                until = _days_before(last, -presets.suspended_days)
    return until if until is not None and today < until else None


def waiting_anyway(hall: Hall, citizen: str | None, services: tuple[str, ...]) -> list[str]:
    """The number this citizen took for the same service before: the appointment's takes its place."""
    tickets = (hall.tickets[ticket_id] for ticket_id in hall.by_citizen.get(citizen or "", ()))
    return [t.ticket_id for t in tickets if t.state == "waiting" and t.services == services]


# -- the parts -------------------------------------------------------------------------------------------------------


def _booked(
    settings: HallSettings, book_: Appointments, booking: c.Booking, at_ms: int, channel: str
) -> e.AppointmentBooked:
    """The event of a booking that nothing speaks against. Raises Refused."""
    day = _refuse_slot(settings, booking.service, booking.slot_ms, at_ms)
    presets = _presets(settings)
    known_as = {*booking.citizens, *booking.known_as}
    until = suspended_until(presets, book_.misses(known_as), business_day(settings.timezone, at_ms))
    if until is not None:
        raise Refused("suspended", until=until)
    has = book_.of(known_as)
    for one in has:
        if one.service == booking.service:
            raise Refused("already_booked", appointment_id=one.appointment_id, slot=rfc3339(one.slot_ms))
    if presets.per_citizen and len(has) >= presets.per_citizen:
        raise Refused("too_many_booked", limit=presets.per_citizen)
    _refuse_full(settings, book_, booking.service, day, booking.slot_ms)
    return e.AppointmentBooked(
        at_ms=at_ms,
        appointment_id=booking.appointment_id,
        code=_free_code(book_, booking.code),
        service=booking.service,
        slot_ms=booking.slot_ms,
        day=day.isoformat(),
        citizens=booking.citizens,
        channel=channel,
    )


def _refuse_slot(settings: HallSettings, service: str, slot_ms: int, at_ms: int) -> date:
    """The day of a slot that can be booked now."""
    if service not in settings.services:
        raise Refused("unknown_service", service=service)
    if settings.appointments is None or settings.services[service].slots is None:
        raise Refused("no_appointments", service=service)
    if slot_ms <= at_ms:
        raise Refused("slot_past")
    last = last_day(settings, at_ms)
    far_ms = at_ms + (settings.appointments.days_ahead + 2) * DAY_MS  # asked for year 9999, a calendar has no answer
    day = date.fromisoformat(business_day(settings.timezone, min(slot_ms, far_ms)))
    if day > last:
        raise Refused("slot_too_far", last_day=last.isoformat())
    if all(start != slot_ms for start, _ in slots_on(settings, service, day)):
        raise Refused("slot_unknown", service=service, slot=rfc3339(slot_ms))
    return day


def last_day(settings: HallSettings, at_ms: int) -> date:
    """The last day that can be booked now."""
    today = date.fromisoformat(business_day(settings.timezone, at_ms))
    return today + timedelta(days=_presets(settings).days_ahead)


def _refuse_full(settings: HallSettings, book_: Appointments, service: str, day: date, slot_ms: int) -> None:
    slots = settings.services[service].slots
    if slots is None:
        raise Refused("no_appointments", service=service)
    end_ms = slot_ms + slots.every_min * 60_000
    if book_.taken(service, day.isoformat(), slot_ms, end_ms) >= slots.quota:
        raise Refused("slot_full", service=service, slot=rfc3339(slot_ms), quota=slots.quota)


def _refuse_late_change(settings: HallSettings, one: Appointment, at_ms: int) -> None:
    before_s = _presets(settings).cancel_before_s
    if at_ms > one.slot_ms - before_s * 1000:
        raise Refused("cancel_too_late", slot=rfc3339(one.slot_ms), cancel_before_s=before_s)


def _open(book_: Appointments, named: str) -> Appointment:
    one = book_.find(named)
    if one is None:
        raise Refused("unknown_appointment")
    if one.state != "booked":
        raise Refused("appointment_over", state=one.state)
    return one


def _meant(hall: Hall, command: c.IssueTicket) -> Appointment | None:
    """The appointment that this ticket is for. One that is named must be for today, and must not have ended."""
    today = hall.day or ""
    if command.appointment is None:
        return next(
            (
                one
                for one in hall.appointments.of(command.known_as)
                if one.day == today and one.service == command.services[0] and _can_come(hall, one, command.at_ms)
            ),
            None,
        )
    one = hall.appointments.find(command.appointment)
    if one is not None and one.state == "checked_in" and one.ticket_id in hall.tickets:
        ticket = hall.tickets[one.ticket_id]
        if ticket.state in ticket_rules.UNSERVED:
            raise Refused("already_waiting", ticket_id=ticket.ticket_id, label=ticket.label)
    one = _open(hall.appointments, command.appointment)
    if one.day != today:
        raise Refused("not_today", slot=rfc3339(one.slot_ms))
    return one


def _can_come(hall: Hall, one: Appointment, at_ms: int) -> bool:
    """Whether it can be checked in now; who asks for a number hours before it gets an ordinary one."""
    try:
        timing_of(_presets(hall.settings), one, at_ms)
    except Refused:
        return False
    return True


def _was_open(settings: HallSettings, one: Appointment) -> bool:
    if one.service not in settings.services:
        return False
    return any(start <= one.slot_ms < end for start, end in open_on(settings, one.service, date.fromisoformat(one.day)))


def _free_code(book_: Appointments, wished: str) -> str:
    number = int(wished)
    while f"{number:08d}" in book_.by_code:
        number = (number + 1) % CODES
    return f"{number:08d}"


def _presets(settings: HallSettings) -> Presets:
    """The hall's, or the presets while the last bookings of a hall that takes no more are kept."""
    return settings.appointments or Presets()


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
