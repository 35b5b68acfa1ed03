"""How a decision is answered: the ticket or window it left, or the refusal; runs in the writer's thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from queue_server.engine import Reply
from queue_server.hall import events as e
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.tickets import ticket_view, window_view
from queue_server.web.problems import refused

Answer = Callable[[Hall, Decision], Reply]
NOTHING = Reply(204, b"")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def said(value: Mapping[str, Any] | list[Any], status: int = 200) -> Reply:
    return Reply(status, _encode(value).encode())


def ticket(ticket_id: str, status: int = 200, estimates: Estimates = NONE) -> Answer:
    """Answer with one ticket that the asker named."""

    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        return said(ticket_view(hall, hall.tickets[ticket_id], hall.last_ms, estimates), status)

    return answer


def ticket_in_hand(hall: Hall, decision: Decision) -> Reply:
    """Answer with the ticket that the window acted on."""
    if decision.refused is not None:
        return refused(decision.refused)
    ticket_id: str = decision.events[-1].ticket_id  # type: ignore[attr-defined]  # these commands end in a ticket's event
    return said(ticket_view(hall, hall.tickets[ticket_id], hall.last_ms))


def called(hall: Hall, decision: Decision) -> Reply:
    """Answer with the ticket called, or 204 when nobody was waiting."""
    if decision.refused is not None:
        return refused(decision.refused)
    if not decision.events or not isinstance(decision.events[-1], e.TicketCalled):
        return NOTHING
    return ticket_in_hand(hall, decision)


def window(number: int) -> Answer:
    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        return said(window_view(hall, hall.windows[number], hall.last_ms))

    return answer


def rated(_hall: Hall, decision: Decision) -> Reply:
    if decision.refused is not None:
        return refused(decision.refused)
    event = decision.events[-1]
    if not isinstance(event, e.Rated):
        raise TypeError(type(event).__name__)
    return said({"ticket_id": event.ticket_id, "grade": event.grade, "reasons": list(event.reasons)}, 201)
