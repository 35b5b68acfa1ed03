"""What is kept of a citizen: masked at the window, whole for a reason, and gone when they ask for it."""

from __future__ import annotations

import json

import pytest
from hall_process import Client, HallProcess
from sqlalchemy import create_engine, text

CITIZEN = {"id_number": "330324199001011239", "name": "张三丰", "phone": "13812341234"}
MASKED = {"name": "张*", "id_number": "330***********1239", "phone": "138****1234"}


@pytest.fixture(scope="module")
def ticket_id(node: Client, manager: Client) -> str:
    """A citizen who is called to window 2."""
    issued = node.post("/tickets", {"service": "hukou", "citizen": CITIZEN}).json()
    manager.post("/windows/2/open", {})
    manager.post("/windows/2/call", {"ticket_id": issued["ticket_id"]}).raise_for_status()
    return str(issued["ticket_id"])


def test_masked_where_the_citizen_stands(hall: HallProcess, ticket_id: str, node: Client) -> None:
    for client in (hall.client("staff", 2), hall.client("reception"), hall.client("manager")):
        answer = client.get(f"/tickets/{ticket_id}/citizen")
        assert (answer.status_code, answer.json()) == (200, MASKED)
    for client in (hall.client("staff", 1), node, hall.client("county")):
        assert client.get(f"/tickets/{ticket_id}/citizen").status_code == 403
    nobody = node.post("/tickets", {"service": "social"}).json()["ticket_id"]
    answer = hall.client("manager").get(f"/tickets/{nobody}/citizen")
    assert answer.json() == dict.fromkeys(MASKED)


def test_whole_for_a_reason_that_is_kept(hall: HallProcess, ticket_id: str) -> None:
    staff = hall.client("staff", 2)
    assert staff.post(f"/tickets/{ticket_id}/citizen", {}).status_code == 422
    assert staff.post(f"/tickets/{ticket_id}/citizen", {"reason": "核对身份"}).json() == CITIZEN
    assert hall.client("staff", 1).post(f"/tickets/{ticket_id}/citizen", {"reason": "x"}).status_code == 403
    assert hall.client("reception").post(f"/tickets/{ticket_id}/citizen", {"reason": "x"}).status_code == 403
    assert [reason for what, reason in _audit(hall) if what.startswith("show ")] == ["核对身份"]


def test_a_citizen_asks_what_is_kept_and_that_it_be_deleted(hall: HallProcess, ticket_id: str, manager: Client) -> None:
    asked = {"citizen": {"phone": CITIZEN["phone"]}, "reason": "本人持证申请"}
    assert hall.client("reception").post("/citizen/find", asked).status_code == 403
    (kept,) = manager.post("/citizen/find", {**asked, "masked": True}).json()
    assert kept["fields"] == MASKED
    (kept,) = manager.post("/citizen/find", asked).json()
    assert kept["fields"] == CITIZEN
    assert manager.post("/citizen/delete", asked).json() == {"deleted": 1}
    assert manager.post("/citizen/find", asked).json() == []
    assert manager.get(f"/tickets/{ticket_id}/citizen").json() == dict.fromkeys(MASKED)
    assert manager.get(f"/tickets/{ticket_id}").json()["state"] == "called", "the queue goes on"
    written = [what for what, reason in _audit(hall) if reason == asked["reason"]]
    assert written == ["identity find, masked", "identity find", "identity delete, 1 rows", "identity find"]
    said = json.dumps(_audit(hall), ensure_ascii=False) + hall.log_file.read_text(encoding="utf-8")
    assert not [value for value in CITIZEN.values() if value in said]


def _audit(hall: HallProcess) -> list[tuple[str, str]]:
    engine = create_engine(f"sqlite:///{hall.data}/hall.db")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT what, reason FROM audit ORDER BY id")).all()
    engine.dispose()
    return [(row.what, row.reason) for row in rows]
