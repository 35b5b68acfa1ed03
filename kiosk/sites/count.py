"""Tells the server that a site was opened, once for each time and later when it is away; knows no visit."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import structlog

from queue_server.client import HallClient, HallRefused, HallUnreachable, new_key

MOST_KEPT: Final = 500
AGAIN_S: Final = 30.0


class SiteCount:
    """Counts in memory until the server has it: a count that a power cut takes is no ticket."""

    def __init__(self, client: HallClient) -> None:
        self._client = client
        self._kept: deque[tuple[str, str]] = deque(maxlen=MOST_KEPT)
        self._some = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="site-count", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def opened(self, site: str) -> None:
        self._kept.append((site, new_key()))
        self._some.set()

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        self._some.set()

    def _run(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            while self._kept and not self._closing.is_set():
                site, key = self._kept[0]
                try:
                    self._client.command("POST", "/sites/opened", {"site": site}, key)
                except HallUnreachable:
                    self._closing.wait(AGAIN_S)
                    continue
                except HallRefused as err:
                    structlog.get_logger().warning("site_not_counted", reason=str(err))
                self._kept.popleft()
            if self._closing.is_set():
                return
