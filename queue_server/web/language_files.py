"""Serves the hall's language packs to pages and nodes, as they lie in the data folder; knows no words."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, abort

from queue_server.language_packs import TAG


def register(app: Flask, folder: Path) -> None:
    """`/words/TAG.json` for everybody: the words of public pages are public. Read anew each time, so that a file that
    was put there is used by the next page that is opened."""

    @app.get("/words/<tag>.json")
    def language_pack(tag: str) -> Response:
        if not TAG.fullmatch(tag):
            abort(404)
        try:
            text = (folder / f"{tag}.json").read_bytes()
        except OSError:
            abort(404)
        answer = Response(text, content_type="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer
