"""The live views a node passes on to its pages, the newest kept while the server is away; knows no view's contents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask_socketio import SocketIO, join_room

from queue_server.wire.contract import LIVE_NAMESPACE


class Relay:
    """Serves `follow` on `/live` and sends what `publish` is given.

    views: the names that may be followed. wanted(view): asked about any other name; True lets it in from then on.
    """

    def __init__(
        self, socketio: SocketIO, views: Iterable[str], wanted: Callable[[str], bool] = lambda _view: False
    ) -> None:
        self._socketio, self._wanted = socketio, wanted
        # Nothing came yet: seq -1 is below every real one, and the page shows that it waits.
        self._newest: dict[str, tuple[int, dict[str, Any] | None]] = dict.fromkeys(views, (-1, None))
        self._lock = threading.Lock()
        self._own_seq = 0
        socketio.on_event("follow", self._follow, namespace=LIVE_NAMESPACE)

    def publish(self, view: str, seq: int, data: dict[str, Any]) -> None:
        """Keep `data` and send it to all who follow `view`. From any thread; views leave in the order given."""
        with self._lock:
            self._newest[view] = (seq, data)
            self._socketio.emit("view", {"view": view, "seq": seq, "data": data}, namespace=LIVE_NAMESPACE, to=view)

    def tell(self, view: str, data: dict[str, Any]) -> None:
        """Publish what is the node's own, under a `seq` of its own. A page keeps the highest one and may outlive a
        restart of its node, so it is counted from the clock."""
        with self._lock:
            self._own_seq = seq = max(self._own_seq + 1, time.time_ns() // 1_000_000)
        self.publish(view, seq, {"seq": seq, **data})

    def newest(self, view: str) -> dict[str, Any] | None:
        """The newest data of `view`, None when nothing came yet."""
        with self._lock:
            return self._newest.get(view, (-1, None))[1]

    def _follow(self, wish: Any = None) -> dict[str, Any]:
        view = wish.get("view") if isinstance(wish, dict) else None
        if not isinstance(view, str) or not (view in self._newest or self._wanted(view)):
            return {"view": view, "code": "unknown_view"}
        with self._lock:
            # The room first, the view then: a change in between arrives twice rather than never.
            join_room(view)
            seq, data = self._newest.setdefault(view, (-1, None))
            return {"view": view, "seq": seq, "data": data}
