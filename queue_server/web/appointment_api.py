"""The operations on appointments: slots, booking, moving, cancelling, lists, import; knows none of their rules."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import date

from flask import Response

from queue_server.citizen import Citizen, mask_name
from queue_server.engine import Reply
from queue_server.errors import BadCitizen, NotReadable
from queue_server.hall import commands as c
from queue_server.hall.appointment_rules import CODES, last_day
from queue_server.hall.appointments import Appointment, slots_on
from queue_server.hall.calendar import business_day
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.journal import Sealed
from queue_server.readers.appointments import appointment_view, slot_views
from queue_server.web import answers
from queue_server.web.appointment_csv import WrongLine, read_csv
from queue_server.web.bodies.appointments import BookBody, FindAppointmentsBody, ImportBody, MoveBody
from queue_server.web.bodies.base import NoBody, milliseconds
from queue_server.web.bodies.tickets import CitizenBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation
from queue_server.web.ticket_api import CHANNEL_OF_ROLE, square_code
from queue_server.wire.appointments import AppointmentView, ImportedView, SlotView


def read_slots(call: Call) -> Response:
    """The slots of a service on a day; none on a day that can't be booked."""
    hall, service, day = call.server.views.hall, call.query["service"], _asked_day(call)
    if service not in hall.settings.services:
        raise ProblemError("unknown_service", service=service)
    now_ms = call.server.now_ms()
    today = date.fromisoformat(business_day(hall.settings.timezone, now_ms))
    bookable = today <= day <= last_day(hall.settings, now_ms)
    slots = slots_on(hall.settings, service, day) if bookable else ()
    return response(answers.said(slot_views(hall, service, day.isoformat(), slots, now_ms)))


def list_appointments(call: Call) -> Response:
    """Those of a day, the earliest first; of today also those that have ended."""
    hall, wanted, day = call.server.views.hall, call.query["service"], _asked_day(call).isoformat()
    services = {service for service, on in hall.appointments.by_day if on == day and wanted in ("", service)}
    found = [one for service in services for one in hall.appointments.on(service, day)]
    found.sort(key=lambda one: (one.slot_ms, one.service, one.appointment_id))
    return response(answers.said(_with_names(call, found)))


def read_appointment(call: Call, appointment: str) -> Response:
    one = call.server.views.hall.appointments.find(appointment)
    if one is None:
        raise ProblemError("unknown_appointment")
    return response(answers.said(_with_names(call, [one])[0]))


def appointment_code(call: Call, appointment: str) -> Response:
    one = call.server.views.hall.appointments.find(appointment)
    if one is None:
        raise ProblemError("unknown_appointment")
    return square_code(one.code)


def find_appointments(call: Call) -> Response:
    """The open appointments of a citizen; without a name, which whoever asks has before them."""
    body: FindAppointmentsBody = call.body
    hall, citizen = call.server.views.hall, _person(body.citizen)
    known_as = call.server.vault.known_as(_today(call), citizen)
    return response(answers.said([appointment_view(hall, one) for one in hall.appointments.of(known_as)]))


def book_appointment(call: Call) -> Response:
    body: BookBody = call.body
    slot_ms = milliseconds(body.slot) or 0
    booking, sealed = _booking(call, body.service, slot_ms, _person(body.citizen))

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.BookAppointment(command_id=command_id, at_ms=at_ms, booking=booking, channel=_channel(call))

    return call.command(make, _appointment(booking.appointment_id, 201), sealed)


def move_appointment(call: Call, appointment: str) -> Response:
    body: MoveBody = call.body
    slot_ms = milliseconds(body.slot) or 0
    one = call.server.views.hall.appointments.find(appointment)
    sealed = _sealed_for(call, one, slot_ms) if one is not None else ()
    return call.command(
        lambda command_id, at_ms: c.MoveAppointment(
            command_id=command_id, at_ms=at_ms, appointment=appointment, slot_ms=slot_ms
        ),
        _appointment(appointment),
        sealed,
    )


def cancel_appointment(call: Call, appointment: str) -> Response:
    return call.command(
        lambda command_id, at_ms: c.CancelAppointment(command_id=command_id, at_ms=at_ms, appointment=appointment),
        _appointment(appointment),
    )


