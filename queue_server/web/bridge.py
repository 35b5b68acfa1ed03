"""Between the writer's OS thread and gevent's event loop: commands go out, committed events and answers come back.

Events are applied to the views, and answers given, in the loop and in the journal's order: whoever has an answer sees
a view at least as new as it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from gevent import get_hub
from gevent.event import AsyncResult
from gevent.event import Event as Signal

from queue_server.engine import Asked, Delivery, Engine, Reply
from queue_server.readers.views import Views


class Bridge:
    """Made in the thread whose loop serves the requests. `changed` is set whenever the views moved on."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._asked: list[Asked] = []
        self._inbox: deque[Delivery] = deque()
        self._wake = get_hub().loop.async_()
        self._wake.start(self._drain)
        self.changed = Signal()
        self.on_event: list[Callable[[str], None]] = []

    def deliver(self, delivery: Delivery) -> None:
        """Called in the writer's thread; `send` is the one call on a loop that another thread may make."""
        self._inbox.append(delivery)
        self._wake.send()

    def ask(self, engine: Engine, make: Callable[[Callable[[Reply], None]], Asked]) -> Reply:
        """Submit a command and wait, without keeping others waiting, until it is durable or refused."""
        result: Any = AsyncResult()
        if not self._asked:
            get_hub().loop.run_callback(self._submit, engine)
        self._asked.append(make(result.set))
        reply: Reply = result.get()
        return reply

    def _submit(self, engine: Engine) -> None:
        """Hand over what this turn of the loop brought, at its end: one commit for all, and the writer, who would
        otherwise wake up at the first command, does not fight with the loop for the interpreter."""
        asked, self._asked = self._asked, []
        for one in asked:
            engine.submit(one)

    def close(self) -> None:
        self._drain()
        self._wake.stop()
        self._wake.close()

    def _drain(self) -> None:
        moved = False
        while self._inbox:
            delivery = self._inbox.popleft()
            for seq, event in delivery.events:
                self._views.apply(event, seq)
                for listener in self.on_event:
                    listener(type(event).__name__)
                moved = True
            for asked, reply in delivery.replies:
                asked.done(reply)
        if moved:
            self.changed.set()
