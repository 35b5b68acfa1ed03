"""The operations on the complaint box (意见箱): what citizens say, until when it is answered, and the answer.

The journal knows that something was said and until when an answer is due; the words and the phone number lie in the
vault, until `keep_days` after the answer. A phone number is shown whole only for a reason, which the audit log keeps.
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from flask import Response
from gevent import get_hub

from queue_server.citizen import mask_phone
from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.calendar import business_day, rfc3339
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.rights import allowed
from queue_server.rows import Sealed
from queue_server.web import answers
from queue_server.web.bodies.opinions import AnswerBody, OpinionBody, PhoneOfBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation
from queue_server.wire.opinions import OpinionReceipt, OpinionView

PAPER = "paper"
PAPER_DAYS = 366  # an older one is a slip of the pen


class PhoneView(TypedDict):
    """Null: none was given, or it has been deleted with its day."""

    phone: str | None


def file_opinion(call: Call) -> Response:
    body: OpinionBody = call.body
    received = _received(call, body)
    said = call.server.vault.opinion(_day(call), body.text, body.phone)

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.FileOpinion(
            command_id=command_id,
            at_ms=at_ms,
            opinion=said.ref,
            subject=body.subject,
            channel=body.channel,
            received_day=received,
        )

    def answer(hall: Hall, decision: Decision) -> Reply:
        if decision.refused is not None:
            return refused(decision.refused)
        receipt: OpinionReceipt = {
            "opinion": said.ref,
            "number": _number(said.ref),
            "due": hall.opinions[said.ref].due_day,
        }
        return answers.said(dict(receipt), 201)

    return call.command(make, answer, (said,))


def list_opinions(call: Call) -> Response:
    """Those without an answer first, the one that is due first at the top; then the newest answers."""
    hall = call.server.views.hall
    rows: list[OpinionView] = get_hub().threadpool.apply(
        lambda: [_view(call, hall, one) for one in list(hall.opinions)]
    )
    open_ones = sorted(
        (row for row in rows if row["answered_at"] is None), key=lambda row: (row["due"], row["filed_at"])
    )
    answered = sorted(
        (row for row in rows if row["answered_at"]), key=lambda row: row["answered_at"] or "", reverse=True
    )
    return response(answers.said([dict(row) for row in (*open_ones, *answered)]))


def answer_opinion(call: Call) -> Response:
    body: AnswerBody = call.body
    day, vault = _day(call), call.server.vault
    reply = vault.note(day, body.reply)
    # The answer is when the words begin to grow old.
    said: list[Sealed] = get_hub().threadpool.apply(vault.renewed, (body.opinion, day))

    def make(command_id: str, at_ms: int) -> c.Command:
        return c.AnswerOpinion(command_id=command_id, at_ms=at_ms, opinion=body.opinion, reply=reply.ref)

    def answer(_hall: Hall, decision: Decision) -> Reply:
        return answers.NOTHING if decision.refused is None else refused(decision.refused)

    return call.command(make, answer, (reply, *said))


def phone_of_opinion(call: Call) -> Response:
    """The number to call back, for a reason; who asked and why is kept."""
    body: PhoneOfBody = call.body
    if body.opinion not in call.server.views.hall.opinions:
        raise ProblemError("unknown_opinion", opinion=body.opinion)
    vault, who = call.server.vault, f"{call.principal.role}:{call.principal.id}"
    at_ms = call.server.now_ms()
    fields: dict[str, str] = get_hub().threadpool.apply(
        lambda: vault.show(body.opinion, who=who, reason=body.reason, at_ms=at_ms)
    )
    shown: PhoneView = {"phone": fields.get("phone")}
    return response(answers.said(dict(shown)))


def _view(call: Call, hall: Hall, opinion: str) -> OpinionView:
    filed = hall.opinions[opinion]
    said = call.server.vault.fields(opinion)
    reply = call.server.vault.fields(filed.reply) if filed.reply is not None else {}
    return {
        "opinion": opinion,
        "number": _number(opinion),
        "subject": filed.subject,  # type: ignore[typeddict-item]  # the API takes no other
        "channel": filed.channel,
        "filed_at": rfc3339(filed.filed_ms) or "",
        "received": filed.received_day,
        "due": filed.due_day,
        "overdue": filed.reply is None and filed.due_day < (hall.day or ""),
        "text": said.get("text"),
        "phone": mask_phone(said["phone"]) if "phone" in said else None,
        "reply": reply.get("text"),
        "answered_at": rfc3339(filed.answered_ms) if filed.reply is not None else None,
    }


def _received(call: Call, body: OpinionBody) -> str | None:
    """When it came on paper. What a page of the hall's own writes down came now."""
    if body.channel != PAPER and body.received is None:
        return None
    if not allowed(call.principal, "opinion.enter"):
        raise ProblemError("forbidden", right="opinion.enter")
    if body.received is not None and not 0 <= (date.fromisoformat(_day(call)) - body.received).days <= PAPER_DAYS:
        problem = f"write a day from {PAPER_DAYS} days ago to today"
        raise ProblemError("invalid_values", [{"field": "received", "problem": problem}])
    return None if body.received is None else body.received.isoformat()


def _number(opinion: str) -> str:
    """What a citizen reads from the receipt: the beginning of the reference, in capitals."""
    return f"{opinion[2:6]}-{opinion[6:10]}".upper()


def _day(call: Call) -> str:
    hall = call.server.views.hall
    return max(hall.day or "", business_day(hall.settings.timezone, call.server.now_ms()))


OPERATIONS = [
    Operation("POST", "/opinions", file_opinion, "What a citizen says about the hall", "opinion.file",
              {201: OpinionReceipt}, OpinionBody, refusals=("forbidden", "no_opinions")),
    Operation("GET", "/opinions", list_opinions, "Every opinion that is open or was answered of late", "opinion.answer",
              {200: list[OpinionView]}),
    Operation("POST", "/opinions/answer", answer_opinion, "Answer an opinion", "opinion.answer", {204: None},
              AnswerBody, refusals=("unknown_opinion",)),
    Operation("POST", "/opinions/phone", phone_of_opinion, "The whole phone number, for a reason that is kept",
              "opinion.answer", {200: PhoneView}, PhoneOfBody, refusals=("unknown_opinion",), keyed=False),
]  # fmt: skip
