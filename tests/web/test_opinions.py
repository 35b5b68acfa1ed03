"""The complaint box over HTTP: what is said reaches the manager and no journal, and a whole number leaves its trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import HallSettings, Opinions
from queue_server.engine import Asked, Reply
from queue_server.hall.commands import Tick
from queue_server.web.app import close, create_app, forget_identities

from .conftest import StartHall

SAID = "三号窗口的张三让我等了一小时"
PHONE = "13800138000"
KEEP = timedelta(days=30)


def tick(clock: Callable[[], int]) -> Tick:
    return Tick(command_id=f"tick-{clock()}", at_ms=clock())


def test_an_opinion_from_the_kiosk_to_its_answer(start_hall: StartHall) -> None:
    hall = start_hall("[opinions]\ndue_days = 2\n")
    kiosk, manager, desk = hall.client("node"), hall.client("manager"), hall.client("reception")
    body = {"subject": "complaint", "text": SAID, "phone": PHONE}
    filed = kiosk.post("/opinions", body, key="tap-00001")
    assert filed.status_code == 201, filed.text
    assert kiosk.post("/opinions", body, key="tap-00001").content == filed.content, "one tap, one opinion"
    desk.post("/opinions", {"subject": "praise", "text": "谢谢", "channel": "paper"}).raise_for_status()
    for paper in ({"channel": "paper"}, {"received": "2026-11-01"}):
        assert kiosk.post("/opinions", {**body, **paper}).status_code == 403, "a kiosk has no paper"
    assert desk.get("/opinions").status_code == 403
    opinion = filed.json()["opinion"]
    shown = {each["opinion"]: each for each in manager.get("/opinions").json()}
    assert len(shown) == 2
    assert (shown[opinion]["text"], shown[opinion]["phone"]) == (SAID, "138****8000")
    assert shown[opinion]["number"] == filed.json()["number"]
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


class Clock:
    """The hall's days, as many at a time as a test wants."""

    def __init__(self) -> None:
        self.day = date(2026, 11, 23)

    def __call__(self) -> int:
        return round(datetime.combine(self.day, time(10), ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


def test_what_came_on_paper_is_due_from_then_and_stays_until_it_was_answered(
    hall_settings: Callable[..., HallSettings], tmp_path: Path
) -> None:
    clock = Clock()
    app = create_app(replace(hall_settings(), opinions=Opinions(5)), tmp_path, clock_ms=clock)
    server = app.extensions["hall_server"]
    page = app.test_client()

    def post(role: str, path: str, body: dict[str, Any]) -> Any:
        token = server.access.create_token(role)
        return page.post(f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {token}"})

    def shown() -> dict[str, Any]:
        forget_identities(server)
        token = server.access.create_token("manager")
        listed: Any = page.get("/api/v1/opinions", headers={"Authorization": f"Bearer {token}"}).json
        return {each["opinion"]: each for each in listed}

    def opinion(**more: Any) -> Any:
        return post("reception", "/opinions", {"subject": "complaint", "text": SAID, "channel": "paper", **more})

    try:
        paper = opinion(phone=PHONE, received="2026-11-18").json
        other = opinion().json
        assert (paper["due"], other["due"]) == ("2026-11-25", "2026-11-30")
        assert (shown()[paper["opinion"]]["received"], shown()[other["opinion"]]["received"]) == ("2026-11-18", None)
        for wrong in ("2026-11-24", "2024-11-18"):
            assert opinion(received=wrong).json["fields"][0]["field"] == "received"

        kept = KEEP + timedelta(days=1)
        answers = {"opinion": other["opinion"], "reply": "好的"}
        assert post("manager", "/opinions/answer", answers).status_code == 204
        clock.day += kept  # nobody came to the first one for a month; a second goes by
        server.bridge.ask(server.engine, lambda done: Asked(tick(clock), "clock", lambda _h, _d: Reply(204, b""), done))
        assert shown()[paper["opinion"]]["text"] == SAID
        assert other["opinion"] not in shown(), "answered, and its time is over"
        clock.day += kept
        assert shown()[paper["opinion"]]["phone"] == "138****8000"
        assert shown()[paper["opinion"]]["overdue"]
        answers = {"opinion": paper["opinion"], "reply": "已核实"}
        assert post("manager", "/opinions/answer", answers).status_code == 204
        clock.day += KEEP
        assert (shown()[paper["opinion"]]["text"], shown()[paper["opinion"]]["reply"]) == (SAID, "已核实")
        clock.day += timedelta(days=1)
        assert shown()[paper["opinion"]]["text"] is None
    finally:
        close(app)
