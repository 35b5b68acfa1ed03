"""Taking a number: labels, serials, channels, and the place that a late-sent ticket gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.hall import commands as c
from queue_server.hall.events import TicketIssued

Tell = Callable[..., Any]


def test_labels_run_by_prefix_and_serials_over_all(story: Tell) -> None:
    s = story(("hukou", "shebao"))
    tickets = [s.take(service) for service in ("hukou", "shebao", "hukou", "shebao", "hukou")]
    assert [t.label for t in tickets] == ["A001", "B001", "A002", "B002", "A003"]
    assert [t.serial for t in tickets] == [1, 2, 3, 4, 5]


def test_labels_grow_a_digit_after_999(story: Tell) -> None:
    s = story()
    for _ in range(998):
        s.take()
    assert [s.take().label for _ in range(3)] == ["A999", "A1000", "A1001"]
    s.open()
    assert s.next() == "A001", "lines go by place, not by label"


def test_the_event_holds_what_was_asked(story: Tell) -> None:
    s = story()
    s.take(channel="reception", priority="elderly", citizen="c_1")
    event = s.events[-1]
    assert isinstance(event, TicketIssued)
    assert (event.channel, event.priority, event.citizen) == ("reception", "elderly", "c_1")
    assert event.place == (s.now_ms, 1)


def test_unknown_service(story: Tell) -> None:
    s = story()
    refused = s.not_taken("hukou", "fishing")
    assert (refused.code, dict(refused.facts)) == ("unknown_service", {"service": "fishing"})
    assert s.take().label == "A001", "a refusal uses up no number"


def test_a_ticket_sent_late_stands_where_it_was_taken(story: Tell) -> None:
    s = story()
    early = s.now_ms
    s.wait(60)
    s.take()
    s.wait(60)
    late = s.take(taken_at_ms=early)
    assert late.label == "A002"
    assert (late.arrived_ms, late.issued_ms) == (early, s.now_ms)
    assert s.ahead(late) == 0
    s.open()
    assert s.calls(2) == ["A002", "A001"]


@pytest.mark.parametrize("taken", ["2026-11-20T09:05", "2026-11-19T16:00", "2031-01-01T00:00"])
def test_a_kiosk_with_a_wrong_clock_gains_nothing(story: Tell, taken: str) -> None:
    s = story()
    first = s.take()
    s.wait(1)
    assert s.take(taken_at_ms=s.ms(taken)).arrived_ms == s.now_ms
    assert s.ahead(first) == 0


def test_cancelled_before_and_while_called(story: Tell) -> None:
    s = story()
    first, second, third = s.take(), s.take(), s.take()
    s.do(c.CancelTicket, ticket_id=first.ticket_id)
    assert (first.state, s.ahead(second)) == ("cancelled", 0)
    s.open()
    assert s.next() == second.label
    s.do(c.CancelTicket, ticket_id=second.ticket_id, reason="left")
    assert (second.state, second.outcome, s.in_hand()) == ("cancelled", "left", None)
    assert s.next() == third.label
    s.start()
    assert s.refused(c.CancelTicket, ticket_id=third.ticket_id).code == "wrong_state"
    assert s.refused(c.CancelTicket, ticket_id="nobody").code == "unknown_ticket"


def test_settings_with_two_letters(story: Tell, hall_settings: Tell) -> None:
    s = story({"hukou": {}, "shebao": {}})
    plan = s.hall.settings.services["shebao"]
    assert plan.prefix == "B"
    assert [s.take("shebao").label, s.take("hukou").label] == ["B001", "A001"]
