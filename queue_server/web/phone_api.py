"""The operations of a citizen's phone: the link in the address is the only credential; knows none of the rules.

Nobody is signed in here, so nothing that names a ticket elsewhere leaves: neither its id nor another ticket's.
"""

from __future__ import annotations

from typing import TypedDict

from flask import Response, request

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.phone_links import Linked
from queue_server.phone_push import Subscription, is_allowed
from queue_server.readers.phone import phone_view
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody
from queue_server.web.bodies.phone import PositionBody, PushBody
from queue_server.web.bodies.tickets import Judgement
from queue_server.web.near import refuse_far
from queue_server.web.operations import Call
from queue_server.web.phone_limits import CHANGE, READ, STRANGER, address_of
from queue_server.web.problems import ProblemError, problem, refused, response
from queue_server.web.spec import Operation
from queue_server.web.ticket_api import ask_rating, square_code
from queue_server.wire.phone import PhoneView

BY = "citizen:phone"
CHANNEL = "phone"


def read_phone(call: Call, link: str) -> Response:
    found = _found(call, link)
    call.server.limits.count(READ, link)
    views, now_ms = call.server.views, call.server.now_ms()
    code = call.server.links.code(found.ticket.ticket_id)
    view = phone_view(views.hall, found.ticket, now_ms, found.day, views.estimates, over=found.over, code=code)
    return response(answers.said(dict(view)))


def cancel_by_phone(call: Call, link: str) -> Response:
    found = _changing(call, link)
    return call.command(
        lambda command_id, at_ms: c.CancelTicket(
            command_id=command_id, at_ms=at_ms, ticket_id=found.ticket.ticket_id, reason=CHANNEL
        ),
        _answer(call, found),
        by=BY,
    )


def postpone_by_phone(call: Call, link: str) -> Response:
    found = _changing(call, link)
    return call.command(
        lambda command_id, at_ms: c.PostponeTicket(
            command_id=command_id, at_ms=at_ms, ticket_id=found.ticket.ticket_id
        ),
        _answer(call, found),
        by=BY,
    )


def arrive_by_phone(call: Call, link: str) -> Response:
    """Check in what was taken elsewhere, where the hall lets a phone so near do it."""
    found = _changing(call, link)
    remote = call.server.views.hall.settings.remote
    if remote is None or not remote.here_within_m or remote.latitude is None:
        raise ProblemError("remote_off")
    refuse_far(remote, remote.here_within_m, call.body.latitude, call.body.longitude)
    return call.command(
        lambda command_id, at_ms: c.ArriveTicket(command_id=command_id, at_ms=at_ms, ticket_id=found.ticket.ticket_id),
        _answer(call, found),
        by=BY,
    )


def check_in_code(call: Call, link: str) -> Response:
    """The code that checks the ticket in, as a picture for a kiosk's scanner."""
    found = _found(call, link)
    call.server.limits.count(READ, link)
    code = call.server.links.code(found.ticket.ticket_id)
    if code is None or found.over:
        raise ProblemError("unknown_link")
    return square_code(code)


def rate_by_phone(call: Call, link: str) -> Response:
    found = _changing(call, link)
    return ask_rating(call, found.ticket.ticket_id, call.body, CHANNEL, _answer(call, found, 201), BY)


def read_push_key(call: Call, link: str) -> Response:
    _found(call, link)
    call.server.limits.count(READ, link)
    offered = bool(call.server.views.hall.settings.push_services)
    return response(answers.said({"key": call.server.notices.key.public if offered else None}))


def subscribe_phone(call: Call, link: str) -> Response:
    found, body = _changing(call, link), call.body
    settings = call.server.views.hall.settings
    if not is_allowed(body.endpoint, settings.push_services):
        raise ProblemError("push_refused")
    subscription = Subscription(body.endpoint, body.p256dh, body.auth, body.language)
    call.server.notices.subscribe(found.ticket, found.day, subscription)
    return response(answers.NOTHING)


def _found(call: Call, link: str) -> Linked:
    found = call.server.links.find(link)
    if found is None:
        call.server.limits.count(STRANGER, address_of(request))
        raise ProblemError("unknown_link")
    return found


def _changing(call: Call, link: str) -> Linked:
    found = _found(call, link)
    call.server.limits.count(CHANGE, link)
    if found.over:
        raise ProblemError("unknown_link")
    return found


def _answer(call: Call, found: Linked, status: int = 200) -> answers.Answer:
    """Runs on the writer's own hall, which has a ticket of its own for the same id."""

    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return _refused(decision.refused)
        ticket = hall.tickets[found.ticket.ticket_id]
        code = call.server.links.code(ticket.ticket_id)
        view = phone_view(hall, ticket, hall.last_ms, found.day, call.server.views.estimates, code=code)
        return answers.said(dict(view), status)

    return answer


def _refused(refusal: Refused) -> Reply:
    if refusal.code == "unknown_ticket":  # its day ended with this very request
        return problem("unknown_link")
    facts = {name: fact for name, fact in refusal.facts.items() if name != "ticket_id"}
    return refused(Refused(refusal.code, **facts))


class PushKey(TypedDict):
    """The hall's public VAPID key, null where it sends no Web Push."""

    key: str | None


PHONE = {200: PhoneView}
OPERATIONS = [
    Operation("GET", "/phone/{link}", read_phone, "A ticket, for whoever holds its slip", None, PHONE),
    Operation(
        "POST", "/phone/{link}/cancel", cancel_by_phone, "Give a number back", None, PHONE, NoBody,
        refusals=("wrong_state",),
    ),
    Operation(
        "POST", "/phone/{link}/later", postpone_by_phone, "Let others pass, or come back after a no-show", None, PHONE,
        NoBody, refusals=("wrong_state", "requeue_expired", "already_waiting", "postponed_out", "nobody_behind"),
    ),
    Operation(
        "POST", "/phone/{link}/rating", rate_by_phone, "Rate a service that was done", None, {201: PhoneView},
        Judgement, refusals=("not_served", "already_rated"),
    ),
    Operation(
        "POST", "/phone/{link}/arrive", arrive_by_phone, "Check in at the hall what was taken elsewhere", None, PHONE,
        PositionBody, refusals=("remote_off", "position_needed", "too_far", "wrong_state"),
    ),
    Operation("GET", "/phone/{link}/code", check_in_code, "The code that checks it in, as SVG", None, {200: None}),
    Operation("GET", "/phone/{link}/push", read_push_key, "What a browser subscribes with", None, {200: PushKey}),
    Operation(
        "POST", "/phone/{link}/push", subscribe_phone, "Be told when few are ahead, and of the call", None, {204: None},
        PushBody, refusals=("push_refused",), keyed=False,
    ),
]  # fmt: skip