def import_appointments(call: Call) -> Response:
    """A file of bookings, all of them or none; a refusal names every wrong line."""
    body: ImportBody = call.body
    hall = call.server.views.hall
    good, wrong = read_csv(body.csv, hall.settings.timezone)
    bookings: list[tuple[int, c.Booking]] = []
    sealed: list[Sealed] = []
    for line in good:
        try:
            booking, kept = _booking(call, line.service, line.slot_ms, line.citizen)
        except BadCitizen:
            wrong.append(WrongLine(line.number, "bad_citizen"))
            continue
        bookings.append((line.number, booking))
        sealed += kept

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.ImportAppointments(
            command_id=command_id,
            at_ms=at_ms,
            bookings=tuple(bookings),
            wrong=tuple((line.number, line.code) for line in wrong),
        )

    def imported(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        named = (hall.appointments.by_id[booking.appointment_id] for _, booking in bookings)
        return answers.said({"booked": [appointment_view(hall, one) for one in named]}, 201)

    return call.command(make, imported, sealed)


# -- parts -----------------------------------------------------------------------------------------------------------


def _booking(call: Call, service: str, slot_ms: int, citizen: Citizen) -> tuple[c.Booking, tuple[Sealed, ...]]:
    vault, today = call.server.vault, _today(call)
    day = _day_of(call, slot_ms)
    citizens = vault.booking_references(day, citizen)
    kept = vault.seal_citizen(day, citizens[0], citizen)
    booking = c.Booking(
        appointment_id=f"ap_{secrets.token_urlsafe(9)}",
        code=f"{secrets.randbelow(CODES):08d}",
        service=service,
        slot_ms=slot_ms,
        citizens=citizens,
        known_as=vault.known_as(today, citizen),
    )
    return booking, (kept,) if kept is not None else ()


def _sealed_for(call: Call, one: Appointment, slot_ms: int) -> tuple[Sealed, ...]:
    """What is kept of the citizen, sealed for the new day as well: the old day's is deleted in its time."""
    day, vault = _day_of(call, slot_ms), call.server.vault
    if day == one.day:
        return ()
    fields = vault.fields(one.citizens[0])
    kept = vault.seal_citizen(day, one.citizens[0], Citizen(**fields)) if fields else None
    return (kept,) if kept is not None else ()


def _day_of(call: Call, slot_ms: int) -> str:
    """The day of a slot, or today for one that nobody can book, so that no wish of a stranger makes a key for ever."""
    hall, now_ms = call.server.views.hall, call.server.now_ms()
    last = last_day(hall.settings, now_ms)
    if slot_ms <= now_ms or slot_ms > now_ms + 100 * 86_400_000:
        return _today(call)
    day = business_day(hall.settings.timezone, slot_ms)
    return day if date.fromisoformat(day) <= last else _today(call)


def _person(body: CitizenBody) -> Citizen:
    return Citizen(id_number=body.id_number, name=body.name, phone=body.phone)


def _today(call: Call) -> str:
    hall = call.server.views.hall
    return max(hall.day or "", business_day(hall.settings.timezone, call.server.now_ms()))


def _asked_day(call: Call) -> date:
    text = call.query["day"] or _today(call)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError("invalid_values", [{"field": "day", "problem": "no such day; write 2026-11-20"}]) from None


def _channel(call: Call) -> str:
    return CHANNEL_OF_ROLE.get(call.principal.role, "api")


def _appointment(named: str, status: int = 200) -> Callable[[Hall, Decision], Reply]:
    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        one = hall.appointments.find(named)
        if one is None:
            raise LookupError(named)
        return answers.said(appointment_view(hall, one), status)

    return answer


def _with_names(call: Call, found: Iterable[Appointment]) -> list[AppointmentView]:
    hall, ones = call.server.views.hall, list(found)
    try:
        names = call.server.vault.names([citizen for one in ones for citizen in one.citizens])
    except NotReadable:
        names = {}  # a list without names is of more use than none
    views = []
    for one in ones:
        view = appointment_view(hall, one)
        name = next((names[citizen] for citizen in one.citizens if citizen in names), None)
        view["masked_name"] = mask_name(name) if name else None
        views.append(view)
    return views


BOOKING = (
    "unknown_service", "no_appointments", "slot_unknown", "slot_past", "slot_too_far", "slot_full",
)  # fmt: skip
CHANGING = ("unknown_appointment", "appointment_over", "cancel_too_late")
ONE = {200: AppointmentView}
OPERATIONS = [
    Operation(
        "GET", "/appointments/slots", read_slots, "The slots of a service on a day, and what is free",
        "appointment.slots", {200: list[SlotView]}, query=("service", "day"), refusals=("unknown_service",),
    ),
    Operation(
        "GET", "/appointments", list_appointments, "The appointments of a day", "appointment.read",
        {200: list[AppointmentView]}, query=("service", "day"),
    ),
    Operation(
        "POST", "/appointments", book_appointment, "Book a place in a slot", "appointment.book",
        {201: AppointmentView}, BookBody,
        refusals=(*BOOKING, "already_booked", "too_many_booked", "suspended"),
    ),
    Operation(
        "POST", "/citizen/appointments", find_appointments, "A citizen's open appointments", "appointment.find",
        {200: list[AppointmentView]}, FindAppointmentsBody, keyed=False,
    ),
    Operation(
        "POST", "/import/appointments", import_appointments, "Book a file of appointments, all or none",
        "appointment.import", {201: ImportedView}, ImportBody, refusals=("import_refused",),
    ),
    Operation(
        "GET", "/appointments/{appointment}", read_appointment, "One appointment, by id or code", "appointment.read",
        ONE, refusals=("unknown_appointment",),
    ),
    Operation(
        "GET", "/appointments/{appointment}/qr", appointment_code, "Its code as a square code, SVG", "appointment.read",
        {200: None}, refusals=("unknown_appointment",),
    ),
    Operation(
        "POST", "/appointments/{appointment}/move", move_appointment, "Move it to another slot", "appointment.book",
        ONE, MoveBody, refusals=(*BOOKING, *CHANGING),
    ),
    Operation(
        "POST", "/appointments/{appointment}/cancel", cancel_appointment, "Give its place back", "appointment.book",
        ONE, NoBody, refusals=CHANGING,
    ),
]  # fmt: skip
