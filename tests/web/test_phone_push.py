"""Web Push to a push service of our own on loopback, which opens what it gets as a browser would (RFC 8291)."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece  # type: ignore[import-untyped]
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hall_process import Client, HallProcess
from py_vapid import Vapid02  # type: ignore[import-untyped]
from waiting import wait_for

from queue_server.phone_push import VapidKey, is_allowed

WAIT_S = 20.0


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """The receiving half of a subscription."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.p256dh, self.auth = base64url(point), base64url(self.secret)

    def opened(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        message: dict[str, Any] = json.loads(plain)
        return message


@dataclass
class PushService:
    """Answers with `status`; hangs while `hang` is set."""

    status: int = 201
    hang: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/push/{base64url(os.urandom(9))}"


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append(({name.lower(): said for name, said in self.headers.items()}, body))
            if service.hang.is_set():
                service.free.wait(WAIT_S)
                service.let_go.set()
            self.send_response(service.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    service.free.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def hall(start_hall: Any, service: PushService) -> HallProcess:
    public = f'public_url = "https://number.example.org"\npush_services = ["127.0.0.1:{service.port}"]\n'
    hall: HallProcess = start_hall(public + "[rules]\ncall_gap_s = 0\n")
    return hall


@pytest.fixture(autouse=True)
def nobody_waits(hall: HallProcess, manager: Client, service: PushService) -> None:
    manager.post("/windows/2/open", {})
    manager.post("/windows/2/start")
    while manager.post("/windows/2/next").status_code == 200:
        manager.post("/windows/2/start")
    wait_for(lambda: "hall_pushes 0.0" in _told(hall), what="the end of what the last test subscribed")
    service.got.clear()
    service.status = 201


def subscribed(hall: HallProcess, service: PushService, ticket: dict[str, Any], language: str = "zh-CN") -> Browser:
    browser = Browser()
    body = {"endpoint": service.endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "language": language}
    answer = requests.post(f"{api(hall, ticket)}/push", json=body, timeout=10)
    assert answer.status_code == 204, answer.text
    return browser


def api(hall: HallProcess, ticket: dict[str, Any]) -> str:
    return f"{hall.url}/api/v1/phone/{ticket['link'].rpartition('/')[2]}"


def issue(node: Client, **body: Any) -> dict[str, Any]:
    ticket: dict[str, Any] = node.post("/tickets", {"service": "hukou", **body}).json()
    return ticket


def test_three_before_you_and_the_call_arrive_sealed_and_signed(
    hall: HallProcess, node: Client, manager: Client, service: PushService
) -> None:
    for _ in range(4):
        issue(node)
    ticket = issue(node, citizen={"name": "欧阳留痕", "phone": "13800009731"})
    key = requests.get(f"{api(hall, ticket)}/push", timeout=10).json()["key"]
    browser = subscribed(hall, service, ticket)
    assert service.got == []
    manager.post("/windows/2/next")
    headers, body = wait_for(lambda: service.got and service.got[0], what="the first message")
    message = browser.opened(body)
    link = ticket["link"].removeprefix("https://number.example.org")
    assert message == {
        "title": f"{ticket['label']} 快到了",
        "body": "前面还有 3 人，请回到等候区",
        "tag": ticket["label"],
        "url": link,
    }
    assert ticket["label"].encode() not in body
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "high")
    assert 0 < int(headers["ttl"]) <= 3600
    token, sent_key = (part.partition("=")[2] for part in headers["authorization"].removeprefix("vapid ").split(","))
    assert sent_key.strip() == key
    assert Vapid02.verify(headers["authorization"])
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (claims["sub"], claims["aud"]) == ("https://number.example.org", f"http://127.0.0.1:{service.port}")
    for _ in range(4):
        manager.post("/windows/2/start")
        manager.post("/windows/2/next")
    wait_for(lambda: len(service.got) == 2, what="the call")
    assert browser.opened(service.got[1][1])["title"] == f"请 {ticket['label']} 到 2 号窗口"


def test_a_subscription_ends_with_its_ticket_and_is_nowhere_in_clear(
    hall: HallProcess, node: Client, manager: Client, service: PushService
) -> None:
    issue(node)
    ticket = issue(node)
    browser = subscribed(hall, service, ticket, "en")
    wait_for(lambda: service.got, what="the message")
    assert browser.opened(service.got[0][1])["title"] == f"{ticket['label']}: nearly your turn"
    marks = [browser.p256dh.encode(), browser.auth.encode(), b"/push/"]
    files = [path for path in hall.data.rglob("*") if path.is_file()]
    assert not [path for path in files for mark in marks if mark in path.read_bytes()]
    requests.post(f"{api(hall, ticket)}/cancel", timeout=10)
    manager.post("/windows/2/next")
    wait_for(lambda: "hall_pushes 0.0" in _told(hall), what="the end of the subscription")
    assert len(service.got) == 1, "a cancelled ticket is told nothing more"


def test_it_is_kept_through_a_restart(hall: HallProcess, node: Client, manager: Client, service: PushService) -> None:
    for _ in range(4):
        issue(node)
    ticket = issue(node)
    browser = subscribed(hall, service, ticket)
    hall.kill()
    hall.start()
    manager.post("/windows/2/next")
    wait_for(lambda: service.got, what="the message")
    assert browser.opened(service.got[0][1])["tag"] == ticket["label"]
    requests.post(f"{api(hall, ticket)}/cancel", timeout=10)


def test_a_service_that_hangs_keeps_nobody_waiting(
    hall: HallProcess, node: Client, manager: Client, service: PushService
) -> None:
    service.hang.set()
    try:
        hung = issue(node)
        subscribed(hall, service, hung)
        wait_for(lambda: service.got, what="the message that hangs")
        for _ in range(20):
            issue(node, service="social")
        manager.post("/windows/2/next")
        assert requests.get(f"{hall.url}/readyz", timeout=10).status_code == 200
        assert not service.let_go.is_set(), "the hall waited for the push service"
    finally:
        service.hang.clear()
        service.free.set()


def test_a_browser_that_is_gone_is_forgotten(
    hall: HallProcess, node: Client, manager: Client, service: PushService
) -> None:
    service.status = 410
    ticket = issue(node)
    subscribed(hall, service, ticket)
    wait_for(lambda: service.got, what="the message")
    wait_for(lambda: "hall_pushes 0.0" in _told(hall), what="its end")


def _told(hall: HallProcess) -> str:
    return requests.get(f"{hall.url}/metrics", timeout=10).text


@pytest.mark.parametrize(
    ("endpoint", "fine"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://db5p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.example.org/x", False),
        ("https://evilfcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com@192.0.2.1/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("http://127.0.0.1:8080/metrics", False),
        ("http://127.0.0.1:7000/x", True),
        ("https://[::1", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_services_of_the_hall_are_posted_to(endpoint: str, fine: bool) -> None:
    assert is_allowed(endpoint, ["fcm.googleapis.com", "notify.windows.com", "127.0.0.1:7000"]) is fine


def test_a_foreign_push_service_is_refused(hall: HallProcess, node: Client) -> None:
    ticket, browser = issue(node), Browser()
    body = {"endpoint": "https://192.0.2.1/x", "p256dh": browser.p256dh, "auth": browser.auth, "language": "en"}
    answer = requests.post(f"{api(hall, ticket)}/push", json=body, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (409, "push_refused")


def test_the_key_follows_from_the_master_key_and_shows_nothing() -> None:
    key = VapidKey(bytes(32), "hall")
    assert key.private == VapidKey(bytes(32), "hall").private != VapidKey(bytes(32), "other").private
    assert key.private not in repr(key)
    assert len(key.public) == 87
