"""Engines on real journals with a clock in our hand, and somebody who asks them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import HallSettings
from queue_server.database import Database, default_url
from queue_server.engine import Asked, Delivery, Engine, Replies, Reply
from queue_server.hall import commands as c
from queue_server.hall.events import Event
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.journal import Journal, MemoryJournal, SqlJournal

START_MS = 1_795_136_400_000  # Friday 2026-11-20 09:00 in Shanghai
DEADLINE_S = 30.0
REPLIES = Replies(Reply(503, b"not_durable"), Reply(422, b"key_reused"), Reply(500, b"failed"))


class Clock:
    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms

    def wait(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


class Answered:
    """A command on its way; `reply()` waits for its answer."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self._done = threading.Event()

    def done(self, reply: Reply) -> None:
        self.replies.append(reply)
        self._done.set()

    def reply(self) -> Reply:
        assert self._done.wait(DEADLINE_S), "nobody answered"
        return self.replies[0]

    def waits(self) -> bool:
        return not self._done.is_set()


class Office:
    """One engine, what it delivered, and its answers. Like a server process; `restart` is another one after it."""

    def __init__(self, settings: HallSettings, journal: Journal, clock: Clock) -> None:
        self.clock = clock
        self.journal = journal
        self.engine = Engine(settings, journal, now_ms=clock, deliver=self._deliver, replies=REPLIES)
        self.began: list[tuple[int, Event]] = []
        self.events: list[tuple[int, Event]] = []
        self._news = threading.Condition()
        self._asked = 0
        self._running = False

    def start(self) -> Office:
        self.began = self.engine.start()
        self._running = True
        return self

    def stop(self) -> None:
        if self._running:
            self._running = False
            self.engine.stop()

    def submit(
        self,
        kind: type[c.Command],
        *,
        key: str | None = None,
        body: str = "body",
        answer: Callable[[Hall, Decision], Reply] | None = None,
        **fields: Any,
    ) -> Answered:
        self._asked += 1
        command = kind(command_id=key or f"{id(self)}-{self._asked}", at_ms=self.clock(), **fields)
        answered = Answered()
        fingerprint = body if key is not None else None
        self.engine.submit(Asked(command, "test", answer or said, answered.done, fingerprint))
        return answered

    def ask(self, kind: type[c.Command], **fields: Any) -> Reply:
        return self.submit(kind, **fields).reply()

    def take(self, **fields: Any) -> Answered:
        return self.submit(c.IssueTicket, ticket_id=f"t-{id(self)}-{self._asked}", services=("hukou",), **fields)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what was delivered fulfils `condition`."""
        with self._news:
            assert self._news.wait_for(condition, DEADLINE_S), f"{len(self.events)} events delivered"

    def kinds(self) -> list[str]:
        return [type(event).__name__ for _, event in self.events]

    def _deliver(self, delivery: Delivery) -> None:
        with self._news:
            self.events += delivery.events
            self._news.notify_all()
        for asked, reply in delivery.replies:
            asked.done(reply)


def said(hall: Hall, decision: Decision) -> Reply:
    """Refusals as 409, nothing happened as 204, else what happened and where the hall stands."""
    if decision.refused is not None:
        return Reply(409, decision.refused.code.encode())
    if not decision.events:
        return Reply(204, b"")
    labels = [event.label for event in decision.events if hasattr(event, "label")]
    return Reply(200, json.dumps({"seq": hall.seq, "labels": labels}).encode())


def labels(reply: Reply) -> list[str]:
    found: list[str] = json.loads(reply.body)["labels"]
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def offices(hall_settings: Callable[..., HallSettings], clock: Clock) -> Iterator[Callable[..., Office]]:
    """`offices(journal)` opens one that is not started yet; all are stopped in the end."""
    opened: list[Office] = []

    def open_office(journal: Journal, **settings: Any) -> Office:
        office = Office(hall_settings(**settings), journal, clock)
        opened.append(office)
        return office

    yield open_office
    for office in opened:
        office.stop()


@pytest.fixture
def labels_in() -> Callable[[Reply], list[str]]:
    return labels


KINDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=KINDS)
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Opens the same journal again and again, each time as another process would."""
    if request.param == "memory":
        memory = MemoryJournal()
        yield lambda: memory
        return
    url = default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened: list[tuple[SqlJournal, Database]] = []

    def open_stored() -> Journal:
        database = Database(url)
        opened.append((SqlJournal(database, "oubei"), database))
        return opened[-1][0]

    yield open_stored
    for journal, database in opened:
        journal.close()
        database.close()
