"""The operations on tickets; each view asks one command and knows none of its rules."""

from __future__ import annotations

import io
import secrets
from typing import TypedDict

from flask import Response

from queue_server.access import allowed
from queue_server.citizen import Citizen
from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall, Ticket
from queue_server.journal import Sealed
from queue_server.readers.tickets import ticket_view
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody, milliseconds
from queue_server.web.bodies.tickets import CitizenBody, IssueBody, Judgement, PriorityBody, RatingBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation
from queue_server.wire.tickets import TicketView

CHANNEL_OF_ROLE = {"node": "kiosk", "reception": "reception", "staff": "window"}
FOUND_MAX = 50
UNSPECIFIED_PRIORITY = "unspecified"


class RatingView(TypedDict):
    ticket_id: str
    grade: int
    reasons: list[str]


def issue_ticket(call: Call) -> Response:
    body: IssueBody = call.body
    taken = _taken_elsewhere(call, body.appointment)
    if taken is not None:
        return _arrive(call, taken, 201)
    # 96 bits that can't be guessed. With a key they follow from it: a kiosk may have to take it back by its key.
    ticket_id = call.server.vault.ticket_id(call.key) if call.key is not None else secrets.token_urlsafe(12)
    citizen, sealed = seal(call, body.citizen)
    known_as = _known_as(call, body.citizen)
    priority = UNSPECIFIED_PRIORITY if body.priority is True else body.priority or None

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.IssueTicket(
            command_id=command_id,
            at_ms=at_ms,
            ticket_id=ticket_id,
            services=body.wanted(),
            channel=body.channel or CHANNEL_OF_ROLE.get(call.principal.role, "api"),
            priority=priority,
            citizen=citizen,
            taken_at_ms=milliseconds(body.taken_at),
            appointment=body.appointment,
            known_as=known_as,
        )

    return call.command(make, _linked(call, ticket_id, 201), sealed)


def find_tickets(call: Call) -> Response:
    """Today's tickets whose label is `find`, or ends with these digits; newest first."""
    hall, wanted = call.server.views.hall, call.query["find"].upper()
    digits = wanted.isdigit()
    found = [t for t in hall.tickets.values() if t.label == wanted or (digits and t.label.endswith(wanted))]
    now_ms = call.server.now_ms()
    return response(answers.said([_view(call, hall, ticket, now_ms) for ticket in reversed(found[-FOUND_MAX:])]))


def read_ticket(call: Call, ticket_id: str) -> Response:
    hall = call.server.views.hall
    ticket = hall.tickets.get(ticket_id)
    if ticket is None:  # a kiosk's scanner reads the link from a slip
        linked = call.server.links.find(ticket_id)
        ticket = linked.ticket if linked is not None and not linked.over else None
    if ticket is None:
        raise ProblemError("unknown_ticket", ticket_id=ticket_id)
    return response(answers.said(_view(call, hall, ticket, call.server.now_ms())))


def ticket_code(call: Call, ticket_id: str) -> Response:
    """The square code of a slip as a picture: what the kiosk's printer draws, for slips that a browser prints."""
    if ticket_id not in call.server.views.hall.tickets:
        raise ProblemError("unknown_ticket", ticket_id=ticket_id)
    return square_code(_address(call, call.server.views.hall, ticket_id) or ticket_id)


