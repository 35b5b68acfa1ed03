"""What is said to people: more before them is longer, a pause is longer, and the same journal says the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from config.settings import Appointments, Hours, Remote, Slots, Span
from queue_server.hall import commands as c

Make = Callable[..., Any]
DAY = {"services": ("hukou", "social"), "windows": {1: ("hukou",), 2: ("hukou", "social")}}


def a_past(hall: Any, days: int = 2, tickets: int = 30, seconds: float = 300.0) -> None:
    """Days in which every service took about `seconds`, both windows at work."""
    for _ in range(days):
        for window in (1, 2):
            hall.ask(c.OpenWindow, window=window)
        for n in range(tickets):
            hall.issue(f"{hall.at_ms}-{n}", after_s=5)
            hall.serve(n % 2 + 1, seconds * (0.6 + 0.8 * (n * 7 % 10) / 10), between_s=5)
        hall.next_day()


def test_more_people_are_a_longer_wait(told: Make) -> None:
    hall = told(**DAY)
    a_past(hall)
    for window in (1, 2):
        hall.ask(c.OpenWindow, window=window)
    for n in range(10):
        hall.issue(f"t{n}", after_s=1)
    for window in (1, 2):
        hall.ask(c.CallNext, window=window)
        hall.ask(c.StartServing, window=window)
    said = [hall.range(f"t{n}") for n in range(2, 10)]
    assert said == sorted(said)
    assert all(p50_s < p90_s for p50_s, p90_s in said)
    # Eight of about 305 seconds each at two windows, less half of what the first two have left.
    assert 900 < said[-1][0] < 1500
    newcomer = hall.estimator.estimate(hall.at_ms)["ordinary"]["hukou"]
    assert said[-1][0] < newcomer[0] < said[-1][0] + 400


def test_a_pause_and_priority_count(told: Make) -> None:
    hall = told(**DAY)
    a_past(hall)
    for window in (1, 2):
        hall.ask(c.OpenWindow, window=window)
    for n in range(8):
        hall.issue(f"t{n}", after_s=1)
    before = hall.range("t7")
    first = hall.estimator.estimate(hall.at_ms)
    assert first["priority"]["hukou"][0] < first["ordinary"]["hukou"][0] / 2
    hall.ask(c.PauseWindow, window=2, reason="lunch", back_at_ms=hall.at_ms + 3_600_000)
    after = hall.range("t7")
    assert after[0] > 1.4 * before[0]
    later = hall.estimator.estimate(hall.at_ms)["ordinary"]["social"]
    assert later[0] > 3000, "the only window for it is back in an hour"


def test_who_is_still_away_is_told_the_wait_of_the_place_they_have(told: Make) -> None:
    hall = told(**DAY, remote=Remote(), public_url="https://number.example.org")
    a_past(hall)
    for window in (1, 2):
        hall.ask(c.OpenWindow, window=window)
    for n in range(6):
        hall.issue(f"t{n}", after_s=1)
    hall.ask(c.IssueRemoteTicket, ticket_id="away", service="hukou", citizen="c_1")
    hall.issue("behind", after_s=1)
    away, behind = hall.range("away"), hall.range("behind")
    assert hall.range("t5")[0] < away[0] < behind[0], "most who are away come in time, so others are told of them"
    hall.ask(c.ArriveTicket, ticket_id="away")
    assert (hall.range("away"), hall.range("behind")) == (away, behind), "arriving changes nobody's wait"


def test_nobody_serves_means_that_nothing_is_said(told: Make) -> None:
    hall = told(**DAY)
    hall.ask(c.OpenWindow, window=1)
    hall.issue("a")
    hall.issue("b", "social")
    said = hall.estimator.estimate(hall.at_ms)
    assert "a" in said["tickets"]
    assert "b" not in said["tickets"]
    assert set(said["ordinary"]) == {"hukou"}


def test_the_longer_one_is_served_the_longer_it_takes(told: Make) -> None:
    hall = told(("hukou",), {1: ("hukou",)})
    for n in range(60):
        if n % 30 == 0:
            hall.next_day()
            hall.ask(c.OpenWindow, window=1)
        hall.issue(f"p{n}", after_s=1)
        hall.serve(1, 60 if n % 3 else 1800)
    hall.next_day()
    hall.ask(c.OpenWindow, window=1)
    for name in ("first", "second"):
        hall.issue(name, after_s=1)
    hall.ask(c.CallNext, window=1)
    hall.ask(c.StartServing, window=1)
    at_once = hall.range("second")[0]
    hall.at_ms += 180_000
    assert hall.range("second")[0] > 2 * at_once + 600, "it is one of the long ones now"


def test_the_same_journal_says_the_same(told: Make) -> None:
    said = []
    for _ in range(2):
        hall = told(**DAY)
        a_past(hall, days=1)
        hall.ask(c.OpenWindow, window=1)
        for n in range(5):
            hall.issue(f"t{n}", after_s=1)
        said.append(hall.estimator.estimate(hall.at_ms))
    assert said[0] == said[1]


def test_the_rest_of_a_day_whose_beginning_was_not_read_is_left_out(told: Make) -> None:
    """A busy hall's journal is read from somewhere: the first rows may speak of tickets nobody heard of."""
    hall, late = told(("hukou",), {1: ("hukou",)}), told(("hukou",), {1: ("hukou",)}).estimator
    hall.issue("before")
    late_rows = [
        *hall.ask(c.OpenWindow, window=1),
        *hall.ask(c.CallNext, window=1),
        *hall.ask(c.StartServing, window=1),
    ]
    hall.next_day()
    late_rows += hall.ask(c.OpenWindow, window=1)
    late_rows += hall.ask(c.IssueTicket, ticket_id="today", services=("hukou",))
    for seq, event in enumerate(late_rows, 100):
        late.apply(event, seq)
    assert set(late.estimate(hall.at_ms)["tickets"]) == {"today"}


