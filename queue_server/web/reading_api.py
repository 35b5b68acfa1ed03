"""The operations that only read: the hall, the wall's view, the journal, the API's own description."""

from __future__ import annotations

import json
from typing import TypedDict

from flask import Response
from gevent import get_hub

from queue_server.codec import decode, facts
from queue_server.engine import Reply
from queue_server.hall.calendar import rfc3339
from queue_server.readers.kiosk import hall_info
from queue_server.readers.offline import offline_info
from queue_server.web import answers
from queue_server.web.operations import Call
from queue_server.web.problems import response
from queue_server.web.spec import Operation
from queue_server.wire.board import BoardView
from queue_server.wire.hall import HallInfo
from queue_server.wire.kiosk import GuideView


class JournalEvent(TypedDict):
    seq: int
    at: str
    kind: str
    by: str
    data: dict[str, object]


class JournalPage(TypedDict):
    """`next` is the `after` of the following page; the page is the last one there is when `events` is empty."""

    events: list[JournalEvent]
    next: int


def read_hall(call: Call) -> Response:
    hall = call.server.views.hall
    info = hall_info(hall)
    if call.principal.role == "node":
        info["offline"] = offline_info(hall, call.principal.id, call.server.vault.public_key(), call.server.now_ms())
    return response(answers.said(dict(info)))


def read_board(call: Call) -> Response:
    return response(answers.said(call.server.views.view("board", call.server.now_ms())))


def read_guide(call: Call) -> Response:
    return response(answers.said(call.server.views.view("guide", call.server.now_ms())))


def read_journal(call: Call) -> Response:
    after, limit = call.query["after"], call.query["limit"]

    def read() -> bytes:
        events = []
        for row in call.server.journal.read(after, limit):
            event = decode(row.kind, row.version, row.at_ms, row.data)
            events.append(
                {"seq": row.seq, "at": rfc3339(row.at_ms), "kind": row.kind, "by": row.by, "data": facts(event)}
            )
        page = {"events": events, "next": events[-1]["seq"] if events else after}
        return json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()

    # sqlite3 never yields to gevent: a long read in the loop would keep every other request waiting.
    body: bytes = get_hub().threadpool.apply(read)
    return response(Reply(200, body))


OPERATIONS = [
    Operation("GET", "/hall", read_hall, "Services, windows, hours, words", "hall.read", {200: HallInfo}),
    Operation("GET", "/guide", read_guide, "What citizens can look up", "view.guide", {200: GuideView}),
    Operation("GET", "/board", read_board, "What the wall shows", "board.read", {200: BoardView}),
    Operation(
        "GET", "/journal", read_journal, "What happened, in order and without gaps", "journal.read",
        {200: JournalPage}, query=("after", "limit"),
    ),
]  # fmt: skip
