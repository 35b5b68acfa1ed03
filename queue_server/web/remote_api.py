"""The operations of who wants a number and is not in the hall: nobody is signed in, so all of it is rationed.

The phone number is sealed like every citizen's; the position is compared and forgotten. A refusal tells a stranger
nothing of the ticket that a phone number has already.
"""

from __future__ import annotations

import secrets

from flask import Response, request

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.phone_links import PATH
from queue_server.readers.remote import remote_view
from queue_server.web import answers
from queue_server.web.bodies.phone import RemoteBody
from queue_server.web.bodies.tickets import CitizenBody
from queue_server.web.near import refuse_far
from queue_server.web.operations import Call
from queue_server.web.phone_limits import LOOK, REMOTE, REMOTE_HALL, address_of
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation
from queue_server.web.ticket_api import seal
from queue_server.wire.phone import RemoteTicket, RemoteView

BY = "citizen:remote"
TOLD = ("service", "opens_at", "limit", "per")


def read_remote(call: Call) -> Response:
    server = call.server
    server.limits.count(LOOK, address_of(request))
    try:
        view = remote_view(server.views.hall, server.now_ms(), server.views.estimates)
    except Refused as refusal:
        raise ProblemError(refusal.code) from None
    return response(answers.said(dict(view)))


def take_remote_ticket(call: Call) -> Response:
    server, body = call.server, call.body
    server.limits.count(REMOTE, address_of(request))
    server.limits.count(REMOTE_HALL, "")
    settings = server.views.hall.settings
    if settings.remote is None or not settings.public_url:
        raise ProblemError("remote_off")
    if settings.remote.max_distance_m:
        refuse_far(settings.remote, settings.remote.max_distance_m, body.latitude, body.longitude)
    ticket_id = server.vault.ticket_id(call.key) if call.key is not None else secrets.token_urlsafe(12)
    citizen, sealed = seal(call, CitizenBody(phone=body.phone))

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.IssueRemoteTicket(
            command_id=command_id, at_ms=at_ms, ticket_id=ticket_id, service=body.service, citizen=citizen or ""
        )

    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            told = {name: fact for name, fact in decision.refused.facts.items() if name in TOLD}
            return refused(Refused(decision.refused.code, **told))
        ticket = hall.tickets[ticket_id]
        return answers.said({"label": ticket.label, "path": PATH + server.links.of(ticket_id)}, 201)

    return call.command(make, answer, sealed, BY)


OPERATIONS = [
    Operation(
        "GET", "/remote", read_remote, "What numbers can be taken elsewhere, and when", None, {200: RemoteView},
        refusals=("remote_off", "slow_down"),
    ),
    Operation(
        "POST", "/remote/tickets", take_remote_ticket, "Take a number elsewhere", None, {201: RemoteTicket}, RemoteBody,
        refusals=("remote_off", "remote_closed", "position_needed", "too_far", "already_waiting", "quota_used",
                  "hall_closed", "service_closed", "unknown_service", "ticket_replaced", "slow_down"),
    ),
]  # fmt: skip
