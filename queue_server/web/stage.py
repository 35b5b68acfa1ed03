"""The virtual hall: one page that shows kiosk, wall, window and devices side by side, where a demo says where they are.

`HALL_STAGE` holds their addresses as JSON, {"kiosk": url, "wall": url, "devices": url}; a hall without it has no such
page, and `/api/v1/stage` is empty. The pages of other processes are framed, so only this page's policy names them.
"""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

from flask import Flask, Response, send_from_directory

from queue_server.engine import Reply
from queue_server.web.pages import POLICY, STATIC
from queue_server.web.problems import problem, response
from queue_server.wire.contract import API

VARIABLE = "HALL_STAGE"
PARTS = ("kiosk", "wall", "devices")


def register(app: Flask) -> None:
    parts = _parts(os.environ.get(VARIABLE, ""))

    @app.get(f"{API}/stage")
    def stage() -> Response:
        return response(Reply(200, json.dumps(parts).encode()))

    @app.get("/virtual")
    def virtual() -> Response:
        if not parts or not (STATIC / "virtual.html").is_file():
            return response(problem("not_found"))
        answer = send_from_directory(STATIC, "virtual.html")
        framed = " ".join(sorted({f"{url.scheme}://{url.netloc}" for url in map(urlsplit, parts.values())}))
        answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self' {framed}"
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _parts(text: str) -> dict[str, str]:
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {part: said[part] for part in PARTS if isinstance(said, dict) and isinstance(said.get(part), str)}
