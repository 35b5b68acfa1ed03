"""The TOML file that describes a day to simulate: rates, times, citizens, plan; knows what may stand there, no results.

Everything may be left out; what is said wins over what was learned. docs/simulate.md has an example.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from config.errors import wrong
from config.hours import DAY
from config.read import Kind, Table, open_file, suggestion
from config.settings import HallSettings
from config.values import each, integer, matching, table_of
from queue_server.simulate.arrivals import RateCurve
from queue_server.simulate.bookings import PRESET_EARLY, Around
from queue_server.simulate.people import Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.times import LogNormal, Times

LONGEST_S = 86_400
PRESET_CV = 0.8  # standard deviation ÷ mean where only the mean is said: as long-tailed as service times use to be

_HALF_HOUR = matching(re.compile(r"([01]\d|2[0-3]):[03]0"), 'write the start of a half hour, such as "08:30"')


@dataclass(frozen=True, slots=True)
class DayFile:
    """What the file says; None where it says nothing. bookings: fields of `Bookings`."""

    rates: RateCurve | None
    behaviour: Behaviour
    staffing: Staffing | None
    bookings: Mapping[str, Any] = field(default_factory=dict)


def read_day_file(path: Path, settings: HallSettings, day: date, learned: Behaviour | None = None) -> DayFile:
    """The file for this hall on `day`, over what was learned elsewhere. Raises ConfigError with every mistake."""
    file = open_file(path)
    rates = _rates(file, settings)
    behaviour = _behaviour(file, settings, Behaviour() if learned is None else learned)
    staffing = _plan(file, settings, day)
    bookings = _bookings(file)
    file.finish()
    return DayFile(rates, behaviour, staffing, bookings)


def _number(low: float, high: float) -> Kind[float]:
    def read(value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        raise wrong(value, f"write a number {low:,g}–{high:,g}")

    return Kind(read, low)


_SECONDS = _number(0, LONGEST_S)
_EARLY = _number(-LONGEST_S, LONGEST_S)
_MEAN_S = _number(1, LONGEST_S)
_CV = _number(0.01, 5)
_SHARE = _number(0, 1)


def _read_times(value: object) -> Times:
    """A mean in seconds, or { mean_s = …, cv = … }."""
    if isinstance(value, dict) and value.keys() <= {"mean_s", "cv"} and "mean_s" in value:
        return LogNormal(_MEAN_S.read(value["mean_s"]), _CV.read(value.get("cv", PRESET_CV)))
    if isinstance(value, int | float):
        return LogNormal(_MEAN_S.read(value), PRESET_CV)
    raise wrong(value, "write a mean in seconds, or { mean_s = 420, cv = 0.8 } with standard deviation ÷ mean")


_TIMES: Kind[Times] = Kind(_read_times, LogNormal(1.0))


def _service_of(settings: HallSettings, *, joined: bool) -> Kind[str]:
    def read(value: object) -> str:
        for service in str(value).split("+") if joined else [str(value)]:
            if service not in settings.services:
                raise wrong(value, f"the hall has no such service{suggestion(service, settings.services)}")
        return str(value)

    return Kind(read, "")


def _rates(file: Table, settings: HallSettings) -> RateCurve | None:
    share = file.get("priority_share", _SHARE, 0.0)
    if not file.has("rates"):
        return None
    rate = table_of(_service_of(settings, joined=True), _number(0, 100_000), "{ hukou = 12, farming = 2.5 }")
    curve = file.get("rates", table_of(_HALF_HOUR, rate, '{ "08:30" = { hukou = 12 } }'))
    return RateCurve({time.fromisoformat(start): rates for start, rates in curve.items()}, share)


def _behaviour(file: Table, settings: HallSettings, known: Behaviour) -> Behaviour:
    times: Mapping[str, Times] = {}
    if file.has("service_times"):
        times = file.get("service_times", table_of(_service_of(settings, joined=False), _TIMES, "{ hukou = 420 }"))
    citizens, staff = file.table("citizens", required=False), file.table("staff", required=False)
    return replace(
        known,
        service_s={**known.service_s, **times},
        absent_share=citizens.get("absent_share", _SHARE, known.absent_share),
        returns_share=citizens.get("returns_share", _SHARE, known.returns_share),
        patience_s=citizens.get("patience_s", _TIMES) if citizens.has("patience_s") else known.patience_s,
        walk_s=citizens.get("walk_s", _TIMES, known.walk_s),
        between_s=staff.get("between_s", _TIMES, known.between_s),
        recall_after_s=staff.get("recall_after_s", _SECONDS, known.recall_after_s),
    )


def _bookings(file: Table) -> dict[str, Any]:
    table = file.table("appointments", required=False)
    said: dict[str, Any] = {name: table.get(name, _SHARE) for name in ("share", "missed_share") if table.has(name)}
    early_s, sd_s = (
        table.get("early_s", _EARLY, PRESET_EARLY.mean_s),
        table.get("early_sd_s", _SECONDS, PRESET_EARLY.sd_s),
    )
    if table.has("early_s") or table.has("early_sd_s"):
        said["early_s"] = Around(early_s, sd_s)
    return said


def _plan(file: Table, settings: HallSettings, day: date) -> Staffing | None:
    overtime_s = file.get("overtime_s", _SECONDS, Staffing({}).overtime_s)
    shifts: dict[int, tuple[Shift, ...]] = {}
    tables = file.tables("plan")
    for table in tables:
        spans = table.get("shifts", DAY)
        for window in table.get("windows", each(integer(1, 999), at_least=1)):
            if window not in settings.windows:
                table.note("windows", f"the hall has no window {window}")
            if window in shifts:
                table.note("windows", f"window {window} has its shifts already; name them once, in one list")
            shifts[window] = tuple(
                Shift(moment_ms(settings, day, span.start), moment_ms(settings, day, span.end)) for span in spans
            )
    return Staffing(shifts, overtime_s) if tables else None
