"""A ticket as a slip of paper, after UX.md "Paper"; knows no printer and no server, and prints no name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from drivers.document import Block, Columns, Document, QrCode, TextLine
from queue_server.wire.contract import Text
from queue_server.wire.hall import HallInfo
from queue_server.wire.kiosk import KioskView
from queue_server.wire.tickets import TicketView

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "next": "前面没有人等候，请留意叫号",
        "ahead": "前面等候 {ahead} 人",
        "offline": "暂未联网，叫号可能晚一些",
        "due": "预约 {time}，到时叫号",
        "minutes": "{line} · 约 {p50}–{p90} 分钟",
        "windows": "可到 {windows} 号窗口办理",
        "comma": "、",
        "footer": "请在休息区等候，注意叫号及大屏信息",
        "missed": "过号 {minutes} 分钟内可到导服台恢复",
        "progress": "查看排队进度",
        "priority": "优先",
        "appointment": "预约",
        "reprint": "补打",
    },
    "en": {
        "next": "You are next",
        "ahead": "{ahead} ahead of you",
        "offline": "Offline: call may come later",
        "due": "Called at {time}, your slot",
        "minutes": "{line}, about {p50}-{p90} min",
        "windows": "Windows: {windows}",
        "comma": ", ",
        "footer": "Please wait to be called",
        "missed": "Missed? Reception, {minutes} min",
        "progress": "Your place in the queue",
        "priority": "Priority",
        "appointment": "Appointment",
        "reprint": "Reprint",
    },
}
"""Words of a slip by language; a language without words of its own is printed in the first one here."""


_PLACE = re.compile(r"\{\w+\}")
HARDLY_ANY_S = 120  # so short a wait is over before the slip was read; web/shared/time.ts has the same
EXACT_BELOW, STEP = 10, 5  # minutes


@dataclass(frozen=True, slots=True)
class HallWords:
    """What a slip needs of the hall besides the ticket. requeue_within_s: 0 when a missed call can't be restored."""

    name: Text
    timezone: str
    languages: tuple[str, ...]
    services: Mapping[str, tuple[Text, tuple[int, ...]]]  # id -> name, windows that serve it
    footer: Text = field(default_factory=dict)
    requeue_within_s: int = 0
    pack: Callable[[str, str], Mapping[str, str]] = lambda _language, _section: {}

    def slip(self, language: str) -> tuple[str, Mapping[str, str]]:
        """The language a slip is printed in, and its words: of a pack, and where it lacks some the hall's first."""
        if language in WORDS:
            return language, WORDS[language]
        first = next((tag for tag in self.languages if tag in WORDS), next(iter(WORDS)))
        words = {key: text for key, text in self.pack(language, "slip").items() if _fits(text, WORDS[first].get(key))}
        return (language, {**WORDS[first], **words}) if words else (first, WORDS[first])


def _fits(text: object, ours: str | None) -> bool:
    """Whether a word of a pack can be filled in as ours can: a mistake in a file must cost nobody a slip."""
    if not isinstance(text, str) or ours is None or re.search(r"[{}]", _PLACE.sub("", text)):
        return False
    return set(_PLACE.findall(text)) <= set(_PLACE.findall(ours))


def hall_words(
    hall: HallInfo,
    kiosk: KioskView | None,
    pack: Callable[[str, str], Mapping[str, str]] = lambda _language, _section: {},
) -> HallWords:
    """`GET /hall` for what stays, the live view for what a running server may have changed since."""
    return HallWords(
        name=hall["name"],
        timezone=hall["timezone"],
        languages=tuple(hall["languages"]),
        services={each["service"]: (each["name"], tuple(each["windows"])) for each in hall["services"]},
        footer=hall["words"]["slip_footer"],
        requeue_within_s=kiosk.get("requeue_within_s", 0) if kiosk else 0,
        pack=pack,
    )


