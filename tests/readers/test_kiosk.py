"""What a kiosk shows of each service before a ticket is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from config.settings import Hours, Span
from queue_server.hall import commands as c

Tell = Callable[..., Any]


def test_waiting_and_windows_of_each_service(show: Tell) -> None:
    s = show(("hukou", "shebao"), {1: ("hukou",), 2: ("shebao",), 3: ("shebao",)}, then={3: ("hukou",)})
    s.take("hukou")
    s.take("hukou")
    s.take("shebao")
    view = s.view("kiosk")
    assert [(row["service"], row["waiting"], row["windows"]) for row in view["services"]] == [
        ("hukou", 2, [1, 3]),
        ("shebao", 1, [2, 3]),
    ]
    assert view["waiting"] == 3
    assert {row["closed"] for row in view["services"]} == {None}


def test_a_used_up_quota(show: Tell) -> None:
    s = show({"hukou": {"daily_quota": 1}, "shebao": {}})
    s.take("hukou")
    assert [row["closed"] for row in s.view("kiosk")["services"]] == ["quota_used", None]


def test_closed_and_when_it_opens(show: Tell) -> None:
    morning = (Span(time(8, 30), time(12)),)
    s = show({"hukou": {}, "shebao": {"weekly": ((),) * 7}}, hours=Hours((morning,) * 7, last_ticket_before_s=600))
    hukou, shebao = s.view("kiosk")["services"]
    assert (hukou["closed"], shebao["closed"], shebao["opens_at"]) == (None, "service_closed", None)
    s.wait(3 * 3600 - 600)
    hukou, shebao = s.view("kiosk")["services"]
    assert (hukou["closed"], hukou["opens_at"]) == ("hall_closed", "2026-11-21T00:30:00.000Z")
    assert shebao["closed"] == "hall_closed"


def test_nothing_of_a_citizen_is_in_any_view(show: Tell) -> None:
    s = show()
    ticket_id = s.take(citizen="c_reference", priority="elderly")
    s.do(c.OpenWindow, window=1)
    s.take(citizen="c_other")
    for name in ("kiosk", "board", "hall", "window:1", "console:1"):
        assert "c_reference" not in repr(s.view(name))
    assert ticket_id not in repr(s.view("board")), "who knows a ticket's id may cancel it"
    assert ticket_id not in repr(s.view("kiosk"))
