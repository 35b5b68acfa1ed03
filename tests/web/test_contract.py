"""What API.md says in words, tried the way somebody would who has read nothing else."""

from __future__ import annotations

import pytest
from hall_process import Client


def _issued(client: Client, **body: object) -> dict[str, object]:
    answer = client.post("/tickets", {"service": "hukou", **body})
    assert answer.status_code == 201, answer.text
    ticket: dict[str, object] = answer.json()
    return ticket


def test_what_a_refusal_says_stands_beside_its_code_too(node: Client) -> None:
    citizen = {"phone": "13800001234"}
    first = _issued(node, citizen=citizen)
    problem = node.post("/tickets", {"service": "hukou", "citizen": citizen}).json()
    assert problem["code"] == "already_waiting"
    assert {name: problem[name] for name in ("ticket_id", "label")} == problem["facts"]
    assert (problem["ticket_id"], problem["label"]) == (first["ticket_id"], first["label"])


def test_a_ticket_that_came_back_has_no_outcome_yet(node: Client, manager: Client) -> None:
    ticket_id = _issued(node)["ticket_id"]
    assert manager.post(f"/tickets/{ticket_id}/cancel").json()["outcome"] is not None
    back = manager.post(f"/tickets/{ticket_id}/requeue").json()
    assert (back["state"], back["outcome"], back["ended_at"]) == ("waiting", None, None)
    manager.post(f"/tickets/{ticket_id}/cancel")


@pytest.mark.parametrize("channel", ["PJQ", "kiosk", "phone"])
def test_channels_of_reports_upward_are_channels(node: Client, channel: str) -> None:
    assert _issued(node, channel=channel)["channel"] == channel


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"service": "hukou", "priority": ""}, "priority"),
        ({"service": "hukou", "taken_at": 1_795_240_806}, "taken_at"),
        ({"service": "hukou", "taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at"),
        ({"service": "hukou", "citizen": {"nmae": "x"}}, "citizen.nmae"),
        ({"services": ["hukou", 7]}, "services.1"),
    ],
)
def test_a_wrong_value_is_named_as_it_was_written(node: Client, body: dict[str, object], field: str) -> None:
    answer = node.post("/tickets", body)
    assert (answer.status_code, {each["field"] for each in answer.json()["fields"]}) == (422, {field})


def test_no_text_holds_nul(node: Client, manager: Client) -> None:
    answer = node.post("/tickets", {"service": "hukou", "priority": "a\0b"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_values")
    assert _issued(node, priority=r"a\u0000b")["priority"] == r"a\u0000b"  # six characters that mean no other
    for path, code in (
        ("/tickets/%00/cancel", "unknown_ticket"),
        ("/staff/a%00/sign-out", "unknown_staff"),
        ("/nodes/%00/remove", "unknown_node"),
    ):
        answer = manager.post(path, {})
        assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_reasons_belong_to_the_grade_and_count_once(node: Client, manager: Client) -> None:
    ticket_id = _issued(node)["ticket_id"]
    manager.post("/windows/2/open", {})
    manager.post("/windows/2/call", {"ticket_id": ticket_id})
    manager.post("/windows/2/start")
    manager.post("/windows/2/finish")
    wrong = node.post(f"/tickets/{ticket_id}/rating", {"grade": 5, "reasons": ["108"]})
    assert [each["field"] for each in wrong.json()["fields"]] == ["reasons"]
    rated = node.post(f"/tickets/{ticket_id}/rating", {"grade": 5, "reasons": ["510", "517", "510"], "channel": "PJQ"})
    assert (rated.status_code, rated.json()["reasons"]) == (201, ["510", "517"])
    manager.post("/windows/2/close")


@pytest.mark.parametrize("key", ["a key with spaces", "取号-1", "é", '"quoted", and; more', "键" * 128])
def test_any_string_is_a_key(node: Client, key: str) -> None:
    said = {"Idempotency-Key": key.encode()}
    url, body = f"{node.api}/tickets", {"service": "social"}
    first, again = (node.session.post(url, json=body, headers=said, timeout=10) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    other = node.session.post(url, json={"service": "hukou"}, headers=said, timeout=10)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize("key", ["", "k" * 129, "键" * 129])
def test_a_key_has_an_end(node: Client, key: str) -> None:
    said = {"Idempotency-Key": key.encode()}
    answer = node.session.post(f"{node.api}/tickets", json={"service": "social"}, headers=said, timeout=10)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "Idempotency-Key")


def test_a_hall_has_its_own_words_for_who_sits_there_and_how_it_ended(node: Client, manager: Client) -> None:
    ticket_id = _issued(node)["ticket_id"]
    opened = manager.post("/windows/2/open", {"staff": "李四", "covers": "S-07 (wang)"}).json()
    assert (opened["staff"], opened["covers"]) == ("李四", "S-07 (wang)")
    assert manager.post("/windows/2/call", {"ticket_id": ticket_id}).status_code == 200
    manager.post("/windows/2/start")
    assert manager.post("/windows/2/finish", {"outcome": "办结"}).json()["outcome"] == "办结"
    manager.post("/windows/2/close")
