"""A notice of the hall as a slip of paper to take along; knows no printer and no server."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.document import Block, Document, TextLine
from kiosk.slip import HallWords, in_language, local_time
from queue_server.wire.public import NoticeView

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "title": "公示公告",
        "from": "公示日期：{first} 起",
        "until": "公示日期：{first} 至 {last}",
        "printed": "{time} 打印",
    },
    "en": {
        "title": "Notice",
        "from": "From {first}",
        "until": "From {first} to {last}",
        "printed": "Printed {time}",
    },
}
"""By language; a language without words of its own is printed in the first one here."""


def notice_slip(notice: NoticeView, hall: HallWords, language: str, at: str) -> Document:
    """The whole text of `notice`, and from when until when it is up; `at`: when it was printed, RFC 3339."""
    tag = language if language in WORDS else next(iter(WORDS))
    words = WORDS[tag]
    body = in_language(notice["body"], tag).split("\n")
    until = "from" if notice["last"] is None else "until"
    blocks: list[Block] = [
        TextLine(in_language(hall.name, tag)),
        TextLine(words["title"]),
        TextLine(in_language(notice["title"], tag), bold=True),
        *(TextLine(line.strip(), align="left") for line in body if line.strip()),
        TextLine(words[until].format(first=notice["first"], last=notice["last"])),
        TextLine(words["printed"].format(time=local_time(at, hall.timezone))),
    ]
    return Document(tuple(blocks))
