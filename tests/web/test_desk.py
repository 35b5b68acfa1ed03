"""What reception and manager do beside the queue: find a ticket, accounts, an emergency, devices that are unwell."""

from __future__ import annotations

from hall_process import Client, HallProcess


def test_a_ticket_is_found_by_label_or_last_digits(hall: HallProcess, node: Client) -> None:
    desk = hall.client("reception")
    ticket = node.post("/tickets", {"service": "social"}).json()
    label = ticket["label"]
    assert [found["ticket_id"] for found in desk.get(f"/tickets?find={label.lower()}").json()] == [ticket["ticket_id"]]
    assert ticket["ticket_id"] in [found["ticket_id"] for found in desk.get(f"/tickets?find={label[-2:]}").json()]
    assert desk.get("/tickets?find=Z999").json() == []
    assert desk.get("/tickets").json()["code"] == "invalid_values"
    assert desk.get("/tickets?find=%27;--").json()["code"] == "invalid_values"
    assert node.get(f"/tickets?find={label}").json()["code"] == "forbidden"


def test_the_square_code_of_a_slip_is_a_picture(hall: HallProcess, node: Client) -> None:
    ticket = node.post("/tickets", {"service": "social"}).json()
    code = hall.client("reception").get(f"/tickets/{ticket['ticket_id']}/qr")
    assert (code.status_code, code.headers["Content-Type"]) == (200, "image/svg+xml")
    assert b"<svg" in code.content
    assert node.get("/tickets/nothing/qr").json()["code"] == "unknown_ticket"


def test_accounts_are_made_changed_and_removed(hall: HallProcess, manager: Client) -> None:
    person = {"staff": "zhao", "name": "Zhao", "role": "staff", "window": 2, "password": "four-words-here"}
    assert manager.post("/staff", person).status_code == 201
    assert manager.post("/staff", person).json()["code"] == "invalid_values"
    weak = manager.post("/staff", {**person, "staff": "qian", "password": "12345678"})
    assert weak.json()["code"] == "invalid_values"
    assert "12345678" not in weak.text
    assert manager.post("/staff/zhao", {"name": "Zhao", "role": "reception"}).status_code == 204
    assert {"staff": "zhao", "name": "Zhao", "role": "reception", "window": None} in manager.get("/staff").json()
    assert manager.post("/staff/zhao/password", {"password": "other-words-here"}).status_code == 204
    assert manager.post("/staff/zhao/sign-out").status_code == 204
    assert manager.post("/staff/zhao/remove").status_code == 204
    assert manager.post("/staff/zhao/remove").json()["code"] == "unknown_staff"
    assert hall.client("reception").get("/staff").status_code == 403


def test_an_emergency_message_is_on_the_wall_until_it_is_cleared(hall: HallProcess, node: Client) -> None:
    desk = hall.client("reception")
    assert node.post("/emergency", {"text": "no"}).status_code == 403
    assert desk.post("/emergency", {"text": "请从东门离开"}).status_code == 204
    assert node.get("/board").json()["emergency"]["text"] == "请从东门离开"
    assert desk.post("/emergency/clear").status_code == 204
    assert node.get("/board").json()["emergency"] is None
