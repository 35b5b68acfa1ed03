"""A vault in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.database import Database, default_url
from queue_server.identity import Vault, load_key

HALL = "oubei"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def key(database: Database, tmp_path: Path) -> bytes:
    return load_key(database, HALL, tmp_path / "identity.key")


@pytest.fixture
def vault(database: Database, key: bytes) -> Vault:
    return Vault(database, HALL, key, ("id_number", "name", "phone"), 30)
