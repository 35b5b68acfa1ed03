"""The hand-over note of a window (AB岗): left by one colleague, read by the next; sealed, for it may name people.

The journal knows that there is a note, of whom and since when; the words lie in the vault and go with its day.
"""

from __future__ import annotations

from typing import TypedDict

from flask import Response

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.calendar import business_day, rfc3339
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.web import answers
from queue_server.web.bodies.windows import HandoverBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation


class HandoverView(TypedDict):
    """`text` is null when there is no note, or when its words have been deleted with the identities of their day."""

    window: int
    text: str | None
    staff: str | None
    at: str | None


def read_handover(call: Call, window: int) -> Response:
    hall = call.server.views.hall
    if window not in hall.settings.windows:
        raise ProblemError("unknown_window", window=window)
    handover = hall.windows[window].handover
    text = None if handover is None else call.server.vault.fields(handover.note).get("text")
    return response(answers.said(_view(window, hall, text)))


def leave_handover(call: Call, window: int) -> Response:
    body: HandoverBody = call.body
    hall = call.server.views.hall
    day = max(hall.day or "", business_day(hall.settings.timezone, call.server.now_ms()))
    note = call.server.vault.note(day, body.text) if body.text else None
    staff = call.principal.id if call.principal.kind == "staff" else None

    def make(command_id: str, at_ms: int) -> c.Command:
        ref = note.ref if note is not None else None
        return c.LeaveHandover(command_id=command_id, at_ms=at_ms, window=window, note=ref, staff=staff)

    def answer(after: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        return answers.said(_view(window, after, body.text or None))

    return call.command(make, answer, () if note is None else (note,))


def _view(window: int, hall: Hall, text: str | None) -> HandoverView:
    handover = hall.windows[window].handover
    return {
        "window": window,
        "text": text,
        "staff": handover.staff if handover is not None else None,
        "at": rfc3339(handover.at_ms) if handover is not None else None,
    }


PATH = "/windows/{window}/handover"
OPERATIONS = [
    Operation("GET", PATH, read_handover, "The note left for whoever sits here next", "window.operate",
              {200: HandoverView}),
    Operation("POST", PATH, leave_handover, "Leave a note, or take it down (null)", "window.operate",
              {200: HandoverView}, HandoverBody),
]  # fmt: skip
