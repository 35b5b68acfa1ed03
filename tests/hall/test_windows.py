"""Opening, pausing and closing a window; what may be done to a ticket in hand meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from config.settings import Skill
from queue_server.hall import commands as c
from queue_server.hall import events as e

Tell = Callable[..., Any]


def test_open_pause_resume_close(story: Tell) -> None:
    s = story()
    s.do(c.OpenWindow, window=1, staff="li", covers="wang")
    window = s.hall.windows[1]
    assert (window.state, window.staff, window.covers) == ("open", "li", "wang")
    s.do(c.PauseWindow, window=1, reason="meeting", back_at_ms=s.now_ms + 600_000)
    assert (window.state, window.pause_reason, window.back_at_ms) == ("paused", "meeting", s.now_ms + 600_000)
    s.do(c.ResumeWindow, window=1)
    assert (window.state, window.pause_reason, window.back_at_ms, window.staff) == ("open", None, None, "li")
    s.do(c.CloseWindow, window=1)
    assert (window.state, window.staff, window.covers) == ("closed", None, None)


def test_asking_twice_does_nothing(story: Tell) -> None:
    s = story()
    s.open()
    assert s.do(c.OpenWindow, window=1, staff="staff-1") == []
    assert s.do(c.ResumeWindow, window=1) == []
    assert len(s.do(c.OpenWindow, window=1, staff="wang")) == 1, "somebody else sat down"
    s.do(c.CloseWindow, window=1)
    assert s.do(c.CloseWindow, window=1) == []


def test_opening_a_paused_window_ends_the_pause(story: Tell) -> None:
    s = story()
    s.open()
    s.do(c.PauseWindow, window=1, reason="meeting", back_at_ms=s.now_ms + 1)
    s.open()
    window = s.hall.windows[1]
    assert (window.state, window.pause_reason, window.back_at_ms) == ("open", None, None)


def test_a_closed_window_cannot_pause(story: Tell) -> None:
    s = story()
    assert s.refused(c.PauseWindow, window=1, reason="meeting").code == "window_closed"
    assert s.refused(c.ResumeWindow, window=1).code == "window_closed"


def test_a_window_with_a_ticket_in_hand_does_not_close_but_may_pause_and_end_it(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.open()
    s.next()
    assert s.refused(c.CloseWindow, window=1).facts["label"] == "A001"
    s.do(c.PauseWindow, window=1, reason="printer")
    s.start()
    s.finish()
    assert ticket.state == "finished"
    s.do(c.CloseWindow, window=1)


def test_a_rating_goes_to_whoever_served(story: Tell) -> None:
    s = story()
    ticket = s.take()
    s.do(c.OpenWindow, window=1, staff="li")
    assert s.refused(c.RateTicket, ticket_id=ticket.ticket_id, grade=5).code == "not_served"
    s.next()
    s.finish()
    s.do(c.OpenWindow, window=1, staff="wang")
    s.do(c.RateTicket, ticket_id=ticket.ticket_id, grade=2, reasons=("201",), channel="tablet", note="n_1")
    rated = s.events[-1]
    assert isinstance(rated, e.Rated)
    assert (rated.staff, rated.window, rated.grade, rated.reasons, rated.note) == ("li", 1, 2, ("201",), "n_1")
    assert s.refused(c.RateTicket, ticket_id=ticket.ticket_id, grade=5).code == "already_rated"


def test_a_no_show_is_not_rated(story: Tell) -> None:
    s = story()
    s.take()
    s.open()
    s.next()
    ticket = s.miss()
    assert s.refused(c.RateTicket, ticket_id=ticket.ticket_id, grade=1).code == "not_served"


def test_a_window_that_closes_gives_back_whom_only_it_was_to_call(story: Tell) -> None:
    s = story(("hukou",), {1: ("hukou",), 2: ("hukou",)})
    sent = [s.take(), s.take(priority="elderly"), s.take(due_ms=s.now_ms)]
    s.open(1, 2)
    for _ in sent:
        s.next(1)
        s.do(c.TransferTicket, window=1, to_window=2)
    assert s.next(1) is None
    s.do(c.PauseWindow, window=2, reason="break")
    assert {ticket.for_window for ticket in sent} == {2}, "after a break the window calls them itself"
    events = s.do(c.CloseWindow, window=2)
    assert [type(event).__name__ for event in events] == ["WindowClosed", *["TicketReturned"] * 3]
    assert {ticket.for_window for ticket in sent} == {None}
    assert s.calls(4, 1) == ["A003", "A001", "A002", None], "the share is counted on"


def test_whoever_sits_there_serves_what_they_can(story: Tell) -> None:
    skills = {"seal": Skill("seal", {}, ("li",))}
    s = story({"hukou": {}, "notary": {"skill": "seal"}}, {1: ("notary", "hukou"), 2: ("hukou",)}, skills=skills)
    deed = s.take("notary", priority="elderly")
    s.wait(60)
    s.take("hukou")
    s.do(c.OpenWindow, window=1, staff="wang")
    assert (s.hall.windows[1].skills, s.ahead(deed)) == ((), 0)
    assert s.next() == "A001", "wang has no seal"
    s.finish()
    assert s.next() is None
    assert s.refused(c.CallTicket, window=1, ticket_id=deed.ticket_id).code == "not_served_here"
    s.do(c.OpenWindow, window=1, staff="li", covers="wang")
    assert s.next() == deed.label
    s.finish()
    s.take("notary")
    s.do(c.OpenWindow, window=1, staff="wang", skills=("seal",))
    assert s.next() == "B002", "lent for today"
    s.finish()
    s.do(c.CloseWindow, window=1)
    assert s.hall.windows[1].skills == ()


def test_a_handover_note_stays_over_night_until_it_is_taken_down(story: Tell) -> None:
    s = story()
    s.open()
    assert s.do(c.LeaveHandover, window=1, note=None) == []
    s.do(c.LeaveHandover, window=1, note="n_1", staff="li")
    s.do(c.LeaveHandover, window=1, note="n_2", staff="li")
    left_ms = s.now_ms
    s.do(c.CloseWindow, window=1)
    s.wait(86_400)
    assert isinstance(s.do(c.Tick)[-1], e.HandoverLeft)
    s.do(c.OpenWindow, window=1, staff="wang", covers="li")
    handover = s.hall.windows[1].handover
    assert (handover.note, handover.staff, handover.at_ms) == ("n_2", "li", left_ms)
    s.do(c.LeaveHandover, window=1, note=None, staff="wang")
    assert s.hall.windows[1].handover is None
    s.wait(86_400)
    assert not any(isinstance(event, e.HandoverLeft) for event in s.do(c.Tick))
