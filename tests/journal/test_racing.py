"""Four writers race for every seq; a reader at the tail must see 1..N, once each, in order, without a gap."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from queue_server.errors import Conflict
from queue_server.journal import Entry, Journal

Make = Callable[..., Any]
WRITERS = 4
DEADLINE_S = 120


def tail(journal: Journal, total: int) -> list[Entry]:
    seen: list[Entry] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(seen) < total and time.monotonic() < deadline:
        seen += journal.read(seen[-1].seq if seen else 0, limit=50)
    return seen


def test_threads_with_journals_of_their_own(open_journal: Make) -> None:
    each = 100
    conflicts: list[int] = []
    failures: list[BaseException] = []
    start = threading.Barrier(WRITERS)

    def write(journal: Journal, name: str) -> None:
        lost = 0
        try:
            start.wait(DEADLINE_S)
            after = 0
            for n in range(each):
                while True:
                    pair = [Entry(after + 1 + i, n, "TicketIssued", 1, "{}", "rules", f"{name}-{n}", i) for i in (0, 1)]
                    try:
                        journal.append(after, pair)
                    except Conflict:
                        lost += 1
                        after = journal.last_seq()
                        continue
                    after += 2
                    break
        except BaseException as err:
            failures.append(err)
            raise
        finally:
            conflicts.append(lost)

    threads = [threading.Thread(target=write, args=(open_journal(), f"w{i}")) for i in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen = tail(open_journal(), WRITERS * each * 2)
    for thread in threads:
        thread.join(DEADLINE_S)
    assert not failures
    assert [e.seq for e in seen] == list(range(1, WRITERS * each * 2 + 1))
    assert len({(e.command_id, e.n) for e in seen}) == len(seen)
    assert all(a.command_id == b.command_id for a, b in zip(seen[::2], seen[1::2], strict=True)), "a command was torn"
    assert sum(conflicts) > 0, "nobody raced: this test proved nothing"


def test_processes(open_stored: Make) -> None:
    each = 60
    journal = open_stored()
    script = str(Path(__file__).with_name("writer.py"))
    writers = [
        subprocess.Popen([sys.executable, script, open_stored.url, f"p{i}", str(each)], env={"PYTHONPATH": _root()})
        for i in range(WRITERS)
    ]
    seen = tail(journal, WRITERS * each)
    assert [writer.wait(DEADLINE_S) for writer in writers] == [0] * WRITERS
    assert [e.seq for e in seen] == list(range(1, WRITERS * each + 1))
    assert {e.command_id for e in seen} == {f"p{i}-{n}" for i in range(WRITERS) for n in range(each)}


def _root() -> str:
    return str(Path(__file__).parents[2])
