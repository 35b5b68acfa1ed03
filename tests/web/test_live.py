"""The live feed of API.md: follow, whole views in order, rights, and a client that reads slowly."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
import requests
import socketio
import websocket
from hall_process import Client, HallProcess
from live_page import LivePage

WAIT_S = 10


@pytest.fixture
def board(hall: HallProcess) -> Iterator[LivePage]:
    page = LivePage(hall.url, hall.token("node"))
    yield page
    page.close()


def test_a_call_reaches_the_wall(board: LivePage, manager: Client, node: Client) -> None:
    first = board.follow("board")
    assert first["view"] == "board"
    assert first["seq"] == first["data"]["seq"]
    label = node.post("/tickets", {"service": "hukou"}).json()["label"]
    manager.post("/windows/3/open", {})
    called = manager.post("/windows/3/next").json()
    message = board.until(lambda m: m["data"]["calls"] and m["data"]["calls"][0]["label"] == called["label"])
    call = message["data"]["calls"][0]
    assert (call["window"], call["kind"]) == (3, "call")
    assert message["seq"] >= call["seq"] > first["seq"]
    assert label
    manager.post("/windows/3/start")
    manager.post("/windows/3/finish")


def test_views_come_in_order(board: LivePage, node: Client) -> None:
    board.follow("kiosk")
    for _ in range(30):
        node.post("/tickets", {"service": "social"})
    last = node.get("/board").json()["seq"]
    seqs = []
    while not seqs or seqs[-1] < last:
        seqs.append(board.next()["seq"])
    assert seqs == sorted(set(seqs))


def test_unknown_and_forbidden_views(board: LivePage) -> None:
    assert board.follow("nonsense")["code"] == "unknown_view"
    assert board.follow("console:1")["code"] == "forbidden"
    assert board.follow("window:99")["code"] == "unknown_window"


def test_without_credentials_the_connection_is_refused(hall: HallProcess) -> None:
    for token in (None, "nonsense"):
        with pytest.raises(socketio.exceptions.ConnectionError):
            LivePage(hall.url, token)


def test_a_console_sees_its_window(hall: HallProcess) -> None:
    page = LivePage(hall.url, hall.token("staff", 1))
    try:
        view = page.follow("console:1")["data"]
        assert view["window"]["window"] == 1
        assert "open" in view["allowed"] or "next" in view["allowed"]
        assert page.follow("console:2")["code"] == "forbidden"
    finally:
        page.close()


def test_a_client_that_reads_slowly_gets_whole_messages(hall: HallProcess, node: Client) -> None:
    """simple-websocket alone sends part of a message to a full socket and forgets the rest."""
    token = hall.token("node")
    slow = websocket.WebSocket(sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    slow.connect(hall.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", timeout=WAIT_S)
    try:
        slow.recv()
        slow.send("40/live," + json.dumps({"token": token}))
        assert slow.recv().startswith("40/live")
        slow.send('42/live,1["follow",{"view":"kiosk"}]')
        for _ in range(40):  # enough to fill both ends' buffers while nobody reads
            node.post("/tickets", {"service": "hukou"})
            requests.get(f"{hall.url}/healthz", timeout=WAIT_S)
        last = node.get("/board").json()["seq"]
        seq = 0
        while seq < last:
            text = slow.recv()
            if text == "2":
                slow.send("3")
            elif text.startswith("42/live,"):
                name, message = json.loads(text[len("42/live,") :])
                assert name == "view"
                assert message["data"]["seq"] == message["seq"] > seq
                seq = message["seq"]
    finally:
        slow.close()


def test_the_manager_sees_nodes_and_devices(hall: HallProcess) -> None:
    manager, kiosk = LivePage(hall.url, hall.token("manager")), hall.client("node")
    try:
        assert manager.follow("hall")["data"]["nodes"] is not None
        device = {
            "name": "printer", "kind": "printer", "health": "failed", "code": "paper_out", "detail": "No paper.",
            "since": "2026-11-20T02:00:00.000Z",
        }  # fmt: skip
        assert kiosk.post("/nodes/report", {"devices": [device]}).status_code == 204
        message = manager.until(lambda m: any(node["devices"] == [device] for node in m["data"]["nodes"]))
        assert message["view"] == "hall"
        seq = message["seq"]
        for percent in (83, 82):
            told = {**device, "facts": {"driver": "escpos", "paper_left_percent": percent}}
            assert kiosk.post("/nodes/report", {"devices": [told]}).status_code == 204
            told_now = [told]
            message = manager.until(lambda m, now=told_now: any(node["devices"] == now for node in m["data"]["nodes"]))
        assert message["seq"] == seq, "less paper is shown, and no row of the journal"
        wrong = {**device, "facts": {"paper_left_percent": 101}}
        assert kiosk.post("/nodes/report", {"devices": [wrong]}).status_code == 422
    finally:
        manager.close()


def test_two_consoles_on_one_window_learn_of_each_other(hall: HallProcess) -> None:
    first, second = (LivePage(hall.url, hall.token("staff", 1)) for _ in range(2))
    try:
        assert first.follow("console:1")["data"]["consoles"] == 1
        assert second.follow("console:1")["data"]["consoles"] == 2
        first.until(lambda m: m["data"]["consoles"] == 2)
        second.close()
        first.until(lambda m: m["data"]["consoles"] == 1)
    finally:
        first.close()
        second.close()
