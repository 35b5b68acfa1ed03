"""How a node serves its application and how it ends; knows nothing of what is served.

Werkzeug's threaded server in this one process, not gunicorn's gthread worker: tried with an open WebSocket, gunicorn
waits for the socket's thread until its graceful time-out, and then the arbiter's SIGKILL overtakes the worker's exit
hook, so that devices are not closed; its fork also forbids device threads started before it. A node has a few
connections from its own page, so that one thread each is no burden.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import structlog
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

REQUEST_S = 20
CLOSING_S = 1.5
LOOK_S = 0.2


class _Handler(WSGIRequestHandler):
    """One connection. A request must have arrived within REQUEST_S; an upgraded one then stays as long as it likes."""

    timeout = REQUEST_S
    disable_nagle_algorithm = True

    def make_environ(self) -> dict[str, Any]:
        if "upgrade" in self.headers.get("Connection", "").lower():
            # simple-websocket ignores partial writes, which only a socket without a time-out never does. And when the
            # WebSocket is over, nothing that follows on the connection is a request.
            self.connection.settimeout(None)
            self.close_connection = True
        return super().make_environ()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Silent: the application logs its requests without their values, and a bad request may hold anything."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent, see `log`."""


class NodeServer(ThreadedWSGIServer):
    """Serves `app` on host:port (0: any free one, see `port`). Raises OSError when the address can't be had."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        probe = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # Werkzeug ends the whole program when the address is taken; with a socket of ours the error comes to us.
        with probe:
            super().__init__(host, probe.getsockname()[1], app, _Handler, fd=probe.fileno())
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="node-server", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop listening and cut every connection, so that no thread waits on one. May be called twice."""
        if self._thread.ident is not None:
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._connections_lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other end was quicker

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        structlog.get_logger().warning("connection_failed", error=getattr(sys.exc_info()[0], "__name__", "unknown"))


def configure_logging(node: str) -> None:
    """One JSON object a line on stderr, each with the node's name."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            lambda _logger, _method, event: {"node": node, **event},
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries must not write what they are sent.
    for library in ("werkzeug", "engineio", "socketio", "urllib3", "websocket"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


class _Signals:
    """SIGTERM and Ctrl-C, from the first server of the process to its end: one that comes between two is not lost.

    The handler only notes it. Setting an event there could wait for a lock that the interrupted thread holds.
    """

    def __init__(self) -> None:
        self.came = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            if not self.came:
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.came = True


_signals = _Signals()


def serve_until_stopped(server: NodeServer, close: Callable[[], None], stop: threading.Event | None = None) -> bool:
    """Serve until SIGTERM, Ctrl-C or `stop`, then close the server and call `close`; takes at most about CLOSING_S.

    Returns whether it was a signal. A second signal ends the process at once.
    """
    stop = stop or threading.Event()
    _signals.listen()
    server.start()
    log = structlog.get_logger()
    log.info("serving", host=server.host, port=server.port)
    # Linux may hand a signal to another thread; then only a look now and then lets this one note it.
    while not (_signals.came or stop.wait(LOOK_S)):
        continue

    def close_all() -> None:
        server.close()
        close()

    # In a thread of its own: a device that will not let go must not keep the process.
    closing = threading.Thread(target=close_all, name="closing", daemon=True)
    closing.start()
    closing.join(CLOSING_S)
    log.info("stopped", clean=not closing.is_alive())
    return _signals.came
