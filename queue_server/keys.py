"""A hall's master key, a file outside the database, made once and never replaced silently; knows no citizen."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select

from .database import Database
from .errors import KeyUnusable
from .tables import vault, vault_days

KEY_BYTES = 32
FILE_NAME = "identity.key"


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256), from which neither the master key nor another one follows."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"hall-queue {purpose} 1".encode()).derive(key)


def load_key(database: Database, hall: str, path: Path) -> bytes:
    """The hall's master key; made at the first start.

    Raises `KeyUnusable` when the file is missing although the database holds identities (a new key would make them
    unreadable for good), is damaged, or may be read by every user of the machine.
    """
    try:
        key = _read(path)
    except FileNotFoundError:
        if _holds_identities(database, hall):
            raise KeyUnusable(
                f"{path} is missing, but the database holds identities sealed with it: put it back from its backup."
            ) from None
        _make(path)
        key = _read(path)
    return key


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        key = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as err:
        raise KeyUnusable(f"{path} cannot be read: {err.strerror}.") from err
    if mode & stat.S_IRWXO:
        raise KeyUnusable(f"{path} may be read by every user of this machine: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise KeyUnusable(f"{path} has {len(key)} bytes, not {KEY_BYTES}: put it back from its backup.")
    return key


def _make(path: Path) -> None:
    """Written under another name and linked, so that no process ever reads half a key, and the first one wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(file, secrets.token_bytes(KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as err:
        raise KeyUnusable(f"{path} cannot be made: {err.strerror}.") from err


def _holds_identities(database: Database, hall: str) -> bool:
    with database.reading() as connection:
        return any(
            connection.execute(select(table.c.hall).where(table.c.hall == hall).limit(1)).first() is not None
            for table in (vault_days, vault)
        )
