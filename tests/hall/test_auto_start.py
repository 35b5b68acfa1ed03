"""A called ticket becomes serving by itself, where the hall says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.rules import next_due_ms

Tell = Callable[..., Any]


def test_off_by_default(story: Tell) -> None:
    s = story()
    s.take()
    s.open()
    s.next()
    assert next_due_ms(s.hall) == s.ms("2026-11-21T00:00"), "nothing but the end of the day"
    s.wait(3600)
    assert s.do(c.Tick) == []


def test_after_so_many_seconds_since_the_last_call(story: Tell) -> None:
    s = story(("hukou",), {1: ("hukou",), 2: ("hukou",)}, rules={"auto_start_s": 30, "call_gap_s": 15})
    first, second = s.take(), s.take()
    s.open(1, 2)
    assert next_due_ms(s.hall) == s.ms("2026-11-21T00:00")
    s.next(1)
    assert next_due_ms(s.hall) == s.now_ms + 30_000
    s.wait(15)
    s.do(c.RecallTicket, window=1)
    s.next(2)
    s.wait(29.999)
    assert s.do(c.Tick) == []
    s.wait(0.001)
    assert [type(event) for event in s.do(c.Tick)] == [e.ServingStarted, e.ServingStarted]
    assert (first.state, second.state, first.started_ms) == ("serving", "serving", s.now_ms)
    assert next_due_ms(s.hall) == s.ms("2026-11-21T00:00")


def test_not_when_it_was_parked_meanwhile(story: Tell) -> None:
    s = story(rules={"auto_start_s": 30})
    s.take()
    s.open()
    s.next()
    s.do(c.ParkTicket, window=1)
    s.wait(60)
    assert (next_due_ms(s.hall), s.do(c.Tick)) == (s.ms("2026-11-21T00:00"), [])
