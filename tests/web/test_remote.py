"""Numbers taken elsewhere over the API: who gets one, what a stranger learns, and how one checks in."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hall_process import Client, HallProcess

from queue_server.web.near import distance_m

HERE = {"latitude": 28.0, "longitude": 120.65}
NEAR = {"latitude": 28.0, "longitude": 120.67}  # some 2 km east
FAR = {"latitude": 28.1, "longitude": 120.65}  # some 11 km north
EXTRA = """public_url = "https://number.example.org"
[rules]
call_gap_s = 0
[remote]
max_distance_m = 3000
latitude = 28.0
longitude = 120.65
per_day = 2
services = ["hukou"]
"""


class Citizen:
    """A phone somewhere, with an address of its own as the proxy tells it."""

    count = 0

    def __init__(self, hall: HallProcess) -> None:
        Citizen.count += 1
        self.api = f"{hall.url}/api/v1"
        self.phone = f"138{Citizen.count:08d}"
        self.headers = {"X-Forwarded-For": f"192.0.2.1, 198.51.100.{Citizen.count}"}

    def take(self, key: str | None = None, **body: Any) -> requests.Response:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        wish = {"service": "hukou", "phone": self.phone, **NEAR, **body}
        return requests.post(f"{self.api}/remote/tickets", json=wish, headers=headers, timeout=10)

    def look(self) -> requests.Response:
        return requests.get(f"{self.api}/remote", headers=self.headers, timeout=10)

    def ticket(self, path: str) -> dict[str, Any]:
        view: dict[str, Any] = requests.get(f"{self.api}/phone{path.removeprefix('/t')}", timeout=10).json()
        return view

    def post(self, path: str, what: str, body: Any) -> requests.Response:
        return requests.post(f"{self.api}/phone{path.removeprefix('/t')}/{what}", json=body, timeout=10)


@pytest.fixture(scope="module")
def hall(start_hall: Any) -> HallProcess:
    hall: HallProcess = start_hall(EXTRA)
    hall.client("manager").post("/windows/2/open", {}).raise_for_status()
    return hall


@pytest.fixture
def citizen(hall: HallProcess) -> Citizen:
    return Citizen(hall)


def test_it_is_off_until_the_hall_says_so(start_hall: Any) -> None:
    plain = start_hall()
    nobody = Citizen(plain)
    assert (nobody.look().status_code, nobody.look().json()["code"]) == (409, "remote_off")
    assert nobody.take().json()["code"] == "remote_off"
    assert requests.get(f"{plain.url}/r", timeout=10).status_code == 200
    ticket = plain.client("node").post("/tickets", {"service": "hukou"}).json()
    assert ticket["here"] is True
    assert "link" not in ticket, "without a public address no slip leads anywhere"


def test_a_citizen_takes_a_number_and_checks_in_by_code_at_a_kiosk(
    hall: HallProcess, manager: Client, node: Client, citizen: Citizen
) -> None:
    seen = citizen.look().json()
    assert [service["service"] for service in seen["services"]] == ["hukou"]
    assert (seen["closed"], seen["max_distance_m"]) == (None, 3000)
    taken = citizen.take()
    assert taken.status_code == 201, taken.text
    assert set(taken.json()) == {"label", "path"}
    page = citizen.ticket(taken.json()["path"])
    assert (page["state"], page["label"]) == ("waiting", taken.json()["label"])
    code = page["check_in"]["code"]
    assert len(code) == 8
    assert code.isdigit()
    assert manager.post("/windows/2/next").status_code == 204, "nobody is called who is not here"
    checked = node.post("/tickets", {"appointment": f"{code[:4]} {code[4:]}"})
    assert (checked.status_code, checked.json()["label"]) == (201, page["label"]), checked.text
    assert checked.json()["here"] is True
    assert checked.json()["link"].endswith(taken.json()["path"])
    again = node.post("/tickets", {"appointment": code})
    assert (again.status_code, again.json()["code"]) == (409, "already_waiting")
    assert again.json()["facts"]["ticket_id"] == checked.json()["ticket_id"]
    assert citizen.ticket(taken.json()["path"])["check_in"] is None
    assert manager.post("/windows/2/next").json()["label"] == page["label"]
    manager.post("/windows/2/start")
    manager.post("/windows/2/finish")


def test_the_phone_checks_itself_in_only_beside_the_hall(hall: HallProcess, citizen: Citizen) -> None:
    path = citizen.take().json()["path"]
    assert citizen.post(path, "arrive", {}).json()["code"] == "position_needed"
    far = citizen.post(path, "arrive", NEAR)
    assert (far.status_code, far.json()["facts"]) == (409, {"about_m": 2000, "limit_m": 200})
    here = citizen.post(path, "arrive", HERE)
    assert (here.status_code, here.json()["check_in"]) == (200, None)
    picture = requests.get(f"{citizen.api}/phone{path.removeprefix('/t')}/code", timeout=10)
    assert picture.headers["Content-Type"].startswith("image/svg")
    assert citizen.post(path, "cancel", None).json()["state"] == "cancelled"


def test_reception_checks_in_and_a_display_does_not(hall: HallProcess, citizen: Citizen) -> None:
    label = citizen.take().json()["label"]
    desk = hall.client("reception")
    (found,) = desk.get(f"/tickets?find={label}").json()
    assert found["here"] is False
    arrive = f"/tickets/{found['ticket_id']}/arrive"
    assert hall.client("county").post(arrive).status_code == 403
    assert desk.post(arrive).json()["here"] is True
    assert desk.post("/tickets/none/arrive").json()["code"] == "unknown_ticket"
    desk.post(f"/tickets/{found['ticket_id']}/cancel")


def test_a_stranger_learns_nothing_of_a_number_and_a_person_has_one(hall: HallProcess, citizen: Citizen) -> None:
    first = citizen.take(key="my-tap")
    assert citizen.take(key="my-tap", **HERE).content == first.content, "where it was asked is no part of the wish"
    again = citizen.take(phone=f"+86 {citizen.phone}")
    assert (again.status_code, again.json()["code"]) == (409, "already_waiting")
    assert again.json().get("facts", {}) == {}
    for path in (first.json()["path"], ""):
        citizen.post(path or citizen.take().json()["path"], "cancel", None)
    used = citizen.take()
    assert (used.json()["code"], used.json()["facts"]["per"]) == ("quota_used", "citizen")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (FAR, 409, "too_far"),
        ({"latitude": None}, 409, "position_needed"),
        ({"service": "social"}, 409, "remote_off"),
        ({"service": "nothing"}, 404, "unknown_service"),
        ({"phone": "me"}, 422, "invalid_values"),
        ({"latitude": 91}, 422, "invalid_values"),
    ],
)
def test_what_is_refused(citizen: Citizen, body: dict[str, Any], status: int, code: str) -> None:
    answer = citizen.take(**body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert citizen.phone not in answer.text


def test_one_address_and_one_hall_are_rationed(citizen: Citizen) -> None:
    answers = [citizen.take(service="nothing").status_code for _ in range(9)]
    assert answers == [404] * 6 + [429] * 3
    assert citizen.look().status_code == 200


def test_no_phone_number_and_no_position_is_kept_in_the_open(start_hall: Any) -> None:
    hall = start_hall(EXTRA)
    citizen = Citizen(hall)
    citizen.take(phone="13900007531", latitude=28.0012345).raise_for_status()
    citizen.take(phone="13900007531", latitude=29.0012345)
    journal = hall.client("manager").get("/journal?limit=1000")
    issued = [event for event in journal.json()["events"] if event["kind"] == "TicketIssued"][-1]
    assert (issued["by"], issued["data"]["channel"], issued["data"]["away"]) == ("citizen:remote", "remote", True)
    hall.stop()
    kept = b"".join(file.read_bytes() for file in hall.folder.rglob("*") if file.is_file())
    for secret in (b"13900007531", b"0012345"):
        assert secret not in kept
        assert secret not in journal.content


def test_distances_are_those_of_the_ground() -> None:
    assert distance_m(28, 120.65, 28, 120.65) == 0
    assert distance_m(39.9087, 116.3975, 31.2304, 121.4737) == pytest.approx(1_068_000, rel=0.005)  # Beijing, Shanghai
    assert distance_m(0, -179.999, 0, 179.999) == pytest.approx(222, rel=0.01)
    assert distance_m(90, 0, -90, 0) == pytest.approx(20_015_000, rel=0.001)
