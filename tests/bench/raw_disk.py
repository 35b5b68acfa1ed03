"""What the disk itself gives: SQLite commits a second with one and with many rows each; knows no server."""

from __future__ import annotations

import time
from pathlib import Path

from journal_rows import TABLE, insert_sql, open_for_writing, row


def rows_per_s(folder: Path, group: int, seconds: float) -> float:
    """Rows committed a second in transactions of `group` rows, WAL and synchronous=FULL, on the disk of `folder`."""
    file = folder / f"raw-{group}.db"
    connection = open_for_writing(file)
    connection.execute(TABLE)
    seq = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    insert, began_s, written = insert_sql(), time.monotonic(), 0
    while time.monotonic() - began_s < seconds:
        rows = [row(seq + n, "0QU3BWSVCAKXjADe") for n in range(1, group + 1)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")
        seq += group
        written += group
    took_s = time.monotonic() - began_s
    connection.close()
    return written / took_s
