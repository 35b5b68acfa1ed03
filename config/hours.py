"""Opening hours and special days as people write them; knows the TOML forms, not what is open when."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import pairwise

from config.errors import wrong
from config.read import Kind, Table
from config.settings import Calendar, Hours, Span
from config.values import each, integer

Weekly = tuple[tuple[Span, ...], ...]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = 3  # letters of a weekday's short name
OFFICE_DAYS = 5  # a plain list of spans is for Monday to Friday; the weekend is closed
LAST_TICKET_BEFORE_S = (0, 14_400)

_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*(?:([01]?\d|2[0-3]):([0-5]\d)|(24:00))")


def _read_span(value: object) -> Span:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise wrong(value, 'write start and end as "HH:MM-HH:MM", such as "08:30-12:00"')
    span = Span(time(int(found[1]), int(found[2])), time.max if found[5] else time(int(found[3]), int(found[4])))
    if span.end <= span.start:
        raise wrong(value, "the end must come after the start; hours past midnight are two spans on two days")
    return span


_SPAN_LIST = each(Kind(_read_span, Span(time(0), time.max)))


def _read_day(value: object) -> tuple[Span, ...]:
    spans = sorted(_SPAN_LIST.read(value), key=lambda span: span.start)
    for earlier, later in pairwise(spans):
        if later.start < earlier.end:
            raise wrong(value, f"two spans overlap at {later.start:%H:%M}; let one end before the next starts")
    return tuple(spans)


DAY: Kind[tuple[Span, ...]] = Kind(_read_day, ())


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        raise wrong(value, "there is no such day; write it as 2026-10-01") from None
    raise wrong(value, "write a day as 2026-10-01, without a time")


_DATES = each(Kind(_read_date, date.min))


def weekly(table: Table, name: str = "weekly") -> Weekly:
    """A week of spans, Monday first: a list is for Monday to Friday, a table names the days that are open."""
    if table.is_table(name):
        days = table.table(name)
        keys = [_weekday(days, day) for day in WEEKDAYS]
        never = all(days.is_empty(key) for key in keys)
        week = tuple(days.get(key, DAY, ()) for key in keys)
    else:
        never = table.has(name) and table.is_empty(name)
        office_day = table.get(name, DAY)
        week = tuple(office_day if index < OFFICE_DAYS else () for index in range(len(WEEKDAYS)))
    if never:
        table.note(name, "this would never open; name a span, or leave the hours out")
    return week


def _weekday(days: Table, name: str) -> str:
    """The key under which a day stands: `monday`, or `mon` in short."""
    short = name[:SHORT]
    if not days.has(short):
        return name
    if days.has(name):
        days.note(short, f"{name} is the same day; leave one of the two out")
    return short


def hours(file: Table) -> Hours | None:
    """[hours], or None (always open) when it is left out."""
    if not file.has("hours"):
        return None
    table = file.table("hours")
    return Hours(
        weekly(table), table.get("last_ticket_before_s", integer(*LAST_TICKET_BEFORE_S), Hours(()).last_ticket_before_s)
    )


def calendar(file: Table) -> Calendar:
    """[calendar] with holidays and make-up days; a day cannot be both."""
    table = file.table("calendar", required=False)
    holidays, workdays = table.get("holidays", _DATES, ()), table.get("workdays", _DATES, ())
    for day in sorted({*holidays} & {*workdays}):
        table.note("workdays", f"{day} is a holiday too; take it out of one of the two lists")
    return Calendar(frozenset(holidays), frozenset(workdays))
