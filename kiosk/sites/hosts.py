"""Which hosts a site may reach: its own and those that the hall named; knows no connection."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

USUAL_PORTS = (80, 443)


class Hosts:
    """url: where the site begins, whose host and port are reached. named: others, "*.name" for all below a name."""

    def __init__(self, url: str, named: Iterable[str]) -> None:
        own = urlsplit(url)
        self._own = own.hostname or ""
        self._own_ports = {*USUAL_PORTS, own.port or USUAL_PORTS[1]}
        self._named = tuple(named)

    def allow(self, host: str, port: int) -> bool:
        host = host.lower().rstrip(".")
        if host == self._own:
            return port in self._own_ports
        return port in USUAL_PORTS and any(_fits(host, name) for name in self._named)

    def allow_address(self, address: str) -> bool:
        """Whether a page may be opened there: nothing but http and https leads anywhere."""
        try:
            parts = urlsplit(address)
            port = parts.port or (80 if parts.scheme == "http" else 443)
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and self.allow(parts.hostname or "", port)

    def is_own(self, host: str) -> bool:
        return host.lower().rstrip(".") == self._own


def _fits(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
