"""The complaint box: until when an answer is due, and what a new day has to know of earlier ones; knows no words said.

Days count as working days when the hall is open; without opening hours, from Monday to Friday. Holidays and make-up
days count as the calendar says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import spans_on
from queue_server.hall.events import Event
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall

SUBJECTS = ("complaint", "suggestion", "praise", "question")
ROWS_A_PIECE = 500
LOOK_AHEAD_DAYS = 366
DAY_MS = 86_400_000


def file_opinion(hall: Hall, command: c.FileOpinion, happened: Callable[[Event], None]) -> None:
    if hall.settings.opinions is None or hall.day is None:
        raise Refused("no_opinions")
    received = min(command.received_day or hall.day, hall.day)
    happened(
        e.OpinionFiled(
            at_ms=command.at_ms,
            opinion=command.opinion,
            subject=command.subject,
            channel=command.channel,
            due_day=due_day(hall.settings, received, hall.settings.opinions.due_days),
            received_day=received if received < hall.day else None,
        )
    )


def answer(hall: Hall, command: c.AnswerOpinion, happened: Callable[[Event], None]) -> None:
    if command.opinion not in hall.opinions:
        raise Refused("unknown_opinion", opinion=command.opinion)
    happened(e.OpinionAnswered(at_ms=command.at_ms, opinion=command.opinion, reply=command.reply))


def still_open(hall: Hall) -> list[str]:
    """Whose words must stay, however long ago they were said."""
    return [opinion for opinion, each in hall.opinions.items() if each.reply is None]


def due_day(settings: HallSettings, day: str, working_days: int) -> str:
    """The working day that is so many after `day`; within a year, also for a hall that hardly ever opens."""
    last = date.fromisoformat(day)
    left = working_days
    for _ in range(LOOK_AHEAD_DAYS):
        if left == 0:
            break
        last += timedelta(days=1)
        left -= _is_worked(settings, last)
    return last.isoformat()


def _is_worked(settings: HallSettings, day: date) -> bool:
    if settings.hours is not None:
        return bool(spans_on(settings, settings.hours.weekly, day))
    if day in settings.calendar.holidays:
        return False
    return day in settings.calendar.workdays or day.weekday() < 5


def carried(hall: Hall, at_ms: int) -> Iterator[e.OpinionsCarried]:
    """Every open opinion, and the answered ones as long as their words are kept: `keep_days` after the answer."""
    since_ms = at_ms - hall.settings.privacy.keep_days * DAY_MS
    rows: list[tuple[str | int, ...]] = [
        (
            *(opinion, each.subject, each.channel, each.due_day, each.filed_ms, each.reply or "", each.answered_ms),
            *([each.received_day] if each.received_day is not None else []),
        )
        for opinion, each in hall.opinions.items()
        if each.reply is None or each.answered_ms >= since_ms
    ]
    for first in range(0, len(rows), ROWS_A_PIECE):
        yield e.OpinionsCarried(at_ms=at_ms, opinions=tuple(rows[first : first + ROWS_A_PIECE]))
