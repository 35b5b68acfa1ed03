"""Tickets that were given while the server was away, on disk until they are handed in; knows no printer and no network.

A row is there, through the disk's cache, before the first byte of its paper. What a citizen said of themselves is in it
only sealed for the server, and goes when the server has it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import structlog

from kiosk.errors import OutboxUnwritable
from kiosk.offline_memory import Moment
from queue_server.wire.tickets import TicketView

KEEP_MS = 2 * 86_400_000
REST_MS = 24 * 3_600_000
"""A number is not given again for so long, whatever clocks and dates say meanwhile."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tap_id TEXT NOT NULL UNIQUE, ticket_id TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL, number INTEGER NOT NULL, view TEXT NOT NULL,
    at_ms INTEGER NOT NULL, sure INTEGER NOT NULL, monotonic_ms INTEGER NOT NULL, boot_id TEXT NOT NULL,
    sealed TEXT, body TEXT, state TEXT NOT NULL DEFAULT 'waiting', code TEXT, appointment TEXT
);
CREATE INDEX IF NOT EXISTS ticket_of_state ON ticket (state, id);
"""
_COLUMNS = (
    "id, tap_id, ticket_id, prefix, number, view, at_ms, sure, monotonic_ms, boot_id, sealed, body, state, code,"
    " appointment"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A ticket given here. body: what is handed in, from the first try on always the same. state: waiting, delivered,
    or refused with the server's `code`. appointment: the code of one that was shown for it, until it is handed in."""

    id: int
    tap_id: str
    ticket_id: str
    prefix: str
    number: int
    view: TicketView
    moment: Moment
    sealed: str | None = field(repr=False)
    body: dict[str, Any] | None = field(repr=False)
    state: str
    code: str | None
    appointment: str | None = field(repr=False)


class Outbox:
    """The file `outbox.db` in `folder`. May be used from any thread.

    Unlike printed taps, it never goes on in memory: a ticket that a power cut could lose is not given. Every method
    but `close` raises OutboxUnwritable then.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "outbox.db"
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._log = structlog.get_logger()

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def add(
        self,
        tap_id: str,
        prefix: str,
        view: TicketView,
        number: int,
        moment: Moment,
        sealed: str | None,
        appointment: str | None = None,
    ) -> None:
        self._write(
            "INSERT INTO ticket (tap_id, ticket_id, prefix, number, view, at_ms, sure, monotonic_ms, boot_id, sealed,"
            " appointment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tap_id, view["ticket_id"], prefix, number, json.dumps(view, ensure_ascii=False), moment.at_ms, moment.sure,
            moment.monotonic_ms, moment.boot_id, sealed, appointment,
        )  # fmt: skip

    def of_tap(self, tap_id: str) -> Kept | None:
        return next(iter(self._rows("WHERE tap_id = ?", tap_id)), None)

    def of_ticket(self, ticket_id: str) -> Kept | None:
        return next(iter(self._rows("WHERE ticket_id = ?", ticket_id)), None)

    def waiting(self) -> list[Kept]:
        """All that are to be handed in, in the order they were given."""
        return list(self._rows("WHERE state = 'waiting' ORDER BY id"))

    def refused(self) -> list[Kept]:
        """Those of the last days that the server would not take."""
        return list(self._rows("WHERE state = 'refused' ORDER BY id"))

    def void(self) -> list[Kept]:
        """Those of the last days that reached the server only when their day was over."""
        return list(self._rows("WHERE state = 'delivered' AND code = 'day_closed' ORDER BY id"))

    def free_number(self, prefix: str, first: int, last: int, at_ms: int) -> int | None:
        """The next number of the range, None when all are in use.

        The numbers go round, not back to the first every morning: a wrong clock or a lost date then never gives one
        twice on a day.
        """
        with self._lock:
            rows = self._ask("SELECT number, at_ms, state FROM ticket WHERE prefix = ? ORDER BY id DESC", prefix)
        taken = {number for number, taken_ms, state in rows if state == "waiting" or taken_ms > at_ms - REST_MS}
        newest = rows[0][0] if rows else last
        begin = newest + 1 if first <= newest < last else first
        count = last - first + 1
        return next((n for i in range(count) if (n := first + (begin - first + i) % count) not in taken), None)

    def freeze(self, kept: Kept, body: dict[str, Any]) -> None:
        """From now on this is what is handed in, however often it has to be repeated."""
        self._write("UPDATE ticket SET body = ? WHERE id = ?", json.dumps(body, ensure_ascii=False), kept.id)

    def done(self, kept: Kept, state: str, code: str | None = None) -> None:
        """The server has it ("delivered"; code "day_closed": void), or "refused" it with `code`. What it said of the
        citizen is gone from here."""
        self._write(
            "UPDATE ticket SET state = ?, code = ?, sealed = NULL, body = NULL, appointment = NULL WHERE id = ?",
            state, code, kept.id,
        )  # fmt: skip
        with self._lock:
            self._ask("PRAGMA wal_checkpoint(TRUNCATE)")  # else the log would still hold what was just deleted

    def forget_old(self, at_ms: int) -> None:
        self._write("DELETE FROM ticket WHERE state != 'waiting' AND at_ms < ?", at_ms - KEEP_MS)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _rows(self, where: str, *values: object) -> Iterable[Kept]:
        with self._lock:
            rows = self._ask(f"SELECT {_COLUMNS} FROM ticket {where}", *values)  # noqa: S608 - our own words
        for row in rows:
            yield Kept(
                id=row[0], tap_id=row[1], ticket_id=row[2], prefix=row[3], number=row[4],
                view=cast(TicketView, json.loads(row[5])), moment=Moment(row[6], bool(row[7]), row[8], row[9]),
                sealed=row[10], body=json.loads(row[11]) if row[11] else None, state=row[12], code=row[13],
                appointment=row[14],
            )  # fmt: skip

    def _ask(self, question: str, *values: object) -> list[Any]:
        try:
            return self._open().execute(question, values).fetchall()
        except (sqlite3.Error, OSError) as err:
            raise self._failed(err) from err

    def _write(self, statement: str, *values: object) -> None:
        with self._lock:
            try:
                with self._open() as db:
                    db.execute(statement, values)
            except (sqlite3.Error, OSError) as err:
                raise self._failed(err) from err

    def _failed(self, err: Exception) -> OutboxUnwritable:
        self._log.error("outbox_unwritable", reason=str(err))
        db, self._db = self._db, None
        if db is not None:
            db.close()
        return OutboxUnwritable("the kiosk cannot keep tickets: make room on its disk, or replace it")

    def _open(self) -> sqlite3.Connection:
        """Opened when first needed and after each failure anew: a disk may have room again."""
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._path, timeout=2.0, check_same_thread=False)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA secure_delete = ON")
                db.executescript(_SCHEMA)
                if "appointment" not in {row[1] for row in db.execute("PRAGMA table_info(ticket)")}:  # made before it
                    db.execute("ALTER TABLE ticket ADD COLUMN appointment TEXT")
            except sqlite3.Error:
                db.close()
                raise
            self._db = db
        return self._db
