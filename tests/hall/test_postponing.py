"""A citizen needs more time: others pass, or a missed call is made good; so many times and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.hall import commands as c

Tell = Callable[..., Any]


def line(s: Any, count: int) -> list[Any]:
    tickets = []
    for _ in range(count):
        s.wait(1)
        tickets.append(s.take())
    return tickets


def later(s: Any, ticket: Any) -> None:
    s.do(c.PostponeTicket, ticket_id=ticket.ticket_id)


@pytest.mark.parametrize(("k", "mine", "before"), [(2, 0, 2), (2, 2, 4), (0, 0, 1), (9, 1, 5)])
def test_the_next_k_behind_pass(story: Tell, k: int, mine: int, before: int) -> None:
    s = story(rules={"requeue_after_n": k})
    tickets = line(s, 6)
    later(s, tickets[mine])
    assert s.ahead(tickets[mine]) == before
    s.open()
    assert s.calls(before + 1)[-1] == tickets[mine].label


def test_nobody_behind_is_no_turn_used_up(story: Tell) -> None:
    s = story()
    last = line(s, 3)[-1]
    assert s.refused(c.PostponeTicket, ticket_id=last.ticket_id).code == "nobody_behind"
    assert last.postponed == 0


def test_only_so_often_the_missed_call_counted_too(story: Tell) -> None:
    s = story(rules={"postpone_times": 2, "requeue_after_n": 1, "min_calls_before_no_show": 0})
    first, *_ = line(s, 5)
    later(s, first)
    s.open()
    s.next()
    s.miss()
    s.next()
    assert s.miss() is first
    later(s, first)
    assert (first.state, first.ended_ms, first.postponed) == ("waiting", None, 2)
    refusal = s.refused(c.PostponeTicket, ticket_id=first.ticket_id)
    assert (refusal.code, refusal.facts["limit"]) == ("postponed_out", 2)


def test_a_called_ticket_stays_with_its_window(story: Tell) -> None:
    s = story()
    first, *_ = line(s, 2)
    s.open()
    s.next()
    assert s.refused(c.PostponeTicket, ticket_id=first.ticket_id).code == "wrong_state"
    assert s.hall.windows[1].ticket_id == first.ticket_id


def test_too_late_is_too_late_and_0_switches_it_off(story: Tell) -> None:
    s = story(rules={"requeue_within_s": 60, "min_calls_before_no_show": 0})
    first, *_ = line(s, 2)
    s.open()
    s.next()
    s.miss()
    s.wait(61)
    assert s.refused(c.PostponeTicket, ticket_id=first.ticket_id).code == "requeue_expired"
    s = story(rules={"postpone_times": 0})
    first, *_ = line(s, 2)
    assert s.refused(c.PostponeTicket, ticket_id=first.ticket_id).code == "postponed_out"


def test_those_with_priority_let_those_with_priority_pass(story: Tell) -> None:
    s = story(rules={"requeue_after_n": 1, "priority_share": 1})
    s.wait(1)
    elder, other = s.take(priority="elderly"), None
    line(s, 2)
    s.wait(1)
    other = s.take(priority="elderly")
    later(s, elder)
    assert s.ahead(elder) == 1
    s.open()
    assert s.calls(2) == [other.label, elder.label]
