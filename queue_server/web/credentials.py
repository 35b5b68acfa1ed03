"""Who asks: the token or the session cookie of a request, and a page's proof against forged forms; no rights."""

from __future__ import annotations

import hmac

from flask import request

from queue_server.access import Principal
from queue_server.errors import SessionExpired, SessionForged
from queue_server.web.hall_server import HallServer
from queue_server.web.problems import ProblemError

COOKIE = "session"
CSRF_HEADER = "X-CSRF-Token"


def principal_of(server: HallServer) -> Principal:
    """The asker of the current request. Raises ProblemError when there is none."""
    token = bearer()
    if token is not None:
        asker = server.access.principal_of_token(token)
        if asker is None:
            raise ProblemError("unauthenticated")
        return asker
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        raise ProblemError("unauthenticated")
    return principal_of_session(server, cookie)


def principal_of_session(server: HallServer, cookie: str) -> Principal:
    try:
        return server.access.principal_of_session(cookie)
    except SessionExpired:
        raise ProblemError("session_expired") from None
    except SessionForged:
        raise ProblemError("unauthenticated") from None


def check_csrf(server: HallServer) -> None:
    """A page that uses the cookie must send its CSRF token with every change; a bearer token needs none."""
    if bearer() is not None:
        return
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return
    expected = server.access.csrf_token(cookie)
    if not hmac.compare_digest(expected.encode(), request.headers.get(CSRF_HEADER, "").encode()):
        raise ProblemError("csrf_failed")


def bearer() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None
