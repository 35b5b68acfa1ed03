"""Appointments: slots, booking, coming early, due and late, missing, and what a day takes over from the one before."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from config.settings import Appointments, Calendar, Hours, Slots, Span
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.appointments import slots_on
from queue_server.hall.evolve import evolve
from queue_server.hall.state import Hall

MORNING, AFTERNOON = Span(time(8, 30), time(12)), Span(time(14), time(17, 30))
OFFICE = Hours((*(((MORNING, AFTERNOON),) * 5), (), ()))
NUMBERS = itertools.count(1)


@pytest.fixture
def booking(story: Callable[..., Any]) -> Callable[..., Any]:
    """A story of a hall that takes bookings for "hukou", every 15 minutes two; Friday 20 November 2026 at 09:00."""

    def begin(slots: Slots | None = None, appointments: dict[str, Any] | None = None, **fields: Any) -> Any:
        services = {"hukou": {"slots": slots or Slots(quota=2)}, "social": {}}
        fields.setdefault("hours", OFFICE)
        return story(services, appointments=Appointments(**(appointments or {})), **fields)

    return begin


def wish(story: Any, when: str, citizen: str | None = None, service: str = "hukou") -> c.Booking:
    n = next(NUMBERS)
    return c.Booking(f"ap_{n}", f"{n:08d}", service, story.ms(when), (citizen or f"c_{n}",))


def book(story: Any, when: str, citizen: str | None = None, **fields: Any) -> str:
    """The id of a new appointment."""
    booking = wish(story, when, citizen, **fields)
    story.do(c.BookAppointment, booking=booking)
    return booking.appointment_id


def not_booked(story: Any, when: str, citizen: str | None = None, **fields: Any) -> str:
    code: str = story.refused(c.BookAppointment, booking=wish(story, when, citizen, **fields)).code
    return code


def state_of(story: Any, appointment: str) -> str:
    state: str = story.hall.appointments.by_id[appointment].state
    return state


def check_in(story: Any, appointment: str) -> Any:
    return story.take(appointment=appointment)


def test_slots_lie_within_all_hours_and_skip_lunch_holidays_and_weekends(booking: Callable[..., Any]) -> None:
    calendar = Calendar(frozenset({date(2026, 11, 24)}), frozenset({date(2026, 11, 22)}))
    settings = booking(Slots(every_min=60), calendar=calendar).hall.settings
    ms = booking().ms

    def starts(day: int) -> list[int]:
        return [start for start, _ in slots_on(settings, "hukou", date(2026, 11, day))]

    hours = [ms(f"2026-11-20T{at}") for at in ("08:30", "09:30", "10:30", "14:00", "15:00", "16:00")]
    assert starts(20) == hours
    assert starts(21) == starts(24) == [], "a Saturday, a holiday"
    assert starts(22) == [at + 2 * 86_400_000 for at in hours], "a Sunday worked like a Monday"
    assert slots_on(settings, "social", date(2026, 11, 20)) == ()
    own = booking(Slots(every_min=30, weekly=(((Span(time(11), time(14, 30))),),) * 7)).hall.settings
    found = [start for start, _ in slots_on(own, "hukou", date(2026, 11, 20))]
    assert found == [ms(f"2026-11-20T{at}") for at in ("11:00", "11:30", "14:00")]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2026-11-20T08:45", "slot_past"),
        ("2026-11-20T09:00", "slot_past"),
        ("2026-11-20T10:05", "slot_unknown"),
        ("2026-11-20T12:30", "slot_unknown"),
        ("2026-11-21T10:00", "slot_unknown"),
        ("2026-12-07T10:00", "slot_too_far"),
        ("9999-12-31T23:59", "slot_too_far"),
    ],
)
def test_only_slots_to_come_can_be_booked(booking: Callable[..., Any], when: str, code: str) -> None:
    assert not_booked(booking(), when) == code


def test_a_slot_has_its_quota_and_a_place_given_back_can_be_had(booking: Callable[..., Any]) -> None:
    story = booking()
    first = book(story, "2026-11-20T14:00")
    book(story, "2026-11-20T14:00")
    assert not_booked(story, "2026-11-20T14:00") == "slot_full"
    other = book(story, "2026-11-20T14:15")
    assert story.refused(c.MoveAppointment, appointment=other, slot_ms=story.ms("2026-11-20T14:00")).code == "slot_full"
    story.do(c.CancelAppointment, appointment=first)
    story.do(c.MoveAppointment, appointment=other, slot_ms=story.ms("2026-11-20T14:00"))
    assert not_booked(story, "2026-11-20T14:00") == "slot_full"
    assert story.refused(c.CancelAppointment, appointment=first).code == "appointment_over"
    assert not_booked(story, "2026-11-20T14:15", service="social") == "no_appointments"
    assert not_booked(story, "2026-11-20T14:15", service="none") == "unknown_service"


def test_one_open_appointment_per_service_and_a_few_in_all(booking: Callable[..., Any]) -> None:
    story = booking(appointments={"per_citizen": 1})
    book(story, "2026-11-20T14:00", "c_li")
    assert not_booked(story, "2026-11-23T14:00", "c_li") == "already_booked"
    services = {name: {"slots": Slots(quota=9)} for name in ("hukou", "social")}
    story.hall.settings = type(story.hall.settings)(
        **{
            **{name: getattr(story.hall.settings, name) for name in story.hall.settings.__dataclass_fields__},
            "services": {
                name: type(plan)(plan.id, plan.name, plan.prefix, **services[name])
                for name, plan in story.hall.settings.services.items()
            },
        }
    )
    assert not_booked(story, "2026-11-20T14:00", "c_li", service="social") == "too_many_booked"


def test_nothing_changes_within_two_hours_of_the_slot(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T11:00")
    story.do(c.MoveAppointment, appointment=one, slot_ms=story.ms("2026-11-20T11:15"))
    story.at("2026-11-20T09:15:01")
    assert story.refused(c.CancelAppointment, appointment=one).code == "cancel_too_late"
    assert story.refused(c.MoveAppointment, appointment=one, slot_ms=story.ms("2026-11-20T15:00")).code == (
        "cancel_too_late"
    )


def test_on_time_is_called_at_its_slot_before_those_who_waited(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T10:00")
    story.open(1)
    story.at("2026-11-20T09:40")
    story.take("hukou")
    story.take("hukou")
    story.at("2026-11-20T09:50")
    ticket = check_in(story, one)
    assert (ticket.appointment, ticket.due_ms) == (one, story.ms("2026-11-20T10:00"))
    assert story.hall.appointments.by_id[one].timing == "early"
    assert story.next() == "A001", "its slot has not come"
    story.at("2026-11-20T10:00")
    assert story.next() == ticket.label
    assert story.hall.tickets[ticket.ticket_id].why == "appointment_due"
    assert story.refused(c.CancelAppointment, appointment=one).code == "appointment_over"


def test_checking_in_twice_names_the_ticket(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T10:00")
    ticket = check_in(story, one)
    again = story.not_taken(appointment=one)
    assert (again.code, again.facts["label"]) == ("already_waiting", ticket.label)
    story.at("2026-11-20T10:00")
    story.open(1)
    story.next()
    story.finish()
    assert story.not_taken(appointment=one).code == "appointment_over"


def test_late_is_an_ordinary_ticket(booking: Callable[..., Any]) -> None:
    story = booking()
    one, other = book(story, "2026-11-20T10:00"), book(story, "2026-11-20T10:00")
    story.at("2026-11-20T10:10")
    assert check_in(story, one).due_ms == story.ms("2026-11-20T10:00")
    story.at("2026-11-20T10:10:01")
    late = check_in(story, other)
    assert (late.due_ms, late.appointment) == (None, other)
    assert story.hall.appointments.by_id[other].timing == "late"


def test_a_hall_may_ask_not_to_come_too_early(booking: Callable[..., Any]) -> None:
    story = booking(appointments={"early_s": 900})
    one = book(story, "2026-11-20T10:00", "c_li")
    assert story.not_taken(appointment=one).code == "too_early"
    ordinary = story.take("hukou", known_as=("c_li",), citizen="c_li")
    assert ordinary.appointment is None, "an ordinary number can be had at any time"
    story.at("2026-11-20T09:45")
    due = story.take("hukou", known_as=("c_li",), citizen="c_li")
    assert due.appointment == one
    assert ordinary.state == "cancelled", "one waiting ticket per person and service"


def test_an_appointment_has_its_place_whatever_quota_and_closing_time_say(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T11:45")
    elsewhen = book(story, "2026-11-23T11:45")
    assert story.not_taken(appointment=elsewhen).code == "not_today"
    assert story.not_taken(appointment="ap_none").code == "unknown_appointment"
    story.at("2026-11-20T11:55")
    assert story.not_taken("hukou").code == "hall_closed"
    assert check_in(story, one).state == "waiting"


def test_a_card_finds_its_appointment(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T10:00", "c_li")
    assert story.take("social", known_as=("c_li", "c_other")).appointment is None
    assert story.take("hukou", known_as=("c_li", "c_other")).appointment == one
    assert story.take("hukou", known_as=("c_li", "c_other")).appointment is None


def test_the_code_checks_in_as_it_is_printed(booking: Callable[..., Any]) -> None:
    story = booking()
    story.do(c.BookAppointment, booking=c.Booking("ap_a", "99999999", "hukou", story.ms("2026-11-20T10:00"), ("c_a",)))
    story.do(c.BookAppointment, booking=c.Booking("ap_b", "99999999", "hukou", story.ms("2026-11-20T10:00"), ("c_b",)))
    assert story.hall.appointments.by_id["ap_b"].code == "00000000", "the next free one"
    assert check_in(story, "9999 9999").appointment == "ap_a"


def test_who_does_not_come_three_times_waits_a_month(booking: Callable[..., Any]) -> None:
    story = booking(appointments={"no_show_limit": 2, "suspended_days": 10, "days_ahead": 30})
    missed = []
    for day in ("20", "23"):
        story.at(f"2026-11-{day}T09:00")
        missed.append(book(story, f"2026-11-{day}T14:00", "c_li"))
    kept = book(story, "2026-11-24T14:00", "c_wang")
    story.at("2026-11-24T09:00")
    assert not_booked(story, "2026-11-24T14:00", "c_li") == "suspended"
    assert kept in story.hall.appointments.by_id, "carried over"
    assert missed[1] not in story.hall.appointments.by_id, "today knows what is open and who was missed, no more"
    assert [type(event) for event in story.events if isinstance(event, e.AppointmentMissed)] == [
        e.AppointmentMissed
    ] * 2
    story.at("2026-12-02T23:59")
    assert not_booked(story, "2026-12-03T14:00", "c_li") == "suspended"
    story.at("2026-12-03T09:00")
    book(story, "2026-12-03T14:00", "c_li")


def test_who_could_not_come_has_not_missed(booking: Callable[..., Any]) -> None:
    story = booking()
    monday, tuesday = book(story, "2026-11-23T14:00"), book(story, "2026-11-24T14:00")
    story.at("2026-11-25T09:00")  # the hall's power was off for two days
    story.take("hukou")
    ended = [event for event in story.events if isinstance(event, e.AppointmentCancelled)]
    assert [(event.appointment_id, event.reason) for event in ended] == [
        (monday, "hall_closed"), (tuesday, "hall_closed"),
    ]  # fmt: skip


def test_an_import_is_all_or_nothing_and_names_every_line(booking: Callable[..., Any]) -> None:
    story = booking()
    good = [(n, wish(story, "2026-11-20T14:00")) for n in (2, 3)]
    bad = [(4, wish(story, "2026-11-20T14:00")), (6, wish(story, "2026-11-20T13:00"))]
    refused = story.refused(c.ImportAppointments, bookings=(*good, *bad), wrong=((5, "no_day"),))
    assert refused.facts["lines"] == [
        {"line": 4, "code": "slot_full"}, {"line": 5, "code": "no_day"}, {"line": 6, "code": "slot_unknown"},
    ]  # fmt: skip
    assert not story.hall.appointments.by_id
    story.do(c.ImportAppointments, bookings=tuple(good))
    assert len(story.hall.appointments.by_id) == 2


def test_a_day_with_thousands_of_appointments_is_read_by_itself(booking: Callable[..., Any]) -> None:
    story = booking(Slots(quota=999), appointments={"days_ahead": 90})
    wishes = tuple((n, wish(story, "2026-11-24T14:00", f"c_{n}")) for n in range(998))
    story.do(c.ImportAppointments, bookings=wishes)
    missed = book(story, "2026-11-20T14:00", "c_li")
    story.at("2026-11-23T09:00")
    story.take("hukou")
    newest = max(n for n, event in enumerate(story.events) if isinstance(event, e.DayOpened))
    today = story.events[newest:]
    assert sum(isinstance(event, e.AppointmentsCarried) for event in today) == 2, "hundreds in a row of the journal"
    hall = Hall(story.hall.settings, seq=newest)
    for seq, event in enumerate(today, newest + 1):
        kind, version, data = encode(event)
        evolve(hall, decode(kind, version, event.at_ms, data), seq)
    assert hall.appointments == story.hall.appointments
    assert hall.appointments.misses(["c_li"]) == ["2026-11-20"]
    assert missed not in hall.appointments.by_id


def test_what_was_given_back_or_moved_leaves_nothing_behind(booking: Callable[..., Any]) -> None:
    story = booking()
    one = book(story, "2026-11-20T14:00", "c_li")
    story.do(c.MoveAppointment, appointment=one, slot_ms=story.ms("2026-11-23T14:00"))
    assert not list(story.hall.appointments.on("hukou", "2026-11-20"))
    assert [held.appointment_id for held in story.hall.appointments.on("hukou", "2026-11-23")] == [one]
    story.do(c.CancelAppointment, appointment=one)
    again = book(story, "2026-11-20T14:00", "c_li")
    check_in(story, again)
    assert not story.hall.appointments.of(["c_li"])
    book(story, "2026-11-20T14:15", "c_li")


# -- tickets that a kiosk gave while nobody could check the code ------------------------------------------------------


def hand_in(story: Any, one: str, taken: str, number: int = 801, **fields: Any) -> Any:
    """What became of a ticket with that code, taken at `taken` and handed in now."""
    story.hall.settings = replace(story.hall.settings, offline={"kiosk-1": (801, 899)})
    code = story.hall.appointments.by_id[one].code
    given = {
        "ticket_id": f"own-{number}", "services": ("hukou",), "node": "kiosk-1", "label": f"A{number}",
        "number": number, "taken_at_ms": story.ms(f"2026-11-20T{taken}"), "clock_sure": True,
        "replaces": f"tap-{number}", "appointment": code,
    }  # fmt: skip
    story.do(c.AcceptOfflineTicket, **(given | fields))
    return story.hall.tickets[f"own-{number}"]


@pytest.mark.parametrize(
    ("taken", "timing", "due"), [("09:20", "early", "09:30"), ("09:35", "due", "09:30"), ("09:41", "late", None)]
)
def test_a_code_shown_to_a_kiosk_by_itself_counts_from_when_the_ticket_was_taken(
    booking: Any, taken: str, timing: str, due: str | None
) -> None:
    s = booking()
    one = book(s, "2026-11-20T09:30", "c_wang")
    earlier = s.take(citizen="c_wang")  # for the same, without saying so: the appointment's takes its place
    s.wait(3600)
    own = hand_in(s, one, taken)
    held = s.hall.appointments.by_id[one]
    assert (held.state, held.timing, held.ticket_id) == ("checked_in", timing, "own-801")
    assert (own.appointment, own.due_ms, own.flags) == (one, s.ms(f"2026-11-20T{due}") if due else None, ())
    assert own.citizen == "c_wang"
    assert s.hall.tickets[earlier.ticket_id].state == "cancelled"
    again = hand_in(s, one, taken, number=802)
    assert (again.appointment, again.due_ms, again.flags) == (None, None, ("appointment_unmatched",))


def test_a_code_that_does_not_fit_leaves_an_ordinary_ticket(booking: Any) -> None:
    s = booking()
    tomorrow, today = book(s, "2026-11-23T09:30"), book(s, "2026-11-20T10:00")
    for n, (one, fields) in enumerate(
        [(tomorrow, {}), (today, {"services": ("social",), "label": "B802"}), (today, {"appointment": "99999999"})], 801
    ):
        own = hand_in(s, one, "09:00", number=n, **fields)
        assert (own.appointment, own.due_ms, own.flags) == (None, None, ("appointment_unmatched",))
    assert state_of(s, today) == state_of(s, tomorrow) == "booked"
    s.wait(86_400)
    yesterday = hand_in(s, today, "09:05", number=805)  # handed in a day late: on paper, and over
    assert (yesterday.state, yesterday.appointment) == ("cancelled", None)


def test_a_check_in_whose_answer_was_lost_gives_way_to_the_ticket_on_paper(booking: Any) -> None:
    s = booking()
    one = book(s, "2026-11-20T09:30")
    s.do(c.IssueTicket, ticket_id="tap-801", services=(), appointment=one)
    own = hand_in(s, one, "09:00")
    assert (own.appointment, own.flags) == (one, ("replaced",))
    assert s.hall.appointments.by_id[one].ticket_id == "own-801"
    assert s.hall.tickets["tap-801"].state == "cancelled"
    assert s.refused(c.IssueTicket, ticket_id="x", services=(), appointment=one).code == "already_waiting"
