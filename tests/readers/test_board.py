"""The wall: calls newest first, windows, who is next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c
from queue_server.readers.estimates import Estimates

Tell = Callable[..., Any]


def test_calls_and_recalls_newest_first_with_their_seq(show: Tell) -> None:
    s = show(rules={"call_gap_s": 15})
    s.take()
    s.do(c.OpenWindow, window=1)
    s.do(c.CallNext, window=1)
    called = s.hall.seq
    s.wait(15)
    s.do(c.RecallTicket, window=1)
    recall, call = s.view("board")["calls"]
    assert (call["seq"], call["kind"], recall["seq"], recall["kind"]) == (called, "call", called + 1, "recall")
    assert (call["label"], call["window"], call["service"]) == ("A001", 1, "hukou")
    assert call["window_name"] == {"zh-CN": "1号窗口", "en": "Window 1"}
    assert (call["at"], recall["at"]) == ("2026-11-20T01:00:00.000Z", "2026-11-20T01:00:15.000Z")


def test_at_least_the_last_thirty_calls_stay(show: Tell) -> None:
    s = show()
    s.do(c.OpenWindow, window=1)
    for _ in range(100):
        s.take()
        s.serve(1, serving_s=0)
    labels = [call["label"] for call in s.view("board")["calls"]]
    assert labels[:30] == [f"A{n:03d}" for n in range(100, 70, -1)]
    assert len(labels) < 100, "a view goes out whole with every change"


def test_a_new_day_begins_with_an_empty_wall(show: Tell) -> None:
    s = show()
    s.take()
    s.do(c.OpenWindow, window=1)
    s.do(c.CallNext, window=1)
    s.wait(86_400)
    s.take()
    board = s.view("board")
    assert (board["calls"], board["day"]) == ([], "2026-11-21")
    assert [w["state"] for w in board["windows"]] == ["closed"]


def test_windows_show_their_ticket_and_why_they_pause(show: Tell) -> None:
    s = show(("hukou",), {1: ("hukou",), 2: ("hukou",)})
    s.take()
    s.do(c.OpenWindow, window=1)
    s.do(c.CallNext, window=1)
    s.do(c.OpenWindow, window=2)
    s.do(c.PauseWindow, window=2, reason="meeting", back_at_ms=s.now_ms + 60_000)
    one, two = s.view("board")["windows"]
    assert (one["label"], one["ticket_state"], one["state"]) == ("A001", "called", "open")
    assert (two["state"], two["pause_reason"], two["back_at"]) == ("paused", "meeting", "2026-11-20T01:01:00.000Z")


def test_who_is_next_counts_those_sent_to_one_window(show: Tell) -> None:
    s = show(("hukou", "shebao"), {1: ("hukou",), 2: ("hukou", "shebao")})
    for _ in range(9):
        s.wait(1)
        s.take("hukou")
    s.do(c.OpenWindow, window=1)
    s.do(c.CallNext, window=1)
    s.do(c.TransferTicket, window=1, to_window=2)
    hukou, shebao = s.view("board")["waiting"]
    assert (hukou["waiting"], shebao["waiting"], shebao["next"]) == (9, 0, [])
    assert hukou["next"] == ["A001", "A002", "A003", "A004", "A005", "A006"]
    manager = s.view("hall")["services"][0]
    assert (manager["waiting"], manager["longest_wait_since"]) == (9, "2026-11-20T01:00:01.000Z")


def test_walls_and_consoles_tell_a_newcomers_wait_in_whole_minutes(show: Tell) -> None:
    s = show(("hukou", "business", "tax"), {1: ("hukou",), 2: ("business",)}, then={1: ("business",)})
    assert all(each["estimate"] is None for each in s.view("board")["waiting"])
    s.views.estimates = Estimates(ordinary={"hukou": (299.0, 901.0)})
    told = {"p50_s": 240.0, "p90_s": 960.0}
    assert [each["estimate"] for each in s.view("board")["waiting"]] == [told, None, None]
    assert s.view("console:1")["waits"] == [
        {"service": "hukou", "estimate": told},
        {"service": "business", "estimate": None},
    ]
    assert [each["service"] for each in s.view("console:2")["waits"]] == ["business"]
