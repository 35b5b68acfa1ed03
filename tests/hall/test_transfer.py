"""A ticket goes on to another service or window and keeps its label; tickets with several services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.hall import commands as c

Tell = Callable[..., Any]
TWO = (("hukou", "shebao"), {1: ("hukou",), 2: ("shebao",)})


def in_line(s: Any) -> tuple[Any, list[str]]:
    """A ticket in hand at window 1 that came between the first and the last of shebao's line."""
    s.take("shebao")
    s.wait(1)
    moved = s.take("hukou")
    for _ in range(2):
        s.wait(1)
        s.take("shebao")
    s.open(1, 2)
    s.next(1)
    return moved, ["B001", "B002", "B003"]


@pytest.mark.parametrize(
    ("place", "order"),
    [
        ("arrival", ["B001", "A001", "B002", "B003", "B004"]),
        ("first", ["A001", "B001", "B002", "B003", "B004"]),
        ("last", ["B001", "B002", "B003", "A001", "B004"]),
    ],
)
def test_the_place_in_the_new_line(story: Tell, place: str, order: list[str]) -> None:
    s = story(*TWO)
    moved, _ = in_line(s)
    s.do(c.TransferTicket, window=1, service="shebao", place=place)
    assert (moved.state, moved.service, moved.label, moved.window, s.in_hand(1)) == (
        "waiting", "shebao", "A001", None, None,
    )  # fmt: skip
    s.wait(1)
    s.take("shebao")
    assert s.ahead(moved) == order.index("A001")
    assert s.calls(5, 2) == order


def test_several_first_and_last(story: Tell) -> None:
    s = story(*TWO)
    for service in ("shebao", "hukou", "hukou", "hukou", "hukou"):
        s.take(service)
    s.open(1, 2)
    for place in ("last", "last", "first", "first"):
        s.next(1)
        s.do(c.TransferTicket, window=1, service="shebao", place=place)
    assert s.calls(5, 2) == ["A004", "A003", "B001", "A001", "A002"]


def test_to_one_window_only(story: Tell) -> None:
    s = story(("hukou",), {1: ("hukou",), 2: ("hukou",), 3: ("hukou",)})
    moved, other = s.take(), s.take()
    s.open(1, 2, 3)
    s.next(1)
    s.do(c.TransferTicket, window=1, to_window=2)
    assert (moved.service, moved.for_window) == ("hukou", 2)
    assert s.refused(c.CallTicket, window=3, ticket_id=moved.ticket_id).code == "not_served_here"
    assert (s.next(3), s.next(1)) == (other.label, None)
    assert s.next(2) == moved.label


def test_to_a_window_that_does_not_serve_the_service(story: Tell) -> None:
    s = story(*TWO)
    moved = s.take("hukou")
    s.open(1, 2)
    s.next(1)
    s.do(c.TransferTicket, window=1, to_window=2, place="first")
    assert s.next(2) == moved.label
    s.finish(2)
    assert moved.state == "finished"


def test_from_a_service_in_progress(story: Tell) -> None:
    s = story(*TWO)
    moved = s.take("hukou")
    s.open(1, 2)
    s.next(1)
    s.start(1)
    s.do(c.TransferTicket, window=1, service="shebao")
    assert (moved.state, moved.services) == ("waiting", ("shebao",))


def test_to_nowhere(story: Tell) -> None:
    s = story(*TWO)
    s.take("hukou")
    s.open(1)
    s.next(1)
    assert s.refused(c.TransferTicket, window=1, service="fishing").code == "unknown_service"
    assert s.refused(c.TransferTicket, window=1, to_window=9).code == "unknown_window"
    assert s.in_hand(1) is not None


def test_several_services_one_after_the_other(story: Tell) -> None:
    s = story(("hukou", "shebao", "yibao"), {1: ("hukou", "yibao"), 2: ("shebao",)})
    ticket = s.take("hukou", "shebao", "yibao")
    s.wait(1)
    s.take("shebao")
    s.open(1, 2)
    for window, service in ((1, "hukou"), (2, "shebao"), (1, "yibao")):
        assert (ticket.service, s.next(window)) == (service, "A001"), "its old place counts in every line"
        s.finish(window)
    assert ticket.state == "finished"


def test_each_of_several_services_is_rated(story: Tell) -> None:
    s = story(*TWO)
    ticket = s.take("hukou", "shebao")
    s.open(1, 2)
    for window in (1, 2):
        s.next(window)
        s.finish(window)
        s.do(c.RateTicket, ticket_id=ticket.ticket_id, grade=5)
        assert s.events[-1].window == window
        assert s.refused(c.RateTicket, ticket_id=ticket.ticket_id, grade=5).code == "already_rated"


def test_the_service_left_out_is_replaced_and_the_rest_stays(story: Tell) -> None:
    s = story(("hukou", "shebao", "yibao"))
    ticket = s.take("hukou", "shebao")
    s.open()
    s.next()
    s.do(c.TransferTicket, window=1, service="yibao")
    assert ticket.services == ("yibao", "shebao")
    s.next()
    s.finish()
    assert (ticket.service, ticket.state) == ("shebao", "waiting")


def test_a_later_service_first_loses_none_in_between(story: Tell) -> None:
    s = story(("hukou", "shebao", "yibao"))
    ticket = s.take("hukou", "shebao", "yibao")
    s.open()
    s.next()
    s.do(c.TransferTicket, window=1, service="yibao")
    seen = []
    while ticket.state == "waiting":
        s.next()
        seen.append(ticket.service)
        s.finish()
    assert seen == ["yibao", "shebao"]


def test_back_to_a_service_done_goes_on_from_there(story: Tell) -> None:
    s = story(("hukou", "shebao", "yibao"))
    ticket = s.take("hukou", "shebao", "yibao")
    s.open()
    s.next()
    s.finish()
    s.next()
    s.do(c.TransferTicket, window=1, service="hukou")
    seen = []
    while ticket.state == "waiting" and len(seen) < 9:
        s.next()
        seen.append(ticket.service)
        s.finish()
    assert seen == ["hukou", "shebao", "yibao"]


def test_to_another_window_in_the_middle_of_several_services(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou", "shebao"), 2: ("hukou", "shebao")})
    ticket = s.take("hukou", "shebao")
    s.open(1, 2)
    s.next(1)
    s.do(c.TransferTicket, window=1, to_window=2)
    s.next(2)
    s.finish(2)
    assert (ticket.service, ticket.for_window) == ("shebao", None), "sent to the window for that service only"
    assert s.next(1) == ticket.label
