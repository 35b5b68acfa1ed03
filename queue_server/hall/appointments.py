"""Appointments as the journal tells them, and the slots that settings make; knows no rule of who may book what.

An appointment is `booked` until it ends, once and for good: checked in, cancelled or missed. What a day needs of the
days before it (open appointments, missed ones that still count) is written anew after its DayOpened, so that a day
is read by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from config.settings import HallSettings, Span
from queue_server.hall import events as e
from queue_server.hall.calendar import spans_on

AppointmentState = Literal["booked", "checked_in", "cancelled", "missed"]
Weekly = tuple[tuple[Span, ...], ...]
Moments = tuple[tuple[int, int], ...]  # start and end in milliseconds, in order

CARRIED_IN_ONE = 500  # appointments in one event: a row of the journal stays below 64 KiB
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Appointment:
    """citizens: what the vault calls the person, one reference by ID number and one by phone number as given.

    slot_ms: the start of its slot; day: the business day of it. timing: early, due or late, once checked in.
    """

    appointment_id: str
    code: str
    service: str
    slot_ms: int
    day: str
    citizens: tuple[str, ...]
    state: AppointmentState = "booked"
    ticket_id: str | None = None
    timing: str | None = None


@dataclass(slots=True)
class Appointments:
    """All open appointments, those of today that have ended, and the missed ones that still count, by citizen."""

    by_id: dict[str, Appointment] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)
    by_day: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)  # by service and day
    open_of: dict[str, dict[str, None]] = field(default_factory=dict)  # by citizen
    missed: dict[str, list[str]] = field(default_factory=dict)  # by citizen: the days, oldest first

    # -- reading -----------------------------------------------------------------------------------------------------

    def find(self, named: str) -> Appointment | None:
        """By id, or by the code of an appointment of today or to come, with or without its gap."""
        found = self.by_id.get(named)
        if found is None:
            digits = "".join(named.split()).replace("-", "")
            found = self.by_id.get(self.by_code.get(digits, ""))
        return found

    def on(self, service: str, day: str) -> Iterator[Appointment]:
        return (self.by_id[one] for one in self.by_day.get((service, day), ()))

    def of(self, citizens: Iterable[str]) -> list[Appointment]:
        """The open appointments of a person who is known by any of these references, the earliest first."""
        ids = {one for citizen in citizens for one in self.open_of.get(citizen, ())}
        return sorted((self.by_id[one] for one in ids), key=lambda one: (one.slot_ms, one.appointment_id))

    def taken(self, service: str, day: str, start_ms: int, end_ms: int) -> int:
        """How many hold the slot from `start_ms` to `end_ms`, also those who have come already."""
        return sum(one.state != "cancelled" and start_ms <= one.slot_ms < end_ms for one in self.on(service, day))

    def misses(self, citizens: Iterable[str]) -> list[str]:
        """The days on which this person did not come, oldest first, whatever they are known by; a day counts once."""
        return sorted({day for citizen in citizens for day in self.missed.get(citizen, ())})

    # -- folding -----------------------------------------------------------------------------------------------------

    def copy(self) -> Appointments:
        """For trying things out: appointments themselves never change, so they are shared."""
        return Appointments(
            dict(self.by_id),
            dict(self.by_code),
            {key: dict(ids) for key, ids in self.by_day.items()},
            {key: dict(ids) for key, ids in self.open_of.items()},
            {key: list(days) for key, days in self.missed.items()},
        )

    def apply(self, event: e.Event) -> None:
        match event:
            case e.AppointmentBooked():
                self._add(
                    Appointment(
                        event.appointment_id, event.code, event.service, event.slot_ms, event.day, event.citizens
                    )
                )
            case e.AppointmentMoved():
                moved = self._take_out(event.appointment_id)
                self._add(replace(moved, slot_ms=event.slot_ms, day=event.day))
            case e.AppointmentCancelled():
                self._end(event.appointment_id, state="cancelled")
            case e.AppointmentCheckedIn():
                self._end(event.appointment_id, state="checked_in", ticket_id=event.ticket_id, timing=event.timing)
            case e.AppointmentMissed():
                ended = self._end(event.appointment_id, state="missed")
                for citizen in ended.citizens:
                    self.missed.setdefault(citizen, []).append(ended.day)
            case e.AppointmentsCarried():
                for appointment_id, code, service, slot_ms, day, *citizens in event.booked:
                    self._add(
                        Appointment(
                            str(appointment_id), str(code), str(service), int(slot_ms), str(day),
                            tuple(map(str, citizens)),
                        )
                    )  # fmt: skip
                for citizen, *days in event.missed:
                    self.missed.setdefault(citizen, []).extend(days)

    def carried(self, at_ms: int, since: str) -> Iterator[e.AppointmentsCarried]:
        """What the next day needs of this one: the open appointments, and the missed ones since day `since`."""
        booked: list[tuple[str | int, ...]] = [
            (one.appointment_id, one.code, one.service, one.slot_ms, one.day, *one.citizens)
            for one in sorted(self.by_id.values(), key=lambda one: (one.slot_ms, one.appointment_id))
            if one.state == "booked"
        ]
        missed = []
        for citizen, days in sorted(self.missed.items()):
            kept = [day for day in days if day >= since]
            if kept:
                missed.append((citizen, *kept))
        for at in range(0, max(len(booked), len(missed)), CARRIED_IN_ONE):
            upto = at + CARRIED_IN_ONE
            yield e.AppointmentsCarried(at_ms=at_ms, booked=tuple(booked[at:upto]), missed=tuple(missed[at:upto]))

    def _add(self, one: Appointment) -> None:
        self.by_id[one.appointment_id] = one
        self.by_code[one.code] = one.appointment_id
        self.by_day.setdefault((one.service, one.day), {})[one.appointment_id] = None
        for citizen in one.citizens:
            self.open_of.setdefault(citizen, {})[one.appointment_id] = None

    def _take_out(self, appointment_id: str) -> Appointment:
        one = self.by_id[appointment_id]
        self.by_day[one.service, one.day].pop(appointment_id, None)
        return one

    def _end(
        self, appointment_id: str, *, state: AppointmentState, ticket_id: str | None = None, timing: str | None = None
    ) -> Appointment:
        one = replace(self.by_id[appointment_id], state=state, ticket_id=ticket_id, timing=timing)
        self.by_id[appointment_id] = one
        for citizen in one.citizens:
            self.open_of.get(citizen, {}).pop(appointment_id, None)
        return one


# -- slots -----------------------------------------------------------------------------------------------------------


def slots_on(settings: HallSettings, service: str, day: date) -> Moments:
    """The slots of `service` on `day`, start and end; each lies wholly within all the hours that hold for it."""
    plan = settings.services[service]
    if settings.appointments is None or plan.slots is None:
        return ()
    step_ms = plan.slots.every_min * _MINUTE_MS
    return tuple(
        (at_ms, at_ms + step_ms)
        for start_ms, end_ms in open_on(settings, service, day)
        for at_ms in range(start_ms, end_ms - step_ms + 1, step_ms)
    )


def open_on(settings: HallSettings, service: str, day: date) -> Moments:
    """When appointments for `service` can be kept on `day`: where the hall's, its and their own hours meet."""
    plan = settings.services[service]
    weeks: list[Weekly] = [settings.hours.weekly] if settings.hours is not None else []
    weeks += [week for week in (plan.weekly, plan.slots.weekly if plan.slots else None) if week is not None]
    day_is_off = day in settings.calendar.holidays
    times: Moments = () if day_is_off else (_whole_day(settings.timezone, day),)
    for week in weeks:
        times = _within(times, _moments(settings.timezone, spans_on(settings, week, day), day))
    return times


def _within(one: Moments, other: Moments) -> Moments:
    met = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return tuple(sorted((start, end) for start, end in met if start < end))


def _whole_day(timezone: str, day: date) -> tuple[int, int]:
    zone = ZoneInfo(timezone)
    start = datetime.combine(day, datetime.min.time(), zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
    return _ms(start), _ms(end)


@lru_cache(maxsize=512)
def _moments(timezone: str, spans: tuple[Span, ...], day: date) -> Moments:
    zone = ZoneInfo(timezone)
    whole = _whole_day(timezone, day)
    return tuple(
        (
            _ms(datetime.combine(day, span.start, zone)),
            whole[1] if span.end == span.end.max else _ms(datetime.combine(day, span.end, zone)),
        )
        for span in spans
    )


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
