"""A parked ticket waits beside its window until it is taken up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c

Tell = Callable[..., Any]


def test_parked_and_taken_up_again(story: Tell) -> None:
    s = story()
    first = s.take()
    s.take()
    s.open()
    s.next()
    s.start()
    s.do(c.ParkTicket, window=1, reason="copies")
    assert (first.state, first.window, s.in_hand()) == ("parked", 1, None)
    assert s.next() == "A002", "next never takes up a parked one"
    assert s.refused(c.CallTicket, window=1, ticket_id=first.ticket_id).code == "window_busy"
    s.finish()
    s.do(c.CallTicket, window=1, ticket_id=first.ticket_id)
    assert (first.state, first.why, first.calls) == ("called", "parked", 1)
    s.finish()
    assert first.state == "finished"


def test_another_window_takes_it_up_only_when_the_first_has_left(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou",), 2: ("hukou",), 3: ("shebao",)})
    ticket = s.take("hukou")
    s.open(1, 2, 3)
    s.next(1)
    s.do(c.ParkTicket, window=1)
    refused = s.refused(c.CallTicket, window=2, ticket_id=ticket.ticket_id)
    assert (refused.code, refused.facts["window"]) == ("not_waiting", 1)
    s.do(c.PauseWindow, window=1, reason="meeting")
    assert s.refused(c.CallTicket, window=3, ticket_id=ticket.ticket_id).code == "not_served_here"
    s.do(c.CallTicket, window=2, ticket_id=ticket.ticket_id)
    assert (ticket.window, s.in_hand(1)) == (2, None)
    s.finish(2)


def test_parked_straight_after_the_call(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.open()
    s.next()
    s.do(c.ParkTicket, window=1)
    s.do(c.CancelTicket, ticket_id=ticket.ticket_id)
    assert ticket.state == "cancelled"
