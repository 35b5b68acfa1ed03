"""The business day turns with the first command after midnight in the hall's own time zone, and only once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day, next_day_ms
from queue_server.hall.rules import next_due_ms

Tell = Callable[..., Any]


def test_a_new_day_ends_everything_of_the_old_one(story: Tell) -> None:
    s = story(("hukou",), dict.fromkeys((1, 2, 3, 4), ("hukou",)), start="2026-11-20T23:00")
    waiting = [s.take() for _ in range(6)]
    s.open(1, 2, 3, 4)
    s.next(1)
    s.next(2)
    s.start(2)
    s.next(3)
    s.do(c.ParkTicket, window=3)
    s.do(c.PauseWindow, window=4, reason="night")
    s.at("2026-11-21T00:00")
    new = s.do(c.IssueTicket, ticket_id="new", services=("hukou",))
    ended = [event for event in new if isinstance(event, e.TicketCancelled | e.ServingFinished)]
    assert {event.ticket_id for event in ended} == {ticket.ticket_id for ticket in waiting}
    assert {getattr(event, "reason", None) or event.outcome for event in ended} == {"day_closed"}
    assert sum(isinstance(event, e.WindowClosed) for event in new) == 4
    assert [type(event) for event in new[-3:]] == [e.DayClosed, e.DayOpened, e.TicketIssued]
    assert (s.hall.day, len(s.hall.tickets), s.hall.tickets["new"].label) == ("2026-11-21", 1, "A001")
    assert {window.state for window in s.hall.windows.values()} == {"closed"}


def test_the_first_command_opens_the_first_day(story: Tell) -> None:
    s = story()
    assert s.hall.day is None
    assert s.refused(c.CallNext, window=1).code == "window_closed"
    assert [type(event) for event in s.events] == [e.DayOpened]
    assert s.hall.day == "2026-11-20"


def test_a_refused_command_turns_the_day_all_the_same(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.at("2026-11-21T08:00")
    assert s.refused(c.CancelTicket, ticket_id=ticket.ticket_id).code == "unknown_ticket"
    assert s.hall.day == "2026-11-21"


def test_yesterdays_ticket_blocks_nobody(story: Tell) -> None:
    s = story()
    s.take(citizen="c_1")
    s.at("2026-11-21T08:00")
    assert s.take(citizen="c_1").label == "A001"


def test_midnight_is_the_halls_not_utcs(story: Tell) -> None:
    s = story(start="2026-11-20T07:59")
    s.take()
    s.at("2026-11-20T08:01")  # midnight in UTC
    assert s.take().label == "A002"
    s.at("2026-11-20T23:59:59.999")
    assert s.take().label == "A003"
    s.at("2026-11-21T00:00")
    assert s.take().label == "A001"


def test_a_day_that_was_skipped(story: Tell) -> None:
    s = story()
    s.take()
    s.at("2026-11-25T09:00")
    assert s.take().label == "A001"
    assert sum(isinstance(event, e.DayOpened) for event in s.events) == 2


def test_days_of_23_and_25_hours(story: Tell) -> None:
    for start, hours in (("2026-03-29T00:00", 23), ("2026-10-25T00:00", 25)):
        s = story(timezone="Europe/Berlin", start=start)
        s.take()
        s.wait(hours * 3600 - 0.001)
        assert s.take().label == "A002"
        s.wait(0.001)
        assert s.take().label == "A001"


def test_a_midnight_that_comes_twice_starts_one_day(story: Tell) -> None:
    """In Newfoundland until 2011 the clocks went back at 00:01, so that yesterday came again for 59 minutes."""
    s = story(timezone="America/St_Johns", start="2010-11-06T23:30")
    s.take()
    s.at("2010-11-07T00:00:30")
    labels = [s.take().label]
    for _ in range(4):  # 23:20:30 and 23:40:30 for the second time, then 00:00:30 and 00:20:30
        s.wait(20 * 60)
        labels.append(s.take().label)
    assert labels == ["A001", "A002", "A003", "A004", "A005"]
    assert s.hall.day == "2010-11-07"
    assert sum(isinstance(event, e.DayOpened) for event in s.events) == 2


def test_a_clock_set_back_never_starts_the_numbers_anew(story: Tell) -> None:
    s = story(start="2026-11-21T00:10")
    s.take()
    s.at("2026-11-20T23:50")
    assert s.take().label == "A002"
    assert s.hall.day == "2026-11-21"
    assert [event.at_ms for event in s.events] == sorted(event.at_ms for event in s.events)
    s.at("2026-11-21T00:20")
    assert s.take().label == "A003"


def test_time_never_runs_backwards(story: Tell) -> None:
    s = story(rules={"call_gap_s": 15})
    ticket = s.take()
    s.open()
    s.next()
    called_ms = s.now_ms
    s.wait(-3600)
    assert s.refused(c.RecallTicket, window=1).facts["retry_after_s"] == 15, "not an hour and fifteen seconds"
    s.start()
    assert ticket.started_ms == called_ms


def test_the_day_turns_by_itself(story: Tell) -> None:
    """So that walls do not show yesterday until somebody comes in the morning."""
    s = story(("hukou", "shebao"), start="2026-11-20T17:00")
    assert next_due_ms(s.hall) is None, "no day has begun"
    ticket = s.take()
    s.at("2026-11-20T23:59:59.999")
    assert s.do(c.Tick) == []
    assert next_due_ms(s.hall) == s.now_ms + 1
    s.wait(0.001)
    events = s.do(c.Tick)
    assert [type(event) for event in events] == [e.TicketCancelled, e.DayClosed, e.DayOpened]
    assert (ticket.state, s.hall.day, s.hall.tickets) == ("cancelled", "2026-11-21", {})
    assert next_due_ms(s.hall) == s.ms("2026-11-22T00:00")


@pytest.mark.parametrize(
    ("timezone", "day", "over"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-29T22:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25T23:00Z"),
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00Z"),  # midnight was left out: 23:59 was followed by 01:00
        ("America/St_Johns", "2010-11-06", "2010-11-07T02:30Z"),  # midnight came twice: the first one counts
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00Z"),  # 30 December was left out
    ],
)
def test_the_end_of_a_day_where_clocks_change(timezone: str, day: str, over: str) -> None:
    at_ms = next_day_ms(timezone, day)
    assert at_ms == round(datetime.fromisoformat(over).timestamp() * 1000)
    assert business_day(timezone, at_ms - 1) == day < business_day(timezone, at_ms)
