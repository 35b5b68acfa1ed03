"""Is the server alive, can it write, what are its figures; for systemd, load balancers and Prometheus."""

from __future__ import annotations

import os

from flask import Flask, Response

from queue_server.web import answers
from queue_server.web.hall_server import HallServer
from queue_server.web.problems import problem, response

ROOM_NEEDED_BYTES = 8 * 1024 * 1024


def register(app: Flask, server: HallServer) -> None:
    hall = server.views.hall
    server.metrics.watch("hall_journal_seq", "The last row of the journal", lambda: hall.seq)
    server.metrics.watch("hall_waiting", "Tickets that wait", lambda: sum(map(len, hall.lines.values())))

    @app.get("/healthz")
    def healthz() -> Response:
        return response(answers.said({"status": "alive"}))

    @app.get("/readyz")
    def readyz() -> Response:
        if server.engine.failing or not _room(server):
            return response(problem("not_durable"))
        return response(answers.said({"status": "ready", "seq": server.views.hall.seq}))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(server.metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _room(server: HallServer) -> bool:
    """Whether the data folder takes writes; a database elsewhere answers for itself when it is written."""
    if server.journal.shared:
        return True
    disk = os.statvfs(server.data)
    return os.access(server.data, os.W_OK) and disk.f_bavail * disk.f_frsize >= ROOM_NEEDED_BYTES
