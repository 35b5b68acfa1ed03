"""What to bring to a service, as a slip of paper to tick off at home; knows no printer and no server."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.document import Block, Document, TextLine
from kiosk.slip import HallWords, in_language, local_time, service_line
from queue_server.wire.contract import Text
from queue_server.wire.kiosk import GuideService

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "title": "申报资料清单",
        "time_limit": "承诺时限：{text}",
        "fees": "收费：{text}",
        "windows": "可到 {windows} 号窗口办理",
        "comma": "、",
        "more": "其他事项见触摸屏“办事指南”",
        "printed": "{time} 打印",
    },
    "en": {
        "title": "What to bring",
        "time_limit": "Time limit: {text}",
        "fees": "Fees: {text}",
        "windows": "Windows: {windows}",
        "comma": ", ",
        "more": "More: service guide at the kiosk",
        "printed": "Printed {time}",
    },
}
"""By language; a language without words of its own is printed in the first one here."""

BOX = "□"  # in the printers' own Chinese font (GB 2312), unlike the ballot boxes


def materials_slip(service: GuideService, hall: HallWords, language: str, at: str) -> Document:
    """The materials of `service`, each with a box to tick, its time limit and fees; `at`: when, RFC 3339."""
    tag = language if language in WORDS else next(iter(WORDS))
    words = WORDS[tag]
    blocks: list[Block] = [
        TextLine(in_language(hall.name, tag)),
        TextLine(words["title"], scale=2, bold=True),
        TextLine(service_line(service["name"], tag, hall.languages), bold=True),
    ]
    blocks += [
        TextLine(f"{BOX} {n}. {line}" if first else line, align="left")
        for n, material in enumerate(service["materials"], 1)
        for line, first in _lines(material, tag)
    ]
    for item, text in (("time_limit", service["time_limit"]), ("fees", service["fees"])):
        blocks += [
            TextLine(words[item].format(text=line) if first else line, align="left")
            for line, first in _lines(text, tag)
        ]
    if service["windows"]:
        blocks.append(TextLine(words["windows"].format(windows=words["comma"].join(map(str, service["windows"])))))
    blocks.append(TextLine(words["more"]))
    blocks.append(TextLine(words["printed"].format(time=local_time(at, hall.timezone))))
    return Document(tuple(blocks))


def _lines(text: Text, tag: str) -> list[tuple[str, bool]]:
    """The lines of a text that say something, each with whether it is the first."""
    lines = [line.strip() for line in in_language(text, tag).split("\n") if line.strip()]
    return [(line, n == 0) for n, line in enumerate(lines)]
