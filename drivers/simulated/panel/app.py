"""The panel's HTTP: one page, the state of all twins, and what a hand can do to each; knows no driver.

It is a toy for one machine, yet any web page in a browser can send requests to 127.0.0.1. So a request must name this
machine by
an address, a change must be JSON (which another site cannot send unasked), and the page runs no script but its own.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from drivers.simulated.callpad import CALL_KEYS, CallPadTwin
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.hall import Device, Twins
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.panel.views import twin_view
from drivers.simulated.people import SAMPLES
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.speaker import SpeakerTwin

# A demo's virtual hall shows this page in a frame; nobody else may.
FRAMED_BY = os.environ.get("HALL_FRAMED_BY", "'none'")
STATIC = Path(__file__).parent / "web" / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {FRAMED_BY}; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated devices</title>
<h1>The page has not been built</h1><p>Run <code>make pages</code>, then reload. 网页尚未生成：请先运行 <code>make
pages</code>。</p>
<p>The devices work already: see <a href="/api/twins">/api/twins</a>.</p></html>
"""

_TYPED = 200
T = TypeVar("T", bound=Device)


class PanelError(Exception):
    """A request that cannot be carried out: HTTP status, stable code, one sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def create_app(twins: Twins, static: Path = STATIC) -> Flask:
    """The panel of `twins`; `static` is the folder of the built page."""
    app = Flask("hall-devices", static_folder=str(static), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = 4096
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.before_request(_refuse_other_sites)
    app.after_request(_finish)
    app.register_error_handler(PanelError, lambda err: _problem(err.status, err.code, err.detail))
    app.register_error_handler(HTTPException, _http_problem)

    @app.get("/")
    def page() -> Response:
        if not (static / "index.html").is_file():
            return Response(_NOT_BUILT, mimetype="text/html")
        return send_from_directory(static, "index.html")

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "ok"})

    @app.get("/api/twins")
    def state() -> Response:
        return jsonify([twin_view(running) for running in twins.all()])

    _printer_routes(app, twins)
    _reader_routes(app, twins)
    _pad_routes(app, twins)
    _key_routes(app, twins)
    _speaker_routes(app, twins)
    return app


def _printer_routes(app: Flask, twins: Twins) -> None:
    @app.get("/api/twins/<name>/slips/<int:n>.png")
    def slip_png(name: str, n: int) -> Response:
        for slip in _twin(twins, name, PrinterTwin).slips():
            if slip.n == n:
                return Response(slip.png(), mimetype="image/png")
        raise PanelError(404, "unknown_slip", f"The printer keeps no slip {n} any more.")

    def switch(name: str, act: Callable[[PrinterTwin], Callable[[bool], None]], field: str) -> Response:
        twin = _twin(twins, name, PrinterTwin)
        act(twin)(_field(field, bool, "true or false"))
        return Response(status=204)

    app.add_url_rule(
        "/api/twins/<name>/paper",
        "paper",
        lambda name: switch(name, lambda twin: twin.set_paper, "present"),
        methods=["POST"],
    )
    app.add_url_rule(
        "/api/twins/<name>/near-end",
        "near_end",
        lambda name: switch(name, lambda twin: twin.set_near_end, "present"),
        methods=["POST"],
    )
    app.add_url_rule(
        "/api/twins/<name>/cover",
        "cover",
        lambda name: switch(name, lambda twin: twin.set_cover, "open"),
        methods=["POST"],
    )


def _reader_routes(app: Flask, twins: Twins) -> None:
    @app.post("/api/twins/<name>/hold")
    def hold(name: str) -> Response:
        twin = _twin(twins, name, IdCardTwin)
        sample = _field("sample", str, "the id of a sample")
        if sample not in SAMPLES:
            raise PanelError(422, "unknown_sample", f"There is no sample {sample!r}; there are {', '.join(SAMPLES)}.")
        twin.hold(sample)
        return Response(status=204)

    @app.post("/api/twins/<name>/take")
    def take(name: str) -> Response:
        _twin(twins, name, IdCardTwin).take()
        return Response(status=204)


def _pad_routes(app: Flask, twins: Twins) -> None:
    @app.post("/api/twins/<name>/press")
    def press(name: str) -> Response:
        twin = _twin(twins, name, RatingPadTwin)
        address, value = _field("address", int, "a number"), _field("value", int, "a number")
        if address not in twin.addresses:
            raise PanelError(422, "unknown_address", f"No pad has the address {address}; there are {twin.addresses}.")
        if not 0 <= value <= 255:
            raise PanelError(422, "invalid_value", f"value is {value}; it must be from 0 to 255.")
        twin.press(address, value)
        return Response(status=204)


def _key_routes(app: Flask, twins: Twins) -> None:
    @app.post("/api/twins/<name>/key")
    def key(name: str) -> Response:
        twin = _twin(twins, name, CallPadTwin)
        address, pressed = _field("address", int, "a number"), _field("key", str, "the name of a key")
        if address not in twin.addresses:
            raise PanelError(422, "unknown_address", f"No pad has the address {address}; there are {twin.addresses}.")
        if pressed not in CALL_KEYS:
            raise PanelError(422, "invalid_value", f"There is no key {pressed!r}; there are {', '.join(CALL_KEYS)}.")
        twin.press_key(address, pressed)
        return Response(status=204)

    @app.post("/api/twins/<name>/enter")
    def enter(name: str) -> Response:
        twin = _twin(twins, name, KeysTwin)
        text = _field("text", str, "a text of at most 200 characters")
        if len(text) > _TYPED or not all(" " <= character <= "~" for character in text):
            raise PanelError(422, "invalid_value", f"text must be at most {_TYPED} printable ASCII characters.")
        twin.enter(text)
        return Response(status=204)

    @app.post("/api/twins/<name>/button")
    def button(name: str) -> Response:
        twin = _twin(twins, name, PinsTwin)
        pin, down = _field("pin", int, "a number"), _field("down", bool, "true or false")
        if pin not in twin.inputs():
            raise PanelError(422, "invalid_value", f"No button is read at pin {pin}; there are {twin.inputs()}.")
        twin.press(pin) if down else twin.release(pin)
        return Response(status=204)


def _speaker_routes(app: Flask, twins: Twins) -> None:
    @app.get("/api/twins/<name>/said/<int:n>.wav")
    def said_wav(name: str, n: int) -> Response:
        for said in _twin(twins, name, SpeakerTwin).said():
            if said.n == n:
                return Response(said.wav, mimetype="audio/wav")
        raise PanelError(404, "unknown_sound", f"The speaker keeps no announcement {n} any more.")

    @app.post("/api/twins/<name>/broken")
    def broken(name: str) -> Response:
        _twin(twins, name, SpeakerTwin).broken = _field("broken", bool, "true or false")
        return Response(status=204)


def _twin(twins: Twins, name: str, kind: type[T]) -> T:
    running = next((one for one in twins.all() if one.name == name), None)
    if running is None or not isinstance(running.device, kind):
        raise PanelError(404, "unknown_twin", f"There is no simulated device {name!r} that can do this.")
    return running.device


def _field(name: str, kind: type[Any], wanted: str) -> Any:
    body = request.get_json(silent=True)
    value = body.get(name) if isinstance(body, dict) else None
    if type(value) is not kind:
        raise PanelError(422, "invalid_value", f"{name} is {value!r}; it must be {wanted}.")
    return value


def _refuse_other_sites() -> None:
    host = urlsplit(f"//{request.host}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError as err:
        if host != "localhost":
            raise PanelError(403, "unknown_host", "Open this page by the machine's address, like 127.0.0.1.") from err
    if request.method == "POST" and not request.is_json:
        raise PanelError(415, "not_json", "Send the change as application/json.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise PanelError(403, "other_site", "Another site may not use this page's devices.")


def _finish(response: Response) -> Response:
    response.headers.update(HEADERS)
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_problem(err: HTTPException) -> Response:
    return _problem(err.code or 500, err.name.lower().replace(" ", "_"), err.description or err.name)


def _problem(status: int, code: str, detail: str) -> Response:
    response = jsonify({"status": status, "code": code, "detail": detail})
    response.status_code, response.mimetype = status, "application/problem+json"
    return response
