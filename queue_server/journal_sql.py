"""The journal in SQLite or PostgreSQL; knows rows, transactions and their failures, not what an entry means.

An append is on the path of every ticket, so it runs prepared SQL on a bare driver connection kept open for it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from operator import attrgetter
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, text

from .database import Database
from .errors import Conflict, NotDurable, NotReadable
from .rows import Answer, Entry, Sealed, check_numbering
from .tables import answers, journal, vault
from .threads import os_lock, start_os_thread

CHECKPOINT_ROWS = 1000
FORGET_AT_ONCE = 500

_ENTRY = [journal.c[name] for name in Entry.__dataclass_fields__]
_ANSWER = [answers.c[name] for name in Answer.__dataclass_fields__]
_SEALED = [vault.c[name] for name in Sealed.__dataclass_fields__]


def _values(table: Table) -> Callable[[Any], tuple[Any, ...]]:
    """From a row object to its values in the order of the table, without `hall`, which is its first column."""
    return attrgetter(*(column.name for column in list(table.columns)[1:]))


_values_of_entry, _values_of_answer, _values_of_sealed = _values(journal), _values(answers), _values(vault)

_log = logging.getLogger(__name__)


class SqlJournal:
    """The journal of hall `hall` in `database`. One thread appends; any thread may read."""

    def __init__(self, database: Database, hall: str) -> None:
        self._database = database
        self._hall = hall
        self.shared = not database.is_sqlite
        self._store: _SqliteStore | _PostgresStore = (_SqliteStore if database.is_sqlite else _PostgresStore)(
            database, hall
        )
        of_hall = journal.c.hall == bindparam("hall")
        unlimited = select(*_ENTRY).where(of_hall, journal.c.seq > bindparam("after")).order_by(journal.c.seq)
        self._read_all = database.positional(unlimited)
        self._read_some = f"{self._read_all} LIMIT {'?' if database.is_sqlite else '%s'}"
        self._last = database.positional(select(func.max(journal.c.seq)).where(of_hall))
        # The literal lets the planner see that the partial index answers this; SQLite has to be told.
        index, mark = (" INDEXED BY journal_days", "?") if database.is_sqlite else ("", "%s")
        self._last_day = (
            f"SELECT seq FROM journal{index} WHERE hall = {mark} AND kind = 'DayOpened' ORDER BY seq DESC LIMIT 1"  # noqa: S608
        )

    def turn(self) -> AbstractContextManager[None]:
        return self._store.turn()

    def append(
        self, after: int, entries: Sequence[Entry], answers: Sequence[Answer] = (), sealed: Sequence[Sealed] = ()
    ) -> None:
        check_numbering(after, entries)
        if entries or answers or sealed:
            self._store.append(after, entries, answers, sealed)

    def read(self, after: int, limit: int | None = None) -> list[Entry]:
        if limit is None:
            rows = self._query(self._read_all, (self._hall, after))
        else:
            rows = self._query(self._read_some, (self._hall, after, limit))
        return [Entry(*row) for row in rows]

    def last_day_opened(self) -> int:
        rows = self._query(self._last_day, (self._hall,))
        return rows[0][0] if rows else 0

    def last_seq(self) -> int:
        return self._query(self._last, (self._hall,))[0][0] or 0

    def answers(self, command_ids: Sequence[str]) -> dict[str, Answer]:
        if not command_ids:
            return {}
        names = ", ".join(column.name for column in _ANSWER)
        if self._database.is_sqlite:
            marks = ", ".join("?" * len(command_ids))
            where, values = f"command_id IN ({marks})", (self._hall, *command_ids)
            sql = f"SELECT {names} FROM answers WHERE hall = ? AND {where}"  # noqa: S608 - only names and marks
        else:
            values = (self._hall, list(command_ids))  # type: ignore[assignment]
            sql = f"SELECT {names} FROM answers WHERE hall = %s AND command_id = ANY(%s)"  # noqa: S608
        rows = self._store.fetch(sql, values)
        return {row[0]: Answer(*row) for row in (self._query(sql, values) if rows is None else rows)}

    def forget_answers(self, before_ms: int) -> int:
        # Answers are only ever added, so the order of rows is the order of time, and one look at the oldest is enough.
        age = text("rowid") if self._database.is_sqlite else answers.c.at_ms
        of_hall = select(answers.c.command_id, answers.c.at_ms).where(answers.c.hall == self._hall)
        oldest = of_hall.order_by(age).limit(FORGET_AT_ONCE).subquery()
        old = select(oldest.c.command_id).where(oldest.c.at_ms < before_ms)
        statement = delete(answers).where(answers.c.hall == self._hall, answers.c.command_id.in_(old))
        forgotten = 0
        while True:  # in small transactions: an append waits for one of them at most
            with self._database.writing() as connection:
                count = connection.execute(statement).rowcount
            forgotten += count
            if count < FORGET_AT_ONCE:
                return forgotten

    def close(self) -> None:
        self._store.close()

    def _query(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            return self._fetch(sql, values)
        except NotReadable:
            return self._fetch(sql, values)  # an idle connection dies with the server it was made to; this one is new

    def _fetch(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._database.borrowed_reader() as connection:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.close()
            return rows


class _Store:
    """Keeps the connection that writes: opened when needed, thrown away after a failure it may not survive."""

    def __init__(self, database: Database, hall: str) -> None:
        self._database = database
        self._hall = hall
        self._writer: Any = None

    def _connection(self) -> Any:
        if self._writer is None:
            try:
                self._writer = self._database.open_writer()
            except self._database.driver_error as err:
                raise NotDurable(f"the database cannot be opened for writing: {err}") from err
        return self._writer

    def _drop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(self._database.driver_error):  # it is broken already; closing it only frees it
                writer.close()

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()

    def fetch(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]] | None:
        """Read on the connection that writes: in SQLite every other one has to read anew what the last commit wrote.

        None when it is not open or fails.
        """
        try:
            return None if self._writer is None else self._writer.execute(sql, values).fetchall()
        except self._database.driver_error:
            self._drop()
            return None

    def close(self) -> None:
        self._drop()


class _SqliteStore(_Store):
    def __init__(self, database: Database, hall: str) -> None:
        super().__init__(database, hall)
        self._tip = database.positional(select(func.max(journal.c.seq)).where(journal.c.hall == bindparam("hall")))
        self._entry = database.positional(insert(journal))
        self._answer = database.positional(insert(answers))
        self._sealed = database.positional(insert(vault).prefix_with("OR REPLACE"))
        self._written = -1  # the last seq that this object wrote
        self._rows = 0
        self._checkpointing = os_lock()

    def append(self, after: int, entries: Sequence[Entry], answers: Sequence[Answer], sealed: Sequence[Sealed]) -> None:
        connection = self._connection()
        hall = self._hall
        try:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            if after != self._written or not entries:
                # Otherwise `after` is there, written below, and the primary key refuses what another one wrote since.
                last = cursor.execute(self._tip, (hall,)).fetchone()[0] or 0
                if last != after:
                    raise Conflict(f"the journal is at {last}, not {after}")
            cursor.executemany(self._entry, [(hall, *_values_of_entry(row)) for row in entries])
            if answers:
                cursor.executemany(self._answer, [(hall, *_values_of_answer(row)) for row in answers])
            if sealed:
                cursor.executemany(self._sealed, [(hall, *_values_of_sealed(row)) for row in sealed])
            cursor.execute("COMMIT")
        except Conflict:
            self._roll_back()
            raise
        except sqlite3.Error as err:
            self._roll_back()
            if getattr(err, "sqlite_errorname", "") in ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"):
                raise Conflict("a command is in the journal or was answered already") from err
            if isinstance(err, sqlite3.IntegrityError):
                raise
            self._drop()  # the disk may have changed under it (remounted, replaced): look again next time
            raise NotDurable(f"the journal could not be written: {err}") from err
        except BaseException:
            self._roll_back()
            raise
        self._written = after + len(entries)
        self._rows += len(entries) + len(answers) + len(sealed) + 1
        if self._rows >= CHECKPOINT_ROWS and self._checkpointing.acquire(blocking=False):
            self._rows = 0
            start_os_thread(self._checkpoint)

    def close(self) -> None:
        with self._checkpointing:
            super().close()

    def _roll_back(self) -> None:
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except sqlite3.Error:
            self._drop()

    def _checkpoint(self) -> None:
        """Copy committed pages from the log to the file, beside the writer, so that no ticket waits for it."""
        try:
            connection = self._database.open_writer()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            finally:
                connection.close()
        except sqlite3.Error as err:
            _log.warning("checkpoint failed, the log of the database grows until one succeeds: %s", err)
        finally:
            self._checkpointing.release()


class _PostgresStore(_Store):
    """One statement, one round trip, one commit: a data-modifying WITH over arrays."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        # Deciding anew after a lost race means folding the day again, which costs far more than waiting for one's turn.
        self._ask("SELECT pg_advisory_lock(hashtextextended(%s, 0))")
        try:
            yield
        finally:
            if self._writer is not None:  # a connection that was dropped has let go of the lock with it
                with suppress(NotDurable):  # and so has one that fails here; what was committed before stays so
                    self._ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))")

    def _ask(self, sql: str) -> None:
        import psycopg

        try:
            self._connection().execute(sql, (f"hall:{self._hall}",))
        except psycopg.Error as err:
            self._drop()
            raise NotDurable(f"the database does not answer: {str(err).splitlines()[0]}") from err

    def append(self, after: int, entries: Sequence[Entry], answers: Sequence[Answer], sealed: Sequence[Sealed]) -> None:
        import psycopg

        newest = {(row.ref, row.purpose): row for row in sealed}.values()
        values = {
            "hall": self._hall,
            "after": after,
            **_arrays("e", _ENTRY, entries),
            **_arrays("a", _ANSWER, answers),
            **_arrays("s", _SEALED, newest),
        }
        connection = self._connection()
        try:
            last = connection.execute(_APPEND, values).fetchone()[0]
        except (
            psycopg.errors.UniqueViolation,
            psycopg.errors.SerializationFailure,
            psycopg.errors.DeadlockDetected,
        ) as err:
            raise Conflict("somebody else wrote first") from err
        except (psycopg.errors.DataError, psycopg.errors.IntegrityError, psycopg.ProgrammingError):
            raise
        except psycopg.Error as err:
            self._drop()
            raise NotDurable(f"the journal could not be written: {str(err).splitlines()[0]}") from err
        except BaseException:
            self._drop()
            raise
        if last != after:
            raise Conflict(f"the journal is at {last}, not {after}")


