"""Tickets taken elsewhere: never called before their citizen is here, at their own place then, not kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile

from config.settings import Hours, Remote, Span
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.rules import decide, next_due_ms
from queue_server.hall.state import Hall, Ticket
from queue_server.hall.ticket_rules import UNSERVED

EVERY_DAY = ((Span(time(8, 30), time(11, 0)),),) * 7


@pytest.fixture
def remote_story(story: Callable[..., Any]) -> Callable[..., Any]:
    """A story in a hall that gives numbers from elsewhere."""

    def begin(remote: Remote | None = None, **options: Any) -> Any:
        day = story(**options)
        day.hall.settings = replace(
            day.hall.settings, remote=remote or Remote(), public_url="https://number.example.org"
        )
        return day

    return begin


def take(day: Any, citizen: str, service: str = "hukou") -> Ticket:
    ticket_id = f"r-{citizen}-{len(day.hall.tickets)}"
    day.do(c.IssueRemoteTicket, ticket_id=ticket_id, service=service, citizen=citizen)
    ticket: Ticket = day.hall.tickets[ticket_id]
    return ticket


def refused(day: Any, citizen: str = "c_9", service: str = "hukou") -> Any:
    return day.refused(c.IssueRemoteTicket, ticket_id="refused", service=service, citizen=citizen)


def test_who_is_not_here_is_passed_over_and_comes_in_at_the_old_place(remote_story: Callable[..., Any]) -> None:
    day = remote_story()
    first = day.take()
    away = take(day, "c_1")
    day.wait(60)
    after = day.take()
    day.wait(60)
    last = day.take()
    assert (away.state, away.here, day.ahead(away), day.ahead(after)) == ("waiting", False, 1, 1)
    day.open()
    assert day.calls(2) == [first.label, after.label]
    assert day.ahead(away) == 0
    day.wait(60)
    day.do(c.ArriveTicket, ticket_id=away.ticket_id)
    assert (day.ahead(away), day.ahead(last)) == (0, 1)
    assert day.calls(3) == [away.label, last.label, None]


def test_nobody_calls_it_out_of_turn_either(remote_story: Callable[..., Any]) -> None:
    day = remote_story()
    away = take(day, "c_1")
    day.open()
    assert day.refused(c.CallTicket, window=1, ticket_id=away.ticket_id).code == "not_here"
    assert day.next() is None
    day.do(c.ArriveTicket, ticket_id=away.ticket_id)
    assert day.do(c.ArriveTicket, ticket_id=away.ticket_id) == [], "arriving twice is no mistake"
    day.do(c.CallTicket, window=1, ticket_id=away.ticket_id)


def test_it_is_kept_for_a_while_after_somebody_behind_it_was_called(remote_story: Callable[..., Any]) -> None:
    day = remote_story(Remote(check_in_within_s=600))
    away = take(day, "c_1")
    day.take()
    day.wait(3600)
    assert day.do(c.Tick) == [], "its turn has not come"
    day.open()
    day.next()
    assert next_due_ms(day.hall) == day.now_ms + 600_000
    day.wait(599)
    assert day.do(c.Tick) == []
    day.wait(1)
    (gone,) = day.do(c.Tick)
    assert (gone, away.state) == (
        e.TicketCancelled(at_ms=day.now_ms, ticket_id=away.ticket_id, reason="not_here"),
        "cancelled",
    )
    assert day.refused(c.ArriveTicket, ticket_id=away.ticket_id).code == "wrong_state"
    day.do(c.RequeueTicket, ticket_id=away.ticket_id)
    assert away.here, "who puts it back has its citizen before them"
    assert day.next() == away.label


def test_a_citizen_who_needs_more_time_is_passed_anew(remote_story: Callable[..., Any]) -> None:
    day = remote_story(Remote(check_in_within_s=600))
    away = take(day, "c_1")
    for _ in range(5):
        day.take()
    day.open()
    day.next()
    assert away.passed_ms is not None
    day.do(c.PostponeTicket, ticket_id=away.ticket_id)
    assert (away.passed_ms, away.here, day.ahead(away)) == (None, False, 3)
    day.wait(600)
    assert day.do(c.Tick) == []


def test_the_day_ends_for_those_who_never_came(remote_story: Callable[..., Any]) -> None:
    day = remote_story()
    away, here = take(day, "c_1"), day.take()
    day.at("2026-11-21T09:00")
    day.do(c.Tick)
    assert {event.ticket_id: event.reason for event in day.events if isinstance(event, e.TicketCancelled)} == {
        away.ticket_id: "not_here",
        here.ticket_id: "day_closed",
    }


def test_one_person_has_one_and_a_few_a_day(remote_story: Callable[..., Any]) -> None:
    day = remote_story(Remote(per_day=2))
    first = take(day, "c_1")
    again = refused(day, "c_1")
    assert (again.code, again.facts["label"]) == ("already_waiting", first.label)
    day.do(c.CancelTicket, ticket_id=first.ticket_id)
    day.do(c.CancelTicket, ticket_id=take(day, "c_1").ticket_id)
    used = refused(day, "c_1")
    assert (used.code, used.facts["limit"], used.facts["per"]) == ("quota_used", 2, "citizen")
    assert day.take(citizen="c_1").here, "in the hall it is another matter"
    take(day, "c_2")


def test_only_where_when_and_for_what_the_hall_says(remote_story: Callable[..., Any]) -> None:
    day = remote_story(Remote(weekly=EVERY_DAY, services=("hukou",)), services=("hukou", "shebao"))
    take(day, "c_1")
    off = refused(day, service="shebao")
    assert (off.code, off.facts["service"]) == ("remote_off", "shebao")
    assert refused(day, service="nothing").code == "unknown_service"
    day.at("2026-11-20T11:00")
    shut = refused(day)
    assert (shut.code, shut.facts["opens_at"]) == ("remote_closed", "2026-11-21T00:30:00.000Z")
    day.hall.settings = replace(day.hall.settings, public_url="")
    assert refused(day).code == "remote_off"
    day.hall.settings = replace(day.hall.settings, public_url="https://number.example.org", remote=None)
    assert refused(day).code == "remote_off"


def test_the_halls_own_hours_hold_too(remote_story: Callable[..., Any]) -> None:
    day = remote_story(hours=Hours(((Span(time(9, 30), time(12)),),) * 7))
    assert refused(day).code == "hall_closed"


# -- whatever happens in whatever order --------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "away", "away", "arrive", "next", "next", "later", "cancel", "tick", "wait"]),
        st.integers(0, 9),
    ),
    min_size=10,
    max_size=60,
)


@profile(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_never_called_before_arriving_and_no_place_is_lost(hall_settings: Any, steps: list[tuple[str, int]]) -> None:
    settings = replace(
        hall_settings(rules={"call_gap_s": 0, "daily_cap_per_citizen": 0}),
        remote=Remote(check_in_within_s=60, per_day=20),
        public_url="https://x.y",
    )
    hall, now_ms, asked = Hall(settings), 1_795_136_400_000, 0
    events: list[e.Event] = []

    def ask(kind: type[c.Command], **fields: Any) -> str | None:
        nonlocal asked
        asked += 1
        decision = decide(hall, kind(command_id=f"c{asked}", at_ms=now_ms, **fields))
        events.extend(decision.events)
        return decision.refused.code if decision.refused else None

    ask(c.OpenWindow, window=1)
    here: set[str] = set()
    places: dict[str, e.Place] = {}
    for what, n in steps:
        waiting = [t for t in hall.tickets.values() if t.state == "waiting"]
        one = waiting[n % len(waiting)].ticket_id if waiting else "nobody"
        before = len(events)
        match what:
            case "take":
                ask(c.IssueTicket, ticket_id=f"t{asked}", services=("hukou",))
                here.add(f"t{asked - 1}")
            case "away":
                code = ask(c.IssueRemoteTicket, ticket_id=f"t{asked}", service="hukou", citizen=f"c_{n}")
                has_one = any(t.citizen == f"c_{n}" and t.state in UNSERVED for t in hall.tickets.values())
                assert has_one
                assert code in (None, "already_waiting")
            case "arrive":
                ask(c.ArriveTicket, ticket_id=one)
                here.add(one)
            case "next":
                ask(c.StartServing, window=1)
                first = min((t for t in waiting if t.ticket_id in here), key=lambda t: t.place, default=None)
                ask(c.CallNext, window=1)
                called = [event for event in events[before:] if isinstance(event, e.TicketCalled)]
                assert [event.ticket_id for event in called] == ([first.ticket_id] if first else [])
            case "later":
                ask(c.PostponeTicket, ticket_id=one)
                places.pop(one, None)  # the one way to another place
            case "cancel":
                ask(c.CancelTicket, ticket_id=one)
            case "tick":
                ask(c.Tick)
                assert all(
                    event.ticket_id not in here for event in events[before:] if isinstance(event, e.TicketCancelled)
                )
            case "wait":
                now_ms += n * 10_000
        for ticket in hall.tickets.values():
            assert places.setdefault(ticket.ticket_id, ticket.place) == ticket.place
        standing = [t for t in hall.tickets.values() if t.state == "waiting" and t.citizen is not None]
        assert len({t.citizen for t in standing}) == len(standing), "somebody waits twice"
        assert {t.ticket_id for t in hall.tickets.values() if t.state == "waiting" and not t.here} == set(hall.away)
