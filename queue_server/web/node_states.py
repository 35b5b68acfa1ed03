"""Which nodes follow the hall now and when each was last heard; in memory only, as are the facts of their devices; how
each device is stands in the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from queue_server.hall.calendar import rfc3339
from queue_server.hall.state import Hall
from queue_server.wire.nodes import DeviceFacts, DeviceReport, NodeReport


class NodeStates:
    """By the name of a node's token. `changed` is called when one comes or goes."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._seen_ms: dict[str, int] = {}
        self._connections: Counter[str] = Counter()
        self._facts: dict[str, dict[str, DeviceFacts]] = {}
        self.changed: Callable[[], None] = lambda: None

    def seen(self, node: str) -> None:
        self._seen_ms[node] = self._now_ms()

    def told(self, node: str, facts: dict[str, DeviceFacts]) -> None:
        """`node` reported; facts: of its devices by name."""
        self.seen(node)
        if self._facts.get(node) != facts:
            self._facts[node] = facts
            self.changed()

    def connected(self, node: str) -> None:
        self._count(node, 1)

    def disconnected(self, node: str) -> None:
        self._count(node, -1)

    def shown(self, hall: Hall) -> list[NodeReport]:
        """Every node heard of since the server's start or today, by name, with its devices."""
        seen_ms = {node: event.at_ms for (node, _), event in hall.devices.items()} | self._seen_ms
        devices: dict[str, list[DeviceReport]] = {node: [] for node in seen_ms}
        for (node, name), event in sorted(hall.devices.items()):
            report: DeviceReport = {
                "name": name,
                "kind": event.device_kind,
                "health": event.health,
                "code": event.code,
                "detail": event.detail,
                "since": rfc3339(event.since_ms) or "",
            }
            facts = self._facts.get(node, {}).get(name)
            devices[node].append({**report, "facts": facts} if facts else report)
        return [
            {
                "node": node,
                "connected": self._connections[node] > 0,
                "seen_at": rfc3339(seen_ms[node]) or "",
                "devices": devices[node],
            }
            for node in sorted(devices)
        ]

    def _count(self, node: str, by: int) -> None:
        self.seen(node)
        self._connections[node] += by
        self.changed()
