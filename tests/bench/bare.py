"""The bare path: the least that gives a durable ticket over HTTP on the same stack; has no rules, rights or views.

    bare.py --port P --data DIR

The same gunicorn worker, settings, Flask and JSON as the hall server, the body checked by pydantic, a writer in an OS
thread with group commit, one insert of one row as long as ours. It is the yardstick: what a hall server costs beyond
it is what the rules, rights, Idempotency-Key and live views cost.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sqlite3
import time
from collections import deque
from pathlib import Path
from typing import Annotated, Any

from gevent import monkey

monkey.patch_all()

from flask import Flask, Response, request  # noqa: E402
from gevent import get_hub  # noqa: E402
from gevent.event import AsyncResult  # noqa: E402
from gunicorn.app.base import BaseApplication  # noqa: E402
from journal_rows import TABLE, insert_sql, open_for_writing, row  # noqa: E402
from pydantic import BaseModel, ConfigDict, StringConstraints  # noqa: E402

from queue_server.threads import os_queue, start_os_thread  # noqa: E402


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")
    service: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]


class Writer:
    """Takes all that waits, inserts it in one transaction, answers after the commit."""

    def __init__(self, file: Path) -> None:
        self._connection = open_for_writing(file)
        self._connection.execute(TABLE)
        self._waiting: Any = os_queue()
        self._done: deque[list[tuple[AsyncResult, int]]] = deque()
        self._wake = get_hub().loop.async_()
        self._wake.start(self._answer)
        start_os_thread(self._run)

    def ask(self, ticket_id: str) -> int:
        result = AsyncResult()
        self._waiting.put((ticket_id, result))
        number: int = result.get()
        return number

    def _run(self) -> None:
        seq = 0
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            rows = [row(seq + n, ticket_id) for n, (ticket_id, _) in enumerate(batch, 1)]
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(insert_sql(), rows)
            self._connection.execute("COMMIT")
            self._done.append([(result, seq + n) for n, (_, result) in enumerate(batch, 1)])
            seq += len(batch)
            self._wake.send()

    def _answer(self) -> None:
        while self._done:
            for result, number in self._done.popleft():
                result.set(number)


def create_app(data: Path) -> Flask:
    app = Flask("bare", static_folder=None)
    writer = Writer(data / "bare.db")

    @app.get("/readyz")
    def readyz() -> Response:
        return Response("{}", content_type="application/json")

    @app.post("/api/v1/tickets")
    def issue() -> Response:
        wish = Wish.model_validate_json(request.get_data(cache=False))
        ticket_id = secrets.token_urlsafe(12)
        number = writer.ask(ticket_id)
        ticket = {  # as long as the hall server's answer
            "ticket_id": ticket_id,
            "label": f"A{number:03d}",
            "serial": f"20261120-{number:06d}",
            "service": wish.service,
            "services": [wish.service],
            "state": "waiting",
            "priority": None,
            "ahead": number,
            "estimate": None,
            "window": None,
            "for_window": None,
            "issued_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "called_at": None,
            "started_at": None,
            "ended_at": None,
            "calls": 0,
            "outcome": None,
            "channel": "kiosk",
            "why": None,
        }
        body = json.dumps(ticket, ensure_ascii=False, separators=(",", ":"))
        return Response(body, 201, content_type="application/json")

    return app


class Server(BaseApplication):
    def __init__(self, data: Path, port: int) -> None:
        self._data, self._port = data, port
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 1,
            "worker_class": "gevent",
            "worker_connections": 4000,
            "keepalive": 75,
            "timeout": 60,
            "graceful_timeout": 1,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    assert sqlite3.threadsafety == 3
    Server(arguments.data, arguments.port).run()
