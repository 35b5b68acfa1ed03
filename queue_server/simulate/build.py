"""Puts a scenario together from files and past days; knows where each part comes from, and says what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from config.settings import HallSettings
from queue_server.database import Database, default_url
from queue_server.errors import QueueServerError
from queue_server.journal_sql import SqlJournal
from queue_server.simulate.arrivals import RateCurve, read_csv
from queue_server.simulate.bookings import Bookings, bookable
from queue_server.simulate.dayfile import DayFile, read_day_file
from queue_server.simulate.learn import Learned, Learner, Progress, read_days
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.scenario import Scenario
from queue_server.simulate.staffing import all_day, hours_of
from queue_server.simulate.words import Words


class NothingToSimulateError(QueueServerError):
    """The sentence says what is missing and what to give."""


def scenario(
    settings: HallSettings,
    day: date,
    seed: int,
    words: Words,
    *,
    arrivals: Path | None = None,
    day_file: Path | None = None,
    past: tuple[date, date] | None = None,
    data: Path | None = None,
    database: str | None = None,
    progress: Progress | None = None,
) -> tuple[Scenario, list[str]]:
    """The scenario, and what to tell about it. Arrivals: from `arrivals`, else the day file, else the past days.

    Raises NothingToSimulateError, ConfigError, or what opening the journal raises.
    """
    if not hours_of(settings, day):
        raise NothingToSimulateError(f"The hall is closed on {day}: choose a working day with --date.")
    notes = [words.say("always_open")] if settings.hours is None else []
    if any(service.skill for service in settings.services.values()):
        settings = _everybody_able(settings)
        notes.append(words.say("skills"))
    learned = None
    if past is not None:
        learned = _learn(settings, day, past, database or _url_in(data), progress)
        notes.append(words.say("learned", days=learned.days, tickets=learned.tickets))
    behaviour = learned.behaviour if learned is not None else Behaviour()
    said = DayFile(None, behaviour, None) if day_file is None else read_day_file(day_file, settings, day, behaviour)
    source = _source(settings, day, arrivals, said, learned)
    staffing = said.staffing or (learned.staffing if learned is not None else None)
    if staffing is None or not staffing.shifts:
        staffing = all_day(settings, day)
    made = Scenario(settings, day, source, said.behaviour, staffing, seed)
    if said.bookings.get("share") and not any(bookable(settings, service) for service in made.load_s()):
        notes.append(words.say("no_slots"))
    guessed = [service for service in made.load_s() if service not in said.behaviour.service_s]
    if guessed:
        names = [words.of(settings.services[service].name) for service in guessed]
        minutes = said.behaviour.other_service_s.mean_s / 60
        notes.append(words.say("guessed", minutes=minutes, services=", ".join(names)))
    return made, notes


def _everybody_able(settings: HallSettings) -> HallSettings:
    """A plan says which windows are staffed, not by whom: whoever sits there can do all that the window serves."""
    services = {name: replace(service, skill="") for name, service in settings.services.items()}
    return replace(settings, services=services)


def _source(
    settings: HallSettings, day: date, arrivals: Path | None, said: DayFile, learned: Learned | None
) -> Sequence[Arrival] | RateCurve:
    if arrivals is not None:
        source = read_csv(arrivals, settings, day)
    elif said.rates is not None:
        source = said.rates
    elif learned is not None:
        source = learned.rates
    else:
        raise NothingToSimulateError(
            "Say who comes: --arrivals FILE, [rates] in --day-file, or --from-journal DATE..DATE."
        )
    if not said.bookings:
        return source
    if not isinstance(source, RateCurve):
        raise NothingToSimulateError(
            "A list of arrivals says who has an appointment in its column slot, not in the day file."
        )
    return replace(source, bookings=replace(source.bookings or Bookings(), **said.bookings))


# ToSimulateError("Say who comes: --arrivals FILE, [rates] in --day-file, or --from-journal DATE..DATE.")


def _url_in(data: Path | None) -> str:
    url = default_url(data or Path())
    if data is None or not Path(url.removeprefix("sqlite:///")).is_file():
        raise NothingToSimulateError(
            f"There is no journal in {data}: give the folder that the server was started with."
        )
    return url


def _learn(settings: HallSettings, day: date, past: tuple[date, date], url: str, progress: Progress | None) -> Learned:
    opened = Database(url)
    try:
        journal = SqlJournal(opened, settings.id)
        learner = Learner(settings)
        for event in read_days(journal, settings, *past, progress):
            learner.apply(event)
        journal.close()
    finally:
        opened.close()
    learned = learner.learned(day)
    if not learned.tickets:
        raise NothingToSimulateError(f"The journal has no tickets from {past[0]} to {past[1]}: choose other days.")
    return learned