def slip(ticket: TicketView, hall: HallWords, language: str, *, reprint: bool = False) -> Document:
    """The slip of `ticket` in `language`, marked 补打 when `reprint`.

    The QR code holds the address of the citizen's page, or the ticket's id in a hall that phones do not reach.
    Long lines are broken by the printer's driver, so that one document fits 58 and 80 mm.
    """
    tag, words = hall.slip(language)
    name, windows = hall.services.get(ticket["service"], ({}, ()))
    if ticket["for_window"] is not None:
        windows = (ticket["for_window"],)
    blocks: list[Block] = [
        TextLine(in_language(hall.name, tag)),
        TextLine(service_line(name, tag, hall.languages) or ticket["service"]),
        TextLine(ticket["label"], scale=4, bold=True),
    ]
    if ticket["state"] == "waiting":
        blocks.append(TextLine(_wait(ticket, words, hall.timezone)))
    if windows:
        blocks.append(TextLine(words["windows"].format(windows=words["comma"].join(map(str, windows)))))
    blocks.append(TextLine(local_time(ticket["issued_at"], hall.timezone)))
    blocks.append(TextLine(in_language(hall.footer, tag) or words["footer"]))
    if hall.requeue_within_s >= 60:
        blocks.append(TextLine(words["missed"].format(minutes=hall.requeue_within_s // 60)))
    blocks.append(QrCode(code_of(ticket), module_dots=4))
    if ticket.get("link"):
        blocks.append(TextLine(words["progress"]))
    blocks.append(Columns(" ".join(_marks(ticket, reprint, words)), f"No. {ticket['serial']}"))
    return Document(tuple(blocks))


def code_of(ticket: TicketView) -> str:
    """What the square code says: the citizen's page, or the ticket's id in a hall that phones do not reach."""
    return ticket.get("link") or ticket["ticket_id"]


def in_language(text: Text, tag: str) -> str:
    """The words of `text` in `tag`, else in the first language it has, else nothing."""
    return text.get(tag) or next(iter(text.values()), "")


def service_line(name: Text, tag: str, languages: tuple[str, ...]) -> str:
    """社保 Social insurance: the citizen's language first, then the hall's others, so that staff can read it too."""
    words = [in_language(name, tag)] + [name[other] for other in languages if other != tag and other in name]
    return " ".join(dict.fromkeys(word for word in words if word))


def _wait(ticket: TicketView, words: Mapping[str, str], timezone: str) -> str:
    due_at = ticket.get("due_at")
    if due_at is not None:
        return words["due"].format(time=local_time(due_at, timezone)[-5:])
    if "offline" in ticket.get("flags", ()):
        return words["offline"]
    line = words["ahead"].format(ahead=ticket["ahead"]) if ticket["ahead"] else words["next"]
    estimate = ticket["estimate"]
    if estimate is None or estimate["p90_s"] < HARDLY_ANY_S:
        return line
    low, high = _minutes(estimate["p50_s"], estimate["p90_s"])
    return words["minutes"].format(line=line, p50=low, p90=high)


def _minutes(p50_s: float, p90_s: float) -> tuple[int, int]:
    """Whole minutes below ten, fives above, rounded apart; as `waitMinutes` in shared/time.ts says it on pages."""
    p50, p90 = max(1, math.floor(p50_s / 60)), math.ceil(p90_s / 60)
    low = p50 if p50 < EXACT_BELOW else p50 // STEP * STEP
    high = p90 if p90 < EXACT_BELOW else -(-p90 // STEP) * STEP
    return low, max(low + 1, high)


def local_time(at: str, timezone: str) -> str:
    """YYYY-MM-DD HH:MM in the hall."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def _marks(ticket: TicketView, reprint: bool, words: Mapping[str, str]) -> list[str]:
    marks = []
    if ticket["priority"]:
        marks.append(words["priority"])
    if ticket.get("appointment"):
        marks.append(words["appointment"])
    if reprint:
        marks.append(words["reprint"])
    return marks
