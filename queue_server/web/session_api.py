"""Signing in and out of the staff pages; knows neither how passwords are kept nor what roles may do."""

from __future__ import annotations

from typing import TypedDict

from flask import Response, request
from gevent import get_hub

from queue_server.access import Staff
from queue_server.errors import TooManyTries
from queue_server.web import answers
from queue_server.web.bodies.staff import SignInBody
from queue_server.web.credentials import COOKIE
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation


class SessionView(TypedDict):
    """`csrf` goes into the header X-CSRF-Token of every change that the page asks for."""

    staff: str
    name: str
    role: str
    window: int | None
    csrf: str


def sign_in(call: Call) -> Response:
    body: SignInBody = call.body
    access = call.server.access
    try:
        # argon2 is slow by design: in the loop it would keep the whole hall waiting.
        account: Staff | None = get_hub().threadpool.apply(access.check_password, (body.name, body.password))
    except TooManyTries as err:
        raise ProblemError("slow_down", retry_after_s=err.retry_after_s) from None
    if account is None:
        raise ProblemError("bad_login")
    cookie = access.new_session(account)
    answer = response(answers.said(dict(_view(call, account, cookie))))
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="Strict", secure=request.is_secure, path="/")
    return answer


def read_session(call: Call) -> Response:
    if call.principal.kind != "staff":
        raise ProblemError("unauthenticated")
    account = call.server.access.staff(call.principal.id)
    if account is None:
        raise ProblemError("unauthenticated")
    return response(answers.said(dict(_view(call, account, request.cookies[COOKIE]))))


def sign_out(call: Call) -> Response:
    """The session is over, not only its cookie gone: somebody may have kept a copy."""
    cookie = request.cookies.get(COOKIE)
    if cookie is not None:
        get_hub().threadpool.apply(call.server.access.sign_out, (cookie,))
    answer = response(answers.NOTHING)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _view(call: Call, account: Staff, cookie: str) -> SessionView:
    return {
        "staff": account.id,
        "name": account.name,
        "role": account.role,
        "window": account.window,
        "csrf": call.server.access.csrf_token(cookie),
    }


OPERATIONS = [
    Operation(
        "POST", "/session", sign_in, "Sign in to the staff pages", None, {200: SessionView}, SignInBody, keyed=False,
        refusals=("bad_login", "slow_down"),
    ),
    Operation("GET", "/session", read_session, "Who is signed in", "hall.read", {200: SessionView}),
    Operation("DELETE", "/session", sign_out, "Sign out", None, {204: None}),
]  # fmt: skip
