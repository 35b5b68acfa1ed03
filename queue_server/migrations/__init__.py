"""Brings older tables up to date with Alembic; loaded only when a database is not at `tables.HEAD`.

A new step: change `tables.py`, add `versions/000N_words.py` with `down_revision` the one before, set `tables.HEAD`.
A test compares the tables that the steps make with those of `tables.py`.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ..errors import DatabaseUnusable


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file; `connection` is inside a transaction that the caller ends."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection, stored: str) -> None:
    """Run every step after `stored`. Raises `DatabaseUnusable` when `stored` was made by a newer version."""
    settings = config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if stored not in known:
        raise DatabaseUnusable(
            f"The database has tables of version {stored!r}, made by a newer queue-server; install that version again."
        )
    command.upgrade(settings, "head")
