"""Tells the server how this node's devices are, whenever that changes or the server comes back; knows no device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import structlog

from queue_server.client import HallClient, HallError
from queue_server.node_web.clock import ClockWatch
from queue_server.node_web.state import NodeState
from queue_server.wire.nodes import NodeDevice

TRY_AGAIN_S = 10.0
DETAIL_MAX = 300


class Reporter:
    """`publish` stands in for a NodeState's own and passes everything on to it."""

    def __init__(self, client: HallClient, publish: Callable[[int, dict[str, Any]], None]) -> None:
        self._client, self._publish = client, publish
        self._state: NodeState | None = None
        self._changed, self._forgotten, self._closing = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._clock = ClockWatch(client)

    def publish(self, seq: int, view: dict[str, Any]) -> None:
        self._publish(seq, view)
        if not view["server"]["connected"]:
            self._forgotten.set()  # a server that comes back has forgotten what it was told
        self._changed.set()

    def start(self, state: NodeState) -> None:
        self._state = state
        self._thread.start()
        self._clock.start(state)

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        self._clock.close()
        self._changed.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        told: list[NodeDevice] | None = None
        while not self._closing.is_set():
            self._changed.wait(TRY_AGAIN_S)
            self._changed.clear()
            view = self._state.view() if self._state is not None else None
            if view is None or self._closing.is_set() or not view["server"]["connected"]:
                continue
            if self._forgotten.is_set():
                self._forgotten.clear()
                told = None
            if view["devices"] != told and self._tell(view["devices"]):
                told = view["devices"]

    def _tell(self, devices: list[NodeDevice]) -> bool:
        shown = [{**device, "detail": device["detail"][:DETAIL_MAX]} for device in devices]
        try:
            self._client.command("POST", "/nodes/report", {"devices": shown})
        except HallError as err:
            structlog.get_logger().warning("report_not_taken", reason=str(err))
            return False
        return True
