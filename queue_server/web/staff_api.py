"""The operations on staff accounts, for the manager; knows neither how passwords are kept nor what roles may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from flask import Response
from gevent import get_hub

from queue_server.access import Staff
from queue_server.errors import BadAccount, UnknownAccount
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody
from queue_server.web.bodies.staff import NewStaffBody, PasswordBody, StaffBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.public_api import tell
from queue_server.web.spec import Operation


class StaffView(TypedDict):
    staff: str
    name: str
    role: str
    window: int | None


def list_staff(call: Call) -> Response:
    accounts: list[Staff] = _aside(call.server.access.all_staff)
    return response(answers.said([dict(_view(account)) for account in accounts]))


def add_staff(call: Call) -> Response:
    body: NewStaffBody = call.body
    access = call.server.access
    account = _aside(
        lambda: access.add_staff(body.staff, body.name, body.role, body.window, body.password, by=_by(call))
    )
    return response(answers.said(dict(_view(account)), 201))


def change_staff(call: Call, staff: str) -> Response:
    body: StaffBody = call.body
    _aside(lambda: call.server.access.change_staff(staff, body.name, body.role, body.window, by=_by(call)))
    return _told(call, staff)


def set_password(call: Call, staff: str) -> Response:
    body: PasswordBody = call.body
    _aside(lambda: call.server.access.set_password(staff, body.password, by=_by(call)))
    return response(answers.NOTHING)


def sign_out_everywhere(call: Call, staff: str) -> Response:
    _aside(lambda: call.server.access.end_sessions(staff, by=_by(call)))
    return response(answers.NOTHING)


def remove_staff(call: Call, staff: str) -> Response:
    if call.principal.kind == "staff" and call.principal.id == staff:
        raise ProblemError("own_account")  # or the last manager would lock everybody out by a slip
    _aside(lambda: call.server.access.remove_staff(staff, by=_by(call)))
    return _told(call, staff)


def _told(call: Call, staff: str) -> Response:
    """The board of staff has the window of whoever has a card, and nobody who left."""
    return tell(call, "card", staff) if staff in call.server.views.public.cards else response(answers.NOTHING)


def _view(account: Staff) -> StaffView:
    return {"staff": account.id, "name": account.name, "role": account.role, "window": account.window}


def _by(call: Call) -> str:
    return f"{call.principal.role}:{call.principal.id}"


def _aside(work: Callable[[], Any]) -> Any:
    """Run what waits for the disk, or hashes a password, beside the loop; accounts are no part of the journal."""
    try:
        return get_hub().threadpool.apply(work)
    except UnknownAccount:
        raise ProblemError("unknown_staff") from None
    except BadAccount as err:
        raise ProblemError("invalid_values", [{"field": "body", "problem": str(err)}]) from None


STAFF = "staff.manage"
OPERATIONS = [
    Operation("GET", "/staff", list_staff, "Every account", STAFF, {200: list[StaffView]}),
    Operation("POST", "/staff", add_staff, "Add an account", STAFF, {201: StaffView}, NewStaffBody, keyed=False),
    Operation("POST", "/staff/{staff}", change_staff, "Change name, role or window", STAFF, {204: None}, StaffBody,
              keyed=False),
    Operation("POST", "/staff/{staff}/password", set_password, "Set a new password", STAFF, {204: None}, PasswordBody,
              keyed=False),
    Operation("POST", "/staff/{staff}/sign-out", sign_out_everywhere, "Sign out everywhere", STAFF, {204: None}, NoBody,
              keyed=False),
    Operation("POST", "/staff/{staff}/remove", remove_staff, "Remove an account", STAFF, {204: None}, NoBody,
              refusals=("own_account",), keyed=False),
]  # fmt: skip
