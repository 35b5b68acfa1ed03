"""Which taps were printed, on disk, so that a restart prints nothing twice; knows no person and no wording.

A row is written before the printer gets its first byte and finished when the outcome is known. A row that was never
finished means that the node died in between: then nobody knows, and nobody may guess.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import structlog

KEEP_S = 2 * 86_400

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tap (
    tap_id TEXT PRIMARY KEY, ticket_id TEXT NOT NULL, outcome TEXT, code TEXT, at_s REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tap_of_ticket ON tap (ticket_id);
CREATE TABLE IF NOT EXISTS named (ticket_id TEXT PRIMARY KEY, at_s REAL NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Tap:
    """`outcome` and `code` are None when the node ended before they were known."""

    ticket_id: str
    outcome: str | None
    code: str | None


class TapStore:
    """The file `taps.db` in `folder`, which is made when it is not there. May be used from any thread.

    A file that is no database is put aside as `taps.db.broken`. When the disk is full or read-only the store goes on
    in memory: a citizen gets the paper, and only a restart in the same minute could print it twice.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "taps.db"
        self._lock = threading.Lock()
        self._log = structlog.get_logger()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = self._open(str(self._path))
        except (sqlite3.OperationalError, OSError) as err:
            self._db = self._fall_back(err)
        except sqlite3.DatabaseError:
            self._log.error("taps_broken", kept_as=f"{self._path.name}.broken")
            self._path.replace(self._path.with_name(f"{self._path.name}.broken"))
            self._db = self._open(str(self._path))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def find(self, tap_id: str) -> Tap | None:
        with self._lock:
            row = self._db.execute("SELECT ticket_id, outcome, code FROM tap WHERE tap_id = ?", [tap_id]).fetchone()
        return Tap(*row) if row else None

    def begin(self, tap_id: str, ticket_id: str) -> None:
        """The paper of this tap is about to be printed."""
        self._write("INSERT OR IGNORE INTO tap VALUES (?, ?, NULL, NULL, ?)", tap_id, ticket_id, time.time())

    def begin_again(self, tap_id: str) -> None:
        """Its paper is about to be printed again: until it is finished nobody knows how much of it is out."""
        self._write("UPDATE tap SET outcome = NULL, code = NULL WHERE tap_id = ?", tap_id)

    def finish(self, tap_id: str, outcome: str, code: str) -> None:
        self._write("UPDATE tap SET outcome = ?, code = ? WHERE tap_id = ?", outcome, code, tap_id)

    def name(self, ticket_id: str) -> None:
        """The hall server named this ticket to the citizen in front of us: they may have its paper again."""
        self._write("INSERT OR REPLACE INTO named VALUES (?, ?)", ticket_id, time.time())

    def may_print_again(self, ticket_id: str, since_s: float) -> bool:
        """Whether the ticket was issued or named here at `since_s` (Unix seconds) or later."""
        question = (
            "SELECT 1 FROM tap WHERE ticket_id = ?1 AND at_s >= ?2"
            " UNION SELECT 1 FROM named WHERE ticket_id = ?1 AND at_s >= ?2"
        )
        with self._lock:
            return self._db.execute(question, [ticket_id, since_s]).fetchone() is not None

    def _write(self, statement: str, *values: object) -> None:
        with self._lock:
            try:
                with self._db:
                    self._db.execute(statement, values)
            except sqlite3.OperationalError as err:
                old = self._db
                self._db = self._fall_back(err)
                with closing(old), self._db:
                    self._db.execute(statement, values)

    def _fall_back(self, err: Exception) -> sqlite3.Connection:
        self._log.error("taps_in_memory_only", reason=str(err))
        return self._open(":memory:")

    @staticmethod
    def _open(path: str) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=2.0, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(_SCHEMA)
            with db:
                for table in ("tap", "named"):
                    db.execute(f"DELETE FROM {table} WHERE at_s < ?", [time.time() - KEEP_S])  # noqa: S608
        except sqlite3.Error:
            db.close()
            raise
        return db
