"""The operations on where staff are (去向牌): said by each of themselves, or by the desk; knows no board."""

from __future__ import annotations

from flask import Response
from gevent import get_hub

from queue_server.access import Staff, allowed
from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.calendar import rfc3339
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.web import answers
from queue_server.web.bodies.base import milliseconds
from queue_server.web.bodies.windows import WhereaboutsBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation
from queue_server.wire.public import WhereaboutsView


def list_whereabouts(call: Call) -> Response:
    accounts: list[Staff] = get_hub().threadpool.apply(call.server.access.all_staff)
    hall = call.server.views.hall
    sits_at = {window.staff: window.number for window in hall.windows.values() if window.staff is not None}
    return response(answers.said([dict(_view(hall, each, sits_at.get(each.id, each.window))) for each in accounts]))


def set_whereabouts(call: Call, staff: str) -> Response:
    """Everybody of themselves; of others whoever has the right to."""
    body: WhereaboutsBody = call.body
    own = call.principal.kind == "staff" and call.principal.id == staff
    if not own and not allowed(call.principal, "whereabouts.set"):
        raise ProblemError("forbidden", right="whereabouts.set")
    known = {each.id for each in get_hub().threadpool.apply(call.server.access.all_staff)}
    if staff not in known:
        raise ProblemError("unknown_staff")
    if body.stand_in is not None and (body.stand_in == staff or body.stand_in not in known):
        raise ProblemError("invalid_values", [{"field": "stand_in", "problem": "another staff account"}])
    back_at_ms = milliseconds(body.back_at)
    if back_at_ms is not None and back_at_ms <= call.server.now_ms():
        raise ProblemError("invalid_values", [{"field": "back_at", "problem": "a time to come"}])

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.SetWhereabouts(
            command_id=command_id,
            at_ms=at_ms,
            staff=staff,
            where=body.where,
            back_at_ms=back_at_ms,
            stand_in=body.stand_in,
        )

    return call.command(make, _nothing)


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return answers.NOTHING


def _view(hall: Hall, account: Staff, window: int | None) -> WhereaboutsView:
    said = hall.whereabouts.get(account.id)
    return {
        "staff": account.id,
        "name": account.name,
        "window": window,
        "where": "on_duty" if said is None else said.where,  # type: ignore[typeddict-item]  # the API takes no other
        "since": None if said is None else rfc3339(said.since_ms),
        "back_at": None if said is None else rfc3339(said.back_at_ms),
        "stand_in": None if said is None else said.stand_in,
    }


OPERATIONS = [
    Operation("GET", "/whereabouts", list_whereabouts, "Where every colleague is", "whereabouts.read",
              {200: list[WhereaboutsView]}),
    Operation("POST", "/staff/{staff}/whereabouts", set_whereabouts, "Say where somebody is", "whereabouts.own",
              {204: None}, WhereaboutsBody),
]  # fmt: skip
