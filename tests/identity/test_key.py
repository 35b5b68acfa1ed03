"""The identity key is made once, kept privately, and never replaced silently."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from queue_server.citizen import Citizen
from queue_server.database import Database
from queue_server.errors import KeyUnusable
from queue_server.identity import Vault
from queue_server.keys import load_key

HALL = "oubei"


def test_made_once_private_and_read_again(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    key = load_key(database, HALL, path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_key(database, HALL, path) == key
    assert [file.name for file in tmp_path.glob("identity.key*")] == ["identity.key"]


def test_missing_although_identities_exist(database: Database, key: bytes, vault: Vault, tmp_path: Path) -> None:
    vault.reference("2026-11-20", Citizen(phone="13812341234"))
    (tmp_path / "identity.key").unlink()
    with pytest.raises(KeyUnusable, match="put it back from its backup"):
        load_key(database, HALL, tmp_path / "identity.key")
    assert not (tmp_path / "identity.key").exists()
    assert load_key(database, "another-hall", tmp_path / "other.key") != key


def test_another_key_is_noticed(database: Database, vault: Vault) -> None:
    vault.reference("2026-11-20", Citizen(phone="13812341234"))
    with pytest.raises(KeyUnusable, match="not the one that sealed"):
        Vault(database, HALL, b"\1" * 32, (), 30)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_damaged(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "identity.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyUnusable, match="not 32"):
        load_key(database, HALL, path)


def test_open_to_others(database: Database, key: bytes, tmp_path: Path) -> None:
    (tmp_path / "identity.key").chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        load_key(database, HALL, tmp_path / "identity.key")


def test_a_folder_that_does_not_exist(database: Database, tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be made"):
        load_key(database, HALL, tmp_path / "none" / "identity.key")


def test_two_first_starts_at_once_get_one_key(database: Database, tmp_path: Path) -> None:
    keys: list[bytes] = []
    start = threading.Barrier(4)

    def first_start() -> None:
        start.wait(30)
        keys.append(load_key(database, HALL, tmp_path / "identity.key"))

    threads = [threading.Thread(target=first_start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(keys) == 4
    assert len(set(keys)) == 1
