"""The append-only journal of one hall, in memory, SQLite or PostgreSQL; knows rows and their order, not what they mean.

`seq` is contiguous, 1..N, and chosen by the writer. Whoever loses a race gets `Conflict`: nothing of theirs is written,
they read what they missed and decide again.

`NotDurable` means that the store did not confirm. Nearly always nothing was written. When the connection broke while a
commit was on its way, or an fsync failed, nobody can know: the rows may be there at the next `read`, or after the next
start. So after every failure fold again from `read()`, whose answer is the truth. A client that repeats its request
with the same key then finds the stored answer if the first try was written after all, and does the work once if not.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from .errors import Conflict
from .journal_sql import SqlJournal
from .rows import DAY_OPENED, Answer, Entry, Sealed, check_numbering

__all__ = ["Answer", "Entry", "Journal", "MemoryJournal", "Sealed", "SqlJournal"]


class Journal(Protocol):
    """What the engine needs. One thread appends; any thread may read."""

    @property
    def shared(self) -> bool:
        """True when other processes may write too: the engine then polls."""

    def turn(self) -> AbstractContextManager[None]:
        """Let one process of several read, decide and append without losing a race to another.

        Only a courtesy that saves work: without it `append` still refuses with `Conflict` whoever comes second.
        Raises `NotDurable` when the store is away.
        """

    def append(
        self, after: int, entries: Sequence[Entry], answers: Sequence[Answer] = (), sealed: Sequence[Sealed] = ()
    ) -> None:
        """Write all or nothing in one durable transaction. `entries` are numbered after+1, after+2, ...

        Raises `Conflict` when `after` is not the last seq, or a command has rows or an answer already; `NotDurable`
        when the store did not confirm (see above). The journal is usable after both.
        """

    def read(self, after: int, limit: int | None = None) -> list[Entry]:
        """Entries with seq > after in order, at most `limit`. Raises `NotReadable`."""

    def last_day_opened(self) -> int:
        """The seq of the last DayOpened, 0 if there is none; costs the same however old the hall is."""

    def last_seq(self) -> int:
        """The seq of the last entry, 0 for an empty journal."""

    def answers(self, command_ids: Sequence[str]) -> dict[str, Answer]:
        """The stored answers among these commands, by command_id; one query. Only the thread that appends asks."""

    def forget_answers(self, before_ms: int) -> int:
        """Delete answers older than `before_ms`; says how many. Raises `NotDurable`."""

    def close(self) -> None:
        """Release connections. Calling again does nothing."""


class MemoryJournal:
    """A journal that is gone with the process; for tests and for trying rules out. Any thread may append."""

    shared = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._days: list[int] = []
        self._commands: set[tuple[str, int]] = set()
        self._answers: dict[str, Answer] = {}
        self.sealed: dict[tuple[str, str], Sealed] = {}

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()

    def append(
        self, after: int, entries: Sequence[Entry], answers: Sequence[Answer] = (), sealed: Sequence[Sealed] = ()
    ) -> None:
        check_numbering(after, entries)
        with self._lock:
            if after != len(self._entries):
                raise Conflict(f"the journal is at {len(self._entries)}, not {after}")
            commands = [(entry.command_id, entry.n) for entry in entries]
            keys = [answer.command_id for answer in answers]
            if len({*commands}) < len(commands) or not self._commands.isdisjoint(commands):
                raise Conflict("a command is in the journal already")
            if len({*keys}) < len(keys) or not self._answers.keys().isdisjoint(keys):
                raise Conflict("a command was answered already")
            self._entries.extend(entries)
            self._commands.update(commands)
            self._days.extend(entry.seq for entry in entries if entry.kind == DAY_OPENED)
            self._answers.update((answer.command_id, answer) for answer in answers)
            self.sealed.update(((row.ref, row.purpose), row) for row in sealed)

    def read(self, after: int, limit: int | None = None) -> list[Entry]:
        with self._lock:
            start = bisect_right(self._entries, after, key=lambda entry: entry.seq)
            return self._entries[start : None if limit is None else start + limit]

    def last_day_opened(self) -> int:
        with self._lock:
            return self._days[-1] if self._days else 0

    def last_seq(self) -> int:
        with self._lock:
            return len(self._entries)

    def answers(self, command_ids: Sequence[str]) -> dict[str, Answer]:
        with self._lock:
            return {key: self._answers[key] for key in command_ids if key in self._answers}

    def forget_answers(self, before_ms: int) -> int:
        with self._lock:
            old = [key for key, answer in self._answers.items() if answer.at_ms < before_ms]
            for key in old:
                del self._answers[key]
            return len(old)

    def close(self) -> None:
        """Nothing to release; the entries stay, so that a reopened journal in a test is the same one."""
