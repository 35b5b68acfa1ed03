"""Journals with a past: many days of a hall's work written into an empty database, as fast as may be; knows no server.

Every row is one that the hall's own rules made (`recorded_day.py`) and went through the codec and the journal's own
`append`. The keys are random, as any client may send them: that is the harder past. Answers lie there for the days that
the server keeps them, so that tables and indexes are as large as they would be.
"""

from __future__ import annotations

import json
import secrets
import time
from datetime import date, datetime, timedelta
from datetime import time as Clock  # noqa: N812 - `time` is the module here
from pathlib import Path
from zoneinfo import ZoneInfo

from recorded_day import RecordedDay

from config.settings import HallSettings
from queue_server.codec import encode
from queue_server.database import Database, default_url
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day
from queue_server.journal import Answer, Entry, SqlJournal

TICKETS_A_DAY = 2_500
EVENTS_A_TICKET = 4.1
ANSWERS_KEPT_DAYS = 30
AT_ONCE = 250_000  # rows an append: a transaction writes each page of the indexes once, however many rows it got
CACHE_KIB = 1_500_000  # the indexes of a million tickets fit


def write(folder: Path, settings: HallSettings, *, old_tickets: int = 0, today_events: int = 0) -> int:
    """Write `old_tickets` over the past days, then about `today_events` rows of a whole day; returns the last seq."""
    folder.mkdir(parents=True, exist_ok=True)
    now_ms = time.time_ns() // 1_000_000
    today = date.fromisoformat(business_day(settings.timezone, now_ms))
    database = _Bulk(default_url(folder))
    writer = _Writer(SqlJournal(database, settings.id), now_ms)
    if old_tickets:
        days = max(1, old_tickets // TICKETS_A_DAY)
        recorded = RecordedDay(settings, old_tickets // days)
        for back in range(days, 0, -1):
            _past_day(writer, settings, recorded, today - timedelta(days=back), first=back == days)
        if today_events:
            writer.write(recorded.closing(today - timedelta(days=1), _midnight_ms(settings, today)))
    if today_events:
        recorded = RecordedDay(settings, round(today_events / EVENTS_A_TICKET))
        midnight_ms = _midnight_ms(settings, today)
        share = min(1.0, (now_ms - midnight_ms) / (recorded.ends_ms - recorded.begins_ms))

        def moved(at_ms: int) -> int:
            """So that the day has just ended, in less time if it began less than a day's work ago."""
            return now_ms - round((recorded.ends_ms - at_ms) * share)

        writer.write([recorded.opening(today, moved)])
        for command in recorded.commands(moved):
            writer.write(*command)
    writer.close()
    database.close()
    return writer.seq


def _past_day(writer: _Writer, settings: HallSettings, recorded: RecordedDay, day: date, *, first: bool) -> None:
    midnight_ms = _midnight_ms(settings, day)
    moved_ms = midnight_ms - _midnight_ms(settings, datetime.fromtimestamp(
        recorded.begins_ms / 1000, ZoneInfo(settings.timezone)
    ).date())  # fmt: skip
    opening = recorded.opening(day, lambda _at_ms: midnight_ms)
    before = [] if first else recorded.closing(day - timedelta(days=1), midnight_ms)
    writer.write([*before, opening])
    for command in recorded.commands(lambda at_ms: at_ms + moved_ms):
        writer.write(*command)


def _midnight_ms(settings: HallSettings, day: date) -> int:
    return round(datetime.combine(day, Clock(), ZoneInfo(settings.timezone)).timestamp() * 1000)


class _Bulk(Database):
    """The same database for one who may lose all of it: nothing is durable before the end."""

    def open_writer(self) -> object:
        connection = super().open_writer()
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        return connection


class _Writer:
    """Numbers rows and appends them in large transactions."""

    def __init__(self, journal: SqlJournal, now_ms: int) -> None:
        self.seq = journal.last_seq()
        self._journal = journal
        self._kept_from_ms = now_ms - ANSWERS_KEPT_DAYS * 24 * 3600 * 1000
        self._entries: list[Entry] = []
        self._answers: list[Answer] = []

    def write(self, events: list[e.Event], answered: bool = False) -> None:
        command_id = secrets.token_hex(16)
        by = "node:kiosk-1" if answered else "rules"
        for n, event in enumerate(events):
            kind, version, data = encode(event)
            self.seq += 1
            self._entries.append(Entry(self.seq, event.at_ms, kind, version, data, by, command_id, n))
        if answered and events and events[0].at_ms >= self._kept_from_ms:
            self._answers.append(Answer(command_id, events[0].at_ms, secrets.token_hex(16), 201, _BODY))
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
