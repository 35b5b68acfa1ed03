"""What a window does with its ticket: next, recall, start, finish, no-show, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c
from queue_server.hall import events as e

Tell = Callable[..., Any]


def kinds(events: list[e.Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_next_calls_then_finishes_and_calls(story: Tell) -> None:
    s = story()
    first, second = s.take(), s.take()
    s.open()
    assert kinds(s.do(c.CallNext, window=1)) == ["TicketCalled"]
    assert (first.state, first.window, first.calls, first.last_called_ms) == ("called", 1, 1, s.now_ms)
    assert s.refused(c.CallNext, window=1).facts["label"] == "A001"
    s.do(c.StartServing, window=1)
    assert (first.state, first.started_ms) == ("serving", s.now_ms)
    s.wait(60)
    assert kinds(s.do(c.CallNext, window=1)) == ["ServingFinished", "TicketCalled"]
    assert (first.state, first.outcome, first.ended_ms, second.state) == ("finished", "done", s.now_ms, "called")


def test_next_with_nobody_waiting_still_finishes(story: Tell) -> None:
    s = story()
    s.open()
    assert s.do(c.CallNext, window=1) == []
    ticket = s.take()
    s.next()
    s.start()
    assert kinds(s.do(c.CallNext, window=1)) == ["ServingFinished"]
    assert (ticket.state, s.in_hand()) == ("finished", None)


def test_a_called_ticket_is_in_the_way_of_the_next(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.open()
    s.next()
    refused = s.refused(c.CallNext, window=1)
    assert (refused.code, refused.facts["ticket_id"]) == ("ticket_called", ticket.ticket_id)


def test_only_an_open_window_calls(story: Tell) -> None:
    s = story()
    ticket = s.take()
    assert s.refused(c.CallNext, window=1).code == "window_closed"
    assert s.refused(c.CallTicket, window=1, ticket_id=ticket.ticket_id).code == "window_closed"
    s.open()
    s.do(c.PauseWindow, window=1, reason="meeting")
    assert s.refused(c.CallNext, window=1).code == "window_paused"
    s.do(c.ResumeWindow, window=1)
    assert s.next() == "A001"


def test_unknown_windows_and_empty_hands(story: Tell) -> None:
    s = story()
    for kind in (c.OpenWindow, c.CloseWindow, c.ResumeWindow, c.CallNext, c.RecallTicket, c.StartServing, c.MarkNoShow):
        assert s.refused(kind, window=9).code == "unknown_window"
    s.open()
    for kind in (c.RecallTicket, c.StartServing, c.FinishServing, c.MarkNoShow, c.ParkTicket):
        assert s.refused(kind, window=1).code == "no_ticket"
    assert s.refused(c.TransferTicket, window=1, service="hukou").code == "no_ticket"


def test_the_wrong_moment(story: Tell) -> None:
    s = story()
    s.take()
    s.open()
    s.next()
    assert s.refused(c.FinishServing, window=1).facts == {"state": "called", "label": "A001"}
    s.start()
    for kind in (c.RecallTicket, c.StartServing, c.MarkNoShow):
        assert s.refused(kind, window=1).code == "wrong_state"


def test_recall_has_to_wait(story: Tell) -> None:
    s = story(rules={"call_gap_s": 15})
    ticket = s.take()
    s.open()
    s.next()
    s.wait(14.25)
    refused = s.refused(c.RecallTicket, window=1)
    assert (refused.code, refused.facts["retry_after_s"]) == ("too_soon", 0.75)
    s.wait(0.75)
    s.do(c.RecallTicket, window=1)
    assert (ticket.calls, ticket.last_called_ms) == (2, s.now_ms)
    s.wait(14.999)
    assert s.refused(c.RecallTicket, window=1).code == "too_soon", "the gap counts from the last call"


def test_no_gap(story: Tell) -> None:
    s = story(rules={"call_gap_s": 0})
    ticket = s.take()
    s.open()
    s.next()
    s.do(c.RecallTicket, window=1)
    s.do(c.RecallTicket, window=1)
    assert ticket.calls == 3


def test_no_show_after_enough_calls(story: Tell) -> None:
    s = story(rules={"min_calls_before_no_show": 3, "call_gap_s": 15})
    ticket = s.take()
    s.open()
    s.next()
    for calls in (1, 2):
        refused = s.refused(c.MarkNoShow, window=1)
        assert (refused.code, refused.facts["calls"]) == ("too_few_calls", calls)
        s.wait(15)
        s.do(c.RecallTicket, window=1)
    s.do(c.MarkNoShow, window=1)
    assert (ticket.state, ticket.ended_ms, s.in_hand()) == ("no_show", s.now_ms, None)


def test_calls_count_anew_after_coming_back(story: Tell) -> None:
    s = story(rules={"min_calls_before_no_show": 2})
    ticket = s.take()
    s.open()
    s.next()
    s.miss()
    s.do(c.RequeueTicket, ticket_id=ticket.ticket_id)
    s.next()
    assert (ticket.calls, s.refused(c.MarkNoShow, window=1).code) == (1, "too_few_calls")


def test_out_of_turn(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou",), 2: ("shebao",)})
    _first, second, other = s.take("hukou"), s.take("hukou"), s.take("shebao")
    s.open(1, 2)
    s.do(c.CallTicket, window=1, ticket_id=second.ticket_id, reason="ill")
    event = s.events[-1]
    assert isinstance(event, e.TicketCalled)
    assert (event.why, event.reason, second.why) == ("out_of_turn", "ill", "out_of_turn")
    assert s.refused(c.CallTicket, window=2, ticket_id=second.ticket_id).code == "not_waiting"
    busy = s.refused(c.CallTicket, window=1, ticket_id=other.ticket_id)
    assert (busy.code, busy.facts["label"]) == ("window_busy", "A002")
    s.start()
    assert s.refused(c.CallTicket, window=1, ticket_id=other.ticket_id).code == "window_busy"
    s.finish()
    assert s.refused(c.CallTicket, window=1, ticket_id=other.ticket_id).code == "not_served_here"
    assert s.refused(c.CallTicket, window=1, ticket_id=second.ticket_id).code == "not_waiting"
    assert s.refused(c.CallTicket, window=1, ticket_id="nobody").code == "unknown_ticket"
    assert s.next() == "A001"


def test_out_of_turn_with_a_reason_only_if_the_hall_says_so(story: Tell) -> None:
    s = story(rules={"out_of_turn_needs_reason": True})
    ticket = s.take()
    s.open()
    for reason in (None, ""):
        assert s.refused(c.CallTicket, window=1, ticket_id=ticket.ticket_id, reason=reason).code == "reason_needed"
    s.do(c.CallTicket, window=1, ticket_id=ticket.ticket_id, reason="ill")
    s.do(c.ParkTicket, window=1)
    s.do(c.CallTicket, window=1, ticket_id=ticket.ticket_id)  # taking a parked one up again is its turn
