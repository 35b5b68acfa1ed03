"""A hall server written by hand for tests of nodes: real HTTP and Socket.IO, scripted faults; knows no rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_socketio import SocketIO, join_room

from queue_server.node_web import NodeServer

HALL = {
    "hall": "oubei",
    "name": {"zh-CN": "瓯北街道便民服务中心", "en": "Oubei Service Hall"},
    "timezone": "Asia/Shanghai",
    "languages": ["zh-CN", "en"],
    "services": [
        {
            "service": "shebao",
            "name": {"zh-CN": "社保", "en": "Social insurance"},
            "prefix": "A",
            "department": {},
            "materials": [],
            "windows": [2, 3],
        }
    ],
    "windows": [
        {"window": n, "name": {"zh-CN": f"{n}号窗口", "en": f"Window {n}"}, "services": ["shebao"]} for n in (2, 3)
    ],
    "hours": None,
    "words": {"slip_footer": {}, "marquee": {}, "help": {}},
    "seq": 1,
}


class FakeHall:
    """`faults` are taken one per change: "late" (done, answered after the client gave up), "503", "drop" (not done)."""

    def __init__(self) -> None:
        self.port = 0
        self.info: dict[str, Any] = HALL
        self.requests: list[tuple[str, str, Any]] = []
        self.by_key: dict[str, tuple[int, Any]] = {}
        self.tickets: dict[str, dict[str, Any]] = {}
        self.ratings: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.refuse: tuple[int, str, dict[str, Any]] | None = None
        self.views: dict[str, tuple[int, dict[str, Any]]] = {}
        self.unknown: set[str] = set()
        self.answer: dict[str, Any] = {}  # put over every ticket issued from now on
        self.booked: list[dict[str, Any]] = []  # the open appointments of whoever asks
        self.packs: dict[str, dict[str, Any]] = {}  # language packs by tag
        self.pictures: dict[str, bytes] = {}  # of people and notices, by id
        self.follows = 0
        self.release = threading.Event()
        self._lock = threading.Lock()
        self._server: NodeServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> FakeHall:
        self.release.clear()
        app = Flask("fake hall")
        self.live = SocketIO(app, async_mode="threading", cors_allowed_origins=[])
        app.add_url_rule("/words/<tag>.json", view_func=self._pack)
        app.add_url_rule("/api/v1/hall", view_func=lambda: jsonify(self.info))
        app.add_url_rule("/api/v1/pictures/<picture>", view_func=self._picture)
        app.add_url_rule("/api/v1/tickets", view_func=self._issue, methods=["POST"])
        app.add_url_rule("/api/v1/citizen/appointments", view_func=self._appointments, methods=["POST"])
        app.add_url_rule("/api/v1/offline-tickets", view_func=self._take_in, methods=["POST"])
        app.add_url_rule("/api/v1/tickets/<ticket_id>", view_func=self._ticket)
        app.add_url_rule("/api/v1/tickets/<ticket_id>/rating", view_func=self._rate, methods=["POST"])
        app.add_url_rule("/api/v1/tickets/<ticket_id>/arrive", view_func=self._arrive, methods=["POST"])
        count = lambda: self._change(lambda _body: (200, {}))  # noqa: E731
        app.add_url_rule("/api/v1/sites/opened", endpoint="count", view_func=count, methods=["POST"])
        self.live.on_event("connect", self._connect, namespace="/live")
        self.live.on_event("follow", self._follow, namespace="/live")
        self._server = NodeServer(app, "127.0.0.1", self.port)
        self.port = self._server.port
        self._server.start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self.release.set()
            server, self._server = self._server, None
            server.close()
            self.live.server.shutdown()

    def publish(self, view: str, seq: int, data: dict[str, Any]) -> None:
        self.views[view] = (seq, data)
        if self._server is not None:
            self.live.emit("view", {"view": view, "seq": seq, "data": data}, to=view, namespace="/live")

    def keys(self) -> list[str]:
        return [key for key, _, _ in self.requests]

    def _connect(self, auth: Any = None) -> bool:
        # Whoever slipped in while the server was being stopped must not hang on to its ghost.
        return bool(self._server and auth and auth.get("token") == "secret")

    def _follow(self, message: dict[str, str]) -> dict[str, Any]:
        self.follows += 1
        if message["view"] in self.unknown:
            return {"view": message["view"], "code": "unknown_window"}
        join_room(message["view"])
        seq, data = self.views.get(message["view"], (0, {"seq": 0}))
        return {"view": message["view"], "seq": seq, "data": data}

    def _problem(self, status: int, code: str, facts: dict[str, Any] | None = None) -> Response:
        answer = jsonify(type="about:blank", title=code, status=status, code=code, detail=code, facts=facts or {})
        answer.status_code, answer.content_type = status, "application/problem+json"
        return answer

    def _change(self, work: Callable[[Any], tuple[int, Any]]) -> Response:
        """Faults first, then the work once per key."""
        key, body = request.headers["Idempotency-Key"], request.get_json()
        with self._lock:
            self.requests.append((key, request.path, body))
            fault = self.faults.pop(0) if self.faults else ""
            if fault == "503":
                return self._problem(503, "not_durable")
            if self.refuse:
                return self._problem(*self.refuse)
            if fault != "drop" and key not in self.by_key:
                self.by_key[key] = work(body)
        if fault:
            self.release.wait(20)
        status, content = self.by_key[key]
        return Response(jsonify(content).get_data(), status, content_type="application/json")

    def _issue(self) -> Response:
        def issue(body: Any) -> tuple[int, Any]:
            number = len(self.tickets) + 1
            ticket = {
                "ticket_id": f"01JD5Q8V3W4X5Y6Z7A8B9C{number:04}",
                "label": f"A{number:03}",
                "serial": f"20261120-{number:06}",
                "service": body.get("service", "shebao"),
                "services": [body.get("service", "shebao")],
                "state": "waiting",
                "priority": body.get("priority"),
                "ahead": 5,
                "estimate": {"p50_s": 480.0, "p90_s": 900.0},
                "window": None,
                "for_window": None,
                "issued_at": "2026-11-20T02:24:05.123Z",
                "called_at": None,
                "started_at": None,
                "ended_at": None,
                "calls": 0,
                "outcome": None,
                "channel": "kiosk",
                "why": None,
                **self.answer,
            }
            self.tickets[str(ticket["ticket_id"])] = ticket
            return 201, ticket

        return self._change(issue)

    def _pack(self, tag: str) -> Any:
        return self.packs.get(tag) or ("", 404)

    def _take_in(self) -> Response:
        def take_in(body: Any) -> tuple[int, Any]:
            self.tickets[body["ticket_id"]] = {**body, "state": "waiting"}
            return 201, self.tickets[body["ticket_id"]]

        return self._change(take_in)

    def _ticket(self, ticket_id: str) -> Response:
        ticket = self.tickets.get(ticket_id)
        return jsonify(ticket) if ticket else self._problem(404, "unknown_ticket")

    def _picture(self, picture: str) -> Response:
        data = self.pictures.get(picture)
        return Response(data, content_type="image/jpeg") if data else self._problem(404, "unknown_picture")

    def _arrive(self, ticket_id: str) -> Response:
        def arrive(_body: Any) -> tuple[int, Any]:
            self.tickets[ticket_id]["here"] = True
            return 200, self.tickets[ticket_id]

        return self._change(arrive)

    def _appointments(self) -> Response:
        return jsonify(self.booked)

    def _rate(self, ticket_id: str) -> Response:
        def rate(body: Any) -> tuple[int, Any]:
            self.ratings.append({"ticket_id": ticket_id, **body})
            return 201, {"ticket_id": ticket_id, **body}

        return self._change(rate)
