"""A line between a node and its server that cuts, delays, doubles and reorders, from a seed; knows no hall.

A proxy on 127.0.0.1. A request is read whole, so that a fault can strike at each point: before the server hears it,
after it was done but before it is answered, or twice, the second time late and so after what came later. A WebSocket
is passed on byte by byte, late now and then, and cut.
"""

from __future__ import annotations

import random
import re
import select
import socket
import threading
from contextlib import closing, suppress

LATE_S = 2.0
CHUNK = 65_536
PATIENCE_S = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_KEEP = re.compile(rb"\r\nconnection:[^\r]*", re.IGNORECASE)


class BadNetwork:
    """One line to the port `to`. faults: how likely each request meets one, 0-1."""

    def __init__(self, to: int, seed: int, faults: float = 0.3) -> None:
        self._to, self._faults = to, faults
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._up.set()
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.met: dict[str, int] = {}
        threading.Thread(target=self._accept, name="bad-network", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Every connection ends now, and a new one is not answered until `mend`."""
        self._up.clear()
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._up.set()

    def heal(self) -> None:
        """No faults from now on."""
        self._faults = 0.0
        self.mend()

    def close(self) -> None:
        self._closing.set()
        self.cut()
        self._listener.close()

    # -- one connection ----------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            client.settimeout(PATIENCE_S)
            if not self._up.is_set():
                return
            self._keep(client)
            try:
                self._pass_on(client)
            finally:
                self._drop(client)

    def _pass_on(self, client: socket.socket) -> None:
        request = _read_request(client)
        if b"upgrade: websocket" in request.lower():
            self._relay(client, request)
            return
        fault = self._chosen()
        if fault == "lost":
            return
        if fault == "late":
            self._closing.wait(self._some_s())
        request = _KEEP.sub(b"", request).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
        answer = self._ask(request)
        if fault == "doubled":
            threading.Timer(self._some_s(), self._again, [request]).start()
        if fault == "answer lost" or not self._up.is_set():
            return
        client.sendall(answer)

    def _again(self, request: bytes) -> None:
        with suppress(OSError):
            self._ask(request)

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._to), timeout=PATIENCE_S) as server:
            server.sendall(request)
            answer = b""
            while part := server.recv(CHUNK):
                answer += part
            return answer

    def _relay(self, client: socket.socket, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self._to), timeout=PATIENCE_S) as server:
            self._keep(server)
            try:
                server.sendall(request)
                while not self._closing.is_set():
                    ready, _, _ = select.select([client, server], [], [], 1.0)
                    for source in ready:
                        part = source.recv(CHUNK)
                        if not part:
                            return
                        fault = self._chosen(scale=0.1)
                        if fault == "late":
                            self._closing.wait(self._some_s())
                        elif fault is not None:
                            return  # cut in the middle of whatever this was
                        (server if source is client else client).sendall(part)
            finally:
                self._drop(server)

    def _chosen(self, scale: float = 1.0) -> str | None:
        with self._lock:
            if self._random.random() >= self._faults * scale:
                return None
            fault = self._random.choice(("lost", "late", "answer lost", "doubled"))
            self.met[fault] = self.met.get(fault, 0) + 1
            return fault

    def _some_s(self) -> float:
        with self._lock:
            return self._random.uniform(0.05, LATE_S)

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def _drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)


def _read_request(client: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        part = client.recv(CHUNK)
        if not part:
            raise ConnectionError("the client went away")
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    while len(body) < length:
        part = client.recv(CHUNK)
        if not part:
            raise ConnectionError("the client went away")
        body += part
    return head + b"\r\n\r\n" + body
