"""Cards of staff, where they are, and notices over HTTP: what citizens may read is shown, and nothing else is."""

from __future__ import annotations

import base64
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from hall_process import Client, HallProcess
from live_page import LivePage
from PIL import Image
from waiting import wait_for

from .conftest import StartHall

LI = {"name": {"zh-CN": "李样本", "en": "Li Sample"}, "title": {"zh-CN": "综合受理岗"}, "number": "03"}
PASSWORD = "long enough 7"
TODAY = date.today()  # noqa: DTZ011 - the hall is a day ahead at most, and the tests leave a day on each side


@pytest.fixture(scope="module")
def hall(start_hall: StartHall) -> HallProcess:
    hall = start_hall()
    manager = hall.client("manager")
    for staff, window in (("li", 2), ("wang", None)):
        body = {"staff": staff, "name": f"login {staff}", "role": "staff", "window": window, "password": PASSWORD}
        manager.post("/staff", body).raise_for_status()
    return hall


def _people(client: Client) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = client.get("/guide").json()["people"]
    return people


def _signed_in(hall: HallProcess, staff: str) -> Client:
    client = Client(hall.url, "")
    del client.session.headers["Authorization"]
    session = client.post("/session", {"name": staff, "password": PASSWORD})
    client.session.headers["X-CSRF-Token"] = session.json()["csrf"]
    return client


def _picture(**options: Any) -> str:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1200), "navy").save(out, "JPEG", **options)
    return base64.b64encode(out.getvalue()).decode()