def square_code(text: str) -> Response:
    """`text` as a square code, for a page that prints it."""
    import qrcode  # type: ignore[import-untyped]  # it brings Pillow, 5 MB that most halls never need here
    from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=1, image_factory=SvgPathImage)
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image().save(picture)
    return Response(picture.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def cancel_ticket(call: Call, ticket_id: str) -> Response:
    return call.command(
        lambda command_id, at_ms: c.CancelTicket(command_id=command_id, at_ms=at_ms, ticket_id=ticket_id),
        answers.ticket(ticket_id, estimates=call.server.views.estimates),
    )


def arrive_ticket(call: Call, ticket_id: str) -> Response:
    return _arrive(call, ticket_id, 200)


def requeue_ticket(call: Call, ticket_id: str) -> Response:
    return call.command(
        lambda command_id, at_ms: c.RequeueTicket(command_id=command_id, at_ms=at_ms, ticket_id=ticket_id),
        answers.ticket(ticket_id, estimates=call.server.views.estimates),
    )


def prioritise_ticket(call: Call, ticket_id: str) -> Response:
    body: PriorityBody = call.body
    return call.command(
        lambda command_id, at_ms: c.PrioritiseTicket(
            command_id=command_id, at_ms=at_ms, ticket_id=ticket_id, reason=body.reason
        ),
        answers.ticket(ticket_id, estimates=call.server.views.estimates),
    )


def rate_ticket(call: Call, ticket_id: str) -> Response:
    body: RatingBody = call.body
    return ask_rating(call, ticket_id, body, body.channel, answers.rated)


def ask_rating(
    call: Call, ticket_id: str, body: Judgement, channel: str, answer: answers.Answer, by: str | None = None
) -> Response:
    """Rate a ticket, the free text sealed. Whoever asks without a principal says who by `by`."""
    ticket = call.server.views.hall.tickets.get(ticket_id)
    citizen = ticket.citizen if ticket is not None else None
    note = call.server.vault.note(_day(call), body.text, citizen) if body.text else None

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.RateTicket(
            command_id=command_id,
            at_ms=at_ms,
            ticket_id=ticket_id,
            grade=body.grade,
            reasons=tuple(body.reasons),
            channel=channel,
            note=note.ref if note is not None else None,
        )

    return call.command(make, answer, () if note is None else (note,), by)


def _taken_elsewhere(call: Call, code: str | None) -> str | None:
    """The ticket that a code checks in; codes of appointments look the same, and none is both."""
    if code is None or call.server.views.hall.appointments.find(code) is not None:
        return None
    return call.server.links.coded(code)


def _arrive(call: Call, ticket_id: str, status: int) -> Response:
    """Check in who took a ticket elsewhere; a second time is refused like a second ticket, so that none is printed."""

    def answer(hall: Hall, decision: Decision) -> Reply:
        ticket = hall.tickets.get(ticket_id)
        if decision.refused is not None or ticket is None:
            return refused(decision.refused or Refused("unknown_ticket", ticket_id=ticket_id))
        if not any(isinstance(event, e.TicketArrived) for event in decision.events):
            return refused(Refused("already_waiting", ticket_id=ticket_id, label=ticket.label))
        return answers.said(_view(call, hall, ticket, hall.last_ms), status)

    return call.command(
        lambda command_id, at_ms: c.ArriveTicket(command_id=command_id, at_ms=at_ms, ticket_id=ticket_id), answer
    )


def _view(call: Call, hall: Hall, ticket: Ticket, at_ms: int) -> TicketView:
    """The ticket, with the address of the citizen's page for who prints it on a slip."""
    view = ticket_view(hall, ticket, at_ms, call.server.views.estimates)
    address = _address(call, hall, ticket.ticket_id)
    if address is not None:
        view["link"] = address
    return view


def _address(call: Call, hall: Hall, ticket_id: str) -> str | None:
    return call.server.links.address(hall, ticket_id) if allowed(call.principal, "ticket.link") else None


def _linked(call: Call, ticket_id: str, status: int) -> answers.Answer:
    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        return answers.said(_view(call, hall, hall.tickets[ticket_id], hall.last_ms), status)

    return answer


def seal(call: Call, body: CitizenBody | None) -> tuple[str | None, tuple[Sealed, ...]]:
    """The journal's reference to a citizen and what the vault is to keep; nothing of the person goes further."""
    if body is None:
        return None, ()
    vault, day = call.server.vault, _day(call)
    citizen = Citizen(id_number=body.id_number, name=body.name, phone=body.phone)
    reference = vault.reference(day, citizen)
    sealed = vault.seal_citizen(day, reference, citizen)
    return reference, (sealed,) if sealed is not None else ()


def _known_as(call: Call, body: CitizenBody | None) -> tuple[str, ...]:
    """By which references appointments of this citizen may be found; a hall without any looks nothing up."""
    if body is None or not call.server.views.hall.appointments.by_id:
        return ()
    return call.server.vault.known_as(_day(call), Citizen(id_number=body.id_number, phone=body.phone))


def _day(call: Call) -> str:
    hall = call.server.views.hall
    return max(hall.day or "", business_day(hall.settings.timezone, call.server.now_ms()))


TICKET = {200: TicketView}
OPERATIONS = [
    Operation(
        "POST", "/tickets", issue_ticket, "Take a number", "ticket.issue", {201: TicketView}, IssueBody,
        refusals=("already_waiting", "quota_used", "hall_closed", "service_closed", "unknown_service",
                  "unknown_appointment", "appointment_over", "not_today", "too_early", "ticket_replaced",
                  "wrong_state"),
    ),
    Operation(
        "GET", "/tickets", find_tickets, "Find today's tickets by label or last digits", "ticket.find",
        {200: list[TicketView]}, query=("find",),
    ),
    Operation("GET", "/tickets/{ticket_id}", read_ticket, "A ticket of today", "ticket.read", TICKET),
    Operation(
        "GET", "/tickets/{ticket_id}/qr", ticket_code, "The square code of its slip, as SVG", "ticket.read",
        {200: None},
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/cancel", cancel_ticket, "Give a number back", "ticket.cancel", TICKET, NoBody,
        refusals=("wrong_state",),
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/arrive", arrive_ticket, "Check in who took a number elsewhere", "ticket.arrive",
        TICKET, NoBody, refusals=("wrong_state", "already_waiting"),
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/requeue", requeue_ticket, "Put a no-show or cancelled ticket back in line",
        "ticket.requeue", TICKET, NoBody, refusals=("wrong_state", "requeue_expired", "already_waiting", "quota_used"),
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/priority", prioritise_ticket, "Give priority, with a reason", "ticket.priority",
        TICKET, PriorityBody, refusals=("wrong_state",),
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/rating", rate_ticket, "Rate a service that was done", "ticket.rate",
        {201: RatingView}, RatingBody, refusals=("not_served", "already_rated"),
    ),
]  # fmt: skip
