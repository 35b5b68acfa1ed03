"""Two repairs between gunicorn and simple-websocket under gevent; knows nothing of what is sent.

simple-websocket 1.1.0 calls `socket.send` once and ignores how much was taken: for a client that reads slowly the
stream breaks in the middle of a message. And it accepts permessage-deflate from every browser, which costs each client
memory and the server a third of its speed for messages that are small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gevent.lock import RLock

SEND_LIMIT_S = 20.0  # a client that takes nothing for so long is gone


class WholeSends:
    """A socket whose `send` sends everything, one message at a time."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._sending = RLock()

    def dup(self) -> WholeSends:
        return WholeSends(self._sock.dup())

    def send(self, data: bytes) -> int:
        with self._sending, gevent.Timeout(SEND_LIMIT_S, TimeoutError("the client does not read")):
            self._sock.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class SocketRepairs:
    """WSGI middleware around the whole application."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]]) -> None:
        self._wsgi = wsgi

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sock = environ.pop("gunicorn.socket", None)  # engineio defines a class for each request that carries it
        if sock is not None and "HTTP_UPGRADE" in environ:
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            environ["gunicorn.socket"] = WholeSends(sock)
        return self._wsgi(environ, start_response)
