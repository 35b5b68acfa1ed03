"""The operations on what citizens read of people and notices, for the manager, and their pictures; knows no board.

The words go to tables that can forget; the journal is only told that they changed, which makes every process read them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response
from gevent import get_hub

from queue_server.engine import Reply
from queue_server.errors import BadPicture
from queue_server.hall import commands as c
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.readers.public import Public
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody
from queue_server.web.bodies.hall import NoticeBody, PictureBody
from queue_server.web.bodies.staff import CardBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation
from queue_server.wire.contract import FieldProblem
from queue_server.wire.public import NoticeText, PictureReceipt, StaffCard

NOTICE_ID = re.compile(r"[a-z0-9-]{1,32}")


def list_cards(call: Call) -> Response:
    public: Public = _aside(call.server.public.store.load)
    rows: list[StaffCard] = [
        {
            "staff": card.staff,
            "name": dict(card.name),
            "title": dict(card.title),
            "number": card.number,
            "photo": card.photo,
            "shown": card.shown,
        }
        for card in public.cards.values()
    ]
    return response(answers.said([dict(row) for row in rows]))


def set_card(call: Call, staff: str) -> Response:
    body: CardBody = call.body
    store = call.server.public.store
    if _aside(lambda: call.server.access.staff(staff)) is None:
        raise ProblemError("unknown_staff")
    _check_picture(call, "photo", body.photo)
    data = body.model_dump(include={"name", "title", "number", "photo", "shown"})
    _aside(lambda: store.keep_card(staff, data, by=_by(call)))
    return tell(call, "card", staff)


def list_notices(call: Call) -> Response:
    public: Public = _aside(call.server.public.store.load)
    rows: list[NoticeText] = [
        {
            "notice": each.id,
            "title": dict(each.title),
            "body": dict(each.body),
            "first": each.first,
            "last": each.last,
            "picture": each.picture,
            "wall": each.wall,
        }
        for each in public.notices
    ]
    return response(answers.said([dict(row) for row in rows]))


def set_notice(call: Call, notice: str) -> Response:
    """The page names a new notice itself, so that asking twice makes one."""
    body: NoticeBody = call.body
    if NOTICE_ID.fullmatch(notice) is None:
        raise ProblemError("unknown_notice")
    wrong: list[FieldProblem] = [
        {"field": field, "problem": "a date, YYYY-MM-DD"}
        for field, day in (("first", body.first), ("last", body.last))
        if day is not None and not _is_day(day)
    ]
    if not wrong and body.last is not None and body.last < body.first:
        wrong.append({"field": "last", "problem": "a date not before the first one"})
    if wrong:
        raise ProblemError("invalid_values", wrong)
    _check_picture(call, "picture", body.picture)
    data = body.model_dump(include={"title", "body", "first", "last", "picture", "wall"})
    if not _aside(lambda: call.server.public.store.keep_notice(notice, data, by=_by(call))):
        raise ProblemError("too_many_notices")
    return tell(call, "notice", notice)


def remove_notice(call: Call, notice: str) -> Response:
    if not _aside(lambda: call.server.public.store.drop_notice(notice, by=_by(call))):
        raise ProblemError("unknown_notice")
    return tell(call, "notice", notice)


def add_picture(call: Call) -> Response:
    body: PictureBody = call.body
    try:
        data = base64.b64decode(body.data, validate=True)
        picture = _aside(lambda: call.server.public.store.add_picture(data))
    except binascii.Error:
        raise ProblemError("invalid_values", [{"field": "data", "problem": "base64"}]) from None
    except BadPicture as err:
        raise ProblemError("invalid_values", [{"field": "data", "problem": str(err)}]) from None
    receipt: PictureReceipt = {"picture": picture}
    return response(answers.said(dict(receipt), 201))


def read_picture(call: Call, picture: str) -> Response:
    jpeg: bytes | None = _aside(lambda: call.server.public.store.picture(picture))
    if jpeg is None:
        raise ProblemError("unknown_picture")
    answer = Response(jpeg, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"  # an id is of these bytes and no others
    return answer


def tell(call: Call, what: str, ref: str) -> Response:
    """Let every process know that words for citizens changed; asked again by itself, it does no harm."""
    return call.command(
        lambda command_id, at_ms: c.TellPublic(command_id=command_id, at_ms=at_ms, what=what, ref=ref), _nothing
    )


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return answers.NOTHING


def _check_picture(call: Call, field: str, picture: str | None) -> None:
    if picture is not None and not _aside(lambda: call.server.public.store.has_picture(picture)):
        raise ProblemError("invalid_values", [{"field": field, "problem": "a picture that was sent before"}])


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _by(call: Call) -> str:
    return f"{call.principal.role}:{call.principal.id}"


def _aside(work: Callable[[], Any]) -> Any:
    """What waits for the disk, or works on a picture, keeps nobody else waiting."""
    return get_hub().threadpool.apply(work)


MANAGE = "public.manage"
OPERATIONS = [
    Operation("GET", "/staff-cards", list_cards, "What may be read of each account", MANAGE, {200: list[StaffCard]}),
    Operation("POST", "/staff/{staff}/card", set_card, "Say what may be read of an account", MANAGE, {204: None},
              CardBody, keyed=False),
    Operation("GET", "/notices", list_notices, "Every notice, up or not", MANAGE, {200: list[NoticeText]}),
    Operation("POST", "/notices/{notice}", set_notice, "Write a notice", MANAGE, {204: None}, NoticeBody,
              refusals=("too_many_notices",), keyed=False),
    Operation("POST", "/notices/{notice}/remove", remove_notice, "Take a notice down for good", MANAGE, {204: None},
              NoBody, keyed=False),
    Operation("POST", "/pictures", add_picture, "Send a picture for a card or a notice", MANAGE, {201: PictureReceipt},
              PictureBody, keyed=False),
    Operation("GET", "/pictures/{picture}", read_picture, "A picture of a card or a notice", "view.guide",
              {200: bytes}),
]  # fmt: skip
