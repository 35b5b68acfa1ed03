"""Appointments in a virtual hall: booked, checked in and missed by the hall's own rules, and reported apart."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from virtual_hall import DAY, Bench, events_of

from config.errors import ConfigError
from config.settings import Appointments, Hours, Slots, Span
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.rules import decide
from queue_server.simulate.arrivals import RateCurve, read_csv
from queue_server.simulate.bookings import Around, Bookings
from queue_server.simulate.build import NothingToSimulateError, scenario
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.figures import measure
from queue_server.simulate.learn import Learner
from queue_server.simulate.people import Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.summary import summarise
from queue_server.simulate.times import Fixed, LogNormal
from queue_server.simulate.words import Words

OFFICE = Hours(((Span(time(9), time(12)),),) * 7)
MORNING = ["09:00-12:00"]


@pytest.fixture
def hall(bench: Callable[..., Bench]) -> Bench:
    services = {"hukou": {"slots": Slots(every_min=15, quota=2)}, "business": {}}
    return bench(services, {1: ("hukou", "business")}, hours=OFFICE, appointments=Appointments(late_s=600))


def test_early_due_late_and_missed_as_the_rules_say(hall: Bench) -> None:
    crowd = [hall.arrive("09:00:01") for _ in range(12)]  # an hour of work waits all the time
    booked = [
        hall.arrive("09:05", slot_ms=hall.ms("09:30")),  # early
        hall.arrive("09:36", slot_ms=hall.ms("09:30")),  # due
        hall.arrive("09:57", slot_ms=hall.ms("09:45")),  # late: behind everybody who came before it
        hall.arrive("10:00", slot_ms=hall.ms("10:00"), missed=True),
        hall.arrive("10:00", slot_ms=hall.ms("10:10")),  # no slot begins then: comes without
    ]
    day = hall.day([*crowd, *booked], {1: MORNING}, takes=Fixed(600))
    figures = measure(day, hall.ms("09:00"), hall.ms("12:00"))
    assert (figures.appointments.booked, figures.appointments.missed) == (4, 1)
    assert figures.appointments.came == {"early": 1, "due": 1, "late": 1}
    assert figures.refused == 1
    kept = [wait for wait in figures.waits if wait.booked]
    assert [wait.since_ms for wait in kept] == [hall.ms("09:30"), hall.ms("09:36")]
    assert all(
        wait.wait_s is not None and wait.wait_s <= 1200 for wait in kept
    )  # who is first, and one of two before it
    late = next(wait for wait in figures.waits if wait.since_ms == hall.ms("09:57"))
    assert late.wait_s is not None
    assert late.wait_s > 2400

    said = summarise([figures], {"hukou": 1200.0, "business": 1200.0})
    assert said.booked is not None
    assert (said.booked.tickets, said.services[0].tickets, said.whole.tickets) == (2, 14, 16)
    assert said.booked.within.value == 1
    assert dataclasses.asdict(said.appointments) == {"booked": 4, "early": 1, "due": 1, "late": 1, "missed": 1}


def test_who_is_told_to_come_back_comes_back(hall: Bench) -> None:
    strict = dataclasses.replace(hall.settings, appointments=Appointments(early_s=600))
    hall = Bench(strict)
    day = hall.day([hall.arrive("09:00", slot_ms=hall.ms("10:00"))], {1: MORNING})
    steps = day.run()
    assert [step.refused.code for step in steps if step.refused] == ["too_early"]
    assert [event.at_ms for event in events_of(steps, e.AppointmentCheckedIn)] == [hall.ms("09:50")]


def test_a_share_of_those_who_come_books_as_long_as_there_are_places(hall: Bench) -> None:
    curve = RateCurve(
        {time(9 + n // 2, n % 2 * 30): {"hukou": 12, "business": 12} for n in range(6)},
        bookings=Bookings(share=1.0, missed_share=0.25, early_s=Around(120, 300)),
    )
    days = [curve.draw(hall.settings, DAY, Random(n)) for n in range(60)]
    booked = [arrival for day in days for arrival in day if arrival.slot_ms is not None]
    assert {arrival.services for arrival in booked} == {("hukou",)}
    # 36 come, 24 places (12 slots of 2): they are nearly always full, and never more than that is booked.
    assert len(booked) == pytest.approx(60 * 24, rel=0.03)
    for day in days:
        slots = [arrival.slot_ms for arrival in day if arrival.slot_ms is not None]
        assert max(map(slots.count, slots)) == 2
        assert day == sorted(day, key=lambda arrival: arrival.at_ms)
    assert sum(arrival.missed for arrival in booked) / len(booked) == pytest.approx(0.25, abs=0.04)
    before_s = [((arrival.slot_ms or 0) - arrival.at_ms) / 1000 for arrival in booked]
    assert sum(before_s) / len(before_s) == pytest.approx(120, abs=40)
    run = hall.day(days[0], {1: MORNING}).run()
    assert not [step for step in run if step.refused and isinstance(step.command, c.BookAppointment)]
    assert curve.draw(hall.settings, DAY, Random(0)) == days[0]


def test_a_journal_teaches_its_appointments(hall: Bench) -> None:
    bookings = Bookings(share=0.5, missed_share=0.2, early_s=Around(300, 200))
    curve = RateCurve({time(9 + n // 2, n % 2 * 30): {"hukou": 8, "business": 8} for n in range(6)}, bookings=bookings)
    learner, days = Learner(hall.settings), [DAY + timedelta(days=n) for n in range(14)]
    for n, day in enumerate(days):
        shift = Shift(*(moment_ms(hall.settings, day, time(hour)) for hour in (9, 12)))
        arrivals = curve.draw(hall.settings, day, Random(n))
        behaviour = Behaviour(other_service_s=Fixed(120))
        virtual = VirtualDay(hall.settings, arrivals, Staffing({1: (shift,)}), behaviour, n)
        events = [event for step in virtual.run() for event in step.events]
        if day != days[-1]:  # the morning after ends it; nobody reads that of the last day
            over = decide(virtual.hall, c.Tick(command_id="over", at_ms=shift.end_ms + 86_400_000)).events
            events += itertools.takewhile(lambda event: not isinstance(event, e.DayOpened), over)
        for event in events:
            learner.apply(event)
    learned = learner.learned(date(2027, 3, 1))
    assert learned.rates.bookings is not None
    taught = learned.rates.bookings
    assert learned.days == 14
    assert sum(taught.per_slot["hukou"].values()) == pytest.approx(12, rel=0.2)
    assert set(taught.per_slot) == {"hukou"}
    assert taught.missed_share == pytest.approx(0.2, abs=0.07)
    assert taught.early_s.mean_s == pytest.approx(300, abs=60)
    # Everybody is learned once: by chance or by appointment.
    assert learned.rates.by_service()["hukou"] == pytest.approx(12 + 12 * 0.8, rel=0.15)
    again = [learned.rates.draw(hall.settings, date(2027, 3, 1), Random(n)) for n in range(40)]
    booked = sum(arrival.slot_ms is not None for day in again for arrival in day)
    assert booked / 40 == pytest.approx(sum(taught.per_slot["hukou"].values()), rel=0.1)


def test_arrivals_in_a_file_may_have_an_appointment(hall: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,service,priority,slot\n09:10,hukou,,09:15\n,hukou,,10:00\n09:20,business,,\n", "utf-8")
    found = read_csv(path, hall.settings, DAY)
    assert isinstance(found, list)
    assert [(one.at_ms, one.slot_ms, one.missed) for one in found] == [
        (hall.ms("09:10"), hall.ms("09:15"), False),
        (hall.ms("10:00"), hall.ms("10:00"), True),
        (hall.ms("09:20"), None, False),
    ]
    path.write_text("time,service,priority,slot\n09:10,business,,09:15\n09:10,hukou,,quarter\n,hukou,,\n", "utf-8")
    with pytest.raises(ConfigError) as raised:
        read_csv(path, hall.settings, DAY)
    said = [(mistake.line, mistake.message) for mistake in raised.value.mistakes]
    assert [line for line, _ in said] == [2, 3, 4]
    assert "takes no appointments" in said[0][1]


def test_the_day_file_says_who_books(hall: Bench, tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    rates = '[rates]\n"09:00" = { hukou = 30 }\n[service_times]\nhukou = 60\n'
    path.write_text(f"{rates}[appointments]\nshare = 0.5\nmissed_share = 0.2\nearly_s = 60\n", "utf-8")

    def made(settings: Any = hall.settings, **more: Any) -> Any:
        return scenario(settings, DAY, 1, Words("en"), day_file=path, **more)

    source = made()[0].source
    assert source.bookings == Bookings(share=0.5, missed_share=0.2, early_s=Around(60.0, 300.0))
    nowhere = dataclasses.replace(hall.settings, appointments=None)
    assert any("nobody books" in note for note in made(nowhere)[1])
    listed = tmp_path / "list.csv"
    listed.write_text("time,service\n09:00,hukou\n", "utf-8")
    with pytest.raises(NothingToSimulateError, match="column slot"):
        made(arrivals=listed)
    path.write_text(f"{rates}[appointments]\nshare = 2\nshow_share = 1\n", "utf-8")
    with pytest.raises(ConfigError) as raised:
        made()
    assert {mistake.key for mistake in raised.value.mistakes} == {"appointments.share", "appointments.show_share"}


def test_a_busy_hall_keeps_slots_within_a_service_time(hall: Bench) -> None:
    curve = RateCurve({time(9, 0): {"hukou": 40}, time(10, 0): {"hukou": 20}}, bookings=Bookings(share=0.4))
    longest = 0.0
    for n in range(10):
        arrivals = curve.draw(hall.settings, DAY, Random(n))
        figures = measure(
            hall.day(arrivals, {1: MORNING}, takes=LogNormal(240), seed=n), hall.ms("09:00"), hall.ms("12:00")
        )
        booked = [wait.wait_s for wait in figures.waits if wait.booked]
        others = [wait.wait_s for wait in figures.waits if not wait.booked and wait.wait_s is not None]
        assert None not in booked
        assert sum(filter(None, booked)) / max(1, len(booked)) < sum(others) / len(others)
        longest = max([longest, *filter(None, booked)])
    assert longest > 0
