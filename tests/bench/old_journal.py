"""Journals with a past: days of plausible tickets written straight into an empty database; knows no server.

Old days go in as a hall leaves them: every ticket issued, called, started and finished, every command with the answer
that a repeated request would get, so that tables and indexes are as large as they would be.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from queue_server.codec import encode
from queue_server.database import Database, default_url
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day
from queue_server.journal import Answer, Entry, SqlJournal

TIMEZONE = "Asia/Shanghai"
DAY_MS = 24 * 3600 * 1000
AT_ONCE = 20_000  # rows an append
PAST_DAYS = 25  # within the 30 days that answers are kept

Command = tuple[list[e.Event], bool]  # its events, and whether it has an answer


def write(folder: Path, hall: str, *, old_tickets: int = 0, today_events: int = 0) -> int:
    """Write `old_tickets` over the past 25 days, then today with `today_events` rows; returns the last seq."""
    folder.mkdir(parents=True, exist_ok=True)
    now_ms = time.time_ns() // 1_000_000
    today = date.fromisoformat(business_day(TIMEZONE, now_ms))
    database = Database(default_url(folder))
    writer = _Writer(SqlJournal(database, hall))
    for back in range(PAST_DAYS, 0, -1) if old_tickets else ():
        day, at_ms = today - timedelta(days=back), now_ms - back * DAY_MS
        writer.write([e.DayOpened(at_ms=at_ms, day=day.isoformat())])
        for command in _tickets(old_tickets // PAST_DAYS, at_ms):
            writer.write(*command)
        writer.write([e.DayClosed(at_ms=at_ms, day=day.isoformat())])
    if today_events:
        writer.write([e.DayOpened(at_ms=now_ms, day=today.isoformat())])
        for command in _tickets(today_events // 4, now_ms):
            writer.write(*command)
    writer.close()
    database.close()
    return writer.seq


def _tickets(count: int, at_ms: int) -> Iterator[Command]:
    """A day's commands: a ticket is called when the one before it is finished at that window."""
    for n in range(1, count + 1):
        ticket_id, window, service = secrets.token_urlsafe(12), n % 16 + 1, f"service-{n % 8 + 1}"
        yield (
            [
                e.TicketIssued(
                    at_ms=at_ms,
                    ticket_id=ticket_id,
                    label=f"{'ABCDEFGH'[n % 8]}{n // 8 + 1:03d}",
                    number=n // 8 + 1,
                    serial=n,
                    services=(service,),
                    channel="kiosk",
                    place=(at_ms, n),
                )
            ],
            True,
        )
        yield [e.TicketCalled(at_ms=at_ms, ticket_id=ticket_id, window=window, why="longest_relative_wait")], True
        yield [e.ServingStarted(at_ms=at_ms, ticket_id=ticket_id, window=window)], True
        yield [e.ServingFinished(at_ms=at_ms, ticket_id=ticket_id, window=window, outcome="done")], False


class _Writer:
    """Numbers rows and appends them in large transactions."""

    def __init__(self, journal: SqlJournal) -> None:
        self.seq = journal.last_seq()
        self._journal = journal
        self._entries: list[Entry] = []
        self._answers: list[Answer] = []

    def write(self, events: list[e.Event], answered: bool = False) -> None:
        command_id = secrets.token_hex(16)
        for n, event in enumerate(events):
            kind, version, data = encode(event)
            self.seq += 1
            self._entries.append(Entry(self.seq, event.at_ms, kind, version, data, "token:kiosk-1", command_id, n))
        if answered:
            at_ms = events[0].at_ms
            self._answers.append(Answer(command_id, at_ms, secrets.token_hex(16), 201, _BODY))
        if len(self._entries) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._entries:
            self._journal.append(self.seq - len(self._entries), self._entries, self._answers)
        self._entries, self._answers = [], []

    def close(self) -> None:
        self.flush()
        self._journal.close()


_BODY = json.dumps({"as long as": "an answer", "of the hall server": "x" * 310}).encode()
