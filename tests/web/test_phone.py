"""A citizen's phone: what a link shows, what it changes, and what it never gives away."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hall_process import Client, HallProcess

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


def test_a_link_shows_its_ticket_and_no_name_of_it_used_elsewhere(hall: HallProcess, node: Client, window: str) -> None:
    first, _ = issue(hall, node)
    ticket, phone = issue(hall, node, citizen={"phone": "13800009731"})
    view = phone.get()
    assert (view["label"], view["state"], view["ahead"]) == (ticket["label"], "waiting", 1)
    assert view["allowed"] == ["cancel", "later"]


def test_only_who_prints_slips_or_may_rate_is_told_the_link(hall: HallProcess, node: Client) -> None:
    ticket, phone = issue(hall, node)
    assert ticket["link"] == f"https://number.example.org/t/{phone.link}"
    assert len(phone.link) == 22
    for role, told in {"node": True, "reception": True, "manager": True, "staff": False, "county": False}.items():
        shown = hall.client(role).get(f"/tickets/{ticket['ticket_id']}").json()
        assert ("link" in shown) is told, role
