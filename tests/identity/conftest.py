"""A vault in a database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from queue_server.database import Database
from queue_server.identity import Vault
from queue_server.keys import load_key

HALL = "oubei"


@pytest.fixture
def key(database: Database, tmp_path: Path) -> bytes:
    return load_key(database, HALL, tmp_path / "identity.key")


@pytest.fixture
def vault(database: Database, key: bytes) -> Vault:
    return Vault(database, HALL, key, ("id_number", "name", "phone"), 30)
