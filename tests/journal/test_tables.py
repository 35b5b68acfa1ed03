"""The tables are the same whether made new or step by step, and Alembic is loaded only when there is a step to make."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, text

from queue_server import migrations
from queue_server.database import Database, default_url
from queue_server.errors import DatabaseUnusable
from queue_server.journal import SqlJournal
from queue_server.tables import HEAD, metadata

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    made: str = default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("bare_postgres_url")
    return made


def test_the_head_constant_is_the_newest_step() -> None:
    assert ScriptDirectory.from_config(migrations.config()).get_current_head() == HEAD


def _shape(url: str) -> list[str]:
    engine = create_engine(_driver(url))
    query = (
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
        if url.startswith("sqlite")
        else "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL SELECT concat_ws(' ', table_name, "
        "column_name, data_type, is_nullable) FROM information_schema.columns WHERE table_schema = 'public'"
    )
    with engine.connect() as connection:
        found = sorted(" ".join(row[0].split()) for row in connection.execute(text(query)))
    engine.dispose()
    return [line for line in found if "alembic_version" not in line]


def _driver(url: str) -> str:
    return url.replace("postgresql:", "postgresql+psycopg:")


def test_steps_make_what_tables_says(url: str) -> None:
    engine = create_engine(_driver(url))
    with engine.begin() as connection:
        migrations.upgrade(connection, HEAD)
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        if engine.dialect.name == "sqlite":  # the comparison does not know that an index is for PostgreSQL alone
            differences = [d for d in differences if (d[0], d[1].name) != ("add_index", "answers_age")]
        assert differences == []
    stepped = _shape(url)
    with engine.begin() as connection:
        for name in ("alembic_version", *metadata.tables):
            connection.execute(text(f"DROP TABLE {name}"))
    engine.dispose()
    Database(url).close()
    assert stepped == _shape(url)


def test_older_tables_are_brought_up_to_date_and_keep_their_rows(url: str, entry: Callable[..., Any]) -> None:
    """From the first version of all to the newest, with a ticket in between."""
    engine = create_engine(_driver(url))
    with engine.begin() as connection:
        command.upgrade(migrations.config(connection), "0001")
    row = entry(1)
    values = {name: getattr(row, name) for name in ("seq", "at_ms", "kind", "version", "data", "by", "command_id", "n")}
    with engine.begin() as connection:
        connection.execute(insert(metadata.tables["journal"]).values(hall="oubei", **values))
    engine.dispose()
    again = Database(url)
    assert again.stored_version() == HEAD
    assert SqlJournal(again, "oubei").read(0) == [row]
    again.close()


def test_tables_of_a_newer_version_are_refused(url: str) -> None:
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(DatabaseUnusable, match="made by a newer queue-server"):
        Database(url)


def test_alembic_is_not_loaded_for_new_or_current_tables(url: str) -> None:
    program = (
        "import sys; from queue_server.database import Database; Database(sys.argv[1]).close();"
        "Database(sys.argv[1]).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_four_processes_may_start_at_once_on_an_empty_database(url: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        try:
            Database(url).close()
        except Exception as err:  # noqa: BLE001 - shown by the assertion below
            failures.append(err)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
