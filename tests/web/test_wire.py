"""Nodes of every earlier version work with this server: their requests are taken, and all they read is still there."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hall_process import Client
from live_page import LivePage
from wire_golden import VERSIONS, missing, recorded

from .conftest import StartHall


@pytest.mark.parametrize("version", VERSIONS)
def test_what_older_nodes_ask_and_read(version: str, start_hall: StartHall) -> None:
    hall = start_hall("[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 2\n")
    node, manager = hall.client("node"), hall.client("manager")
    golden = recorded(version)
    answers: dict[str, Any] = {}

    def replay(name: str, **names: str) -> None:
        said = next(each for each in golden["requests"] if each["name"] == name)
        path = said["path"]
        for placeholder, ticket_id in names.items():
            path = path.replace(placeholder, ticket_id)
        answer = _ask(node, said["method"], path, said["body"])
        assert answer.status_code == said["status"], (name, answer.text)
        answers[name] = answer.json() if answer.content else None

    for name in ("hall", "issue", "issue_by_card", "already_waiting"):
        replay(name)
    replay("ticket", TICKET0=answers["issue"]["ticket_id"])
    served = _serve(manager)
    for name in ("rating", "already_rated"):
        replay(name, TICKET1=served)
    manager.post("/windows/1/next").raise_for_status()
    replay("report")
    for path, body in (
        ("/windows/2/open", {}),
        ("/windows/2/pause", {"reason": "lunch", "back_at": "2030-01-01T00:00:00.000Z"}),
        ("/emergency", {"text": "请离开"}),
        ("/tickets", {"service": "hukou"}),
        ("/tickets", {"service": "social"}),
    ):
        manager.post(path, body).raise_for_status()
    lost = [line for name, old in golden["answers"].items() for line in missing(old, answers[name], name)]
    views = _follow(hall.url, str(node.session.headers["Authorization"]).removeprefix("Bearer "), golden["views"])
    lost += [line for name, old in golden["views"].items() for line in missing(old, views[name], name)]
    assert lost == []
    assert [request["name"] for request in golden["requests"] if request["name"] not in answers] == []


def test_a_lost_field_is_seen() -> None:
    assert missing({"a": [{"b": 1}]}, {"a": [{"b": 2.0, "c": 1}]}) == []
    assert missing({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": "1"}]}) == [".a[].c is gone", ".a[].b: str"]
    assert missing({"a": {}}, {"a": None}) == [".a: NoneType"]


def _ask(client: Client, method: str, path: str, body: Any) -> Any:
    return client.get(path) if method == "GET" else client.post(path, body, key=uuid.uuid4().hex)


def _serve(manager: Client) -> str:
    manager.post("/windows/1/open", {"staff": "li"}).raise_for_status()
    manager.post("/windows/1/next").raise_for_status()
    manager.post("/windows/1/start").raise_for_status()
    done: dict[str, str] = manager.post("/windows/1/finish", {}).json()
    return done["ticket_id"]


def _follow(url: str, token: str, names: dict[str, Any]) -> dict[str, Any]:
    with LivePage(url, token) as live:
        return {name: live.follow(name) for name in names}
