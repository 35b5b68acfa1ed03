"""The operations on windows; each view asks one command and knows none of its rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response
from pydantic import BaseModel

from queue_server.hall import commands as c
from queue_server.readers.tickets import window_view
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody, milliseconds
from queue_server.web.bodies.windows import CallBody, FinishBody, OpenBody, ParkBody, PauseBody, TransferBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation
from queue_server.wire.hall import WindowView
from queue_server.wire.tickets import TicketView


def read_windows(call: Call) -> Response:
    hall = call.server.views.hall
    now_ms = call.server.now_ms()
    return response(answers.said([window_view(hall, hall.windows[n], now_ms) for n in hall.settings.windows]))


def read_window(call: Call, window: int) -> Response:
    hall = call.server.views.hall
    if window not in hall.settings.windows:
        raise ProblemError("unknown_window", window=window)
    return response(answers.said(window_view(hall, hall.windows[window], call.server.now_ms())))


def open_window(call: Call, window: int) -> Response:
    body: OpenBody = call.body
    signed_in = call.principal.id if call.principal.kind == "staff" else None
    make = partial(
        c.OpenWindow,
        window=window,
        staff=body.staff or signed_in,
        covers=body.covers,
        skills=None if body.skills is None else tuple(body.skills),
    )
    return _ask(call, make, answers.window(window))


def close_window(call: Call, window: int) -> Response:
    return _ask(call, partial(c.CloseWindow, window=window), answers.window(window))


def pause_window(call: Call, window: int) -> Response:
    body: PauseBody = call.body
    make = partial(c.PauseWindow, window=window, reason=body.reason, back_at_ms=milliseconds(body.back_at))
    return _ask(call, make, answers.window(window))


def resume_window(call: Call, window: int) -> Response:
    return _ask(call, partial(c.ResumeWindow, window=window), answers.window(window))


def call_next(call: Call, window: int) -> Response:
    return _ask(call, partial(c.CallNext, window=window), answers.called)


def call_ticket(call: Call, window: int) -> Response:
    body: CallBody = call.body
    make = partial(c.CallTicket, window=window, ticket_id=body.ticket_id, reason=body.reason)
    return _ask(call, make, answers.ticket(body.ticket_id))


def recall_ticket(call: Call, window: int) -> Response:
    return _ask(call, partial(c.RecallTicket, window=window), answers.ticket_in_hand)


def start_serving(call: Call, window: int) -> Response:
    return _ask(call, partial(c.StartServing, window=window), answers.ticket_in_hand)


def finish_serving(call: Call, window: int) -> Response:
    body: FinishBody = call.body
    make = partial(c.FinishServing, window=window, outcome=body.outcome, go_on=body.go_on)
    return _ask(call, make, answers.ticket_in_hand)


def mark_no_show(call: Call, window: int) -> Response:
    return _ask(call, partial(c.MarkNoShow, window=window), answers.ticket_in_hand)


def park_ticket(call: Call, window: int) -> Response:
    body: ParkBody = call.body
    return _ask(call, partial(c.ParkTicket, window=window, reason=body.reason), answers.ticket_in_hand)


def transfer_ticket(call: Call, window: int) -> Response:
    body: TransferBody = call.body
    make = partial(c.TransferTicket, window=window, service=body.service, to_window=body.window, place=body.place)
    return _ask(call, make, answers.ticket_in_hand)


def _ask(call: Call, make: Callable[..., c.Command], answer: answers.Answer) -> Response:
    return call.command(lambda command_id, at_ms: make(command_id=command_id, at_ms=at_ms), answer)


def _operate(
    name: str,
    view: Callable[..., Response],
    summary: str,
    body: type[BaseModel],
    refusals: tuple[str, ...],
    answers_with: dict[int, object],
) -> Operation:
    path = f"/windows/{{window}}/{name}"
    return Operation("POST", path, view, summary, "window.operate", answers_with, body, refusals=refusals)


WINDOW: dict[int, object] = {200: WindowView}
TICKET: dict[int, object] = {200: TicketView}
IN_HAND = ("no_ticket", "wrong_state")
OPERATIONS = [
    Operation("GET", "/windows", read_windows, "Every window", "window.read", {200: list[WindowView]}),
    Operation("GET", "/windows/{window}", read_window, "One window", "window.read", WINDOW),
    _operate("open", open_window, "Begin to serve", OpenBody, (), WINDOW),
    _operate("close", close_window, "Stop serving", NoBody, ("window_busy",), WINDOW),
    _operate("pause", pause_window, "Pause, with a reason", PauseBody, ("window_closed",), WINDOW),
    _operate("resume", resume_window, "End a pause", NoBody, ("window_closed",), WINDOW),
    _operate(
        "next", call_next, "Finish what is served here, call who is next", NoBody,
        ("ticket_called", "window_closed", "window_paused"), {**TICKET, 204: None},
    ),
    _operate(
        "call", call_ticket, "Call a ticket out of turn, or take up a parked one", CallBody,
        ("unknown_ticket", "not_waiting", "window_busy", "window_closed", "window_paused", "reason_needed",
         "not_served_here"), TICKET,
    ),
    _operate("recall", recall_ticket, "Call once more", NoBody, (*IN_HAND, "too_soon"), TICKET),
    _operate("start", start_serving, "The citizen is here", NoBody, IN_HAND, TICKET),
    _operate(
        "finish", finish_serving, "The service is done; go on with another one of the ticket here", FinishBody,
        (*IN_HAND, "not_on_ticket", "not_served_here", "window_closed", "window_paused"), TICKET,
    ),
    _operate("no-show", mark_no_show, "The citizen did not come", NoBody, (*IN_HAND, "too_few_calls"), TICKET),
    _operate("park", park_ticket, "Set aside until called again", ParkBody, IN_HAND, TICKET),
    _operate(
        "transfer", transfer_ticket, "Send to another service or window", TransferBody, (*IN_HAND, "unknown_service"),
        TICKET,
    ),
]  # fmt: skip
