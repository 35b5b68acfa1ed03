"""When citizens come to a virtual hall: a list of arrivals, or rates by half hour to draw them from; knows no queue."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from config.errors import ConfigError, Mistake
from config.read import suggestion
from config.settings import HallSettings
from queue_server.simulate.bookings import Bookings, bookable
from queue_server.simulate.people import Arrival
from queue_server.simulate.staffing import moment_ms

HALF_HOUR_MS = 1_800_000
SERVICES_MAX = 5
PRIORITY = "simulated"  # the reason a made-up ticket has priority


@dataclass(frozen=True, slots=True)
class RateCurve:
    """Citizens an hour: for each start of a half hour (on the hall's wall clock) the rate of every service.

    A ticket for several services has the key "one+other". priority_share: 0–1, of citizens who have priority.
    bookings: which of them have an appointment, and who has one besides.
    """

    per_hour: Mapping[time, Mapping[str, float]]
    priority_share: float = 0.0
    bookings: Bookings | None = None

    def draw(self, settings: HallSettings, day: date, rng: Random) -> list[Arrival]:
        """One day of it: in each half hour a Poisson process."""
        arrivals = []
        for start in sorted(self.per_hour):
            for services, rate in self.per_hour[start].items():
                start_ms = at = moment_ms(settings, day, start)
                while rate > 0:
                    at += round(rng.expovariate(rate / (2 * HALF_HOUR_MS)))
                    if at >= start_ms + HALF_HOUR_MS:
                        break
                    arrivals.append(
                        Arrival(
                            at, tuple(services.split("+")), PRIORITY if rng.random() < self.priority_share else None
                        )
                    )
        arrivals.sort(key=lambda arrival: arrival.at_ms)
        return arrivals if self.bookings is None else self.bookings.draw(settings, day, arrivals, rng)

    def by_service(self) -> dict[str, float]:
        """How many come for each service in a day, on average."""
        total = self.bookings.by_service() if self.bookings is not None else {}
        for rates in self.per_hour.values():
            for services, rate in rates.items():
                for service in services.split("+"):
                    total[service] = total.get(service, 0.0) + rate / 2
        return total


def read_csv(path: Path, settings: HallSettings, day: date) -> list[Arrival] | RateCurve:
    """A CSV file (UTF-8) with a heading: `time,service[,priority[,slot]]`, or `time` and a column of rates for each
    service.

    A time is HH:MM or HH:MM:SS; of RFC 3339 times without offset only the time of day counts. Several services of one
    ticket are joined by "+". priority: a reason, or empty. slot: of an appointment, or empty; who has one and no time
    does not come. Raises ConfigError with every mistake.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except FileNotFoundError as err:
        raise ConfigError([Mistake(path, "", None, "there is no such file; give the path of a CSV file")]) from err
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise ConfigError([Mistake(path, "", None, "this cannot be read as a CSV file in UTF-8")]) from err
    reading = _Reading(path, settings, day)
    heading = [name.strip() for name in rows[0]] if rows else []
    lines = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    found: list[Arrival] | RateCurve
    if heading[:2] == ["time", "service"] and heading[2:] in ([], ["priority"], ["priority", "slot"]):
        found = [arrival for n, row in lines if (arrival := reading.arrival(n, row)) is not None]
    elif heading[:1] == ["time"] and len(heading) > 1:
        found = reading.rates(heading[1:], lines)
    else:
        message = "begin with the heading time,service,priority, or with time and the ids of services"
        raise ConfigError([Mistake(path, "", None, message, 1)])
    if not lines:
        reading.note(1, "there is nothing below the heading")
    reading.finish()
    return found


class _Reading:
    def __init__(self, path: Path, settings: HallSettings, day: date) -> None:
        self._path, self._settings, self._day = path, settings, day
        self._mistakes: list[Mistake] = []

    def note(self, line: int, message: str) -> None:
        self._mistakes.append(Mistake(self._path, "", None, message, line))

    def finish(self) -> None:
        if self._mistakes:
            raise ConfigError(self._mistakes)

    def arrival(self, line: int, row: Sequence[str]) -> Arrival | None:
        slot = self._slot(line, row[3].strip() if len(row) > 3 else "")
        missed = slot is not None and not row[0].strip()
        at = slot if missed else self._time(line, row[0])
        services = tuple(name.strip() for name in (row[1] if len(row) > 1 else "").split("+"))
        if len(services) > SERVICES_MAX:
            self.note(line, f"a ticket is for {SERVICES_MAX} services at most")
        if not self._known(line, services) or at is None:
            return None
        priority = row[2].strip() if len(row) > 2 else ""
        if slot is not None and not bookable(self._settings, services[0]):
            self.note(line, f"{services[0]} takes no appointments: give it slots in the hall's file")
        return Arrival(
            moment_ms(self._settings, self._day, at),
            services,
            priority or None,
            slot_ms=None if slot is None else moment_ms(self._settings, self._day, slot),
            missed=missed,
        )

    def rates(self, services: Sequence[str], lines: Iterable[tuple[int, Sequence[str]]]) -> RateCurve:
        self._known(1, [name for joined in services for name in joined.split("+")])
        per_hour: dict[time, dict[str, float]] = {}
        for line, row in lines:
            at = self._time(line, row[0])
            if at is not None and (at.minute not in (0, 30) or at.second):
                self.note(line, f"{row[0].strip()}: a half hour begins at HH:00 or HH:30")
            elif at is not None:
                cells = (cell.strip() or "0" for cell in row[1:])
                per_hour[at] = {s: self._rate(line, cell) for s, cell in zip(services, cells, strict=False)}
        return RateCurve(per_hour)

    def _slot(self, line: int, text: str) -> time | None:
        return self._time(line, text) if text else None

    def _time(self, line: int, text: str) -> time | None:
        said = text.strip()
        try:
            return datetime.fromisoformat(said).time() if "T" in said else time.fromisoformat(said)
        except ValueError:
            self.note(line, f"{said[:30]!r} is no time; write it as 08:31 or 08:31:20")
            return None

    def _rate(self, line: int, text: str) -> float:
        try:
            rate = float(text)
        except ValueError:
            rate = -1.0
        if not 0 <= rate <= 100_000:
            self.note(line, f"{text[:30]!r} is no rate; write citizens an hour, 0 or more")
            return 0.0
        return rate

    def _known(self, line: int, services: Iterable[str]) -> bool:
        unknown = [service for service in services if service not in self._settings.services]
        for service in unknown:
            self.note(line, f"the hall has no service {service[:40]!r}{suggestion(service, self._settings.services)}")
        return not unknown
