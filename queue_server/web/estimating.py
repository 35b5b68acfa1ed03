"""Puts the estimates of waiting times where views and answers read them; knows no process and no waiting times.

Estimates move with time alone, and no journal row says so. Answers carry the newest there are. Live views are sent
again with the same `seq` when the minutes shown to a newcomer changed, every `SHOWN_S` at most; clients take it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import gevent
from gevent import get_hub

from queue_server.estimate.link import Link
from queue_server.readers.estimates import Estimates
from queue_server.readers.views import Views

SHOWN_S = 5.0


class Estimating:
    """Made in the loop's thread, like the bridge. show: tells the live feed that a view changed without an event."""

    def __init__(self, views: Views, show: Callable[[], None]) -> None:
        self._views = views
        self._show = show
        self._inbox: deque[Estimates] = deque(maxlen=1)
        self._wake = get_hub().loop.async_()
        self._wake.start(self._take)
        self._showing: gevent.Greenlet | None = None

    def begin(self, link: Link) -> None:
        self._link = link
        link.start()

    def changed(self, estimates: Estimates) -> None:
        """Called in the link's thread."""
        self._inbox.append(estimates)
        self._wake.send()

    def close(self) -> None:
        self._link.stop()
        if self._showing is not None:
            self._showing.kill()
        self._wake.stop()
        self._wake.close()

    def _take(self) -> None:
        while self._inbox:
            new, old = self._inbox.popleft(), self._views.estimates
            self._views.estimates = new
            services = self._views.hall.settings.services
            seen = any(new.of_newcomer(service) != old.of_newcomer(service) for service in services)
            if seen and not self._showing:
                self._showing = gevent.spawn_later(SHOWN_S if old.at_ms else 0, self._show)
