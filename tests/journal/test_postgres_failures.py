"""PostgreSQL goes away, comes back, or loses the connection in the middle of a commit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from queue_server.database import Database
from queue_server.errors import Conflict, DatabaseUnusable, NotDurable, NotReadable
from queue_server.journal import SqlJournal

Make = Callable[..., Any]
HALL = "oubei"
pytestmark = pytest.mark.postgres


@pytest.fixture
def opened(postgres_url: str) -> Iterator[SqlJournal]:
    database = Database(postgres_url)
    journal = SqlJournal(database, HALL)
    yield journal
    journal.close()
    database.close()


def test_server_gone_and_back(opened: SqlJournal, postgres_server: Any, entry: Make) -> None:
    opened.append(0, [entry(1)])
    assert opened.last_seq() == 1
    postgres_server.stop()
    try:
        for _ in range(2):
            with pytest.raises(NotDurable):
                opened.append(1, [entry(2)])
            with pytest.raises(NotReadable):
                opened.read(0)
            with pytest.raises(NotDurable):
                opened.forget_answers(0)
    finally:
        postgres_server.start()
    assert opened.read(0) == [entry(1)]
    opened.append(1, [entry(2)])
    assert opened.last_seq() == 2
    assert opened.forget_answers(0) == 0


def test_connections_cut_by_the_server(opened: SqlJournal, postgres_server: Any, entry: Make) -> None:
    opened.append(0, [entry(1)])
    opened.read(0)
    postgres_server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'queue-server'"
    )
    assert opened.read(0) == [entry(1)], "a reader reconnects by itself"
    with pytest.raises(NotDurable):
        opened.append(1, [entry(2)])
    opened.append(1, [entry(2)])
    assert opened.last_seq() == 2


class Proxy:
    """Forwards to the server; while `swallow` is set it lets a request through and cuts the line before the answer."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.swallow = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if answers and self.swallow:
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()  # the other direction closes the other end


def test_connection_lost_while_the_commit_was_on_its_way(
    postgres_url: str, postgres_server: Any, entry: Make, answer: Make
) -> None:
    proxy = Proxy(postgres_server.port)
    database = Database(postgres_url.replace(f":{postgres_server.port}/", f":{proxy.port}/"))
    journal = SqlJournal(database, HALL)
    journal.append(0, [entry(1)])
    journal.append(1, [entry(2)])
    proxy.swallow = True
    with pytest.raises(NotDurable):
        journal.append(2, [entry(3)], [answer("command-3", body=b"A003")])
    proxy.swallow = False
    # It was written after all, and reading says so; a retry cannot write it a second time.
    assert journal.read(2) == [entry(3)]
    assert journal.answers(["command-3"])["command-3"].body == b"A003"
    with pytest.raises(Conflict):
        journal.append(2, [entry(3)], [answer("command-3")])
    with pytest.raises(Conflict):
        journal.append(3, [entry(4, "command-3")])
    journal.append(3, [entry(4)])
    assert journal.last_seq() == 4
    journal.close()
    database.close()
    proxy.close()


def test_a_server_that_became_read_only(opened: SqlJournal, postgres_url: str, entry: Make) -> None:
    opened.append(0, [entry(1)])
    name = postgres_url.rsplit("/", 1)[1]
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    opened.close()
    with pytest.raises(NotDurable):
        opened.append(1, [entry(2)])
    assert opened.read(0) == [entry(1)]


@pytest.mark.parametrize("level", ["read committed", "repeatable read", "serializable"])
def test_a_race_is_a_conflict_at_every_isolation_level(postgres_url: str, entry: Make, level: str) -> None:
    name = postgres_url.rsplit("/", 1)[1]
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
    database = Database(postgres_url)
    losers, winners = [], []
    start = threading.Barrier(4)

    def race(number: int) -> None:
        journal = SqlJournal(database, HALL)
        for seq in range(1, 31):
            start.wait(60)
            try:
                journal.append(seq - 1, [entry(seq, f"{number}-{seq}")])
            except Conflict:
                losers.append(seq)
            else:
                winners.append(seq)
            start.wait(60)
        journal.close()

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(winners) == list(range(1, 31))
    assert len(losers) == 90
    database.close()


def test_commits_are_synchronous_whatever_the_server_presets(postgres_url: str) -> None:
    name = postgres_url.rsplit("/", 1)[1]
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    database = Database(postgres_url)
    writer = database.open_writer()
    assert writer.execute("SHOW synchronous_commit").fetchone() == ("on",)
    writer.close()
    database.close()


def test_finding_the_day_uses_the_small_index(opened: SqlJournal, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(
            "INSERT INTO journal SELECT 'oubei', n, n, 'TicketIssued', 1, '{}', 'rules', 'c' || n, 0 "
            "FROM generate_series(1, 20000) n"
        )
        admin.execute("ANALYZE journal")
        plan = admin.execute(f"EXPLAIN {opened._last_day}", (HALL,)).fetchall()
    assert "journal_days" in str(plan)


def test_an_unreachable_server_is_one_sentence_without_the_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DatabaseUnusable) as caught:
        Database(f"postgresql://hall:secret-word@127.0.0.1:{port}/hall")
    assert "\n" not in str(caught.value)
    assert "secret-word" not in str(caught.value)
