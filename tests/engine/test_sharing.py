"""Two engines on one journal, as two server processes: no label twice, every reader sees 1..N once, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.events import TicketCalled, TicketIssued
from queue_server.journal import Journal

Open = Callable[[], Journal]
Offices = Callable[..., Any]
EACH = 60


def together(work: list[Callable[[], None]]) -> None:
    failures: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as err:  # noqa: BLE001 - told below
            failures.append(err)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_no_label_twice_and_everybody_sees_everything(open_journal: Open, offices: Offices, labels_in: Any) -> None:
    one, other = offices(open_journal()).start(), offices(open_journal()).start()
    given: list[str] = []

    def issue(office: Any) -> None:
        for _ in range(EACH):
            given.extend(labels_in(office.take().reply()))

    together([lambda: issue(one), lambda: issue(other), lambda: issue(one), lambda: issue(other)])
    assert sorted(given) == [f"A{n:03d}" for n in range(1, 4 * EACH + 1)]
    for office in (one, other):
        if not office.journal.shared:
            office.ask(c.OpenWindow, window=1)  # SQLite has one process; a second one looks when it has to write
        office.until(lambda office=office: len(office.events) >= 4 * EACH + 1)
        seqs = [seq for seq, _ in office.events]
        assert seqs == list(range(1, len(seqs) + 1))
        serials = [event.serial for _, event in office.events if isinstance(event, TicketIssued)]
        assert serials == list(range(1, 4 * EACH + 1))


def test_no_ticket_is_called_twice(open_journal: Open, offices: Offices) -> None:
    windows = {"services": ("hukou",), "windows": {1: ("hukou",), 2: ("hukou",)}}
    one, other = offices(open_journal(), **windows).start(), offices(open_journal(), **windows).start()
    for _ in range(EACH):
        one.take().reply()

    def serve(office: Any, window: int) -> None:
        assert office.ask(c.OpenWindow, window=window).status == 200
        while True:
            called = office.submit(c.CallNext, window=window, answer=who).reply().body
            if not called:
                return
            assert office.ask(c.StartServing, window=window).status == 200

    def who(_hall: Any, decision: Any) -> Reply:
        calls = [event.ticket_id for event in decision.events if isinstance(event, TicketCalled)]
        return Reply(200, "".join(calls).encode())

    together([lambda: serve(one, 1), lambda: serve(other, 2)])
    calls = [row for row in one.journal.read(0) if row.kind == TicketCalled.__name__]
    assert len({row.data.split('"window"')[0] for row in calls}) == len(calls) == EACH


def test_one_key_at_two_engines(open_journal: Open, offices: Offices) -> None:
    one, other = offices(open_journal()).start(), offices(open_journal()).start()
    replies = []
    for n in range(20):
        pair = [one.take(key=f"k{n}"), other.take(key=f"k{n}")]
        replies.append([asked.reply() for asked in pair])
    assert all(a == b for a, b in replies)
    assert sum(row.kind == "TicketIssued" for row in one.journal.read(0)) == 20


@pytest.mark.parametrize("open_journal", ["memory", "sqlite"], indirect=True)  # PostgreSQL's looks by itself
def test_one_that_began_with_nothing_misses_no_day(open_journal: Open, offices: Offices, clock: Any) -> None:
    late, other = offices(open_journal()).start(), offices(open_journal()).start()
    for _ in range(3):
        other.take().reply()
        clock.wait(86_400)
    late.take().reply()
    assert [seq for seq, _ in late.events] == list(range(1, late.events[-1][0] + 1))


@pytest.mark.postgres
@pytest.mark.parametrize("open_journal", ["postgres"], indirect=True)
def test_a_reader_follows_what_another_process_writes(open_journal: Open, offices: Offices) -> None:
    writer, reader = offices(open_journal()).start(), offices(open_journal()).start()
    for _ in range(5):
        writer.take().reply()
    reader.until(lambda: len(reader.events) == 6)
    assert reader.events == writer.events
