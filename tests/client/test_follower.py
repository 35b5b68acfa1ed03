"""Views arrive whole, never older than the one before, also across a restart of the server."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fake_hall import FakeHall
from waiting import wait_for

from queue_server.client import Follower


class Seen:
    def __init__(self) -> None:
        self.views: list[tuple[str, int, dict[str, Any]]] = []
        self.connections: list[bool] = []
        self.details: list[str] = []

    def on_view(self, view: str, seq: int, data: dict[str, Any]) -> None:
        self.views.append((view, seq, data))

    def on_connection(self, connected: bool, detail: str) -> None:
        self.connections.append(connected)
        self.details.append(detail)

    def seqs(self, view: str) -> list[int]:
        return [seq for name, seq, _ in self.views if name == view]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def follower(hall: FakeHall, seen: Seen) -> Iterator[Follower]:
    made = Follower(
        hall.url, "secret", ["board", "window:3"], seen.on_view, seen.on_connection, retry_min_s=0.02, retry_max_s=0.2
    )
    yield made
    made.close()


def test_the_first_view_and_every_later_one_arrive(hall: FakeHall, follower: Follower, seen: Seen) -> None:
    hall.publish("board", 5, {"n": 5})
    follower.start()
    wait_for(lambda: seen.connections == [True])
    hall.publish("board", 6, {"n": 6})
    wait_for(lambda: ("board", 6, {"n": 6}) in seen.views)
    assert seen.seqs("board") == [5, 6]
    assert seen.seqs("window:3") == [0]


def test_older_views_and_copies_are_dropped_but_new_content_of_one_seq_is_kept(
    hall: FakeHall, follower: Follower, seen: Seen
) -> None:
    hall.publish("board", 7, {"n": 7})
    follower.start()
    wait_for(lambda: seen.connections == [True])
    hall.publish("board", 6, {"n": 6})
    hall.publish("board", 7, {"n": 7})
    wait_for(lambda: hall.publish("board", 7, {"n": "noon"}) or ("board", 7, {"n": "noon"}) in seen.views)
    wait_for(lambda: hall.publish("board", 8, {"n": 8}) or 8 in seen.seqs("board"))
    assert [data["n"] for view, _, data in seen.views if view == "board"] == [7, "noon", 8]


def test_it_comes_back_after_a_restart_and_gets_what_it_missed(hall: FakeHall, follower: Follower, seen: Seen) -> None:
    follower.start()
    wait_for(lambda: seen.connections == [True])
    hall.stop()
    wait_for(lambda: seen.connections == [True, False])
    hall.publish("board", 30, {"n": 30})
    hall.start()
    wait_for(lambda: seen.connections == [True, False, True])
    wait_for(lambda: 30 in seen.seqs("board"))
    assert seen.details[1] != ""


def test_a_restarted_server_with_an_older_view_does_not_turn_time_back(
    hall: FakeHall, follower: Follower, seen: Seen
) -> None:
    hall.publish("board", 9, {"n": 9})
    follower.start()
    wait_for(lambda: seen.connections == [True])
    hall.stop()
    hall.publish("board", 8, {"n": 8})
    hall.start()
    wait_for(lambda: seen.connections == [True, False, True])
    assert seen.seqs("board") == [9]


def test_a_server_that_is_not_there_is_told_once_and_tried_for_ever(
    hall: FakeHall, follower: Follower, seen: Seen
) -> None:
    hall.stop()
    follower.start()
    wait_for(lambda: seen.connections == [False])
    hall.start()
    wait_for(lambda: seen.connections == [False, True])


def test_a_wrong_token_is_a_lost_connection_with_its_reason(hall: FakeHall, seen: Seen) -> None:
    follower = Follower(hall.url, "wrong", ["board"], seen.on_view, seen.on_connection, retry_min_s=0.02)
    follower.start()
    wait_for(lambda: seen.connections == [False])
    follower.close()
    assert "cannot be followed" in seen.details[0]
    assert "wrong" not in seen.details[0]
    assert seen.views == []


def test_close_ends_every_thread_and_may_be_repeated(hall: FakeHall, follower: Follower, seen: Seen) -> None:
    follower.start()
    wait_for(lambda: seen.connections == [True])
    loops = ("hall-follower", "_read_loop_websocket", "_write_loop")
    mine = [t for t in threading.enumerate() if any(loop in t.name for loop in loops)]
    assert len(mine) == 3
    follower.close()
    follower.close()
    assert not any(t.is_alive() for t in mine)
    assert seen.connections == [True]


def test_it_can_be_closed_before_it_began(hall: FakeHall, follower: Follower) -> None:
    follower.close()
    assert hall.follows == 0


def test_a_view_added_later_is_followed_at_once_and_after_a_restart(
    hall: FakeHall, follower: Follower, seen: Seen
) -> None:
    hall.views["window:7"] = (4, {"n": 4})
    follower.start()
    wait_for(lambda: seen.connections == [True])
    follower.follow("window:7")
    wait_for(lambda: seen.seqs("window:7") == [4])
    hall.stop()
    hall.views["window:7"] = (5, {"n": 5})
    hall.start()
    wait_for(lambda: seen.seqs("window:7") == [4, 5])


def test_a_refused_view_does_not_spoil_the_others(hall: FakeHall, follower: Follower, seen: Seen) -> None:
    hall.unknown = {"window:3"}
    follower.start()
    wait_for(lambda: seen.connections == [True])
    assert "window:3: unknown_window" in seen.details[0]
    wait_for(lambda: hall.publish("board", 3, {"n": 3}) or 3 in seen.seqs("board"))


def test_a_server_that_refuses_every_view_is_no_connection(hall: FakeHall, follower: Follower, seen: Seen) -> None:
    hall.unknown = {"window:3", "board"}
    follower.start()
    wait_for(lambda: seen.connections == [False])
    assert "gave no view" in seen.details[0]
    hall.unknown.clear()
    wait_for(lambda: seen.connections == [False, True])
