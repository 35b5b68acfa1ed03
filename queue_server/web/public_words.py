"""Puts the words citizens read where views take them: read at the start, and anew whenever the journal says that they
changed, here or in another process; knows no words."""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
from gevent import get_hub

from queue_server.errors import NotReadable
from queue_server.public_store import PublicStore
from queue_server.readers.views import Views

RETRY_S = 1.0

log = logging.getLogger(__name__)


class PublicWords:
    """`store` for whoever changes them. show: tells the live feed that a view changed without an event."""

    def __init__(self, views: Views, store: PublicStore) -> None:
        self.store = store
        self.show: Callable[[], None] = lambda: None
        self._views = views
        self._wanted = False
        self._reading: gevent.Greenlet | None = None

    def start(self) -> None:
        """Raises NotReadable."""
        self._views.public = self.store.load()

    def stop(self) -> None:
        if self._reading is not None:
            self._reading.kill()

    def note(self, kind: str) -> None:
        """An event of this kind was applied."""
        if kind == "PublicChanged":
            self._wanted = True
            if not self._reading:
                self._reading = gevent.spawn(self._read)

    def _read(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                self._views.public = get_hub().threadpool.apply(self.store.load)
            except NotReadable as err:
                log.warning("the words for citizens were not read: %s", err)
                self._wanted = True
                gevent.sleep(RETRY_S)
        self.show()
