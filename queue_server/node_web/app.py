"""A node's web application: its page, /healthz, and a guard against other sites; knows no kiosk and no display.

A browser lets any web page send requests to 127.0.0.1 and to the hall's network. So a request must name us by an
address (a name could be pointed at us by its owner) and, when a page sent it, that page must be our own.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, jsonify, request, send_from_directory
from flask_socketio import SocketIO

from queue_server.node_web.problems import ProblemError, answer_problems, problem_body

# A demo's virtual hall shows this page in a frame; in a real hall nobody may.
FRAMED_BY = os.environ.get("HALL_FRAMED_BY", "'none'")
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        f"frame-ancestors {FRAMED_BY}",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class NodePages:
    """static: folder of the built pages, served at /static/. routes: Flask rule -> page file in it."""

    static: Path
    routes: Mapping[str, str]


def create_node_app(
    name: str, pages: NodePages, host: str, health: Callable[[], Mapping[str, Any]]
) -> tuple[Flask, SocketIO]:
    """A Flask application with pages, health, problems and guard, and its Socket.IO. `host`: where it listens."""
    app = Flask(name, static_folder=str(pages.static), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 16_384
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    answer_problems(app)
    for rule, file in pages.routes.items():
        app.add_url_rule(rule, endpoint=f"page:{rule}", view_func=_page(pages.static, file))
    app.add_url_rule("/healthz", endpoint="healthz", view_func=lambda: jsonify({"status": "ok", **health()}))
    app.before_request(_begin)
    app.after_request(_finish)
    socketio = SocketIO(
        app,
        async_mode="threading",
        manage_session=False,
        max_http_buffer_size=16_384,
        ping_interval=10,
        ping_timeout=10,
    )
    app.wsgi_app = Guard(app.wsgi_app, own_names(host))  # type: ignore[method-assign]
    return app, socketio


def _page(static: Path, file: str) -> Callable[..., Response]:
    def page(**_: Any) -> Response:
        if not (static / file).is_file():
            raise ProblemError(503, "page_not_built", "The page has not been built: run `make pages`, then reload.")
        return send_from_directory(static, file)

    return page


def _begin() -> None:
    g.started_s = time.monotonic()
    if request.method == "POST" and (request.content_length or 0) > 0 and not request.is_json:
        # A form of another site can send text, but never JSON without being asked first.
        raise ProblemError(415, "not_json", "Send the request as application/json.")


def _finish(response: Response) -> Response:
    for header, value in HEADERS.items():
        response.headers.setdefault(header, value)
    if not request.path.startswith("/static/assets/"):
        response.headers["Cache-Control"] = "no-store"
    if request.path.startswith("/api/"):
        rule = request.url_rule.rule if request.url_rule else None  # never the path: it may hold a ticket's link
        ms = round((time.monotonic() - g.get("started_s", time.monotonic())) * 1000)
        structlog.get_logger().info(
            "request", method=request.method, rule=rule, status=response.status_code, duration_ms=ms
        )
    return response


def own_names(host: str) -> frozenset[str]:
    """Names a request may call us by, besides any numeric address."""
    machine = socket.gethostname().lower()
    return frozenset({"localhost", machine, f"{machine}.local", host.lower()})


class Guard:
    """WSGI middleware before Flask and Socket.IO: refuses foreign hosts and origins, and declines compression.

    Compression of live views costs more memory and time than it saves on a local network (DESIGN.md, traps).
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], names: frozenset[str]) -> None:
        self._app, self._names = app, names

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        host = environ.get("HTTP_HOST", "")
        if not self._is_ours(host):
            return _refuse(start_response, "foreign_host", "Call this node by its address or its own name.")
        origin = environ.get("HTTP_ORIGIN")
        site = environ.get("HTTP_SEC_FETCH_SITE", "none")
        changing = environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
        if (origin is not None and urlsplit(origin).netloc.lower() != host.lower()) or (
            changing and site not in {"same-origin", "none"}
        ):
            return _refuse(start_response, "foreign_origin", "Only this node's own page may ask this.")
        return self._app(environ, start_response)

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
            if name in self._names:
                return True
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _refuse(start_response: Callable[..., Any], code: str, detail: str) -> Iterable[bytes]:
    body = problem_body(403, code, detail)
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    start_response("403 Forbidden", headers)
    return [body]
