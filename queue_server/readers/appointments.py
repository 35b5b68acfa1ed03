"""Appointments and slots as the API shows them; pure functions of the hall, they never show who the citizen is."""

from __future__ import annotations

from config.settings import Appointments as Presets
from queue_server.hall.appointments import Appointment, Moments
from queue_server.hall.calendar import business_day, local, rfc3339
from queue_server.hall.state import Hall
from queue_server.wire.appointments import AppointmentFigures, AppointmentView, SlotView


def appointment_view(hall: Hall, one: Appointment) -> AppointmentView:
    ticket = hall.tickets.get(one.ticket_id) if one.ticket_id is not None else None
    return {
        "appointment_id": one.appointment_id,
        "code": one.code,
        "service": one.service,
        "slot": rfc3339(one.slot_ms) or "",
        "day": one.day,
        "time": _time(hall, one.slot_ms),
        "state": one.state,
        "timing": one.timing,
        "ticket_id": one.ticket_id,
        "label": ticket.label if ticket is not None else None,
    }


def slot_views(hall: Hall, service: str, day: str, slots: Moments, at_ms: int) -> list[SlotView]:
    """`free` is 0 for a slot that has begun."""
    plan = hall.settings.services[service].slots
    quota = plan.quota if plan is not None else 0
    views: list[SlotView] = []
    for start_ms, end_ms in slots:
        free = max(0, quota - hall.appointments.taken(service, day, start_ms, end_ms)) if start_ms > at_ms else 0
        views.append(
            {"slot": rfc3339(start_ms) or "", "time": _time(hall, start_ms), "quota": quota, "free": free}
        )  # fmt: skip
    return views


def figures_of(hall: Hall, at_ms: int) -> AppointmentFigures | None:
    """Of today; None in a hall that takes no bookings and has none today."""
    settings, day = hall.settings, business_day(hall.settings.timezone, at_ms)
    claim_ms = at_ms - (settings.appointments or Presets()).late_s * 1000  # of slots before this nobody is due any more
    booked = came = missed = 0
    for one in (one for service in settings.services for one in hall.appointments.on(service, day)):
        booked += one.state != "cancelled"
        came += one.state == "checked_in"
        missed += one.state == "missed" or (one.state == "booked" and one.slot_ms < claim_ms)
    return {"booked": booked, "came": came, "missed": missed} if settings.appointments or booked else None


def _time(hall: Hall, at_ms: int) -> str:
    return f"{local(hall.settings.timezone, at_ms):%H:%M}"
