"""Any sequence of bookings, moves, cancellations, check-ins and days: what never happens, and what always does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import Appointments, HallSettings, Hours, Slots, Span
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.appointment_rules import suspended_until
from queue_server.hall.evolve import evolve
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

QUOTA = 2
PRESETS = Appointments(
    days_ahead=3, cancel_before_s=3600, per_citizen=2, no_show_limit=2, no_show_within_days=3, suspended_days=2
)
HOURS = Hours((((Span(time(9), time(11)),)),) * 7)
START_MS = 1_795_136_400_000  # 20 November 2026, 09:00 in Shanghai
CITIZENS = [f"c_{n}" for n in range(4)]
ENDED = (e.AppointmentCancelled, e.AppointmentCheckedIn, e.AppointmentMissed)

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("book"), st.sampled_from(CITIZENS), st.integers(0, 3), st.integers(0, 3), st.sampled_from("ab")
        ),
        st.tuples(st.just("import"), st.lists(st.sampled_from(CITIZENS), max_size=3), st.integers(0, 3)),
        st.tuples(st.just("move"), st.integers(0, 30), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("cancel"), st.integers(0, 30)),
        st.tuples(st.just("come"), st.integers(0, 30)),
        st.tuples(st.just("card"), st.sampled_from(CITIZENS), st.sampled_from("ab")),
        st.tuples(st.just("wait"), st.sampled_from([60, 1800, 3600, 6 * 3600, 24 * 3600, 60 * 3600])),
    ),
    max_size=40,
)


class Day:
    """A hall, all that happened in it, and a second hall that only ever reads the newest day."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.now_ms, self.asked = hall, START_MS, 0
        self.events: list[e.Event] = []
        self.booked: list[str] = []

    def ask(self, kind: type[c.Command], **fields: Any) -> bool:
        self.asked += 1
        decision = decide(self.hall, kind(command_id=f"c{self.asked}", at_ms=self.now_ms, **fields))
        self.events += decision.events
        self.booked += [one.appointment_id for one in decision.events if isinstance(one, e.AppointmentBooked)]
        return decision.refused is None

    def slot(self, days: int, quarter: int) -> int:
        today = (self.now_ms + 8 * 3_600_000) // 86_400_000
        return (today + days) * 86_400_000 + (9 - 8) * 3_600_000 + quarter * 1_800_000

    def wish(self, citizen: str, slot_ms: int, service: str) -> c.Booking:
        self.asked += 1
        return c.Booking(f"ap_{self.asked}", f"{self.asked % 3:08d}", service, slot_ms, (citizen,))

    def one(self, n: int) -> str:
        return self.booked[n % len(self.booked)] if self.booked else "ap_none"

    def do(self, step: tuple[Any, ...]) -> None:
        match step:
            case "book", citizen, days, quarter, service:
                self.ask(c.BookAppointment, booking=self.wish(citizen, self.slot(days, quarter), service))
            case "import", citizens, quarter:
                wishes = [(n, self.wish(who, self.slot(1, quarter), "a")) for n, who in enumerate(citizens)]
                before = len(self.booked)
                done = self.ask(c.ImportAppointments, bookings=tuple(wishes))
                assert len(self.booked) - before == (len(citizens) if done else 0), "all or none"
            case "move", n, days, quarter:
                self.ask(c.MoveAppointment, appointment=self.one(n), slot_ms=self.slot(days, quarter))
            case "cancel", n:
                self.ask(c.CancelAppointment, appointment=self.one(n))
            case "come", n:
                self.ask(c.IssueTicket, ticket_id=f"t{self.asked}", services=(), appointment=self.one(n))
            case "card", citizen, service:
                self.ask(c.IssueTicket, ticket_id=f"t{self.asked}", services=(service,), known_as=(citizen,))
            case "wait", seconds:
                self.now_ms += seconds * 1000


@pytest.fixture
def fresh(hall_settings: Callable[..., HallSettings]) -> Callable[[], Day]:
    services = {name: {"slots": Slots(every_min=30, quota=QUOTA)} for name in "ab"}
    plan = hall_settings(services, appointments=PRESETS, hours=HOURS, rules={"daily_cap_per_citizen": 0})
    return lambda: Day(Hall(plan))


@given(steps=STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked(fresh: Callable[[], Day], steps: list[tuple[Any, ...]]) -> None:
    day = fresh()
    for step in steps:
        day.do(step)
        held = Counter(
            (one.service, one.slot_ms) for one in day.hall.appointments.by_id.values() if one.state != "cancelled"
        )
        assert max(held.values(), default=0) <= QUOTA, "a slot's quota"
        booked = [one for one in day.hall.appointments.by_id.values() if one.state == "booked"]
        assert len({one.code for one in day.hall.appointments.by_id.values()}) == len(day.hall.appointments.by_id)
        for citizen in CITIZENS:
            own = [one for one in booked if citizen in one.citizens]
            assert len(own) <= PRESETS.per_citizen
            assert len({one.service for one in own}) == len(own), "one open appointment per service"
    day.now_ms += 5 * 86_400_000
    day.ask(c.Tick)
    ends = Counter(one.appointment_id for one in day.events if isinstance(one, ENDED))
    assert ends == Counter(day.booked), "every appointment ended, once"
    tickets = {one.ticket_id: one for one in day.events if isinstance(one, e.TicketIssued)}
    for one in day.events:
        if isinstance(one, e.AppointmentCheckedIn):
            assert tickets[one.ticket_id].appointment == one.appointment_id
            assert (tickets[one.ticket_id].due_ms is None) == (one.timing == "late")


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_day_is_read_by_itself(fresh: Callable[[], Day], steps: list[tuple[Any, ...]]) -> None:
    day = fresh()
    for step in [*steps, ("wait", 24 * 3600), ("card", "c_0", "a"), ("book", "c_1", 1, 1, "b")]:
        day.do(step)
    newest = max(n for n, event in enumerate(day.events) if isinstance(event, e.DayOpened))
    read = Hall(day.hall.settings, seq=newest)
    for seq, event in enumerate(day.events[newest:], newest + 1):
        kind, version, data = encode(event)
        evolve(read, decode(kind, version, event.at_ms, data), seq)
    assert read.appointments == day.hall.appointments


@given(
    days=st.sets(st.integers(0, 40), max_size=10),
    limit=st.integers(1, 4),
    within=st.integers(1, 15),
    suspended=st.integers(1, 15),
    today=st.integers(0, 60),
)
def test_suspension_is_what_the_settings_say(
    days: set[int], limit: int, within: int, suspended: int, today: int
) -> None:
    def named(n: int) -> str:
        return (date(2026, 11, 1) + timedelta(days=n)).isoformat()

    presets = Appointments(no_show_limit=limit, no_show_within_days=within, suspended_days=suspended)
    past = sorted(day for day in days if day < today)
    ends = [last + suspended for last in past if len([day for day in past if last - within < day <= last]) >= limit]
    expected = max((end for end in ends if today < end), default=None)
    got = suspended_until(presets, [named(day) for day in past], named(today))
    assert got == (None if expected is None else named(expected))
    assert suspended_until(Appointments(no_show_limit=0), [named(day) for day in past], named(today)) is None
