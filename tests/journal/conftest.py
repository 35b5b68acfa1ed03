"""Every kind of journal behind one way to open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queue_server.database import Database, default_url
from queue_server.journal import Answer, Entry, Journal, MemoryJournal, SqlJournal

HALL = "oubei"


class Opener:
    """Opens journals of one hall; for the SQL kinds each has a Database of its own, like another process would."""

    def __init__(self, kind: str, url: str | None) -> None:
        self.kind = kind
        self.url = url
        self._memory = MemoryJournal()
        self._databases: list[Database] = []
        self._journals: list[Journal] = []

    def __call__(self, hall: str = HALL) -> Journal:
        if self.url is None:
            return self._memory
        database = Database(self.url)
        journal = SqlJournal(database, hall)
        self._databases.append(database)
        self._journals.append(journal)
        return journal

    def close(self) -> None:
        for journal in self._journals:
            journal.close()
        for database in self._databases:
            database.close()


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def open_journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    url = {
        "memory": lambda: None,
        "sqlite": lambda: default_url(tmp_path),
        "postgres": lambda: request.getfixturevalue("postgres_url"),
    }[request.param]()
    opener = Opener(request.param, url)
    yield opener
    opener.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def open_stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Only the kinds that survive a process."""
    url = default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opener = Opener(request.param, url)
    yield opener
    opener.close()


@pytest.fixture
def entry() -> Callable[..., Entry]:
    def make(seq: int, command: str | None = None, n: int = 0, kind: str = "TicketIssued") -> Entry:
        data = f'{{"label":"A{seq:03d}","服务":"户籍"}}'
        return Entry(seq, 1_700_000_000_000 + seq, kind, 1, data, "node:kiosk-1", command or f"command-{seq}", n)

    return make


@pytest.fixture
def answer() -> Callable[..., Answer]:
    def make(command: str, at_ms: int = 1_700_000_000_000, body: bytes = b"{}") -> Answer:
        return Answer(command, at_ms, "f" * 32, 201, body)

    return make