def test_who_left_without_a_word_is_expected_to(told: Make) -> None:
    """Half of those called do not come: the line moves faster than by services alone."""
    waits = []
    for absent in (False, True):
        hall = told(("hukou",), {1: ("hukou",)}, rules={"min_calls_before_no_show": 1, "requeue_within_s": 0})
        for day in range(3):
            hall.next_day()
            hall.ask(c.OpenWindow, window=1)
            for n in range(30):
                hall.issue(f"{day}-{n}", after_s=1)
                if absent and n % 2:
                    hall.ask(c.CallNext, 10, window=1)
                    hall.ask(c.MarkNoShow, 30, window=1)
                else:
                    hall.serve(1, 600)
        hall.next_day()
        hall.ask(c.OpenWindow, window=1)
        for n in range(10):
            hall.issue(f"t{n}", after_s=1)
        waits.append(hall.range("t9")[0])
    assert waits[1] < 0.75 * waits[0]


def test_a_second_service_is_work_for_its_line(told: Make) -> None:
    waits = []
    for services in (("hukou",), ("hukou", "social")):
        hall = told(("hukou", "social"), {1: ("hukou",), 2: ("social",)})
        for window in (1, 2):
            hall.ask(c.OpenWindow, window=window)
        for n in range(6):
            hall.ask(c.IssueTicket, 1, ticket_id=f"t{n}", services=services)
        hall.issue("last", "social", after_s=1)
        waits.append(hall.range("last")[0])
    assert waits[1] > waits[0] + 600


def test_appointments_to_come_are_before_who_waits_then(told: Make) -> None:
    waits = []
    for booked in (0, 4):
        hours = Hours(weekly=((Span(time(7), time(18)),),) * 7)
        hall = told({"hukou": {"slots": Slots(quota=4)}}, hours=hours, appointments=Appointments())
        hall.ask(c.OpenWindow, window=1)
        for n in range(booked):
            slot_ms = hall.at_ms + 1_800_000
            booking = c.Booking(f"ap_{n}", f"{n:08d}", "hukou", slot_ms, (f"c_{n}",))
            hall.ask(c.BookAppointment, booking=booking)
        for n in range(8):
            hall.issue(f"t{n}", after_s=1)
        waits.append((hall.range("t1")[0], hall.range("t7")[0]))
    assert waits[1][0] < waits[0][0] + 60, "who is called before the slots waits as long"
    assert waits[1][1] > waits[0][1] + 600, "who would be called after them lets them go first"


@pytest.mark.parametrize("after_s", [0.0, 3600.0])
def test_a_new_day_knows_the_old_ones(told: Make, after_s: float) -> None:
    hall = told(("hukou",), {1: ("hukou",)})
    assert hall.estimator.estimate(hall.at_ms)["tickets"] == {}
    hall.ask(c.OpenWindow, window=1)
    for n in range(40):
        hall.issue(f"p{n}", after_s=1)
        hall.serve(1, 1200)
    hall.next_day(after_s)
    hall.ask(c.OpenWindow, window=1)
    for n in range(4):
        hall.issue(f"t{n}", after_s=1)
    assert 3000 < hall.range("t3")[0] < 4200, "three of twenty minutes"
