"""The only way out of a site's browser: an HTTP proxy on 127.0.0.1 that knows hosts, and neither pages nor citizens.

Everything a browser loads takes this way (pages, frames, scripts, WebSockets, workers, whatever a page thinks of), so
what the hall did not name is not reached, however it is asked for. Names are resolved here, and a name that was pointed
at this machine is refused: the kiosk's own node listens there.
"""

from __future__ import annotations

import ipaddress
import select
import socket
import threading
from typing import Final
from urllib.parse import urlsplit

from kiosk.sites.hosts import Hosts

CONNECT_S: Final = 10.0
HEAD_BYTES: Final = 65_536
PIECE_BYTES: Final = 65_536
QUIET_S: Final = 120.0
_NOT_PASSED_ON = ("proxy-", "connection:", "keep-alive:", "upgrade:")
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_THROUGH = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """Listens from the start until `close`, which ends every connection. Raises OSError without a free port."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        threading.Thread(target=self._accept, name="site-proxy", daemon=True).start()

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            self._closed = True
            left = list(self._open)
        for each in (self._listener, *left):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was never connected, or its other side went first
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(browser,), name="site-proxy-way", daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser:
            if not self._keep(browser):
                return
            try:
                self._pass(browser)
            except (OSError, ValueError):
                return  # either side went, or what was asked is no HTTP: there is nobody to tell
            finally:
                self._let_go(browser)

    def _pass(self, browser: socket.socket) -> None:
        browser.settimeout(CONNECT_S)
        head, rest = _read_head(browser)
        method, target, *_ = head.split("\r\n", 1)[0].split(" ")
        address = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = address.hostname or "", address.port or (443 if method == "CONNECT" else 80)
        plain = method != "CONNECT" and address.scheme == "http"
        site = self._reach(host, port) if plain or method == "CONNECT" else None
        if site is None:
            # A tunnel is refused in words; a plain page by silence, so that nothing of ours is shown in its place.
            browser.sendall(_REFUSED if method == "CONNECT" else b"")
            return
        with site:
            if not self._keep(site):
                return
            try:
                if plain:
                    site.sendall(_forwarded(head, address.path or "/", address.query) + rest)
                else:
                    browser.sendall(_THROUGH)
                    site.sendall(rest)
                _join(browser, site)
            finally:
                self._let_go(site)

    def _reach(self, host: str, port: int) -> socket.socket | None:
        if not self._hosts.allow(host, port):
            return None
        for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if not self._hosts.is_own(host) and ipaddress.ip_address(place[0]).is_loopback:
                continue
            way = socket.socket(family, kind, protocol)
            way.settimeout(CONNECT_S)
            try:
                way.connect(place)
            except OSError:
                way.close()
                continue
            return way
        return None

    def _keep(self, way: socket.socket) -> bool:
        with self._lock:
            if not self._closed:
                self._open.add(way)
            return not self._closed

    def _let_go(self, way: socket.socket) -> None:
        with self._lock:
            self._open.discard(way)


def _read_head(browser: socket.socket) -> tuple[str, bytes]:
    read = b""
    while b"\r\n\r\n" not in read:
        piece = browser.recv(PIECE_BYTES)
        if not piece or len(read) > HEAD_BYTES:
            raise ValueError("no request")
        read += piece
    head, rest = read.split(b"\r\n\r\n", 1)
    return head.decode("latin-1"), rest


def _forwarded(head: str, path: str, query: str) -> bytes:
    """The request as the site itself is asked; one to a connection, so that the next one is checked again."""
    first, *lines = head.split("\r\n")
    method, _, version = first.split(" ")
    kept = [line for line in lines if not line.lower().startswith(_NOT_PASSED_ON)]
    asked = f"{method} {path}{'?' + query if query else ''} {version}"
    return "\r\n".join([asked, *kept, "Connection: close", "", ""]).encode("latin-1")


def _join(one: socket.socket, other: socket.socket) -> None:
    """Pass on whatever comes, until a side ends."""
    for side in (one, other):
        side.settimeout(CONNECT_S)
    while True:
        ready, _, _ = select.select([one, other], [], [], QUIET_S)
        if not ready:
            return
        for side in ready:
            piece = side.recv(PIECE_BYTES)
            if not piece:
                return
            (other if side is one else one).sendall(piece)
