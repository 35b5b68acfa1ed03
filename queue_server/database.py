"""Opens a hall's database, SQLite or PostgreSQL, and keeps its tables current; knows no rows and no rules.

Two ways in: `engine` with `reading()` and `writing()` for ordinary Core statements, and bare driver connections
(`open_writer`, `borrowed_reader`) for the journal, whose appends are on the path of every ticket.

Everything here may be called from any OS thread, also one that gevent does not know.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import ClauseElement, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from .errors import DatabaseUnusable, NotDurable, NotReadable
from .tables import HEAD, metadata

FILE_NAME = "hall.db"
BUSY_TIMEOUT_S = 5.0
IDLE_READERS = 8
_PREPARE_LOCK = 0x68616C6C  # PostgreSQL advisory lock: one process at a time makes or changes tables


def default_url(data: Path) -> str:
    """The SQLite file of a data folder, used when no `--database` is given."""
    return f"sqlite:///{data / FILE_NAME}"


class Database:
    """One database.

    url: `sqlite:////var/lib/hall/hall.db` or `postgresql://user:password@host/name`.
    Opening makes the tables, or brings older ones up to date; a folder that is read-only and holds current tables is
    opened for reading. Raises `DatabaseUnusable` when the address is wrong, the server does not answer, or the tables
    were made by a newer version.
    """

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
        except ArgumentError:
            raise DatabaseUnusable(f"{url.split('@')[-1]!r} is no database address; try {_EXAMPLES}.") from None
        kind = self._url.get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            raise DatabaseUnusable(f"A hall is kept in SQLite or PostgreSQL, not {kind}; try {_EXAMPLES}.")
        if kind == "sqlite" and self._url.database in (None, "", ":memory:"):
            raise DatabaseUnusable(f"SQLite needs a file that survives a restart; try {_EXAMPLES}.")
        self.is_sqlite = kind == "sqlite"
        self._idle: deque[Any] = deque()
        self.engine = self._make_engine()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every idle connection; using the database again opens new ones."""
        while self._idle:
            self._idle.popleft().close()
        self.engine.dispose()

    # -- Core statements ---------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with. Raises `NotReadable` when the store does not answer."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except DBAPIError as err:
            raise NotReadable(f"The database could not be read: {_short(err.orig)}") from err

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One durable transaction. Raises `NotDurable`, or sqlalchemy's `IntegrityError` when a key is taken."""
        try:
            with self.engine.connect().execution_options(hall_writes=True) as connection, connection.begin():
                yield connection
        except IntegrityError:
            raise
        except DBAPIError as err:
            raise NotDurable(f"The database could not be written: {_short(err.orig)}") from err

    # -- bare connections --------------------------------------------------------------------------------------------

    def open_writer(self) -> Any:
        """A new driver connection that commits by itself (SQLite: say BEGIN). Raises the driver's own errors."""
        if not self.is_sqlite:
            return self._open_postgres(autocommit=True)
        connection = self._open_sqlite("rw")
        # Beyond this the writer checkpoints itself; SqlJournal normally does it earlier, from another thread.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        return connection

    def open_reader(self) -> Any:
        """A new driver connection to read with, also from a full disk or a read-only folder."""
        if not self.is_sqlite:
            return self._open_postgres(autocommit=True)
        return self._open_sqlite_for_reading()

    @contextmanager
    def borrowed_reader(self) -> Iterator[Any]:
        """A reader from a small store of idle ones. One that fails is closed; raises `NotReadable`."""
        try:
            connection = self._idle.pop()
            fresh = False
        except IndexError:
            connection = self._opened_reader()
            fresh = True
        if not fresh and getattr(connection, "closed", False):
            connection = self._opened_reader()
        try:
            yield connection
        except self.driver_error as err:
            connection.close()
            while self._idle:  # its siblings have most likely died with it
                self._idle.pop().close()
            raise NotReadable(f"The database could not be read: {_short(err)}") from err
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < IDLE_READERS and not isinstance(connection, _ReadOnlyFile):
            self._idle.append(connection)
        else:
            connection.close()

    @property
    def driver_error(self) -> type[Exception]:
        """The base of the driver's exceptions."""
        error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        return error

    def positional(self, statement: ClauseElement) -> str:
        """The SQL of a Core statement for this driver, parameters by position in the order they were written."""
        dialect = SQLiteDialect(paramstyle="qmark") if self.is_sqlite else PGDialect(paramstyle="format")  # type: ignore[no-untyped-call]
        return str(statement.compile(dialect=dialect))

    def _opened_reader(self) -> Any:
        try:
            return self.open_reader()
        except self.driver_error as err:
            raise NotReadable(f"The database could not be opened: {_short(err)}") from err

    def _open_postgres(self, *, autocommit: bool) -> Any:
        import psycopg

        connection = psycopg.connect(
            self._url.set(drivername="postgresql").render_as_string(hide_password=False),
            autocommit=True,
            prepare_threshold=1,
            connect_timeout=3,
            keepalives_idle=5,
            tcp_user_timeout=5000,
            application_name="queue-server",
        )
        # An acknowledged ticket survives a power cut, whatever the server's preset is.
        connection.execute("SET lock_timeout = '5s'")
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        connection.autocommit = autocommit
        return connection

    def _open_sqlite(self, mode: str) -> sqlite3.Connection:
        path = str(self._url.database)
        if mode == "rw" and not (os.access(path, os.W_OK) and os.access(Path(path).parent, os.W_OK)):
            # SQLite would silently open it for reading, and keep that for every connection of this process.
            raise sqlite3.OperationalError("the database file or its folder is read-only")
        uri = f"file:{quote(path)}?{'immutable=1' if mode == 'immutable' else 'mode=' + mode}"
        connection = sqlite3.connect(
            uri,
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_S,
            factory=sqlite3.Connection if mode == "rw" else _ReadOnlyFile,
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # a deleted identity leaves no copy in a free page
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # sqlite opens the file only now
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _open_sqlite_for_reading(self) -> sqlite3.Connection:
        try:
            connection = self._open_sqlite("rw")
        except sqlite3.OperationalError as err:
            try:
                connection = self._open_sqlite("ro")
            except sqlite3.OperationalError:
                log = Path(f"{self._url.database}-wal")
                if log.exists() and log.stat().st_size:
                    raise err from None
                # Read-only folder after a clean stop: nobody can write, and everything is in the one file.
                connection = self._open_sqlite("immutable")
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _make_engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(
                self._url.set(drivername="postgresql+psycopg"),
                creator=lambda: self._open_postgres(autocommit=False),
                pool_size=2,
                max_overflow=-1,
                pool_pre_ping=True,
            )

        def open_any() -> sqlite3.Connection:
            try:
                return self._open_sqlite("rw")
            except sqlite3.OperationalError:
                return self._open_sqlite_for_reading()

        engine = create_engine(self._url.set(drivername="sqlite"), creator=open_any, pool_size=2, max_overflow=-1)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # A transaction that starts by reading and then writes would fail when another one wrote in between.
            writes = connection.get_execution_options().get("hall_writes")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        @event.listens_for(engine, "checkin")
        def checkin(connection: Any, record: ConnectionPoolEntry) -> None:
            if isinstance(connection, _ReadOnlyFile):
                record.invalidate()

        return engine

    # -- tables ------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        try:
            if self.is_sqlite:
                self._make_file()
            if self.stored_version() == HEAD:
                return
            with self.writing() as connection:
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_PREPARE_LOCK})"))
                self._bring_up_to_date(connection)
        except (NotReadable, NotDurable, sqlite3.Error) as err:
            raise DatabaseUnusable(f"Cannot use {self._url.render_as_string()}: {_short(err)}") from err

    def _make_file(self) -> None:
        path = Path(str(self._url.database))
        with suppress(OSError):  # it exists already, or the folder is read-only and may still hold one to read
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if not path.exists():
            raise DatabaseUnusable(f"{path} does not exist and cannot be made; check the folder and its owner.")
        try:
            connection = self._open_sqlite("rw")
        except sqlite3.OperationalError:
            return
        try:
            if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()

    def stored_version(self) -> str | None:
        """The version of the stored tables, None when there are none yet."""
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _bring_up_to_date(self, connection: Connection) -> None:
        present = inspect(connection).has_table("alembic_version")
        stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if present else None
        if stored is None:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        elif stored != HEAD:
            from .migrations import upgrade  # Alembic costs start-up time and memory, and is needed once a release

            upgrade(connection, stored)


class _ReadOnlyFile(sqlite3.Connection):
    """Opened where nobody could write. Never kept: once the folder is writable again it would not see new rows."""


_EXAMPLES = "sqlite:////var/lib/hall/hall.db or postgresql://user:password@host/hall"


def _short(err: BaseException | None) -> str:
    """The first line of a driver's message; the rest may quote a statement's values."""
    return str(err).strip().split("\n")[0] if err else "unknown"
