"""The contract of API.md on windows: a whole service, its refusals, and who may act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hall_process import Client, HallProcess


@pytest.fixture
def open_window(manager: Client) -> Iterator[int]:
    """Window 2, open and empty-handed, with nobody waiting for it."""
    _empty(manager)
    assert manager.post("/windows/2/open", {"staff": "li"}).json()["state"] == "open"
    yield 2
    _empty(manager)
    manager.post("/windows/2/close")


def _empty(manager: Client) -> None:
    manager.post("/windows/2/open", {})
    while manager.post("/windows/2/next").status_code != 204:
        manager.post("/windows/2/start")


def issue(client: Client, **body: object) -> str:
    ticket_id: str = client.post("/tickets", {"service": "hukou", **body}).json()["ticket_id"]
    return ticket_id


def test_a_window_closed_calls_nobody(manager: Client) -> None:
    assert manager.get("/windows/3").json()["state"] == "closed"
    answer = manager.post("/windows/3/next")
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert manager.post("/windows/3/pause", {"reason": "lunch"}).json()["code"] == "window_closed"
    assert manager.post("/windows/9/next").json()["code"] == "unknown_window"
    assert manager.post("/windows/x/next").json()["code"] == "unknown_window"


def test_a_whole_service(manager: Client, node: Client, open_window: int) -> None:
    assert manager.post("/windows/2/next").status_code == 204
    ticket_id = issue(node)
    called = manager.post("/windows/2/next").json()
    assert (called["ticket_id"], called["state"], called["window"], called["calls"]) == (ticket_id, "called", 2, 1)
    assert called["why"] == "longest_relative_wait"
    refused = manager.post("/windows/2/next")
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_called")
    assert manager.post("/windows/2/close").json()["code"] == "window_busy"
    assert manager.post("/windows/2/finish").json()["code"] == "wrong_state"
    assert manager.post("/windows/2/no-show").json()["code"] == "too_few_calls"
    assert manager.post("/windows/2/recall").json()["calls"] == 2
    assert manager.get("/windows/2").json()["ticket"]["label"] == called["label"]
    assert manager.post("/windows/2/start").json()["state"] == "serving"
    done = manager.post("/windows/2/finish").json()
    assert (done["state"], done["outcome"], done["window"]) == ("finished", "done", 2)
    assert manager.post("/windows/2/finish").json()["code"] == "no_ticket"


def test_next_finishes_what_is_being_served(manager: Client, node: Client, open_window: int) -> None:
    first, second = issue(node), issue(node)
    assert manager.post("/windows/2/next").json()["ticket_id"] == first
    manager.post("/windows/2/start")
    assert manager.post("/windows/2/next").json()["ticket_id"] == second
    assert manager.get(f"/tickets/{first}").json()["state"] == "finished"
    manager.post("/windows/2/start")
    assert manager.post("/windows/2/next").status_code == 204
    assert manager.get(f"/tickets/{second}").json()["state"] == "finished"


def test_no_show_comes_back_behind_others(manager: Client, node: Client, open_window: int) -> None:
    gone = issue(node)
    manager.post("/windows/2/next")
    manager.post("/windows/2/recall")
    manager.post("/windows/2/recall")
    assert manager.post("/windows/2/no-show").json()["state"] == "no_show"
    others = [issue(node) for _ in range(4)]
    back = manager.post(f"/tickets/{gone}/requeue").json()
    assert (back["state"], back["ahead"]) == ("waiting", 3)
    order = []
    for _ in range(5):
        order.append(manager.post("/windows/2/next").json()["ticket_id"])
        manager.post("/windows/2/start")
    assert order == [*others[:3], gone, others[3]]


def test_park_and_take_up_again(manager: Client, node: Client, open_window: int) -> None:
    ticket_id = issue(node)
    manager.post("/windows/2/next")
    manager.post("/windows/2/start")
    assert manager.post("/windows/2/park", {"reason": "copies"}).json()["state"] == "parked"
    assert manager.post("/windows/2/next").status_code == 204
    taken = manager.post("/windows/2/call", {"ticket_id": ticket_id}).json()
    assert (taken["state"], taken["why"]) == ("called", "parked")
    refused = manager.post("/windows/2/call", {"ticket_id": ticket_id})
    assert refused.json()["code"] == "window_busy"


def test_transfer_keeps_label_and_place(manager: Client, node: Client, open_window: int) -> None:
    first = node.post("/tickets", {"service": "hukou"}).json()
    later = node.post("/tickets", {"service": "social"}).json()
    manager.post("/windows/2/next")
    moved = manager.post("/windows/2/transfer", {"service": "social"}).json()
    assert (moved["label"], moved["service"], moved["state"]) == (first["label"], "social", "waiting")
    manager.post("/windows/1/open", {})
    assert manager.post("/windows/1/next").json()["ticket_id"] == first["ticket_id"]
    manager.post("/windows/1/start")
    assert manager.post("/windows/1/next").json()["ticket_id"] == later["ticket_id"]
    back = manager.post("/windows/1/transfer", {"window": 2, "place": "first"}).json()
    assert back["for_window"] == 2
    manager.post("/windows/1/close")
    assert manager.post("/windows/2/next").json()["ticket_id"] == later["ticket_id"]
    for body in ({}, {"service": "social", "window": 1}, {"service": "social", "place": "middle"}):
        assert manager.post("/windows/2/transfer", body).status_code == 422
    assert manager.post("/windows/2/transfer", {"service": "nothing"}).status_code == 404


def test_pause_says_why_and_calls_nobody(manager: Client, node: Client, open_window: int) -> None:
    paused = manager.post("/windows/2/pause", {"reason": "会议", "back_at": "2026-11-20T04:00:00Z"}).json()
    assert (paused["state"], paused["pause_reason"]) == ("paused", "会议")
    assert paused["back_at"] == "2026-11-20T04:00:00.000Z"
    assert manager.post("/windows/2/next").json()["code"] == "window_paused"
    assert manager.post("/windows/2/pause", {}).status_code == 422
    assert manager.post("/windows/2/resume").json()["state"] == "open"


def test_staff_act_only_at_their_window(hall: HallProcess, node: Client) -> None:
    staff = hall.client("staff", window=1)
    assert staff.post("/windows/1/open", {}).status_code == 200
    assert staff.post("/windows/2/open", {}).json()["code"] == "forbidden"
    assert node.post("/windows/1/next").json()["code"] == "forbidden"
    assert hall.client("county").post("/tickets", {"service": "hukou"}).status_code == 403
    assert staff.post("/windows/1/close").status_code == 200


def test_priority_takes_one_call_in_three(manager: Client, node: Client, open_window: int) -> None:
    ordinary = [issue(node) for _ in range(6)]
    elderly = [issue(node, priority="elderly") for _ in range(3)]
    assert manager.get(f"/tickets/{elderly[0]}").json()["ahead"] <= 2
    order = []
    for _ in range(9):
        order.append(manager.post("/windows/2/next").json()["ticket_id"])
        manager.post("/windows/2/start")
    waiting = set(ordinary)
    for index, ticket_id in enumerate(order):
        if ticket_id in elderly and waiting:
            assert not set(order[max(0, index - 2) : index]) & set(elderly)
        waiting.discard(ticket_id)
    assert [t for t in order if t in ordinary] == ordinary
    assert [t for t in order if t in elderly] == elderly


def test_a_handover_note_is_read_by_the_next_and_is_not_in_the_journal(manager: Client) -> None:
    words = "王大爷的材料在左边抽屉"
    assert manager.get("/windows/3/handover").json() == {"window": 3, "text": None, "staff": None, "at": None}
    left = manager.post("/windows/3/handover", {"text": words}).json()
    assert (left["text"], manager.get("/windows/3/handover").json()) == (words, left)
    events = manager.get("/journal?after=0&limit=1000").json()["events"]
    noted = [event for event in events if event["kind"] == "HandoverLeft"]
    assert noted[-1]["data"]["note"].startswith("n_")
    assert words not in str(events)
    assert manager.post("/windows/3/handover", {"text": "x" * 301}).status_code == 422
    assert manager.post("/windows/3/handover", {"text": None}).json()["text"] is None
    assert manager.get("/windows/9/handover").json()["code"] == "unknown_window"


def test_going_on_with_another_service_of_the_ticket(manager: Client, node: Client) -> None:
    manager.post("/windows/3/open", {"staff": "li", "skills": []})
    while manager.post("/windows/3/next").status_code != 204:
        manager.post("/windows/3/start")
    ticket = node.post("/tickets", {"services": ["hukou", "social"]}).json()
    assert manager.post("/windows/3/next").json()["ticket_id"] == ticket["ticket_id"]
    manager.post("/windows/3/start")
    assert manager.post("/windows/3/finish", {"go_on": "hukou"}).json()["code"] == "not_on_ticket"
    again = manager.post("/windows/3/finish", {"go_on": "social"}).json()
    assert (again["state"], again["service"], again["window"]) == ("serving", "social", 3)
    assert manager.post("/windows/3/finish").json()["state"] == "finished"
    manager.post("/windows/3/close")
    six = {"services": ["hukou", "social", "a", "b", "c", "d"]}
    assert node.post("/tickets", six).status_code == 422