def _arrays(prefix: str, columns: Sequence[Any], rows: Iterable[Any]) -> dict[str, list[Any]]:
    rows = list(rows)
    return {f"{prefix}_{column.name}": [getattr(row, column.name) for row in rows] for column in columns}


def _array_insert(table: Any, prefix: str, columns: Sequence[Any]) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns)
    types = {"BIGINT": "bigint", "INTEGER": "integer", "TEXT": "text", "BLOB": "bytea"}
    arrays = ", ".join(f"%({prefix}_{column.name})s::{types[str(column.type)]}[]" for column in columns)
    return (
        f"INSERT INTO {table.name} (hall, {names}) SELECT %(hall)s, row.* FROM unnest({arrays}) AS row, tip "  # noqa: S608
        "WHERE tip.seq = %(after)s"
    )


_APPEND = f"""
WITH tip AS (SELECT coalesce(max(seq), 0) AS seq FROM journal WHERE hall = %(hall)s),
e AS ({_array_insert(journal, "e", _ENTRY)}),
a AS ({_array_insert(answers, "a", _ANSWER)}),
s AS ({_array_insert(vault, "s", _SEALED)} ON CONFLICT (hall, ref, purpose) DO UPDATE
      SET day = excluded.day, sealed = excluded.sealed)
SELECT seq FROM tip
"""  # noqa: S608 - made of column names only
