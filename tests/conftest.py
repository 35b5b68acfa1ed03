"""Fixtures that every folder of tests may use: a throw-away PostgreSQL server, databases, twins, settings of a hall."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.settings import HallSettings, Rules, Service, Window
from drivers.simulated.line import Line, PtyLine, UnixLine
from drivers.simulated.twin import ByteTwin
from queue_server.database import Database, default_url

START_TIMEOUT_S = 60


def pytest_configure() -> None:
    """Who is asked to end (`timeout`, a CI that gives up) ends as after Ctrl-C, so that no process of a test stays."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresServer:
    """A PostgreSQL server of our own on 127.0.0.1, fsync on as Debian ships it; it can be stopped and started."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="hall-postgres-"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._run("initdb", "-D", str(self._data), "-U", "hall", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def url(self, database: str) -> str:
        return f"postgresql://hall@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if self.port == 0:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60"]
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(
            [str(self._binaries / "postgres"), "-D", str(self._data), "-p", str(self.port)]
            + [part for setting in settings for part in ("-c", setting)],
            stdout=log,
            stderr=log,
            cwd=self._folder,
            **self._as,
        )
        log.close()
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """At once and without asking clients, as after `pg_ctl stop -m fast`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_TIMEOUT_S)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / name), *arguments], capture_output=True, text=True, cwd=self._folder, **self._as
        )
        if done.returncode:
            raise RuntimeError(done.stderr or done.stdout)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binaries (initdb): apt-get install postgresql")
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextmanager
def _new_database(server: PostgresServer, template: str) -> Iterator[str]:
    """The address of a copy of `template`, dropped afterwards."""
    name = f"hall_{time.monotonic_ns()}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bare_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a database without any table."""
    with _new_database(postgres_server, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer) -> str:
    """A database with our tables and nothing in them: to copy it takes half as long as to make them again."""
    postgres_server.execute("CREATE DATABASE hall_tables")
    Database(postgres_server.url("hall_tables")).close()
    return "hall_tables"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_with_tables: str) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    with _new_database(postgres_server, postgres_with_tables) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    url = default_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def devices_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where `simulated://NAME` leads in this test; its path is short, as that of a socket must be."""
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        yield Path(folder)


@pytest.fixture
def plug_in_at(devices_dir: Path) -> Iterator[Callable[[Any, str], Any]]:
    """`plug_in_at(twin, NAME)` -> the twin, to be found at `simulated://NAME`."""
    lines: list[Line] = []

    def plug_in(twin: Any, name: str) -> Any:
        line = PtyLine if isinstance(twin, ByteTwin) else UnixLine
        lines.append(line(twin, devices_dir / name))
        return twin

    yield plug_in
    for line in lines:
        line.close()


@pytest.fixture
def hall_settings() -> Callable[..., HallSettings]:
    """Makes a hall's settings: services with prefixes A, B, C ... in order, windows by number with what they serve."""

    def make(
        services: Mapping[str, Mapping[str, Any]] | tuple[str, ...] = ("hukou",),
        windows: Mapping[int, tuple[str, ...]] | None = None,
        then: Mapping[int, tuple[str, ...]] | None = None,
        *,
        timezone: str = "Asia/Shanghai",
        rules: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> HallSettings:
        plans = services if isinstance(services, Mapping) else {service: {} for service in services}
        return HallSettings(
            id="oubei",
            name={"zh-CN": "瓯北街道便民服务中心", "en": "Oubei"},
            timezone=timezone,
            languages=("zh-CN", "en"),
            services={
                service: Service(service, {"zh-CN": service, "en": service}, chr(ord("A") + n), **plan)
                for n, (service, plan) in enumerate(plans.items())
            },
            windows={
                number: Window(
                    number, {"zh-CN": f"{number}号窗口", "en": f"Window {number}"}, served, (then or {}).get(number, ())
                )
                for number, served in (windows or {1: tuple(plans)}).items()
            },
            rules=Rules(**(rules or {})),
            **fields,
        )

    return make
