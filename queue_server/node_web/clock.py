"""Watches a node's clock against the server's, as a device that is only named when it is wrong; knows no other device.

A Pi has no clock of its own: without the network's time it wakes in the past. Tickets taken while the server is away
carry the node's time, so the maintainer hears of a wrong one before it matters.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from queue_server.client import HallClient, HallError
from queue_server.node_web.state import NodeState

LOOK_EVERY_S = 30.0
ASK_EVERY_S = 600.0
WRONG_BY_S = 5.0  # the server's Date header is exact to 1 s, and a busy network may add one or two
NAME = "clock"


class ClockWatch:
    """Begins with `start`. now_s: this machine's clock, Unix seconds."""

    def __init__(self, client: HallClient, now_s: Callable[[], float] = time.time) -> None:
        self._client, self._now_s = client, now_s
        self._was_wrong = False
        self._asked_s = float("-inf")
        self._closing = threading.Event()

    def start(self, state: NodeState) -> None:
        threading.Thread(target=self._run, args=(state,), name="clock-watch", daemon=True).start()

    def close(self) -> None:
        self._closing.set()

    def look(self, state: NodeState) -> None:
        """Compare once."""
        if time.monotonic() - self._asked_s >= ASK_EVERY_S:
            try:
                self._client.hall()
            except HallError:
                return  # without a server there is nothing to compare with
            self._asked_s = time.monotonic()
        server_s = self._client.server_now()
        if server_s is None:
            return
        ahead_s = self._now_s() - server_s
        if abs(ahead_s) > WRONG_BY_S:
            self._was_wrong = True
            side = "ahead of" if ahead_s > 0 else "behind"
            detail = f"The clock is {abs(ahead_s):.0f} s {side} the server's; check the network time (timedatectl)."
            state.device(NAME, NAME, "warning", "clock_wrong", detail)
        elif self._was_wrong:
            self._was_wrong = False
            state.device(NAME, NAME, "ok", "ok", "The clock agrees with the server's.")

    def _run(self, state: NodeState) -> None:
        while True:
            if state.connected():
                self.look(state)
            if self._closing.wait(LOOK_EVERY_S):
                return
