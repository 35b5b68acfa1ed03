"""A node's wrong clock is named like a faulty device, and unnamed when it is right again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from fake_hall import FakeHall

from queue_server.client import HallClient
from queue_server.node_web import NodeState
from queue_server.node_web.clock import ClockWatch


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall().start()
    yield fake
    fake.stop()


def _clock(state: NodeState) -> list[Any]:
    return [(device["health"], device["code"], device["detail"]) for device in state.view()["devices"]]


def test_a_wrong_clock_is_a_warning_until_it_is_right(hall: FakeHall) -> None:
    client = HallClient(hall.url, "secret")
    state = NodeState("kiosk-1", lambda _seq, _view: None)
    off_s = 0.0
    watch = ClockWatch(client, lambda: time.time() + off_s)
    watch.look(state)
    assert _clock(state) == []  # a right one is not worth a row
    off_s = 3600.0
    watch.look(state)
    ((health, code, detail),) = _clock(state)
    assert (health, code) == ("warning", "clock_wrong")
    assert "ahead of the server's" in detail
    off_s = -86_400.0
    watch.look(state)
    off_s = 0.0
    watch.look(state)
    assert _clock(state) == [("ok", "ok", "The clock agrees with the server's.")]
    client.close()


def test_without_a_server_nothing_is_said_of_the_clock() -> None:
    client = HallClient("http://127.0.0.1:9", "secret", deadline_s=0.2)
    state = NodeState("kiosk-1", lambda _seq, _view: None)
    ClockWatch(client, lambda: 0.0).look(state)
    assert _clock(state) == []
    client.close()
