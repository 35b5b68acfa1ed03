"""A row as long as the journal's, for the bare path and for the raw disk; knows no event.

The table has the journal's columns and primary key, and no other index: the least that a durable ticket costs.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

COLUMNS = ("hall", "seq", "at_ms", "kind", "version", "data", "by", "command_id", "n")
TABLE = """
CREATE TABLE IF NOT EXISTS journal (
    hall TEXT NOT NULL, seq BIGINT NOT NULL, at_ms BIGINT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
    data TEXT NOT NULL, "by" TEXT NOT NULL, command_id TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (hall, seq)
) WITHOUT ROWID
"""


def open_for_writing(file: Path) -> sqlite3.Connection:
    """WAL and synchronous=FULL: a commit is on the disk when it returns."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def insert_sql() -> str:
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    return f"INSERT INTO journal ({names}) VALUES ({', '.join('?' * len(COLUMNS))})"


def row(seq: int, ticket_id: str) -> tuple[object, ...]:
    at_ms = time.time_ns() // 1_000_000
    data = (
        f'{{"ticket_id":"{ticket_id}","label":"A{seq % 1000:03d}","number":{seq},"serial":{seq},'
        f'"services":["service-1"],"channel":"kiosk","place":[{at_ms},{seq}]}}'
    )
    return ("bench", seq, at_ms, "TicketIssued", 1, data, "node:kiosk-1", f"{seq:032x}", 0)
