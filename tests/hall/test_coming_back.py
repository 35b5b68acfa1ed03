"""A no-show or cancelled ticket comes back: after the next K, not too late, not twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.hall import commands as c

Tell = Callable[..., Any]


def missed(s: Any, waiting: int) -> Any:
    """A no-show, with so many waiting behind."""
    s.take()
    for _ in range(waiting):
        s.wait(1)
        s.take()
    s.open()
    s.next()
    return s.miss()


@pytest.mark.parametrize(("k", "waiting", "before"), [(3, 5, 3), (1, 5, 1), (0, 5, 0), (3, 2, 2), (3, 0, 0), (5, 5, 5)])
def test_after_the_next_k(story: Tell, k: int, waiting: int, before: int) -> None:
    s = story(rules={"requeue_after_n": k})
    ticket = missed(s, waiting)
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)
    assert (ticket.state, ticket.window, ticket.ended_ms) == ("waiting", None, None)
    assert s.ahead(ticket) == before
    assert s.calls(before + 1)[-1] == "A001"


def test_those_who_come_back_keep_their_order(story: Tell) -> None:
    s = story(rules={"requeue_after_n": 2, "min_calls_before_no_show": 0})
    for _ in range(7):
        s.wait(1)
        s.take()
    s.open()
    gone = []
    for _ in range(3):
        s.next()
        gone.append(s.miss())
    for ticket in gone:
        s.wait(1)
        s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)
    assert s.calls(7) == ["A004", "A005", "A001", "A002", "A003", "A006", "A007"]


def test_after_the_next_k_of_all_services_its_window_serves(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou", "shebao")})
    first = s.take("hukou")
    for service in ("shebao", "shebao", "hukou", "shebao", "hukou"):
        s.wait(1)
        s.take(service)
    s.open()
    s.next()
    s.miss()
    s.do(c.RequeueTicket, ticket_id=first.ticket_id)
    assert s.calls(4) == ["B001", "B002", "A002", "A001"]


def test_after_the_next_k_of_its_own_line_where_it_is_served_on_the_side(story: Tell) -> None:
    """Window 1 serves shebao only when nobody waits for hukou: its line for hukou says nothing of shebao's."""
    s = story(("hukou", "shebao"), {1: ("hukou",)}, then={1: ("shebao",)})
    first = s.take("shebao")
    for _ in range(5):
        s.wait(1)
        s.take("shebao")
    s.open()
    s.next()
    s.miss()
    for _ in range(4):
        s.wait(1)
        s.take("hukou")
    s.do(c.RequeueTicket, ticket_id=first.ticket_id)
    s.calls(4)
    assert s.calls(6) == ["B002", "B003", "B004", "B001", "B005", "B006"]


def test_too_late(story: Tell) -> None:
    s = story(rules={"requeue_within_s": 1800})
    ticket = missed(s, 0)
    s.wait(1800.001)
    refused = s.refused(c.RequeueTicket, ticket_id=ticket.ticket_id)
    assert (refused.code, refused.facts["requeue_within_s"]) == ("requeue_expired", 1800)
    s.wait(-0.001)
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)


def test_never_too_late_when_switched_off(story: Tell) -> None:
    s = story(rules={"requeue_within_s": 0})
    ticket = missed(s, 0)
    s.wait(8 * 3600)
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)


def test_a_cancelled_ticket_comes_back(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.do(c.CancelTicket, ticket_id=ticket.ticket_id)
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)
    assert ticket.state == "waiting"
    s.open()
    assert s.next() == "A001"


def test_who_has_taken_another_number_does_not_come_back(story: Tell) -> None:
    s = story()
    old = s.take(citizen="c_1")
    s.do(c.CancelTicket, ticket_id=old.ticket_id)
    new = s.take(citizen="c_1")
    assert s.refused(c.RequeueTicket, ticket_id=old.ticket_id).facts["ticket_id"] == new.ticket_id


def test_a_number_given_back_counts_again_when_it_comes_back(story: Tell) -> None:
    s = story(rules={"daily_cap_per_citizen": 1, "one_waiting_per_citizen": False})
    old = s.take(citizen="c_1")
    s.do(c.CancelTicket, ticket_id=old.ticket_id)
    new = s.take(citizen="c_1")
    refused = s.refused(c.RequeueTicket, ticket_id=old.ticket_id)
    assert (refused.code, refused.facts["per"]) == ("quota_used", "citizen")
    s.open()
    assert s.next() == new.label
    s.miss()
    s.do(c.RequeueTicket, ticket_id=new.ticket_id)
    assert new.state == "waiting", "a no-show counts already"


def test_an_appointment_missed_at_its_call_comes_back_as_an_ordinary_ticket(story: Tell) -> None:
    s = story(rules={"requeue_after_n": 1})
    ticket = s.take(due_ms=s.now_ms)
    for _ in range(2):
        s.wait(1)
        s.take()
    s.open()
    assert s.next() == ticket.label
    s.miss()
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)
    assert (ticket.due_ms, s.ahead(ticket)) == (None, 1)


def test_only_the_gone_come_back(story: Tell) -> None:
    s = story()
    ticket = s.take()
    assert s.refused(c.RequeueTicket, ticket_id=ticket.ticket_id).facts == {"state": "waiting"}
    s.open()
    s.next()
    assert s.refused(c.RequeueTicket, ticket_id=ticket.ticket_id).code == "wrong_state"
    s.finish()
    assert s.refused(c.RequeueTicket, ticket_id=ticket.ticket_id).code == "wrong_state"
