"""No answer before the commit; when a commit fails, everybody in it hears so and the hall is as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from queue_server.engine import Reply
from queue_server.errors import NotDurable
from queue_server.hall import commands as c
from queue_server.journal import Answer, Entry, Journal, MemoryJournal, Sealed

Open = Callable[[], Journal]
Offices = Callable[..., Any]
DEADLINE_S = 30.0


class Unreliable:
    """A journal on a disk that fails when told to. `appended` counts the transactions that were written."""

    shared = False

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.before: list[Exception] = []  # raised by the next appends, nothing written
        self.after: list[Exception] = []  # raised by the next appends, all written: the answer was lost on the way
        self.leaving: list[Exception] = []  # raised when a turn ends
        self.reading: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_gate = threading.Event()
        self.appended: list[int] = []
        for name in ("last_day_opened", "last_seq", "answers", "forget_answers", "close"):
            setattr(self, name, getattr(journal, name))

    @contextmanager
    def turn(self) -> Iterator[None]:
        yield
        if self.leaving:
            raise self.leaving.pop(0)

    def read(self, after: int, limit: int | None = None) -> list[Entry]:
        if self.reading:
            raise self.reading.pop(0)
        return self.journal.read(after, limit)

    def append(
        self, after: int, entries: Sequence[Entry], answers: Sequence[Answer] = (), sealed: Sequence[Sealed] = ()
    ) -> None:
        self.at_gate.set()
        assert self.gate.wait(DEADLINE_S)
        if self.before:
            raise self.before.pop(0)
        self.journal.append(after, entries, answers, sealed)
        self.appended.append(len(entries))
        if self.after:
            raise self.after.pop(0)


@pytest.fixture
def disk() -> Unreliable:
    return Unreliable(MemoryJournal())


def test_nobody_is_answered_before_the_commit(offices: Offices, disk: Unreliable) -> None:
    office = offices(disk).start()
    disk.gate.clear()
    first = office.take()
    assert disk.at_gate.wait(DEADLINE_S)
    later = [office.take() for _ in range(50)]
    refused = office.submit(c.CallNext, window=1)
    assert first.waits()
    assert office.events == []
    disk.gate.set()
    assert [one.reply().status for one in [first, *later]] == [200] * 51
    assert refused.reply().status == 409
    assert disk.appended == [2, 50], "those who came meanwhile share one commit"
    assert [seq for seq, _ in office.events] == list(range(1, 53))


def test_a_refusal_without_a_key_writes_nothing(offices: Offices, disk: Unreliable) -> None:
    office = offices(disk).start()
    office.take().reply()
    assert office.ask(c.CallNext, window=1).status == 409
    assert office.ask(c.CallNext, window=1, key="kept").status == 409
    assert disk.appended == [2, 0]


def test_a_commit_that_fails_never_happened(offices: Offices, disk: Unreliable, labels_in: Any) -> None:
    office = offices(disk)
    disk.before = [NotDurable("disk full")]
    asked = [office.take(key=f"k{n}") for n in range(3)] + [office.submit(c.CallNext, window=1)]
    office.start()
    assert [one.reply().status for one in asked] == [503] * 4
    assert (office.events, office.engine.failing) == ([], True)
    assert [labels_in(office.take(key=f"k{n}").reply()) for n in range(3)] == [["A001"], ["A002"], ["A003"]]
    assert [seq for seq, _ in office.events] == [1, 2, 3, 4]
    assert office.engine.failing is False
    assert [len(one.replies) for one in asked] == [1] * 4


def test_a_commit_that_only_seemed_to_fail_is_found_again(offices: Offices, disk: Unreliable, labels_in: Any) -> None:
    office = offices(disk).start()
    office.take().reply()
    disk.after = [NotDurable("connection lost")]
    assert office.take(key="tap").reply().status == 503
    again = office.take(key="tap").reply()
    assert labels_in(again) == ["A002"]
    assert [seq for seq, _ in office.events] == [1, 2, 3]


def test_a_store_that_is_away_for_reading_too(offices: Offices, disk: Unreliable) -> None:
    office = offices(disk).start()
    office.take().reply()
    disk.before = [NotDurable("gone")]
    disk.reading = [NotDurable("gone"), NotDurable("gone")]
    while office.take().reply().status == 503:
        pass
    assert disk.reading == []
    assert [seq for seq, _ in office.events] == [1, 2, 3]


def test_a_turn_that_cannot_be_given_back_answers_nobody_twice(offices: Offices, disk: Unreliable) -> None:
    office = offices(disk).start()
    disk.leaving = [NotDurable("connection lost")]
    asked = office.take()
    assert asked.reply().status == 200
    assert office.take().reply().status == 200
    assert len(asked.replies) == 1
    assert [seq for seq, _ in office.events] == [1, 2, 3]


def test_what_others_wrote_meanwhile_is_decided_upon(offices: Offices, disk: Unreliable, labels_in: Any) -> None:
    """The race for the next row is lost; the second decision stands on what the winner wrote."""
    office = offices(disk).start()
    other = offices(disk.journal).start()
    disk.gate.clear()
    asked = office.take()
    assert disk.at_gate.wait(DEADLINE_S)
    other.take().reply()
    other.take().reply()
    disk.gate.set()
    assert labels_in(asked.reply()) == ["A003"]
    assert [seq for seq, _ in office.events] == [1, 2, 3, 4]


def test_one_bad_command_fails_alone(open_journal: Open, offices: Offices, labels_in: Any) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    office = offices(open_journal())
    asked = [office.take(), office.take(answer=broken), office.take(), office.submit(c.Command), office.take()]
    office.start()
    assert [one.reply().status for one in asked] == [200, 500, 200, 500, 200]
    assert [label for n in (0, 2, 4) for label in labels_in(asked[n].reply())] == ["A001", "A002", "A003"]
    assert [seq for seq, _ in office.events] == [1, 2, 3, 4]
    assert [len(one.replies) for one in asked] == [1] * 5


def test_a_bad_command_beside_one_that_was_written_long_ago(offices: Offices) -> None:
    """Both ways of failing in one batch: still one answer each."""

    def broken_when_alone(hall: Any, decision: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries > 20:
            raise RuntimeError("broken")
        return Reply(200, b"")

    tries = 0
    journal = MemoryJournal()
    office = offices(journal).start()
    office.take(key="old").reply()
    journal.forget_answers(office.clock() + 1)
    office.stop()
    office = offices(journal)
    asked = [office.take(), office.take(key="old"), office.take(answer=broken_when_alone)]
    office.start()
    assert [one.reply().status for one in asked] == [200, 422, 500]
    assert office.take().reply().status == 200
    assert [len(one.replies) for one in asked] == [1, 1, 1]


def test_stop_finishes_what_was_asked(open_journal: Open, offices: Offices) -> None:
    office = offices(open_journal()).start()
    asked = [office.take() for _ in range(600)]
    office.stop()
    assert not any(one.waits() for one in asked)
    assert {one.reply().status for one in asked} == {200}
    assert [seq for seq, _ in office.events] == list(range(1, 602))
    office.engine.stop()


def test_nothing_of_a_bad_command_stays_in_the_hall(offices: Offices, disk: Unreliable) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("broken")

    office = offices(disk).start()
    assert office.take(citizen="c_1", answer=broken).reply().status == 500
    assert office.take(citizen="c_1").reply().status == 200, "nobody has a ticket that was never written"


def test_a_key_twice_in_one_batch_is_still_one_commit(offices: Offices, disk: Unreliable) -> None:
    office = offices(disk)
    asked = [office.take(key="tap"), office.take(key="tap"), office.take()]
    office.start()
    assert [one.reply().status for one in asked] == [200, 200, 200]
    assert disk.appended == [3]
