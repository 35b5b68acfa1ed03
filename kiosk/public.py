"""What the page asks of its node besides tickets: guide and notices on paper, a person, an opinion; knows no queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request

from kiosk.guide import GuideDesk
from kiosk.help_bell import HelpBell
from kiosk.wishes import read_materials, read_notice, read_opinion, read_tap
from queue_server.client import HallClient, HallUnreachable

PATIENCE_S = 5.0
"""How long the server is asked while somebody stands there and looks on."""
AWAY_S = 0.5
"""The same, when it did not answer a moment ago."""


def public_routes(
    app: Flask, guide: GuideDesk, client: HallClient, bell: HelpBell, connected: Callable[[], bool]
) -> None:
    """Raises what HallClient does: the node answers 503 `server_unreachable` when nobody can be called.

    bell: rings here while the server is away. connected: whether it is worth asking the server.
    """

    def print_materials() -> Response:
        return jsonify({"print": guide.print(*read_materials(request.get_json()))})

    def print_notice() -> Response:
        return jsonify({"print": guide.print_notice(*read_notice(request.get_json()))})

    def ask_help() -> Response:
        """Where it rings: at the reception, or here."""
        tap_id = read_tap(request.get_json())
        try:
            client.command("POST", "/help", {}, tap_id, PATIENCE_S if connected() else AWAY_S)
        except HallUnreachable:
            if not bell.ring():
                raise
            return jsonify({"rings": "here"})
        return jsonify({"rings": "reception"})

    def withdraw_help() -> tuple[str, int]:
        tap_id = read_tap(request.get_json())
        if not bell.stop():
            client.command("POST", "/help/withdraw", {}, tap_id, PATIENCE_S)
        return "", 204

    def file_opinion() -> tuple[Response, int]:
        tap_id, said = read_opinion(request.get_json())
        return jsonify(client.command("POST", "/opinions", {**said, "channel": "kiosk"}, tap_id, PATIENCE_S)), 201

    rules: dict[str, Any] = {
        "/api/opinions": file_opinion,
        "/api/guide/print": print_materials,
        "/api/notices/print": print_notice,
        "/api/help": ask_help,
        "/api/help/withdraw": withdraw_help,
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, endpoint=rule, view_func=view, methods=["POST"])
