"""The built staff pages under a strict Content-Security-Policy; knows their files, not what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, send_from_directory

STATIC = Path(__file__).parent / "static"
PHONE = Path(__file__).parent / "phone" / "static"
PAGES = {
    "/": "index",
    "/login": "login",
    "/console/<int:window>": "console",
    "/reception": "reception",
    "/manager": "manager",
    "/manager/<any(settings, people, devices, opinions, citizens, whereabouts, notices):section>": "manager",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
PROTECTION = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]


def register(app: Flask) -> None:
    for rule, page in PAGES.items():
        app.add_url_rule(rule, f"page {rule}", _page(page))

    @app.get("/static/<path:name>")
    def asset(name: str) -> Response:
        return _asset(STATIC, name)

    @app.get("/t/<link>")
    def phone(**_: object) -> Response:
        """The citizen's page, which asks by itself whether there is such a link."""
        return _file(PHONE, "index.html")

    @app.get("/r")
    def remote() -> Response:
        """Where a number is taken elsewhere; says by itself whether the hall gives any."""
        return _file(PHONE, "remote.html")

    @app.get("/t/sw.js")
    def phone_worker() -> Response:
        """Not built with the page: its address is its name, and it may only serve what lies below."""
        return _file(PHONE.parent, "sw.js")

    @app.get("/t/static/<path:name>")
    def phone_asset(name: str) -> Response:
        return _asset(PHONE, name)

    @app.after_request
    def protect(answer: Response) -> Response:
        if "Content-Security-Policy" not in answer.headers:  # two policies would both hold
            answer.headers["Content-Security-Policy"] = POLICY
        answer.headers.extend(PROTECTION)
        return answer


def _page(name: str) -> Callable[..., Response]:
    def page(**_: object) -> Response:
        return _file(STATIC, f"{name}.html")

    return page


def _file(folder: Path, name: str) -> Response:
    if not (folder / name).is_file():
        return Response("The pages are not built. Run: make pages\n", 503, content_type="text/plain")
    answer = send_from_directory(folder, name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asset(folder: Path, name: str) -> Response:
    answer = send_from_directory(folder, name)
    if name.startswith("assets/"):  # their names change with their content
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
