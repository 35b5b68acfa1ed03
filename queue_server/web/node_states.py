"""What nodes last said of their devices, and which of them follow the hall now; in memory only, nodes say it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from queue_server.hall.calendar import rfc3339
from queue_server.wire import DeviceReport, NodeReport


class NodeStates:
    """By the name of a node's token. `changed` is called after every change."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._devices: dict[str, list[DeviceReport]] = {}
        self._seen_ms: dict[str, int] = {}
        self._connections: Counter[str] = Counter()
        self.changed: Callable[[], None] = lambda: None

    def report(self, node: str, devices: Sequence[DeviceReport]) -> None:
        self._seen(node)
        if self._devices.get(node) != list(devices):
            self._devices[node] = list(devices)
            self.changed()

    def connected(self, node: str) -> None:
        self._seen(node)
        self._connections[node] += 1
        self.changed()

    def disconnected(self, node: str) -> None:
        self._seen(node)
        self._connections[node] -= 1
        self.changed()

    def shown(self) -> list[NodeReport]:
        """Every node since the server's start, by name."""
        return [
            {
                "node": node,
                "connected": self._connections[node] > 0,
                "seen_at": rfc3339(self._seen_ms[node]) or "",
                "devices": self._devices.get(node, []),
            }
            for node in sorted(self._seen_ms)
        ]

    def _seen(self, node: str) -> None:
        self._seen_ms[node] = self._now_ms()
