"""What a staff member sees: the line, parked tickets, figures, the rating that may be given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Zone
from queue_server.hall import commands as c
from queue_server.hall.refusal import Refused
from queue_server.readers.views import parse

Tell = Callable[..., Any]


def test_the_line_is_the_windows_own(show: Tell) -> None:
    s = show(("hukou", "shebao", "yibao"), {1: ("hukou",), 2: ("yibao",)}, then={1: ("shebao",)})
    for service in ("shebao", "hukou", "yibao", "hukou"):
        s.wait(1)
        s.take(service)
    view = s.view("console:1")
    assert [row["label"] for row in view["waiting"]] == ["B001", "A001", "A002"]
    assert view["waiting_total"] == 3
    assert view["waiting"][0]["arrived_at"] == "2026-11-20T01:00:01.000Z"


def test_a_long_line_is_cut_but_counted(show: Tell) -> None:
    s = show(rules={"daily_cap_per_citizen": 0})
    for _ in range(250):
        s.take()
    view = s.view("console:1")
    assert (len(view["waiting"]), view["waiting_total"]) == (200, 250)
    assert view["waiting"][0]["label"] == "A001"


def test_parked_tickets_are_shown_where_they_may_be_taken_up(show: Tell) -> None:
    s = show(("hukou", "shebao"), {1: ("hukou",), 2: ("hukou",), 3: ("shebao",)})
    s.take("hukou")
    for window in (1, 2, 3):
        s.do(c.OpenWindow, window=window)
    s.do(c.CallNext, window=1)
    s.do(c.ParkTicket, window=1)
    assert [len(s.view(f"console:{window}")["parked"]) for window in (1, 3)] == [1, 0]


def test_figures_of_the_day(show: Tell) -> None:
    s = show(rules={"min_calls_before_no_show": 0})
    s.do(c.OpenWindow, window=1)
    assert s.view("console:1")["today"] == {
        "served": 0, "no_show": 0, "average_service_s": None, "average_wait_s": None,
    }  # fmt: skip
    for serving_s in (60, 120):
        s.take()
        s.wait(30)
        s.serve(1, serving_s)
    s.take()
    s.do(c.CallNext, window=1)
    s.do(c.MarkNoShow, window=1)
    assert s.view("console:1")["today"] == {
        "served": 2, "no_show": 1, "average_service_s": 90.0, "average_wait_s": 20.0,
    }  # fmt: skip
    hall = s.view("hall")
    assert (hall["issued"], hall["served"], hall["no_show"]) == (3, 2, 1)
    s.wait(86_400)
    s.take()
    assert s.view("console:1")["today"]["served"] == 0


def test_the_rating_is_offered_until_it_is_given(show: Tell) -> None:
    s = show()
    ticket_id = s.take()
    s.do(c.OpenWindow, window=1)
    assert s.view("window:1")["rate"] is None
    s.serve(1)
    assert s.view("window:1")["rate"] == {
        "ticket_id": ticket_id, "label": "A001", "finished_at": "2026-11-20T01:01:00.000Z",
    }  # fmt: skip
    s.do(c.RateTicket, ticket_id=ticket_id, grade=5)
    assert s.view("window:1")["rate"] is None


def test_the_rating_of_a_ticket_served_elsewhere_since_is_not_offered_here(show: Tell) -> None:
    s = show(("hukou", "shebao"), {1: ("hukou",), 2: ("shebao",)})
    ticket_id = s.take("hukou", "shebao")
    for window in (1, 2):
        s.do(c.OpenWindow, window=window)
    s.serve(1)
    assert s.view("window:1")["rate"]["ticket_id"] == ticket_id
    s.serve(2)
    assert s.view("window:2")["rate"]["ticket_id"] == ticket_id
    assert s.view("window:1")["rate"] is None


@pytest.mark.parametrize("name", ["", "walls", "window", "window:", "window:-1", "console:x", "board:1", "window:１"])
def test_names_that_are_no_view(show: Tell, name: str) -> None:
    with pytest.raises(KeyError):
        show().view(name)


def test_a_window_that_is_not_there(show: Tell) -> None:
    with pytest.raises(Refused) as refused:
        show().view("console:9")
    assert refused.value.code == "unknown_window"
    assert parse("console:9") == ("console", 9)


def test_a_note_an_appointment_and_what_may_be_gone_on_with(show: Tell) -> None:
    s = show(("hukou", "shebao"), {1: ("hukou", "shebao"), 2: ("hukou",)})
    s.do(c.OpenWindow, window=1)
    s.do(c.OpenWindow, window=2)
    s.do(c.LeaveHandover, window=1, note="n_1", staff="li")
    s.do(c.IssueTicket, ticket_id="both", services=("hukou", "shebao"))
    s.do(c.IssueTicket, ticket_id="slot", services=("hukou",), due_ms=s.now_ms + 600_000)
    view = s.view("console:1")
    assert {t["ticket_id"]: t["due_at"] for t in view["waiting"]} == {"both": None, "slot": "2026-11-20T01:10:00.000Z"}
    assert view["handover"] == {"note": "n_1", "staff": "li", "at": "2026-11-20T01:00:00.000Z"}
    assert s.view("console:2")["handover"] is None
    s.do(c.CallNext, window=1)
    assert s.view("console:1")["go_on"] == [], "not before it is being served"
    s.do(c.StartServing, window=1)
    assert s.view("console:1")["go_on"] == ["shebao"]
    s.do(c.FinishServing, window=1, go_on="shebao")
    assert (s.view("console:1")["window"]["ticket"]["service"], s.view("console:1")["go_on"]) == ("shebao", [])


def test_windows_and_calls_say_where_they_are(show: Tell) -> None:
    s = show(("hukou",), {1: ("hukou",), 2: ("hukou",)}, zones={"up": Zone("up", {"zh-CN": "二楼", "en": "Upstairs"})})
    plans = dict(s.hall.settings.windows)
    plans[2] = replace(plans[2], zone="up", place={"zh-CN": "东侧", "en": "East side"})
    moved = replace(s.hall.settings, windows=plans)
    s.do(c.ChangeSettings, settings=moved, source="page", file_digest="", version=0)
    s.do(c.OpenWindow, window=2)
    s.do(c.IssueTicket, ticket_id="one", services=("hukou",))
    s.do(c.CallNext, window=2)
    board = s.view("board")
    assert [(w["zone"], w["place"].get("en")) for w in board["windows"]] == [("", None), ("up", "East side")]
    assert board["calls"][0]["zone"] == "up"
    assert board["zones"] == [{"zone": "up", "name": {"zh-CN": "二楼", "en": "Upstairs"}}]
