"""A hall's disk fills up or becomes read-only: requests fail, reading goes on, and nothing is half done."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from queue_server.database import Database, default_url
from queue_server.errors import DatabaseUnusable, NotDurable
from queue_server.journal import SqlJournal
from queue_server.tables import audit

Make = Callable[..., Any]
HALL = "oubei"


class SmallDatabase(Database):
    """A database whose file may not grow beyond `pages`, as on a disk that is full."""

    pages: int | None = None

    def open_writer(self) -> Any:
        writer = super().open_writer()
        if self.pages:
            writer.execute(f"PRAGMA max_page_count = {self.pages}")
        return writer


def fill(journal: SqlJournal, entry: Make, answer: Make, upto: int = 5000) -> int:
    """Append until the store refuses; says the last seq that was acknowledged."""
    after = journal.last_seq()
    while after < upto:
        batch = [entry(after + 1 + n) for n in range(10)]
        try:
            journal.append(after, batch, [answer(e.command_id, body=b"x" * 500) for e in batch])
        except NotDurable:
            return after
        after += 10
    raise AssertionError("it never filled up")


def test_full_file_then_room_again(tmp_path: Path, entry: Make, answer: Make) -> None:
    database = SmallDatabase(default_url(tmp_path))
    database.pages = 120
    journal = SqlJournal(database, HALL)
    acknowledged = fill(journal, entry, answer)
    assert acknowledged > 100
    assert [e.seq for e in journal.read(0)] == list(range(1, acknowledged + 1))
    assert journal.answers([f"command-{acknowledged + 1}"]) == {}
    with pytest.raises(NotDurable):
        journal.append(acknowledged, [entry(acknowledged + 1 + n) for n in range(5000)])
    assert journal.last_seq() == acknowledged
    database.pages = None
    journal.append(acknowledged, [entry(acknowledged + 1)])
    assert journal.last_seq() == acknowledged + 1
    journal.close()
    database.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # also when a failed test left files open


def test_full_disk_then_room_again(small_disk: Path, entry: Make, answer: Make) -> None:
    database = Database(default_url(small_disk))
    journal = SqlJournal(database, HALL)
    (small_disk / "ballast").write_bytes(b"\0" * 500_000)
    acknowledged = fill(journal, entry, answer)
    assert [e.seq for e in journal.read(0)] == list(range(1, acknowledged + 1))
    row = {"hall": HALL, "at_ms": 1, "who": "x", "what": "y", "reason": "z" * 1000}
    with pytest.raises(NotDurable), database.writing() as connection:
        connection.execute(audit.insert(), [row] * 1000)
    fresh = SqlJournal(Database(default_url(small_disk)), HALL)
    assert fresh.last_seq() == acknowledged, "opening it anew on the full disk reads too"
    fresh._database.close()
    (small_disk / "ballast").unlink()
    journal.append(acknowledged, [entry(acknowledged + 1)])
    assert journal.last_seq() == acknowledged + 1
    journal.close()
    database.close()


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


@pytest.mark.parametrize("stop", ["clean", "power cut"])
def test_read_only_folder_then_writable_again(
    small_disk: Path, tmp_path: Path, entry: Make, answer: Make, stop: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    writer = Database(default_url(source))
    journal = SqlJournal(writer, HALL)
    journal.append(0, [entry(n) for n in range(1, 101)], [answer("command-1")])
    if stop == "clean":
        journal.close()
        writer.close()
    for file in source.iterdir():
        shutil.copy(file, small_disk)
    assert (small_disk / "hall.db-wal").exists() is (stop == "power cut")
    journal.close()
    writer.close()

    remount(small_disk, "ro")
    database = Database(default_url(small_disk))
    journal = SqlJournal(database, HALL)
    for _ in range(2):
        assert [e.seq for e in journal.read(0)] == list(range(1, 101))
        assert set(journal.answers(["command-1"])) == {"command-1"}
        with pytest.raises(NotDurable):
            journal.append(100, [entry(101)])
        with pytest.raises(NotDurable), database.writing() as connection:
            connection.execute(audit.insert().values(hall=HALL, at_ms=1, who="x", what="y", reason="z"))
    remount(small_disk, "rw")
    journal.append(100, [entry(101)])
    assert journal.read(100) == [entry(101)]
    with database.writing() as connection:
        connection.execute(audit.insert().values(hall=HALL, at_ms=1, who="x", what="y", reason="z"))
    with database.reading() as connection:
        assert len(connection.execute(audit.select()).all()) == 1
    journal.close()
    database.close()


def test_read_only_empty_folder_is_refused_in_one_sentence(small_disk: Path) -> None:
    remount(small_disk, "ro")
    with pytest.raises(DatabaseUnusable, match="check the folder and its owner"):
        Database(default_url(small_disk))
    remount(small_disk, "rw")


def test_another_process_holding_the_file_is_not_durable_and_passes(
    tmp_path: Path, entry: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.database.BUSY_TIMEOUT_S", 0.05)
    database = Database(default_url(tmp_path))
    journal = SqlJournal(database, HALL)
    journal.append(0, [entry(1)])
    with closing(sqlite3.connect(tmp_path / "hall.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotDurable, match="locked"):
            journal.append(1, [entry(2)])
        assert journal.last_seq() == 1
        other.execute("ROLLBACK")
    journal.append(1, [entry(2)])
    assert journal.last_seq() == 2
    journal.close()
    database.close()


def test_commits_are_synchronous_and_files_are_private(tmp_path: Path, entry: Make) -> None:
    database = Database(default_url(tmp_path))
    journal = SqlJournal(database, HALL)
    journal.append(0, [entry(1)])
    writer = database.open_writer()
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.close()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    journal.close()
    database.close()


def test_the_log_is_copied_beside_the_writer_and_does_not_grow_for_ever(tmp_path: Path, entry: Make) -> None:
    database = Database(default_url(tmp_path))
    journal = SqlJournal(database, HALL)
    file, log = tmp_path / "hall.db", tmp_path / "hall.db-wal"
    small = file.stat().st_size
    after = 0
    for _ in range(3):
        journal.append(after, [entry(after + 1 + n, os.urandom(16).hex()) for n in range(400)])
        after += 400
    deadline = time.monotonic() + 30
    while file.stat().st_size == small and time.monotonic() < deadline:
        time.sleep(0.01)
    assert file.stat().st_size > small, "nobody checkpointed"
    for _ in range(250):
        journal.append(after, [entry(after + 1 + n, os.urandom(16).hex()) for n in range(100)])
        after += 100
    assert log.stat().st_size < 80_000_000
    journal.close()
    database.close()


def test_finding_the_day_uses_the_small_index(tmp_path: Path, entry: Make) -> None:
    database = Database(default_url(tmp_path))
    journal = SqlJournal(database, HALL)
    with database.borrowed_reader() as reader:
        plan = reader.execute(f"EXPLAIN QUERY PLAN {journal._last_day}", (HALL,)).fetchall()
    assert "journal_days" in str(plan)
    journal.close()
    database.close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://root@localhost/hall", "hall.db", "sqlite:////proc/none/hall.db"]
)
def test_a_wrong_address_is_one_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as caught:
        Database(url)
    assert "\n" not in str(caught.value)
