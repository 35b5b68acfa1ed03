"""A citizen's phone: what a link shows, what it changes, and what it never gives away."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
import socketio
from hall_process import Client, HallProcess
from live_page import LivePage
from waiting import wait_for

from queue_server import logs

PUBLIC = 'public_url = "https://number.example.org"\n'
RULES = "[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 1\nrequeue_after_n = 2\npostpone_times = 2\n"


class Phone:
    """Whoever holds a slip: no token, no cookie."""

    def __init__(self, hall: HallProcess, address: str) -> None:
        self.link = address.rpartition("/")[2]
        self.api = f"{hall.url}/api/v1/phone/{self.link}"

    def get(self) -> dict[str, Any]:
        answer = requests.get(self.api, timeout=10)
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def post(self, what: str, body: Any = None, key: str | None = None) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return requests.post(f"{self.api}/{what}", json=body, headers=headers, timeout=10)


@pytest.fixture(scope="module")
def hall(start_hall: Any) -> HallProcess:
    hall: HallProcess = start_hall(PUBLIC + RULES)
    return hall


@pytest.fixture
def window(hall: HallProcess, manager: Client) -> str:
    """Window 2, open and with nobody waiting."""
    manager.post("/windows/2/open", {})
    while True:
        called = manager.post("/windows/2/next")
        if called.status_code == 204:
            return "/windows/2"
        manager.post("/windows/2/start")
        manager.post("/windows/2/finish")


def issue(hall: HallProcess, node: Client, **body: Any) -> tuple[dict[str, Any], Phone]:
    ticket = node.post("/tickets", {"service": "hukou", **body}).json()
    return ticket, Phone(hall, ticket["link"])


def test_a_link_shows_its_ticket_and_no_name_it_has_elsewhere(hall: HallProcess, node: Client, window: str) -> None:
    first, _ = issue(hall, node)
    ticket, phone = issue(hall, node, citizen={"phone": "13800009731"})
    view = phone.get()
    assert (view["label"], view["state"], view["ahead"], view["window"]) == (ticket["label"], "waiting", 1, None)
    assert view["allowed"] == ["cancel", "later"]
    assert [each["window"] for each in view["windows"]] == [2], "the window that is open"
    assert ticket["ticket_id"] not in str(view)
    assert "c_" not in str(view)
    assert first["link"] != ticket["link"]


def test_only_who_prints_slips_or_may_rate_is_told_the_link(hall: HallProcess, node: Client) -> None:
    ticket, phone = issue(hall, node)
    assert ticket["link"] == f"https://number.example.org/t/{phone.link}"
    assert len(phone.link) == 22
    for role, told in {"node": True, "reception": True, "manager": True, "staff": False, "county": False}.items():
        client = hall.client(role)
        assert ("link" in client.get(f"/tickets/{ticket['ticket_id']}").json()) is told, role
        code = client.get(f"/tickets/{ticket['ticket_id']}/qr")
        assert code.status_code == 200
        if role == "reception":
            assert client.get(f"/tickets?find={ticket['label']}").json()[0]["link"] == ticket["link"]


def test_a_ticket_is_given_back_once(hall: HallProcess, node: Client) -> None:
    _, phone = issue(hall, node)
    done = phone.post("cancel", key="once")
    assert (done.status_code, done.json()["state"], done.json()["allowed"]) == (200, "cancelled", [])
    assert phone.post("cancel", key="once").content == done.content
    assert phone.post("cancel").json()["code"] == "wrong_state"


def test_more_time_lets_others_pass_so_many_times(hall: HallProcess, node: Client, window: str) -> None:
    _, phone = issue(hall, node)
    _, next_one = issue(hall, node)
    for _ in range(3):
        issue(hall, node)
    view = phone.post("later").json()
    assert (view["ahead"], view["later_left"]) == (2, 1)
    assert phone.post("later").json()["ahead"] == 4
    refused = phone.post("later")
    assert (refused.status_code, refused.json()["code"]) == (409, "postponed_out")
    assert next_one.get()["ahead"] == 0


def test_a_missed_call_is_made_good_on_the_phone(hall: HallProcess, manager: Client, node: Client, window: str) -> None:
    _, phone = issue(hall, node)
    issue(hall, node)
    manager.post(f"{window}/next")
    called = phone.get()
    assert (called["state"], called["window"]["window"], called["calls"]) == ("called", 2, 1)
    assert called["allowed"] == ["cancel"], "staff have it in hand"
    assert phone.post("later").json()["code"] == "wrong_state"
    manager.post(f"{window}/no-show")
    missed = phone.get()
    assert missed["state"] == "no_show"
    assert missed["return_until"] > missed["ended_at"]
    back = phone.post("later").json()
    assert (back["state"], back["ahead"]) == ("waiting", 1)


def test_a_served_ticket_is_rated_once_and_its_words_are_sealed(
    hall: HallProcess, manager: Client, node: Client, window: str
) -> None:
    _, phone = issue(hall, node)
    assert phone.post("rating", {"grade": 5}).json()["code"] == "not_served"
    for what in ("next", "start", "finish"):
        manager.post(f"{window}/{what}")
    assert phone.get()["allowed"] == ["rating"]
    wrong = phone.post("rating", {"grade": 5, "reasons": ["101"], "channel": "tablet"})
    assert wrong.status_code == 422
    rated = phone.post("rating", {"grade": 1, "reasons": ["115"], "text": "窗口的欧阳同志"})
    assert (rated.status_code, rated.json()["rated"], rated.json()["allowed"]) == (201, True, [])
    assert phone.post("rating", {"grade": 5}).json()["code"] == "already_rated"
    journal = manager.get("/journal?limit=1000")
    event = [event for event in journal.json()["events"] if event["kind"] == "Rated"][-1]
    assert (event["by"], event["data"]["channel"], event["data"]["note"][:2]) == ("citizen:phone", "phone", "n_")
    assert "欧阳" not in journal.text


def test_strangers_are_slowed_down_and_holders_are_not(hall: HallProcess, node: Client) -> None:
    _, phone = issue(hall, node)
    codes = set()
    for n in range(60):
        answer = requests.get(f"{hall.url}/api/v1/phone/{n:022d}", timeout=10)
        codes.add((answer.status_code, answer.json()["code"]))
    assert codes == {(404, "unknown_link"), (429, "slow_down")}
    assert phone.get()["state"] == "waiting"


def test_one_phone_cannot_keep_the_hall_busy(hall: HallProcess, node: Client) -> None:
    _, phone = issue(hall, node)
    answers = [phone.post("later") for _ in range(15)]
    assert {answer.status_code for answer in answers} == {409, 429}
    slow = answers[-1]
    assert int(slow.headers["Retry-After"]) == slow.json()["facts"]["retry_after_s"] > 0


def test_a_link_survives_a_restart_and_is_in_no_log_and_no_journal(start_hall: Any) -> None:
    hall = start_hall(PUBLIC)
    manager = hall.client("manager")
    _, phone = issue(hall, manager)
    hall.kill()
    hall.start()
    assert phone.get()["state"] == "waiting"
    requests.get(f"{hall.url}/t/{phone.link}", timeout=10)
    phone.get()
    phone.post("nothing")
    requests.put(phone.api, timeout=10)
    requests.post(f"{phone.api}/rating", data="{", timeout=10)
    with socket.create_connection(("127.0.0.1", hall.port), timeout=10) as raw:  # gunicorn itself answers this one
        raw.sendall(f"GET /t/{phone.link} HTTP/9.9\r\nHost: x\r\n\r\n".encode())
        raw.recv(1000)
    page = LivePage(hall.url, link=phone.link)
    page.follow(f"ticket:{phone.link}")
    page.close()
    phone.post("cancel")
    assert phone.link not in manager.get("/journal?limit=1000").text
    assert phone.link not in requests.get(f"{hall.url}/metrics", timeout=10).text
    hall.stop()
    assert phone.link not in hall.log()


@pytest.mark.parametrize("text", ["GET /t/{}?a=b", "/api/v1/phone/{}/later", "view ticket:{} failed"])
def test_whatever_quotes_a_link_is_logged_without_it(text: str) -> None:
    link = "HMB3bIMHAny1nDFJHe4MXA"
    assert logs.without_links(text.format(link)) == text.format("***")


# -- live --------------------------------------------------------------------------------------------------------------


def test_a_phone_follows_its_ticket_and_nothing_else(
    hall: HallProcess, manager: Client, node: Client, window: str
) -> None:
    _, phone = issue(hall, node)
    _, second = issue(hall, node)
    page = LivePage(hall.url, link=phone.link)
    try:
        assert page.follow(f"ticket:{phone.link}")["data"]["ahead"] == 0
        for view in (f"ticket:{second.link}", "board", "kiosk", "hall", "console:1"):
            assert page.follow(view)["code"] == "forbidden", view
        waiting = LivePage(hall.url, link=second.link)
        waiting.follow(f"ticket:{second.link}")
        manager.post(f"{window}/next")
        called = page.until(lambda m: m["data"]["state"] == "called")
        assert (called["view"], called["data"]["window"]["window"]) == (f"ticket:{phone.link}", 2)
        assert waiting.until(lambda m: m["data"]["ahead"] == 0)
        waiting.close()
        manager.post(f"{window}/start")
        manager.post(f"{window}/finish")
        assert page.until(lambda m: m["data"]["state"] == "finished")["data"]["allowed"] == ["rating"]
    finally:
        page.close()


def test_a_link_that_nobody_has_and_a_fifth_phone_are_refused(hall: HallProcess, node: Client) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        LivePage(hall.url, link="A" * 22)
    _, phone = issue(hall, node)
    family = [LivePage(hall.url, link=phone.link) for _ in range(4)]
    with pytest.raises(socketio.exceptions.ConnectionError):
        LivePage(hall.url, link=phone.link)
    for page in family:
        page.close()


def test_a_revoked_token_is_cut_off(hall: HallProcess, node: Client) -> None:
    stays, goes = str(node.session.headers["Authorization"]).removeprefix("Bearer "), hall.token("node")
    newest = hall.run("token", "list").stdout.splitlines()[-1].split()[0]
    kept, cut = LivePage(hall.url, stays), LivePage(hall.url, goes)
    try:
        kept.follow("board")
        cut.follow("board")
        assert hall.run("token", "revoke", newest).returncode == 0
        wait_for(lambda: not cut.io.connected)
        assert kept.io.connected
    finally:
        kept.close()
