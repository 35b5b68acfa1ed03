"""Runs a hall server under gunicorn: one gevent worker, one data folder, never two servers on it."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gevent import monkey

monkey.patch_all()  # before anything imports a database driver, or that would block the loop

from gunicorn.app.base import BaseApplication  # noqa: E402
from gunicorn.glogging import Logger  # noqa: E402

from config.settings import HallSettings  # noqa: E402
from queue_server import logs  # noqa: E402

LOCK_WAIT_S = 8.0
PR_SET_PDEATHSIG = 1
GC_THRESHOLDS = (10_000, 20, 20)  # a request makes hundreds of objects: the preset collects every second one


class CannotServeError(RuntimeError):
    """Another server has the data folder or the port; the sentence says which, and what to do."""


def run(
    settings: HallSettings,
    data: Path,
    host: str,
    port: int,
    database: str | None = None,
    key_file: Path | None = None,
    file_digest: str = "",
) -> None:
    """Serve until a signal. Raises CannotServeError when the folder is taken for longer than 8 s."""
    logs.configure()
    lock = _lock(data)
    _check_port(host, port)
    made = partial(
        _make, settings, data, file_digest=file_digest, database_url=database, key_file=key_file, estimates=True
    )
    _Server(made, f"queue-server {settings.id}", host, port).run()
    os.close(lock)


def _check_port(host: str, port: int) -> None:
    """Say in one sentence what gunicorn would try for five seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as err:
            raise CannotServeError(
                f"Cannot listen on {host}:{port} ({err.strerror}): choose another --port, or stop what uses it."
            ) from None


def _lock(data: Path) -> int:
    """Hold the folder; the worker inherits it, so it is free only when a killed server is entirely gone."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    os.set_inheritable(folder, True)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CannotServeError(
                    f"Another queue-server is running on {data}: stop it, or give this one another --data folder."
                ) from None
            time.sleep(0.02)
        else:
            return folder


def _make(settings: HallSettings, data: Path, **options: Any) -> Any:
    from queue_server.web.app import create_app

    try:
        return create_app(settings, data, **options)
    except OSError as err:
        print(f"queue-server: {err}", file=sys.stderr)  # noqa: T201 - the person at the terminal
        sys.exit(4)  # gunicorn's code for "the application can't be loaded": it stops instead of trying again


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's own lines, which may quote an address and with it the link of a ticket."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.LinksHidden(handler.formatter))


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, make: Callable[[], Any], name: str, host: str, port: int) -> None:
        self._make = make
        self._name = name
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._app: Any = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._bind,
            "workers": 1,  # Socket.IO needs every request of a client in one process; PostgreSQL halls start more
            "worker_class": "gevent",
            "worker_connections": 4000,
            "keepalive": 75,
            "timeout": 60,
            "limit_request_line": 8190,
            "graceful_timeout": 1,
            "proc_name": self._name,
            "loglevel": "warning",
            "logger_class": _Log,
            "control_socket_disable": True,
            "pre_fork": _settle,
            "post_fork": _die_with_parent,
            "worker_exit": self._close,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        self._app = self._make()
        gc.freeze()  # what a server is made of stays for good: no collection needs to walk it
        gc.set_threshold(*GC_THRESHOLDS)
        logging.getLogger(__name__).info("ready")
        return self._app

    def _close(self, _server: object, _worker: object) -> None:
        if self._app is not None:
            from queue_server.web.app import close

            close(self._app)


def _settle(_server: object, _worker: object) -> None:
    """Leave what was imported out of every later collection: the worker then goes on sharing it with its parent."""
    gc.freeze()


def _die_with_parent(_server: object, _worker: object) -> None:
    """Let the kernel end the worker when its parent is killed: an orphan would keep the port and the folder."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
