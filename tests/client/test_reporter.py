"""A node tells the server each change of its devices, again after the server was away, and not more often."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from queue_server.client import HallClient, HallUnreachable
from queue_server.node_web import NodeState, Reporter


class Server(HallClient):
    """Keeps what it is told; refuses while `away`."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "secret")
        self.told: queue.Queue[list[tuple[str, str]]] = queue.Queue()
        self.away = False

    def command(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        if (method, path) == ("GET", "/hall"):  # what the clock is watched by
            raise HallUnreachable("not asked here")
        assert (method, path) == ("POST", "/nodes/report")
        if self.away:
            raise HallUnreachable("nobody answers")
        self.told.put([(device["name"], device["code"]) for device in (body or {})["devices"]])


@pytest.fixture
def node() -> Iterator[tuple[Server, NodeState]]:
    server = Server()
    reporter = Reporter(server, lambda _seq, _view: None)
    state = NodeState("kiosk-1", reporter.publish)
    reporter.start(state)
    yield server, state
    reporter.close()
    server.close()


def test_changes_are_told_once_and_again_to_a_server_that_came_back(node: tuple[Server, NodeState]) -> None:
    server, state = node
    state.device("printer", "printer", "ok", "ok", "It works.")
    state.server(True, "connected")
    assert server.told.get(timeout=10) == [("printer", "ok")]
    state.device("printer", "printer", "failed", "paper_out", "No paper.")
    assert server.told.get(timeout=10) == [("printer", "paper_out")]
    state.card(None)  # a change of the node that is none of its devices
    state.server(False, "gone")
    state.server(True, "back")
    assert server.told.get(timeout=10) == [("printer", "paper_out")]
    assert server.told.empty()
