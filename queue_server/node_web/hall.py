"""What `GET /hall` said last, asked for again after each new connection; knows nothing of what it is for."""

from __future__ import annotations

import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

from queue_server.client import HallClient, HallUnreachable
from queue_server.wire.hall import HallInfo


class HallFacts:
    """Keeps the hall's names, services, windows and time zone for a node. May be used from any thread."""

    def __init__(self, client: HallClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._info: HallInfo | None = None
        self._old = True

    def grow_old(self) -> None:
        """The connection changed: the server may have been started with other settings."""
        self._old = True

    def known(self) -> HallInfo | None:
        """Without asking anybody."""
        return self._info

    def get(self) -> HallInfo:
        """Ask if need be; an old answer serves while the server is away. Raises HallUnreachable without any."""
        with self._lock:
            if self._info is None or self._old:
                try:
                    info = self._client.hall()
                    self._info, self._old = info, False
                except HallUnreachable:
                    if self._info is None:
                        raise
            return self._info

    def today(self) -> date:
        """The date in the hall, or in this machine's own zone while the hall's is not known."""
        return datetime.now(ZoneInfo(self._info["timezone"]) if self._info else None).date()
