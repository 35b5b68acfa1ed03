"""The same key again gives the first answer, byte for byte, and does nothing; with another body it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c
from queue_server.journal import Journal, MemoryJournal

Open = Callable[[], Journal]
Offices = Callable[..., Any]


def test_the_same_key_and_body(open_journal: Open, offices: Offices, labels_in: Any) -> None:
    office = offices(open_journal()).start()
    first = office.take(key="tap").reply()
    office.take().reply()
    again = office.take(key="tap").reply()
    assert (again.status, again.body) == (first.status, first.body)
    assert labels_in(first) == ["A001"]
    assert office.kinds() == ["DayOpened", "TicketIssued", "TicketIssued"]


def test_another_body(open_journal: Open, offices: Offices) -> None:
    office = offices(open_journal()).start()
    office.take(key="tap").reply()
    assert office.take(key="tap", body="other").reply().status == 422
    assert office.kinds().count("TicketIssued") == 1


def test_across_a_restart(open_journal: Open, offices: Offices) -> None:
    before = offices(open_journal()).start()
    first = before.take(key="tap").reply()
    before.stop()
    after = offices(open_journal()).start()
    assert after.take(key="tap").reply() == first
    assert after.take(key="tap", body="other").reply().status == 422
    assert after.events == []


def test_twice_in_one_batch(open_journal: Open, offices: Offices) -> None:
    office = offices(open_journal())
    taps = [
        office.take(key="tap"),
        office.take(key="tap"),
        office.take(key="tap", body="other"),
        office.take(key="tap"),
    ]
    office.start()
    statuses = [tap.reply().status for tap in taps]
    assert statuses == [200, 200, 422, 200]
    assert taps[0].reply() == taps[1].reply() == taps[3].reply()
    assert office.kinds().count("TicketIssued") == 1


def test_refusals_and_empty_answers_are_remembered(open_journal: Open, offices: Offices) -> None:
    office = offices(open_journal()).start()
    assert office.ask(c.CallNext, window=1, key="closed").body == b"window_closed"
    office.ask(c.OpenWindow, window=1)
    assert office.ask(c.CallNext, window=1, key="nobody").status == 204
    office.take().reply()
    office.stop()
    after = offices(open_journal()).start()
    assert after.ask(c.CallNext, window=1, key="closed").body == b"window_closed"
    reply = after.ask(c.CallNext, window=1, key="nobody")
    assert (reply.status, reply.body) == (204, b"")
    assert after.ask(c.CallNext, window=1, key="new").status == 200


def test_without_a_key_nothing_is_remembered(open_journal: Open, offices: Offices, labels_in: Any) -> None:
    office = offices(open_journal()).start()
    assert [labels_in(office.take().reply()) for _ in range(3)] == [["A001"], ["A002"], ["A003"]]


def test_a_key_whose_answer_was_cleared_away_does_nothing_twice(
    open_journal: Open, offices: Offices, labels_in: Any
) -> None:
    """Neither does it disturb those who were asked with it."""
    journal = open_journal()
    office = offices(journal).start()
    office.take(key="old").reply()
    journal.forget_answers(office.clock() + 1)
    office.stop()
    office = offices(open_journal())
    asked = [office.take(), office.take(key="old"), office.take()]
    office.start()
    replies = [one.reply() for one in asked]
    assert [reply.status for reply in replies] == [200, 422, 200]
    assert labels_in(replies[0]) + labels_in(replies[2]) == ["A002", "A003"]
    assert [len(one.replies) for one in asked] == [1, 1, 1]
    assert office.kinds().count("TicketIssued") == 2


def test_a_failure_is_not_remembered(offices: Offices) -> None:
    office = offices(MemoryJournal()).start()

    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    assert office.take(key="tap", answer=broken).reply().status == 500
    assert office.take(key="tap").reply().status == 200
