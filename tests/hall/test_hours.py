"""When numbers are given: the week, the stop before each break, holidays, make-up days, a service's own hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from config.settings import Calendar, Hours, Span
from queue_server.hall import commands as c
from queue_server.hall.calendar import rfc3339

Tell = Callable[..., Any]

DAY = (Span(time(8, 30), time(12)), Span(time(14), time(17, 30)))
OFFICE = Hours((DAY,) * 5 + ((), ()), last_ticket_before_s=600)
ALL_DAY = (Span(time(0), time.max),)


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-11-20T08:29:59.999", "2026-11-20T08:30"),
        ("2026-11-20T11:50", "2026-11-20T14:00"),
        ("2026-11-20T13:59", "2026-11-20T14:00"),
        ("2026-11-20T17:20", "2026-11-23T08:30"),
        ("2026-11-21T09:00", "2026-11-23T08:30"),
    ],
)
def test_no_numbers_outside_the_hours_nor_just_before_a_break(story: Tell, when: str, opens: str) -> None:
    s = story(hours=OFFICE, start=when)
    refused = s.not_taken()
    assert refused.code == "hall_closed"
    assert refused.facts["service"] == "hukou"
    s.at(opens)
    assert s.take().label == "A001"
    assert refused.facts["opens_at"] == rfc3339(s.now_ms)


@pytest.mark.parametrize("when", ["08:30", "11:49:59.999", "14:00", "17:19:59.999"])
def test_numbers_within_the_hours(story: Tell, when: str) -> None:
    assert story(hours=OFFICE, start=f"2026-11-20T{when}").take().label == "A001"


def test_a_ticket_taken_in_time_and_sent_late_is_in_time(story: Tell) -> None:
    s = story(hours=OFFICE, start="2026-11-20T11:45")
    taken = s.now_ms
    s.at("2026-11-20T12:30")
    assert s.not_taken().code == "hall_closed"
    assert s.take(taken_at_ms=taken).arrived_ms == taken
    s.at("2026-11-20T14:30")
    assert s.not_taken(taken_at_ms=s.ms("2026-11-20T13:00")).code == "hall_closed"


def test_a_span_shorter_than_the_stop_gives_no_numbers(story: Tell) -> None:
    hours = Hours(((Span(time(9), time(9, 10)),),) * 7, last_ticket_before_s=600)
    refused = story(hours=hours).not_taken()
    assert (refused.code, refused.facts["opens_at"]) == ("hall_closed", None)


def test_a_holiday_is_closed_and_a_make_up_day_is_worked_like_a_monday(story: Tell) -> None:
    monday, weekend = (Span(time(8), time(16)),), (Span(time(10), time(11)),)
    hours = Hours((monday, *(DAY,) * 4, weekend, ()), last_ticket_before_s=0)
    calendar = Calendar(frozenset({date(2026, 11, 20)}), frozenset({date(2026, 11, 21), date(2026, 11, 22)}))
    s = story(hours=hours, calendar=calendar)
    assert s.not_taken().facts["opens_at"] == "2026-11-21T00:00:00.000Z"  # 08:00 in Shanghai
    for when, given in [("21T08:00", True), ("21T15:59", True), ("22T08:00", True), ("22T16:00", False)]:
        s.at(f"2026-11-{when}")
        issued = s.ask(c.IssueTicket, ticket_id=when, services=("hukou",))
        assert (issued.refused is None) is given, when
    s.at("2026-11-28T08:00")
    assert s.not_taken().facts["opens_at"] == "2026-11-28T02:00:00.000Z", "an ordinary Saturday"


def test_a_holiday_week_is_looked_through(story: Tell) -> None:
    holidays = frozenset(date(2026, 10, day) for day in range(1, 8))
    s = story(hours=OFFICE, calendar=Calendar(holidays, frozenset()), start="2026-10-01T09:00")
    assert s.not_taken().facts["opens_at"] == "2026-10-08T00:30:00.000Z"


def test_a_service_with_hours_of_its_own(story: Tell) -> None:
    mornings = ((Span(time(9, 30), time(11)),),) * 5 + ((), ())
    s = story({"hukou": {}, "shebao": {"weekly": mornings}}, hours=OFFICE)
    refused = s.not_taken("shebao")
    assert (refused.code, refused.facts["opens_at"]) == ("service_closed", "2026-11-20T01:30:00.000Z")
    s.take("hukou")
    s.at("2026-11-20T10:49")
    s.take("shebao")
    s.at("2026-11-20T10:50")
    assert s.not_taken("hukou", "shebao").code == "service_closed", "every service of a ticket has to be open"
    s.at("2026-11-20T12:00")
    assert s.not_taken("shebao").code == "hall_closed", "the whole hall is closed: that is what to say"
    assert s.not_taken("shebao").facts["opens_at"] == "2026-11-23T01:30:00.000Z"


def test_open_round_the_clock(story: Tell) -> None:
    s = story(hours=Hours((ALL_DAY,) * 7, last_ticket_before_s=0), start="2026-11-20T23:59:59.999")
    assert s.take().label == "A001"
    s.wait(0.001)
    assert s.take().label == "A001"
    assert s.hall.day == "2026-11-21"


def test_the_stop_is_right_when_the_clocks_change(story: Tell) -> None:
    """In Berlin on 25 October 2026 the hour from 2 to 3 comes twice: 2 h before 04:00 is 02:00 the second time."""
    hours = Hours(((Span(time(0), time(4)),),) * 7, last_ticket_before_s=7200)
    s = story(hours=hours, timezone="Europe/Berlin", start="2026-10-25T02:59:59")
    s.take()
    s.at("2026-10-25T02:00", fold=1)
    assert s.not_taken().code == "hall_closed"
    s = story(hours=hours, timezone="Europe/Berlin", start="2026-03-29T00:59")
    s.take()
    s.at("2026-03-29T01:00")  # 04:00 is two hours later, as 02:00 to 03:00 does not come
    assert s.not_taken().code == "hall_closed"