def test_a_person_on_the_board_and_at_the_window(hall: HallProcess) -> None:
    manager, node, desk = hall.client("manager"), hall.client("node"), hall.client("reception")
    li = _signed_in(hall, "li")
    with LivePage(hall.url, hall.token("node")) as live:
        live.follow("guide")
        live.follow("window:3")
        assert _people(node) == [], "an account is on no board by itself"
        manager.post("/staff/li/card", LI).raise_for_status()
        manager.post("/staff/wang/card", {**LI, "name": {"zh-CN": "王样本"}, "shown": True}).raise_for_status()
        shown = live.until(lambda said: said["view"] == "guide" and said["data"]["people"])["data"]["people"]
        assert [each["name"] for each in shown] == [{"zh-CN": "王样本"}], "a card alone shows nobody either"
        manager.post("/staff/li/card", {**LI, "shown": True}).raise_for_status()
        shown = live.until(lambda said: said["view"] == "guide" and len(said["data"]["people"]) == 2)["data"]["people"]
        assert shown[0] == {
            **LI, "photo": None, "window": 2, "services": [{"zh-CN": "户籍", "en": "Household registration"}],
            "where": "on_duty", "back_at": None, "stand_in": None,
        }  # fmt: skip
        li.post("/windows/2/open").raise_for_status()
        back_at = f"{TODAY + timedelta(days=3)}T08:30:00.000Z"
        li.post(
            "/staff/li/whereabouts", {"where": "meeting", "back_at": back_at, "stand_in": "wang"}
        ).raise_for_status()
        away = live.until(lambda said: said["view"] == "guide" and said["data"]["people"][0]["where"] == "meeting")
        person = away["data"]["people"][0]
        assert (person["back_at"], person["stand_in"]) == (back_at, {"zh-CN": "王样本"})
        listed = {each["staff"]: each for each in desk.get("/whereabouts").json()}
        assert (listed["li"]["where"], listed["li"]["stand_in"], listed["wang"]["where"]) == (
            "meeting",
            "wang",
            "on_duty",
        )
        manager.post("/windows/3/open", {"staff": "li"}).raise_for_status()
        there = live.until(lambda said: said["view"] == "guide" and said["data"]["people"][-1]["where"] == "on_duty")
        assert [each["window"] for each in there["data"]["people"]] == [3, None], "whoever sits at a window is there"
        sign = live.until(lambda said: said["view"] == "window:3" and said["data"]["person"])["data"]["person"]
        assert sign == {**LI, "photo": None}
    told = json.dumps([node.get("/guide").json(), hall.client("manager").get("/journal?limit=500").json()["events"]])
    for secret in ("login li", "Li Sample", "综合受理岗"):
        assert json.dumps(secret)[1:-1] not in json.dumps(manager.get("/journal?limit=500").json())
    assert "login li" not in told
    assert '"staff": "li"' not in json.dumps(node.get("/guide").json()), "a login name is nobody's business"
    assert manager.get("/staff-cards").json()[0]["staff"] == "li"
    manager.post("/staff/li/remove").raise_for_status()
    wait_for(lambda: [each["name"] for each in _people(node)] == [{"zh-CN": "王样本"}])
    assert [each["staff"] for each in manager.get("/staff-cards").json()] == ["wang"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"where": "asleep"}, "invalid_values"),
        ({"where": "out", "back_at": "2020-01-01T00:00:00Z"}, "invalid_values"),
        ({"where": "out", "stand_in": "wang"}, "invalid_values"),
        ({"where": "leave", "reason": "病假"}, "invalid_values"),
    ],
)
def test_whereabouts_that_are_none(hall: HallProcess, body: dict[str, str], code: str) -> None:
    answer = hall.client("reception").post("/staff/wang/whereabouts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_who_may_say_where_somebody_is(hall: HallProcess) -> None:
    wang = _signed_in(hall, "wang")
    wang.post("/staff/wang/whereabouts", {"where": "out"}).raise_for_status()
    assert wang.post("/staff/gone/whereabouts", {"where": "out"}).status_code == 403, "colleagues say it themselves"
    assert hall.client("reception").post("/staff/wang/whereabouts", {"where": "on_duty"}).status_code == 204
    assert hall.client("reception").post("/staff/gone/whereabouts", {"where": "out"}).status_code == 404
    for client, path in (("node", "/whereabouts"), ("reception", "/staff-cards"), ("reception", "/notices")):
        assert hall.client(client).get(path).status_code == 403


def test_notices_are_up_on_their_days(hall: HallProcess) -> None:
    manager, node = hall.client("manager"), hall.client("node")

    def day(days: int) -> str:
        return (TODAY + timedelta(days=days)).isoformat()

    def write(notice: str, first: int, last: int | None, /, **more: Any) -> Any:
        body = {
            "title": {"zh-CN": "公示"}, "body": {"zh-CN": "张样本等三户"}, "first": day(first),
            "last": None if last is None else day(last),
        }  # fmt: skip
        return manager.post(f"/notices/{notice}", body | more)

    for notice, first, last in (("up", -2, 2), ("for-good", -3, None), ("over", -9, -2), ("to-come", 2, 9)):
        assert write(notice, first, last).status_code == 204
    wait_for(lambda: [each["notice"] for each in node.get("/guide").json()["notices"]] == ["up", "for-good"])
    assert len(manager.get("/notices").json()) == 4
    assert write("up", -2, 2, body={"zh-CN": "长" * 601}, wall=True).status_code == 204
    wait_for(lambda: [each["printable"] for each in node.get("/guide").json()["notices"]] == [False, True])
    assert write("wrong", 2, 1).json()["fields"][0]["field"] == "last"
    assert write("wrong", 0, None, first="2026-02-30").json()["fields"][0]["field"] == "first"
    assert write("wrong", 0, None, picture="0" * 32).json()["fields"][0]["field"] == "picture"
    for _ in range(2):
        gone = manager.post("/notices/up/remove")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_notice")
    wait_for(lambda: [each["notice"] for each in node.get("/guide").json()["notices"]] == ["for-good"])
    assert "张样本" not in json.dumps(manager.get("/journal?limit=500").json(), ensure_ascii=False)
    told = [each for each in manager.get("/journal?limit=500").json()["events"] if each["kind"] == "PublicChanged"]
    assert told[-1]["data"] == {"what": "notice", "ref": "up"}


def test_a_picture_is_made_anew_from_its_pixels(hall: HallProcess) -> None:
    manager, node = hall.client("manager"), hall.client("node")
    exif = Image.Exif()
    exif[0x0110] = "a camera of somebody"
    sent = manager.post("/pictures", {"data": _picture(exif=exif)})
    assert sent.status_code == 201, sent.text
    picture = sent.json()["picture"]
    manager.post("/staff/wang/card", {**LI, "photo": picture, "shown": True}).raise_for_status()
    wait_for(lambda: _people(node)[0]["photo"] == picture)
    answer = node.get(f"/pictures/{picture}")
    assert answer.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.size == (1600, 800)
        assert not shown.getexif()
    assert node.get(f"/pictures/{'0' * 32}").json()["code"] == "unknown_picture"
    for wrong in ("no base64", base64.b64encode(b"no picture").decode()):
        assert manager.post("/pictures", {"data": wrong}).json()["fields"][0]["field"] == "data"


def test_words_outlive_the_server(hall: HallProcess) -> None:
    node = hall.client("node")
    before = node.get("/guide").json()
    hall.kill()
    hall.start()
    after = node.get("/guide").json()
    assert (after["people"], after["notices"]) == (before["people"], before["notices"])
    assert after["people"]
    assert after["notices"]
