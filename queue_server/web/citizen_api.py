"""What is kept of a citizen, shown masked, whole for a reason, and deleted when they ask; knows no rule of the queue.

A console shows masks. The whole fields need a right and a reason and leave an audit row, and so does what citizens may
ask for by law (Personal Information Protection Law, art. 45 and 47): all that is kept of them, and that it be deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Response
from gevent import get_hub

from queue_server.citizen import Citizen, mask_id_number, mask_name, mask_phone
from queue_server.web import answers
from queue_server.web.bodies.citizens import CitizenRequestBody, FindCitizenBody, ReasonBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation
from queue_server.wire.tickets import CitizenDeleted, CitizenKept, CitizenView

T = TypeVar("T")
MASKS: Mapping[str, Callable[[str], str]] = {"name": mask_name, "id_number": mask_id_number, "phone": mask_phone}


def masked_citizen(call: Call, ticket_id: str) -> Response:
    reference = _reference(call, ticket_id)
    fields = _aside(lambda: call.server.vault.fields(reference)) if reference is not None else {}
    return response(
        answers.said({name: mask(fields[name]) if name in fields else None for name, mask in MASKS.items()})
    )


def show_citizen(call: Call, ticket_id: str) -> Response:
    body: ReasonBody = call.body
    reference = _reference(call, ticket_id) or f"nobody of {ticket_id}"  # asking for nothing is written down as well
    vault, who, at_ms = call.server.vault, _who(call), call.server.now_ms()
    fields = _aside(lambda: vault.show(reference, who=who, reason=body.reason, at_ms=at_ms))
    return response(answers.said({name: fields.get(name) for name in ("name", "id_number", "phone")}))


def find_citizen(call: Call) -> Response:
    """Whoever asks has shown who they are: this answers a person, not a search."""
    body: FindCitizenBody = call.body
    citizen, who, at_ms = _citizen(body), _who(call), call.server.now_ms()
    found = _aside(
        lambda: call.server.vault.find(citizen, who=who, reason=body.reason, at_ms=at_ms, masked=body.masked)
    )
    shown = _masked if body.masked else dict
    return response(
        answers.said([{"day": one.day, "kept_for": one.purpose, "fields": shown(one.fields)} for one in found])
    )


def delete_citizen(call: Call) -> Response:
    body: CitizenRequestBody = call.body
    citizen, who, at_ms = _citizen(body), _who(call), call.server.now_ms()
    rows = _aside(lambda: call.server.vault.delete_citizen(citizen, who=who, reason=body.reason, at_ms=at_ms))
    return response(answers.said({"deleted": rows}))


def _reference(call: Call, ticket_id: str) -> str | None:
    """The vault's reference of a ticket of today. Who has a window of their own may ask only for who is there."""
    ticket = call.server.views.hall.tickets.get(ticket_id)
    if ticket is None:
        raise ProblemError("unknown_ticket", ticket_id=ticket_id)
    windows = call.principal.windows
    if windows and ticket.window not in windows:
        raise ProblemError("forbidden", right="citizen.masked")
    return ticket.citizen


def _masked(fields: Mapping[str, str]) -> dict[str, str]:
    """What a citizen wrote, or where their phone is told, may name people as well: of that only that it is there."""
    return {name: MASKS[name](value) if name in MASKS else "***" for name, value in fields.items()}


def _citizen(body: CitizenRequestBody) -> Citizen:
    return Citizen(id_number=body.citizen.id_number, name=body.citizen.name, phone=body.citizen.phone)


def _who(call: Call) -> str:
    return f"{call.principal.role}:{call.principal.id}"


def _aside(work: Callable[[], T]) -> T:
    """The database never yields to gevent: in the loop it would keep every other request waiting."""
    done: T = get_hub().threadpool.apply(work)
    return done


OPERATIONS = [
    Operation(
        "GET", "/tickets/{ticket_id}/citizen", masked_citizen, "Whose ticket it is, masked", "citizen.masked",
        {200: CitizenView},
    ),
    Operation(
        "POST", "/tickets/{ticket_id}/citizen", show_citizen, "Whose ticket it is, for a reason that is kept",
        "citizen.show", {200: CitizenView}, ReasonBody, keyed=False,
    ),
    Operation(
        "POST", "/citizen/find", find_citizen, "All that is kept of a citizen who asks", "citizen.answer",
        {200: list[CitizenKept]}, FindCitizenBody, keyed=False,
    ),
    Operation(
        "POST", "/citizen/delete", delete_citizen, "Delete all that is kept of a citizen who asks", "citizen.answer",
        {200: CitizenDeleted}, CitizenRequestBody, keyed=False,
    ),
]  # fmt: skip
