"""Several services on one ticket: the soonest first, one after the other at the old place, or right here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c
from queue_server.hall import events as e

Tell = Callable[..., Any]
THREE = ("hukou", "shebao", "yibao")
ONE_EACH = {1: ("hukou",), 2: ("shebao",), 3: ("yibao",)}


def test_the_service_that_reaches_the_citizen_soonest_comes_first(story: Tell) -> None:
    s = story(THREE, ONE_EACH)
    s.open(1, 2, 3)
    for service in ("hukou", "hukou", "hukou", "shebao", "shebao", "yibao"):
        s.take(service)
    ticket = s.take("hukou", "shebao", "yibao")
    assert (ticket.label, ticket.service, ticket.services) == ("A004", "yibao", ("yibao", "hukou", "shebao"))
    assert s.calls(2, 3) == ["C001", "A004"]
    s.finish(3)
    assert (ticket.service, ticket.services) == ("shebao", ("yibao", "shebao", "hukou")), "two are ahead, not three"
    s.wait(60)
    s.take("shebao")
    assert s.calls(3, 2)[-1] == "A004", "it does not queue anew: whoever came meanwhile comes after it"
    s.finish(2)
    assert ticket.service == "hukou"
    assert s.calls(4, 1)[-1] == "A004"
    s.finish(1)
    assert ticket.state == "finished"


def test_windows_that_are_busy_or_closed_count(story: Tell) -> None:
    s = story(THREE, {1: ("hukou",), 2: ("shebao",), 3: ("shebao",), 4: ("yibao",)})
    s.open(1, 2, 3)
    s.take("hukou")
    s.next(1)
    assert s.take("yibao", "hukou", "shebao").service == "shebao", (
        "nobody waits anywhere, but only there a window is free"
    )
    assert s.take("yibao", "hukou").service == "hukou", "nobody serves yibao yet"
    assert s.take("yibao").service == "yibao"


def test_equal_ways_keep_the_order_asked_for(story: Tell) -> None:
    s = story(THREE, ONE_EACH)
    s.open(1, 2, 3)
    assert s.take("yibao", "hukou", "shebao").services == ("yibao", "hukou", "shebao")


def test_what_must_come_before_and_pick_up_last(story: Tell) -> None:
    s = story({"pickup": {"pick_up": True}, "photo": {}, "card": {"after": ("photo",)}})
    ticket = s.take("pickup", "card", "photo")
    assert ticket.services == ("photo", "pickup", "card")
    s.open()
    order = []
    while ticket.state != "finished":
        s.next()
        order.append((ticket.service, ticket.why))
        s.finish()
    whys = ["longest_relative_wait", "longest_relative_wait", "pick_up"]
    assert order == list(zip(("photo", "card", "pickup"), whys, strict=True))


def test_a_quick_service_is_finished_on_the_way(story: Tell) -> None:
    s = story(THREE, {1: ("hukou",), 2: ("shebao", "yibao")})
    s.open(1, 2)
    ticket, other = s.take("shebao", "yibao", "hukou"), s.take("shebao")
    s.next(2)
    s.start(2)
    s.wait(300)
    assert s.refused(c.FinishServing, window=2, go_on="hukou").code == "not_served_here"
    assert s.refused(c.FinishServing, window=2, go_on="shebao").code == "not_on_ticket"
    events = s.do(c.FinishServing, window=2, go_on="yibao")
    assert [type(event) for event in events] == [e.ServingFinished, e.ServingStarted]
    assert (ticket.state, ticket.service, ticket.window, ticket.started_ms) == ("serving", "yibao", 2, s.now_ms)
    assert (s.in_hand(2), s.ahead(other), other.state) == (ticket, 0, "waiting")
    assert s.next(2) == other.label
    assert (ticket.state, ticket.service) == ("waiting", "hukou")
    s.next(1)
    s.finish(1)
    assert (ticket.state, ticket.services) == ("finished", ("shebao", "yibao", "hukou"))


def test_going_on_is_for_an_open_window_and_in_order(story: Tell) -> None:
    s = story({"photo": {}, "card": {"after": ("photo",)}, "form": {}})
    s.open()
    ticket = s.take("form", "card", "photo")
    s.next()
    s.start()
    assert s.refused(c.FinishServing, window=1, go_on="card").code == "not_on_ticket"
    s.do(c.PauseWindow, window=1, reason="meeting")
    assert s.refused(c.FinishServing, window=1, go_on="photo").code == "window_paused"
    s.do(c.ResumeWindow, window=1)
    s.do(c.FinishServing, window=1, go_on="photo")
    s.do(c.FinishServing, window=1, go_on="card")
    s.finish()
    assert ticket.services == ("form", "photo", "card")


def test_sent_on_to_pick_up(story: Tell) -> None:
    s = story({"hukou": {}, "pickup": {"pick_up": True}}, {1: ("hukou",), 2: ("pickup",)})
    s.open(1, 2)
    ticket = s.take("hukou")
    s.next(1)
    s.start(1)
    s.do(c.TransferTicket, window=1, service="pickup")
    assert s.next(2) == "A001"
    assert (ticket.why, s.take("pickup").label) == ("pick_up", "B001")
