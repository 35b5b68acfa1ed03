"""The node answers its own page only, says mistakes with codes, and relays live views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import socketio
from fake_hall import FakeHall
from live_page import LivePage
from waiting import wait_for


@pytest.fixture
def page(kiosk: Any) -> Iterator[LivePage]:
    made = LivePage(kiosk.url)
    yield made
    made.close()


def test_the_page_follows_the_hall_and_the_node(hall: FakeHall, kiosk: Any, page: LivePage, printer: Any) -> None:
    assert page.follow("kiosk")["data"]["requeue_within_s"] == 1800
    node = page.follow("node")["data"]
    assert (node["node"], node["server"]["connected"], node["card"]) == ("kiosk-1", True, None)
    assert {device["name"] for device in node["devices"]} == {"printer", "idcard"}
    hall.publish("kiosk", 2, {"seq": 2, "waiting": 7})
    wait_for(lambda: any(view["view"] == "kiosk" and view["seq"] == 2 for view in page.views))
    printer.set_cover(True)
    wait_for(
        lambda: any(
            device["code"] == "cover_open"
            for view in page.views
            if view["view"] == "node"
            for device in view["data"]["devices"]
        )
    )


def test_a_view_that_is_not_ours_is_refused(page: LivePage) -> None:
    assert page.follow("console:1") == {"view": "console:1", "code": "unknown_view"}


def test_the_last_view_stays_while_the_server_is_away(hall: FakeHall, kiosk: Any, page: LivePage) -> None:
    hall.stop()
    wait_for(lambda: not kiosk.view()["server"]["connected"])
    assert page.follow("kiosk")["seq"] == 1
    assert page.follow("node")["data"]["server"]["connected"] is False


def test_a_restarted_node_goes_on_counting(kiosk: Any, open_kiosk: Any) -> None:
    before = kiosk.view()["seq"]
    kiosk.close()
    assert open_kiosk().view()["seq"] > before


@pytest.mark.parametrize("path", ["/api/tickets", "/api/card/start", "/api/tickets/x/reprint"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_page_may_not_post(hall: FakeHall, kiosk: Any, path: str, headers: dict[str, str]) -> None:
    answer = kiosk.post(path, {"tap_id": "tap-00000001", "service": "shebao"}, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert hall.requests == []
    assert kiosk.view()["card"] is None


def test_its_own_page_may_post(kiosk: Any) -> None:
    origin = {"Origin": kiosk.url, "Sec-Fetch-Site": "same-origin"}
    assert kiosk.post("/api/card/start", **origin).status_code == 204


def test_a_name_somebody_pointed_at_us_is_refused(kiosk: Any) -> None:
    for path in ("/healthz", "/", "/socket.io/?EIO=4&transport=polling"):
        answer = requests.get(f"{kiosk.url}{path}", headers={"Host": "evil.example:8081"}, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_host")


def test_another_page_may_not_listen(kiosk: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        LivePage(kiosk.url, Origin="https://evil.example")


def test_a_form_of_another_page_is_no_json(hall: FakeHall, kiosk: Any) -> None:
    answer = requests.post(f"{kiosk.url}/api/tickets", data='{"service":"shebao"}', timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"service": "shebao"}, "tap_id"),
        ({"tap_id": "short", "service": "shebao"}, "tap_id"),
        ({"tap_id": "tap-00000001"}, "service"),
        ({"tap_id": "tap-00000001", "service": "SHE BAO"}, "service"),
        ({"tap_id": "tap-00000001", "service": "shebao", "use_card": "yes"}, "use_card"),
        ({"tap_id": "tap-00000001", "service": "shebao", "phone": "call me"}, "phone"),
        ({"tap_id": "tap-00000001", "service": "shebao", "citizen": {}}, "citizen"),
    ],
)
def test_a_wrong_value_is_named(kiosk: Any, body: Any, field: str) -> None:
    answer = kiosk.post("/api/tickets", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_values")
    assert answer.json()["fields"][0]["field"] == field
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_other_mistakes_have_codes(kiosk: Any) -> None:
    assert kiosk.post("/api/tickets", ["list"]).json()["code"] == "malformed"
    assert kiosk.post("/api/nowhere").json()["code"] == "not_found"
    assert requests.get(f"{kiosk.url}/api/tickets", timeout=5).json()["code"] == "method_not_allowed"
    assert kiosk.post("/api/tickets", {"tap_id": "x" * 20_000}).json()["code"] == "too_large"
    broken = requests.post(
        f"{kiosk.url}/api/tickets", data="{", headers={"Content-Type": "application/json"}, timeout=5
    )
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")


def test_pages_are_strict_and_not_kept(kiosk: Any) -> None:
    answer = requests.get(kiosk.url, timeout=5)
    assert answer.status_code in {200, 503}  # 503 page_not_built where the pages were not built
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_healthz_tells_what_a_maintainer_wants(kiosk: Any) -> None:
    health = requests.get(f"{kiosk.url}/healthz", timeout=5).json()
    assert health["status"] == "ok"
    assert health["server"]["connected"] is True
    assert health["devices"] == {"printer": "ok", "idcard": "ok"}
