"""Business days and opening hours in the hall's own time zone; knows no clock: the time is always an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.settings import HallSettings, Service, Span

LOOK_AHEAD_DAYS = 14  # long enough for the National Day week with its make-up days


@dataclass(frozen=True, slots=True)
class Shut:
    """No tickets now. `opens_ms`: when they are given again, None when that is not within two weeks."""

    code: str
    opens_ms: int | None


def local(timezone: str, at_ms: int) -> datetime:
    """The hall's wall-clock time at `at_ms`."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(timezone))


def rfc3339(at_ms: int | None) -> str | None:
    """UTC with milliseconds, as API.md writes times; None stays None."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def business_day(timezone: str, at_ms: int) -> str:
    """The date in the hall's time zone, YYYY-MM-DD."""
    # Asked for every command; the date can only change on a whole minute in every zone there is.
    return _day_of_minute(timezone, at_ms // 60_000)


@lru_cache(maxsize=16)
def next_day_ms(timezone: str, day: str) -> int:
    """When business day `day` is over: the first moment that belongs to a later one."""
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(timezone))
    at_ms = round(midnight.timestamp() * 1000)
    while business_day(timezone, at_ms) <= day:  # a zone that left out its midnight
        at_ms += 60_000
    return at_ms


@lru_cache(maxsize=256)
def _day_of_minute(timezone: str, minute: int) -> str:
    return local(timezone, minute * 60_000).date().isoformat()


def shut(settings: HallSettings, service: Service, at_ms: int) -> Shut | None:
    """Why no ticket for `service` is given at `at_ms`, or None while tickets are given.

    `hall_closed` when the hall's hours say so, `service_closed` when only the service's own hours do.
    """
    code = _shut_code(settings, service, at_ms)
    return None if code is None else Shut(code, _next_opening(settings, service, at_ms))


def ticket_times(settings: HallSettings, service: Service, day: date) -> list[tuple[int, int]] | None:
    """From when until when tickets for `service` are given on `day`, in milliseconds; None: round the clock."""
    weeks = [week for week in (settings.hours.weekly if settings.hours else None, service.weekly) if week is not None]
    if not weeks:
        return None
    times = list(_ticket_times(settings, weeks[0], day))
    for week in weeks[1:]:
        others = list(_ticket_times(settings, week, day))
        times = [(max(a, c), min(b, d)) for a, b in times for c, d in others if max(a, c) < min(b, d)]
    return [(round(start.timestamp() * 1000), round(end.timestamp() * 1000)) for start, end in times]


def _shut_code(settings: HallSettings, service: Service, at_ms: int) -> str | None:
    if settings.hours is not None and not _within(settings, settings.hours.weekly, at_ms):
        return "hall_closed"
    if service.weekly is not None and not _within(settings, service.weekly, at_ms):
        return "service_closed"
    return None


def spans_on(settings: HallSettings, weekly: tuple[tuple[Span, ...], ...], day: date) -> tuple[Span, ...]:
    """The spans worked on `day`: none on a holiday, Monday's on a make-up working day."""
    if day in settings.calendar.holidays:
        return ()
    if day in settings.calendar.workdays:
        return weekly[0]
    return weekly[day.weekday()]


def next_moment_in(settings: HallSettings, weekly: tuple[tuple[Span, ...], ...], at_ms: int) -> int | None:
    """`at_ms` itself when it lies within these hours, else when they begin again; None: not within two weeks."""
    zone, today = ZoneInfo(settings.timezone), local(settings.timezone, at_ms).date()
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        for span in sorted(spans_on(settings, weekly, day), key=lambda span: span.start):
            if at_ms < round(datetime.combine(day, span.end, zone).timestamp() * 1000):
                return max(at_ms, round(datetime.combine(day, span.start, zone).timestamp() * 1000))
    return None


def _within(settings: HallSettings, weekly: tuple[tuple[Span, ...], ...], at_ms: int) -> bool:
    day = local(settings.timezone, at_ms).date()
    now = local("UTC", at_ms)
    return any(start <= now < end for start, end in _ticket_times(settings, weekly, day))


def _ticket_times(
    settings: HallSettings, weekly: tuple[tuple[Span, ...], ...], day: date
) -> Iterator[tuple[datetime, datetime]]:
    """When tickets are given on `day`: each span less the last minutes before its end.

    In UTC: times of one zone are compared by what its clocks show, which on the day they change is not their order.
    """
    zone = ZoneInfo(settings.timezone)
    stop_s = settings.hours.last_ticket_before_s if settings.hours is not None else 0
    for span in spans_on(settings, weekly, day):
        start = datetime.combine(day, span.start, zone).astimezone(UTC)
        end = datetime.combine(day, span.end, zone).astimezone(UTC) - timedelta(seconds=stop_s)
        if start < end:
            yield start, end


def _next_opening(settings: HallSettings, service: Service, at_ms: int) -> int | None:
    now = local("UTC", at_ms)
    today = local(settings.timezone, at_ms).date()
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=ahead)
        starts = [
            start
            for weekly in (settings.hours.weekly if settings.hours else None, service.weekly)
            if weekly is not None
            for start, _ in _ticket_times(settings, weekly, day)
            if start > now
        ]
        for start in sorted(starts):
            opens_ms = round(start.timestamp() * 1000)
            if _shut_code(settings, service, opens_ms) is None:
                return opens_ms
    return None
