"""Every error of the API as RFC 9457 problem+json with a stable code; knows no rules, only how to say them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from queue_server.engine import Reply
from queue_server.hall.refusal import REFUSALS, Refused
from queue_server.wire.contract import FieldProblem, Problem

CONTENT_TYPE = "application/problem+json"

# code -> (status, sentence for a log). What the rules refuse stands in hall/refusal.py.
PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request is not what HTTP or JSON allow."),
    "unauthenticated": (401, "No credentials, or credentials that are not known: send a valid token or sign in."),
    "session_expired": (401, "The session is over: sign in again."),
    "bad_login": (401, "The name or the password is wrong."),
    "forbidden": (403, "Your role does not allow this."),
    "csrf_failed": (403, "The page's X-CSRF-Token is missing or old: load the page again."),
    "not_found": (404, "There is nothing at this address."),
    "unknown_view": (404, "There is no such live view."),
    "unknown_code": (404, "No waiting machine shows this code: read it from its screen again."),
    "unknown_node": (404, "There is no such place for a node."),
    "unknown_link": (404, "The link of a ticket is not known: it works on the ticket's day and the day after."),
    "unknown_notice": (404, "There is no such notice."),
    "unknown_picture": (404, "There is no such picture: it was taken down, or never came."),
    "unknown_staff": (404, "There is no such staff account."),
    "method_not_allowed": (405, "This address does not know this method."),
    "push_refused": (409, "The hall sends nothing to this push service."),
    "position_needed": (409, "Only who is near enough may do this, so the position is needed."),
    "too_far": (409, "That is too far from the hall."),
    "nothing_to_undo": (409, "The settings have not been changed yet."),
    "wrong_kind_of_node": (409, "A kiosk cannot take the place of a display, nor the other way round."),
    "file_changed": (409, "Somebody else changed the file meanwhile: read it again."),
    "own_account": (409, "Nobody removes their own account: ask another manager."),
    "too_many_notices": (409, "There are 200 notices: take down what nobody needs any more."),
    "too_large": (413, "The request is larger than 256 KiB."),
    "invalid_values": (422, "Some values are missing or wrong; every one is named."),
    "key_reused": (422, "This Idempotency-Key belongs to another request."),
    "slow_down": (429, "Too many tries: wait and try again."),
    "whatif_busy": (429, "Another what-if is being worked out: try again in a moment."),
    "whatif_failed": (503, "The what-if could not be worked out in time; nothing in the hall has changed."),
    "internal": (500, "The server failed; the log says why. Nothing is promised to have happened."),
    "not_durable": (503, "The journal could not be written: nothing happened. Try again with the same key."),
}


class ProblemError(Exception):
    """Raised by views for an answer of `PROBLEMS`; `facts` and `fields` go into the body."""

    def __init__(self, code: str, fields: Sequence[FieldProblem] = (), **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields
        self.facts = facts


def status_of(code: str) -> int:
    """The HTTP status that goes with a code, of the rules or of HTTP."""
    if code in PROBLEMS:
        return PROBLEMS[code][0]
    return 404 if code.startswith("unknown_") else 409


def problem(code: str, facts: Mapping[str, Any] | None = None, fields: Sequence[FieldProblem] = ()) -> Reply:
    sentence = PROBLEMS[code][1] if code in PROBLEMS else REFUSALS[code]
    status = status_of(code)
    body: Problem = {
        "type": f"urn:hall-queue:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": sentence,
    }
    if facts:
        body["facts"] = dict(facts)
    if fields:
        body["fields"] = list(fields)
    beside = {**(facts or {}), **body}  # also as members of their own, which is how RFC 9457 extends a problem
    return Reply(status, json.dumps(beside, ensure_ascii=False).encode())


def refused(refusal: Refused) -> Reply:
    return problem(refusal.code, refusal.facts)


def response(reply: Reply) -> Response:
    """A reply of the engine as HTTP; everything below 400 is plain JSON."""
    content_type = CONTENT_TYPE if reply.status >= 400 else "application/json"
    headers = [("Cache-Control", "no-store")]
    if reply.body:
        headers.append(("Content-Type", content_type))
    return Response(reply.body, reply.status, headers)
