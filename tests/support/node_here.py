"""A node in the test's own process, served on a free port, and what its page would do with it; knows no device."""

from __future__ import annotations

from typing import Any

import requests

from display.node import DisplayNode
from kiosk.node import KioskNode
from queue_server.node_web import NodeServer


class NodeHere:
    """Runs from now on until `close`."""

    def __init__(self, node: KioskNode | DisplayNode) -> None:
        self.node: Any = node
        self.server = NodeServer(node.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.server.start()
        node.start()

    def close(self) -> None:
        self.server.close()
        self.node.close()

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.post(f"{self.url}{path}", json={} if body is None else body, headers=headers, timeout=30)

    def view(self) -> Any:
        return self.node.state.view()

    def device(self, name: str) -> str:
        return next((device["code"] for device in self.view()["devices"] if device["name"] == name), "missing")
