"""What the page asks of its node besides tickets: guide and notices on paper, a person, an opinion; knows no queue."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request

from kiosk.guide import GuideDesk
from kiosk.wishes import read_materials, read_notice, read_opinion, read_tap
from queue_server.client import HallClient

PATIENCE_S = 5.0
"""How long the server is asked while somebody stands there and looks on."""


def public_routes(app: Flask, guide: GuideDesk, client: HallClient) -> None:
    """Raises what HallClient does: the node answers 503 `server_unreachable` when nobody can be called."""

    def print_materials() -> Response:
        return jsonify({"print": guide.print(*read_materials(request.get_json()))})

    def print_notice() -> Response:
        return jsonify({"print": guide.print_notice(*read_notice(request.get_json()))})

    def ask(path: str) -> tuple[str, int]:
        client.command("POST", path, {}, read_tap(request.get_json()), PATIENCE_S)
        return "", 204

    def file_opinion() -> tuple[Response, int]:
        tap_id, said = read_opinion(request.get_json())
        return jsonify(client.command("POST", "/opinions", {**said, "channel": "kiosk"}, tap_id, PATIENCE_S)), 201

    rules: dict[str, Any] = {
        "/api/opinions": file_opinion,
        "/api/guide/print": print_materials,
        "/api/notices/print": print_notice,
        "/api/help": lambda: ask("/help"),
        "/api/help/withdraw": lambda: ask("/help/withdraw"),
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, endpoint=rule, view_func=view, methods=["POST"])
