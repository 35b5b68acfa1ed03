"""What the page asks of its node for a ticket: take and reprint it, its card, its code; knows no device."""

from __future__ import annotations

import io
from typing import Any

import qrcode  # type: ignore[import-untyped]
from flask import Flask, Response, jsonify, request
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

from kiosk.appointments import AppointmentDesk
from kiosk.card import CardSession
from kiosk.scans import Scans
from kiosk.tickets import TicketDesk
from kiosk.wishes import read_person, read_reprint, read_wish
from queue_server.node_web import ProblemError


def ticket_routes(
    app: Flask, desk: TicketDesk, appointments: AppointmentDesk, scans: Scans, cards: CardSession, *, reads_cards: bool
) -> None:
    """reads_cards: whether this kiosk has a card reader at all."""

    def take() -> tuple[Response, int]:
        wish = read_wish(request.get_json())
        with appointments.trying(wish.appointment):
            return jsonify(desk.take(wish)), 201

    def reprint(ticket_id: str) -> Response:
        tap_id, language = read_reprint(request.get_json())
        return jsonify({"print": desk.reprint(tap_id, ticket_id, language)})

    def code(ticket_id: str) -> Response:
        """The square code of a slip as a picture, for when there is no paper."""
        square = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, image_factory=SvgPathImage)
        square.add_data(desk.code(ticket_id))
        picture = io.BytesIO()
        square.make_image().save(picture)
        return Response(picture.getvalue(), content_type="image/svg+xml")

    def find_appointments() -> Response:
        use_card, phone = read_person(request.get_json())
        return jsonify({"booked": appointments.of(use_card, phone)})

    def start_card() -> tuple[str, int]:
        if not reads_cards:
            raise ProblemError(409, "no_card_reader", "This kiosk has no card reader.")
        cards.start()
        return "", 204

    def forget_card() -> tuple[str, int]:
        cards.forget()
        return "", 204

    def forget_scan() -> tuple[str, int]:
        scans.forget()
        return "", 204

    rules: dict[str, Any] = {
        "/api/tickets": take,
        "/api/tickets/<ticket_id>/reprint": reprint,
        "/api/appointments/find": find_appointments,
        "/api/card/start": start_card,
        "/api/card/forget": forget_card,
        "/api/scan/forget": forget_scan,
    }
    for rule, view in rules.items():
        app.add_url_rule(rule, endpoint=rule, view_func=view, methods=["POST"])
    app.add_url_rule("/api/tickets/<ticket_id>/code", view_func=code)
