"""The complaint box over HTTP: what is said reaches the manager and no journal, and a whole number leaves its trace."""

from __future__ import annotations

import json

from .conftest import StartHall

SAID = "三号窗口的张三让我等了一小时"
PHONE = "13800138000"


def test_an_opinion_from_the_kiosk_to_its_answer(start_hall: StartHall) -> None:
    hall = start_hall("[opinions]\ndue_days = 2\n")
    kiosk, manager, desk = hall.client("node"), hall.client("manager"), hall.client("reception")
    body = {"subject": "complaint", "text": SAID, "phone": PHONE}
    filed = kiosk.post("/opinions", body, key="tap-00001")
    assert filed.status_code == 201, filed.text
    assert kiosk.post("/opinions", body, key="tap-00001").content == filed.content, "one tap, one opinion"
    desk.post("/opinions", {"subject": "praise", "text": "谢谢", "channel": "paper"}).raise_for_status()
    assert desk.get("/opinions").status_code == 403
    opinion = filed.json()["opinion"]
    shown = {each["opinion"]: each for each in manager.get("/opinions").json()}
    assert len(shown) == 2
    assert (shown[opinion]["text"], shown[opinion]["phone"]) == (SAID, "138****8000")
    assert (shown[opinion]["due"], shown[opinion]["overdue"]) == (filed.json()["due"], False)
    assert manager.post("/opinions/phone", {"opinion": opinion}).status_code == 422, "a reason is needed"
    asked = manager.post("/opinions/phone", {"opinion": opinion, "reason": "回访"})
    assert asked.json() == {"phone": PHONE}
    manager.post("/opinions/answer", {"opinion": opinion, "reply": "已向张三核实"}).raise_for_status()
    assert manager.post("/opinions/answer", {"opinion": "o_aaaaaaaaaa", "reply": "x"}).status_code == 404
    newest = manager.get("/opinions").json()
    assert [each["answered_at"] is None for each in newest] == [True, False], "what is open comes first"
    assert newest[1]["reply"] == "已向张三核实"
    journal = json.dumps(manager.get("/journal?limit=1000").json(), ensure_ascii=False)
    for secret in (SAID, PHONE, "张三", "回访"):
        assert secret not in journal


def test_a_hall_without_a_box(start_hall: StartHall) -> None:
    hall = start_hall("")
    answer = hall.client("node").post("/opinions", {"subject": "praise", "text": "好"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_opinions")
