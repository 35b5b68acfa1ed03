"""The operation by which a kiosk hands in tickets it printed while the server was away; knows none of its rules."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import ConfigDict, Field, StringConstraints

from queue_server.errors import BadCitizen, Forgotten
from queue_server.hall import commands as c
from queue_server.hall.calendar import business_day
from queue_server.journal import Sealed
from queue_server.web import answers
from queue_server.web.bodies.base import Body, Channel, Moment, ServiceId, Words, milliseconds
from queue_server.web.operations import KEY_MAX, Call
from queue_server.web.spec import Operation
from queue_server.wire.tickets import TicketView


class OfflineBody(Body):
    """A ticket on paper. `ticket_id`, `label`, `number`: as printed, of the node's own range.

    taken_at: when, by the node's best knowledge of the server's clock; clock_sure: whether it was measured against it.
    tap: the Idempotency-Key of the online request that was given up. sealed: the citizen's fields, for the key of
    `GET /hall` and bound to `ticket_id`. appointment: the code that was shown for it.
    """

    ticket_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
    label: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{3,5}$")]
    number: Annotated[int, Field(strict=True, ge=1, le=99_999)]
    service: ServiceId
    taken_at: Moment
    clock_sure: bool
    tap: Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=KEY_MAX)]
    priority: Words | None = None
    appointment: Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")] | None = None
    sealed: Annotated[str, StringConstraints(max_length=2000)] | None = None
    channel: Channel = "kiosk"

    model_config = ConfigDict(extra="forbid", str_max_length=2000)


def accept_offline(call: Call) -> Response:
    body: OfflineBody = call.body
    citizen, sealed = _citizen(call, body)

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.AcceptOfflineTicket(
            command_id=command_id,
            at_ms=at_ms,
            ticket_id=body.ticket_id,
            services=(body.service,),
            node=call.principal.id,
            label=body.label,
            number=body.number,
            taken_at_ms=milliseconds(body.taken_at) or 0,
            clock_sure=body.clock_sure,
            replaces=call.server.vault.ticket_id(body.tap),
            channel=body.channel,
            priority=body.priority,
            citizen=citizen,
            appointment=body.appointment,
        )

    return call.command(make, answers.ticket(body.ticket_id, 201), sealed)


def _citizen(call: Call, body: OfflineBody) -> tuple[str | None, tuple[Sealed, ...]]:
    """A box that cannot be opened costs the hall the citizen's name, never the citizen the place in line."""
    if body.sealed is None:
        return None, ()
    vault, hall = call.server.vault, call.server.views.hall
    try:
        citizen = vault.open_from_node(body.sealed, body.ticket_id)
    except (Forgotten, BadCitizen):
        return None, ()
    day = max(hall.day or "", business_day(hall.settings.timezone, call.server.now_ms()))
    reference = vault.reference(day, citizen)
    kept = vault.seal_citizen(day, reference, citizen)
    return reference, (kept,) if kept is not None else ()


OPERATIONS = [
    Operation(
        "POST", "/offline-tickets", accept_offline, "Hand in a ticket printed while the server was away",
        "ticket.deliver", {201: TicketView}, OfflineBody, refusals=("not_your_number", "label_taken"),
    ),
]  # fmt: skip
