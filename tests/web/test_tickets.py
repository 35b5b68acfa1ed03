"""The contract of API.md on tickets, asked of a real server."""

from __future__ import annotations

import re
import uuid

import pytest
import requests
from hall_process import Client, HallProcess

FIELDS = {
    "ticket_id", "label", "serial", "service", "state", "priority", "ahead", "estimate", "window", "issued_at",
    "called_at", "started_at", "ended_at", "calls", "outcome", "channel",
}  # fmt: skip


def issue(client: Client, **body: object) -> dict[str, object]:
    answer = client.post("/tickets", {"service": "hukou", **body})
    assert answer.status_code == 201, answer.text
    ticket: dict[str, object] = answer.json()
    return ticket


def test_a_ticket_has_every_field_and_is_found_again(node: Client) -> None:
    ticket = issue(node)
    assert set(ticket) >= FIELDS
    assert re.fullmatch(r"A\d{3}", str(ticket["label"]))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(ticket["issued_at"]))
    assert (ticket["state"], ticket["calls"], ticket["channel"]) == ("waiting", 0, "kiosk")
    assert node.get(f"/tickets/{ticket['ticket_id']}").json() == ticket


def test_ahead_counts_who_really_waits_before(node: Client) -> None:
    first, second = issue(node), issue(node)
    assert second["ahead"] == first["ahead"] + 1  # type: ignore[operator]


@pytest.mark.parametrize("key", ["0190f7d2-tap-1", "x", "k" * 128])
def test_the_same_key_gives_the_first_answer_byte_for_byte(node: Client, key: str) -> None:
    first = node.post("/tickets", {"service": "social"}, key)
    again = node.post("/tickets", {"service": "social"}, key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = node.post("/tickets", {"service": "hukou"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_a_refusal_too_is_answered_the_same_again(node: Client) -> None:
    citizen = {"id_number": "110101199003077213"}
    issue(node, citizen=citizen)
    key = str(uuid.uuid4())
    refused = node.post("/tickets", {"service": "hukou", "citizen": citizen}, key)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_waiting")
    assert refused.headers["Content-Type"] == "application/problem+json"
    waiting = node.get(f"/tickets/{refused.json()['facts']['ticket_id']}").json()
    assert waiting["label"] == refused.json()["facts"]["label"]
    assert node.post(f"/tickets/{waiting['ticket_id']}/cancel", {}).status_code == 403
    assert node.post("/tickets", {"service": "hukou", "citizen": citizen}, key).content == refused.content


def test_several_services_on_one_ticket(node: Client) -> None:
    answer = node.post("/tickets", {"services": ["social", "hukou"]})
    assert answer.status_code == 201
    assert (answer.json()["service"], answer.json()["services"]) == ("social", ["social", "hukou"])


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "invalid_values", "body"),
        ({"service": "hukou", "services": ["social"]}, 422, "invalid_values", "body"),
        ({"service": "no-such"}, 404, "unknown_service", None),
        ({"service": 7}, 422, "invalid_values", "service"),
        ({"service": "hukou", "prioritty": True}, 422, "invalid_values", "prioritty"),
        ({"service": "hukou", "taken_at": "yesterday"}, 422, "invalid_values", "taken_at"),
        ({"service": "hukou", "citizen": {"id_number": "1" * 40}}, 422, "invalid_values", "citizen.id_number"),
        ({"service": "hukou", "citizen": {"id_number": "-"}}, 422, "invalid_values", "citizen.id_number"),
        ({"service": "hukou", "appointment": "A-1"}, 404, "unknown_appointment", None),
    ],
)
def test_wrong_values_are_named(
    node: Client, body: dict[str, object], status: int, code: str, field: str | None
) -> None:
    answer = node.post("/tickets", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if field is not None:
        assert field in [named["field"] for named in answer.json()["fields"]]
    assert "1111" not in answer.text


def test_malformed_json_is_400(hall: HallProcess, node: Client) -> None:
    answer = node.session.post(f"{hall.url}/api/v1/tickets", data=b'{"service": ', timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_credentials(hall: HallProcess, node: Client) -> None:
    url = f"{hall.url}/api/v1/tickets"
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}, {"Cookie": "session=x"}):
        answer = requests.post(url, json={"service": "hukou"}, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    answer = node.get("/journal")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_rating_comes_after_the_service_and_once(manager: Client, node: Client) -> None:
    ticket = issue(node, service="social")
    rating = f"/tickets/{ticket['ticket_id']}/rating"
    assert node.post(rating, {"grade": 5}).json()["code"] == "not_served"
    manager.post("/windows/1/open", {})
    called = manager.post("/windows/1/call", {"ticket_id": ticket["ticket_id"]})
    assert called.json()["why"] == "out_of_turn"
    assert manager.post("/windows/1/start").status_code == 200
    assert manager.post("/windows/1/finish", {"outcome": "done"}).json()["state"] == "finished"
    wrong = node.post(rating, {"grade": 5, "reasons": ["110"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_values")
    assert node.post(rating, {"grade": 6}).status_code == 422
    assert node.post(rating, {"grade": 4, "reasons": ["413"], "text": "谢谢"}).status_code == 201
    assert node.post(rating, {"grade": 1}).json()["code"] == "already_rated"
    rated = [e for e in _journal(manager) if e["kind"] == "Rated"]
    assert "谢谢" not in str(rated)
    assert rated[-1]["data"]["note"] is not None
    manager.post("/windows/1/close")


def test_cancel_and_requeue(manager: Client) -> None:
    ticket_id = issue(manager)["ticket_id"]
    assert manager.post(f"/tickets/{ticket_id}/requeue").json()["code"] == "wrong_state"
    assert manager.post(f"/tickets/{ticket_id}/cancel").json()["state"] == "cancelled"
    assert manager.post(f"/tickets/{ticket_id}/requeue").json()["state"] == "waiting"
    assert manager.post(f"/tickets/{ticket_id}/priority", {"reason": "elderly"}).json()["priority"] == "elderly"
    assert manager.post("/tickets/nobody/cancel").json()["code"] == "unknown_ticket"


def test_the_journal_is_contiguous_and_paged(manager: Client) -> None:
    events = _journal(manager)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "DayOpened"
    page = manager.get("/journal", params={"after": 2, "limit": 3}).json()
    assert [event["seq"] for event in page["events"]] == [3, 4, 5]
    assert page["next"] == 5
    assert manager.get("/journal", params={"limit": 0}).json()["code"] == "invalid_values"


def _journal(client: Client) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    after = 0
    while page := client.get("/journal", params={"after": after, "limit": 1000}).json()["events"]:
        events += page
        after = page[-1]["seq"]
    return events
