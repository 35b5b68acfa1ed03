"""What every journal promises, whatever keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from queue_server.database import Database
from queue_server.errors import Conflict
from queue_server.journal import Sealed
from queue_server.tables import vault

Make = Callable[..., Any]


def test_entries_come_back_as_written_in_order(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    first, rest = [entry(1), entry(2)], [entry(n) for n in range(3, 10)]
    journal.append(0, first)
    journal.append(2, rest)
    assert journal.read(0) == first + rest
    assert journal.last_seq() == 9


def test_an_empty_journal(open_journal: Make) -> None:
    journal = open_journal()
    assert (journal.read(0), journal.last_seq(), journal.last_day_opened()) == ([], 0, 0)
    assert journal.answers([]) == journal.answers(["nobody"]) == {}


def test_reading_starts_after_and_stops_at_the_limit(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(n) for n in range(1, 21)])
    assert [e.seq for e in journal.read(5, limit=3)] == [6, 7, 8]
    assert [e.seq for e in journal.read(18, limit=100)] == [19, 20]
    assert journal.read(20) == journal.read(99, limit=1) == journal.read(0, limit=0) == []


@pytest.mark.parametrize("after", [0, 1, 3, 50])
def test_a_writer_that_is_not_up_to_date_writes_nothing(
    open_journal: Make, entry: Make, answer: Make, after: int
) -> None:
    journal = open_journal()
    journal.append(0, [entry(1), entry(2)])
    with pytest.raises(Conflict):
        journal.append(after, [entry(after + 1, "late")], [answer("late")], [Sealed("c_x", "2026-11-20", "late", b"x")])
    assert journal.last_seq() == 2
    assert journal.answers(["late"]) == {}
    journal.append(2, [entry(3, "late")], [answer("late")])
    assert [e.seq for e in journal.read(0)] == [1, 2, 3]


def test_entries_must_be_numbered_without_a_gap(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    with pytest.raises(ValueError, match="seq 3, not 2"):
        journal.append(0, [entry(1), entry(3)])
    assert journal.last_seq() == 0


def test_a_command_is_written_once(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(1, "tap", 0), entry(2, "tap", 1)])
    with pytest.raises(Conflict):
        journal.append(2, [entry(3, "other"), entry(4, "tap", 1)])
    with pytest.raises(Conflict):
        journal.append(2, [entry(3, "twice"), entry(4, "twice")])
    assert [e.command_id for e in journal.read(0)] == ["tap", "tap"]


def test_answers_are_kept_byte_for_byte(open_journal: Make, entry: Make, answer: Make) -> None:
    journal = open_journal()
    body = bytes(range(256)) + "号码 \N{CIRCLED DIGIT ONE}".encode()
    journal.append(0, [entry(1, "a")], [answer("a", body=body), answer("b", body=b"")])
    found = journal.answers(["b", "a", "c"])
    assert found == {"a": answer("a", body=body), "b": answer("b", body=b"")}
    assert type(found["a"].body) is bytes


def test_a_refusal_is_an_answer_without_entries(open_journal: Make, entry: Make, answer: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(1)])
    journal.append(1, [], [answer("refused")])
    assert list(journal.answers(["refused"])) == ["refused"]
    with pytest.raises(Conflict):
        journal.append(0, [], [answer("decided on an old state")])


def test_what_another_one_wrote_since_is_a_conflict(open_journal: Make, entry: Make, answer: Make) -> None:
    mine, other = open_journal(), open_journal()
    mine.append(0, [entry(1)])
    other.append(1, [entry(2)])
    with pytest.raises(Conflict):
        mine.append(1, [entry(2, "mine")])
    with pytest.raises(Conflict):
        mine.append(1, [], [answer("mine")])
    with pytest.raises(Conflict):
        mine.append(1, [], sealed=[Sealed("c_x", "2026-11-20", "citizen", b"x")])
    mine.append(2, [entry(3)], [answer("mine")])
    assert [e.command_id for e in other.read(0)] == ["command-1", "command-2", "command-3"]


def test_a_command_is_answered_once(open_journal: Make, entry: Make, answer: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(1)], [answer("a", body=b"first")])
    with pytest.raises(Conflict):
        journal.append(1, [entry(2)], [answer("a", body=b"second")])
    with pytest.raises(Conflict):
        journal.append(1, [], [answer("b"), answer("b")])
    assert journal.last_seq() == 1
    assert journal.answers(["a", "b"])["a"].body == b"first"


def test_old_answers_are_forgotten(open_journal: Make, answer: Make) -> None:
    journal = open_journal()
    journal.append(0, [], [answer(f"old-{n}", at_ms=n) for n in range(1, 1201)] + [answer("new", at_ms=5000)])
    assert journal.forget_answers(before_ms=1200) == 1199
    assert set(journal.answers(["old-1", "old-1199", "old-1200", "new"])) == {"old-1200", "new"}
    assert journal.forget_answers(before_ms=1200) == 0


def test_the_last_day_opened(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(1, kind="DayOpened"), entry(2), entry(3, kind="DayClosed"), entry(4, kind="DayOpened")])
    journal.append(4, [entry(5)])
    assert journal.last_day_opened() == 4


def test_sealed_fields_are_written_with_the_entries_and_the_newest_wins(open_journal: Make, entry: Make) -> None:
    journal = open_journal()
    old, new = Sealed("c_a", "2026-11-20", "citizen", b"old"), Sealed("c_a", "2026-11-20", "citizen", b"new")
    other = Sealed("c_a", "2026-11-20", "note", b"note")
    journal.append(0, [entry(1)], sealed=[old, other])
    journal.append(1, [entry(2)], sealed=[old, new])
    assert journal.read(1) == [entry(2)]
    if open_journal.kind == "memory":
        assert set(journal.sealed.values()) == {new, other}
        return
    database = Database(open_journal.url)
    with database.reading() as connection:
        rows = connection.execute(select(vault.c.ref, vault.c.day, vault.c.purpose, vault.c.sealed)).all()
    database.close()
    assert {Sealed(*row) for row in rows} == {new, other}


def test_nothing_to_write_is_no_write(open_journal: Make) -> None:
    journal = open_journal()
    journal.append(0, [])
    assert journal.last_seq() == 0


def test_a_journal_reopened_holds_everything(open_journal: Make, entry: Make, answer: Make) -> None:
    journal = open_journal()
    journal.append(0, [entry(1, kind="DayOpened"), entry(2)], [answer("command-1")])
    journal.close()
    journal.close()
    again = open_journal()
    assert again.read(0) == [entry(1, kind="DayOpened"), entry(2)]
    assert again.last_day_opened() == 1
    assert set(again.answers(["command-1"])) == {"command-1"}
    again.append(2, [entry(3)])
    assert journal.last_seq() == 3, "a closed journal opens again when it is asked"


def test_halls_in_one_database_do_not_see_each_other(open_stored: Make, entry: Make, answer: Make) -> None:
    one, other = open_stored("oubei"), open_stored("sanjiang")
    one.append(0, [entry(1, "same")], [answer("same")])
    other.append(0, [entry(1, "same", kind="DayOpened"), entry(2)])
    assert (one.last_seq(), other.last_seq()) == (1, 2)
    assert (one.last_day_opened(), other.last_day_opened()) == (0, 1)
    assert other.answers(["same"]) == {}


def test_only_postgresql_has_other_writers(open_journal: Make) -> None:
    assert open_journal().shared is (open_journal.kind == "postgres")
