"""Appointments over HTTP: booked, listed, moved, cancelled, imported, and checked in as a ticket that is called."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from booking_hall import booking_hall, noon_zone
from hall_process import Client, HallProcess

NUMBERS = itertools.count(10_000_000)


@pytest.fixture(scope="module")
def booking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    folder = tmp_path_factory.mktemp("booking")
    hall = HallProcess(folder, booking_hall(folder))
    hall.start()
    yield hall
    hall.close()


@pytest.fixture(scope="module")
def desk(booking: HallProcess) -> Client:
    return booking.client("reception")


@pytest.fixture(scope="module")
def kiosk(booking: HallProcess) -> Client:
    return booking.client("node")


def person() -> dict[str, str]:
    return {"id_number": f"TEST{next(NUMBERS)}", "name": "张三"}


def slots(client: Client, service: str = "hukou", day: str = "") -> list[dict[str, Any]]:
    """The free ones, the next first."""
    found = client.get("/appointments/slots", params={"service": service, "day": day}).json()
    return [slot for slot in found if slot["free"]]


def book(desk: Client, slot: str, citizen: dict[str, str] | None = None, service: str = "hukou") -> dict[str, Any]:
    answer = desk.post("/appointments", {"service": service, "slot": slot, "citizen": citizen or person()})
    assert answer.status_code == 201, answer.text
    booked: dict[str, Any] = answer.json()
    return booked


def code_of(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    code: str = answer.json()["code"]
    return code


def test_booked_checked_in_by_code_and_called_at_its_slot(desk: Client, kiosk: Client, booking: HallProcess) -> None:
    manager = booking.client("manager")
    manager.post("/windows/1/open", {})
    booked = book(desk, slots(desk)[0]["slot"])
    assert booked["state"] == "booked"
    assert len(booked["code"]) == 8
    taken = kiosk.post("/tickets", {"appointment": booked["code"]}, key="tap-1")
    assert taken.status_code == 201, taken.text
    ticket = taken.json()
    assert (ticket["appointment"], ticket["due_at"], ticket["service"]) == (
        booked["appointment_id"], booked["slot"], "hukou",
    )  # fmt: skip
    assert kiosk.post("/tickets", {"appointment": booked["code"]}, key="tap-1").content == taken.content
    assert code_of(kiosk.post("/tickets", {"appointment": booked["code"]}), 409) == "already_waiting"
    called = manager.post("/windows/1/next").json()
    assert (called["ticket_id"], called["why"]) == (ticket["ticket_id"], "appointment_early"), "nobody else waits"
    shown = desk.get(f"/appointments/{booked['code']}").json()
    assert (shown["state"], shown["label"], shown["masked_name"]) == ("checked_in", ticket["label"], "张*")


def test_a_card_or_a_phone_is_enough(desk: Client, kiosk: Client) -> None:
    slot = slots(desk)[0]["slot"]
    by_card = book(desk, slot, {"id_number": "TEST-CARD", "phone": "13812340001"})
    found = kiosk.post("/citizen/appointments", {"citizen": {"phone": "138 1234 0001"}}).json()
    assert [one["appointment_id"] for one in found] == [by_card["appointment_id"]]
    assert "masked_name" not in found[0]
    ticket = kiosk.post("/tickets", {"service": "hukou", "citizen": {"id_number": "test-card"}}).json()
    assert ticket["appointment"] == by_card["appointment_id"]
    assert kiosk.post("/citizen/appointments", {"citizen": {"id_number": "TEST-CARD"}}).json() == []


def test_a_place_is_given_once_and_comes_back(desk: Client) -> None:
    tomorrow = book(desk, slots(desk)[-1]["slot"])["day"]
    slot, other = [one["slot"] for one in slots(desk, "social", tomorrow)[:2]]
    first = book(desk, slot, service="social")
    wish = {"service": "social", "slot": slot, "citizen": person()}
    assert code_of(desk.post("/appointments", wish), 409) == "slot_full"
    assert slot not in [one["slot"] for one in slots(desk, "social", tomorrow)]
    moved = desk.post(f"/appointments/{first['appointment_id']}/move", {"slot": other}).json()
    assert (moved["slot"], moved["code"]) == (other, first["code"])
    assert desk.post("/appointments", wish).status_code == 201
    ended = desk.post(f"/appointments/{first['appointment_id']}/cancel").json()
    assert ended["state"] == "cancelled"
    assert code_of(desk.post(f"/appointments/{first['code']}/cancel"), 409) == "appointment_over"
    assert code_of(desk.post("/appointments/ap_none/cancel"), 404) == "unknown_appointment"


def test_what_is_refused_has_a_code(desk: Client, kiosk: Client) -> None:
    slot = slots(desk)[0]["slot"]
    citizen = person()
    one = book(desk, slots(desk)[-1]["slot"], citizen)
    again = desk.post("/appointments", {"service": "hukou", "slot": slot, "citizen": citizen})
    assert code_of(again, 409) == "already_booked"
    assert again.json()["facts"]["appointment_id"] == one["appointment_id"]
    for wrong, status, code in (
        ({"slot": "2026-01-01T00:00:00Z"}, 409, "slot_past"),
        ({"slot": "9999-12-31T11:59:59Z"}, 409, "slot_too_far"),
        ({"slot": "9999-12-31T23:59:59-12:00"}, 422, "invalid_values"),
        ({"service": "none"}, 404, "unknown_service"),
        ({"citizen": {"name": "张三"}}, 422, "invalid_values"),
    ):
        answer = desk.post("/appointments", {"service": "hukou", "slot": slot, "citizen": person(), **wrong})
        assert code_of(answer, status) == code
    assert code_of(kiosk.post("/appointments", {"service": "hukou", "slot": slot, "citizen": citizen}), 403)
    assert code_of(kiosk.post("/tickets", {"appointment": "00000000"}), 404) == "unknown_appointment"
    assert code_of(desk.get("/appointments", params={"day": "2026-13-40"}), 422) == "invalid_values"


def test_a_later_day_is_not_today(desk: Client, kiosk: Client) -> None:
    days = [slots(desk, "hukou", day) for day in _days_after_today()]
    one = book(desk, days[0][0]["slot"])
    refused = kiosk.post("/tickets", {"appointment": one["code"]})
    assert code_of(refused, 409) == "not_today"
    assert refused.json()["facts"]["slot"] == one["slot"]


def _days_after_today() -> list[str]:
    today = datetime.now(ZoneInfo(noon_zone())).date()
    return [(today + timedelta(days=n)).isoformat() for n in (1, 2)]


def test_a_file_is_booked_whole_or_not_at_all(booking: HallProcess, desk: Client) -> None:
    manager = booking.client("manager")
    day = _days_after_today()[1]
    free = [slot["time"] for slot in slots(desk, "hukou", day)]
    bad = (
        f"服务,日期,时间,姓名,手机号\nhukou,{day},{free[0]},李四,13900000001\nhukou,{day},03:03,,13900000002\n,x,,王,\n"
    )
    refused = manager.post("/import/appointments", {"csv": bad})
    assert code_of(refused, 409) == "import_refused"
    assert refused.json()["facts"]["lines"] == [
        {"line": 3, "code": "slot_unknown"},
        *({"line": 4, "code": code} for code in ("no_citizen", "no_day", "no_service", "no_time")),
    ]
    before = {one["code"] for one in desk.get("/appointments", params={"day": day}).json()}
    good = f"\ufeffphone,service,day,time\n13900000001,hukou,{day},{free[0]}\n\n13900000002,hukou,{day},{free[1]}\n"
    done = manager.post("/import/appointments", {"csv": good}, key="import-1")
    assert done.status_code == 201
    assert manager.post("/import/appointments", {"csv": good}, key="import-1").content == done.content
    codes = {one["code"] for one in done.json()["booked"]}
    assert {one["code"] for one in desk.get("/appointments", params={"day": day}).json()} == before | codes
    assert code_of(desk.post("/import/appointments", {"csv": good}), 403)


def test_nothing_of_a_person_is_in_the_journal_and_a_restart_loses_no_booking(
    booking: HallProcess, desk: Client
) -> None:
    citizen = {"id_number": "330101199001011011", "name": "欧阳试验", "phone": "13812349999"}
    one = book(desk, slots(desk)[-1]["slot"], citizen)
    booking.kill()
    booking.start()
    assert desk.get(f"/appointments/{one['code']}").json()["masked_name"] == "欧*"
    with_all = b"".join(file.read_bytes() for file in booking.data.glob("hall.db*")) + booking.log().encode()
    for secret in citizen.values():
        assert secret.encode() not in with_all


@pytest.mark.parametrize("running", [True, False])
def test_the_command_books_a_file_with_and_without_a_server(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, running: bool
) -> None:
    folder = tmp_path_factory.mktemp("import")
    hall = HallProcess(folder, booking_hall(folder))
    request.addfinalizer(hall.close)
    hall.start()
    desk = hall.client("reception")
    day = _days_after_today()[0]
    times = [slot["time"] for slot in slots(desk, "hukou", day)]
    if not running:
        hall.stop()
    file = folder / "bookings.csv"
    rows = [f"hukou,{day},{times[n % len(times)]},张三,,1390000{n:04d}" for n in range(3)]
    head = "业务,日期,时间,姓名,身份证号,手机号"
    file.write_bytes("\r\n".join([head, *rows, f"hukou,{day},03:03,王五,,13900009999"]).encode("gb18030"))
    wrong = hall.run("appointments", "import", str(file), "--server", hall.url)
    assert wrong.returncode == 1
    assert f"{file}:5: There is no such slot" in wrong.stderr
    assert "王五" not in wrong.stderr
    file.write_bytes("\r\n".join([head, *rows]).encode("gb18030"))
    done = hall.run("appointments", "import", str(file), "--server", hall.url)
    assert (done.returncode, done.stdout) == (0, "booked: 3\n"), done.stderr
    if not running:
        hall.start()
    listed = desk.get("/appointments", params={"day": day}).json()
    assert [one["masked_name"] for one in listed] == ["张*"] * 3
    active = [line for line in hall.run("token", "list").stdout.splitlines() if "active" in line]
    assert not [line for line in active if "import-" in line]
