"""From the figures of some days to what can be said of such days, with how sure it is; knows no page and no plan.

A figure is computed over all days together, its half-width from how much the days differ (Student's t, 95 %): days are
independent of each other, the citizens of one day are not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from queue_server.simulate.figures import DayFigures, Wait

CONFIDENCE = 0.95
TIMINGS = ("early", "due", "late")


@dataclass(frozen=True, slots=True)
class Estimate:
    """`value` ± `half_width` (95 %); None where one day, or no ticket, says nothing."""

    value: float | None
    half_width: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """A day's figures on average. `within`: the share called within `target_s`; `unserved`: tickets never called."""

    service: str
    tickets: float
    target_s: float
    mean_s: Estimate
    p50_s: Estimate
    p90_s: Estimate
    within: Estimate
    unserved: float
    late: float


@dataclass(frozen=True, slots=True)
class WindowSummary:
    """A day's figures on average. `use`: share of the planned time with a citizen called or served."""

    window: int
    served: float
    planned_s: float
    use: Estimate
    overtime_s: float


@dataclass(frozen=True, slots=True)
class AppointmentsSummary:
    """A day's appointments on average, and how many of them came when."""

    booked: float
    early: float
    due: float
    late: float
    missed: float


@dataclass(frozen=True, slots=True)
class Summary:
    """late: tickets a day that end after closing or never. late_from_ms: of the tickets taken from here on at least
    half do; None when there is no such time. queue: who waits every five minutes, mean and 90th percentile of days.

    services: without those who came in time for an appointment, who are `booked`; whole: everybody."""

    days: int
    services: list[ServiceSummary]
    booked: ServiceSummary | None
    whole: ServiceSummary
    appointments: AppointmentsSummary
    windows: list[WindowSummary]
    refused: float
    no_shows: float
    late: float
    late_from_ms: int | None
    queue_mean: list[float]
    queue_p90: list[float]
    overtime_s: float


def summarise(days: Sequence[DayFigures], targets_s: Mapping[str, float], limit_s: float | None = None) -> Summary:
    """`targets_s`: by service; with `limit_s` every service is held to that instead."""
    services = sorted({wait.service for day in days for wait in day.waits}, key=list(targets_s).index)
    held = {service: targets_s[service] if limit_s is None else limit_s for service in services}
    count = len(days)
    length = min((len(day.queue) for day in days), default=0)
    samples = [sorted(day.queue[n] for day in days) for n in range(length)]
    return Summary(
        days=count,
        services=[_service(days, service, {service: held[service]}, booked=False) for service in services],
        booked=booked if (booked := _service(days, "", held, booked=True)).tickets else None,
        whole=_service(days, "", held),
        appointments=_appointments(days),
        windows=[_window(days, number) for number in sorted({number for day in days for number in day.windows})],
        refused=sum(day.refused for day in days) / count,
        no_shows=sum(day.no_shows for day in days) / count,
        late=sum(len(day.ended_late) for day in days) / count,
        late_from_ms=_late_from(days),
        queue_mean=[sum(sample) / count for sample in samples],
        queue_p90=[quantile(sample, 0.9) or 0.0 for sample in samples],
        overtime_s=sum(day.overtime_s for day in days) / count,
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the sorted values lie, on the line between two of them."""
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def half_width(values: Sequence[float], confidence: float = CONFIDENCE) -> float | None:
    """Of the mean of independent values; None for fewer than two."""
    if len(values) < 2:
        return None
    from scipy.special import stdtrit

    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return float(stdtrit(len(values) - 1, (1 + confidence) / 2)) * math.sqrt(variance / len(values))


def _estimate(days: Sequence[Sequence[Wait]], figure: Callable[[Sequence[Wait]], float | None]) -> Estimate:
    value = figure([wait for day in days for wait in day])
    by_day = [one for day in days if (one := figure(day)) is not None]
    return Estimate(value, half_width(by_day) if value is not None else None)


def _appointments(days: Sequence[DayFigures]) -> AppointmentsSummary:
    came = {timing: sum(day.appointments.came[timing] for day in days) / len(days) for timing in TIMINGS}
    booked = sum(day.appointments.booked for day in days) / len(days)
    missed = sum(day.appointments.missed for day in days) / len(days)
    return AppointmentsSummary(booked, came["early"], came["due"], came["late"], missed)


def _service(
    days: Sequence[DayFigures], service: str, targets_s: Mapping[str, float], *, booked: bool | None = None
) -> ServiceSummary:
    """`booked`: only those who came in time for an appointment, or only the others."""
    groups = (True, False) if booked is None else (booked,)
    waits = [[wait for wait in day.waits if wait.service in targets_s and wait.booked in groups] for day in days]

    def within(some: Sequence[Wait]) -> float | None:
        good = sum(1 for wait in some if wait.wait_s is not None and wait.wait_s <= targets_s[wait.service])
        return good / len(some) if some else None

    def mean(some: Sequence[Wait]) -> float | None:
        seen = _seen(some)
        return math.fsum(seen) / len(seen) if seen else None

    count = len(days)
    return ServiceSummary(
        service=service,
        tickets=sum(map(len, waits)) / count,
        target_s=max(targets_s.values(), default=0.0),
        mean_s=_estimate(waits, mean),
        p50_s=_estimate(waits, lambda some: quantile(sorted(_seen(some)), 0.5)),
        p90_s=_estimate(waits, lambda some: quantile(sorted(_seen(some)), 0.9)),
        within=_estimate(waits, within),
        unserved=sum(1 for day in waits for wait in day if wait.wait_s is None) / count,
        late=sum(late.service in targets_s and late.booked in groups for day in days for late in day.ended_late)
        / count,
    )


def _seen(waits: Sequence[Wait]) -> list[float]:
    return [wait.wait_s for wait in waits if wait.wait_s is not None]


def _window(days: Sequence[DayFigures], number: int) -> WindowSummary:
    seen = [day.windows[number] for day in days if number in day.windows]
    planned_s = sum(day.planned_s for day in seen)
    engaged_s = sum(day.engaged_s for day in seen)
    shares = [day.engaged_s / (day.planned_s + day.overtime_s) for day in seen if day.planned_s]
    worked_s = planned_s + sum(day.overtime_s for day in seen)
    return WindowSummary(
        window=number,
        served=sum(day.served for day in seen) / len(days),
        planned_s=planned_s / len(days),
        use=Estimate(engaged_s / worked_s if worked_s else None, half_width(shares)),
        overtime_s=sum(day.overtime_s for day in seen) / len(days),
    )


def _late_from(days: Sequence[DayFigures]) -> int | None:
    """The start of the first stretch to the end of the day in which at least half of the tickets end late."""
    late: dict[int, int] = {}
    every: dict[int, int] = {}
    for day in days:
        for wait in day.waits:
            every[wait.since_ms // 900_000] = every.get(wait.since_ms // 900_000, 0) + 1
        for one in day.ended_late:
            late[one.taken_ms // 900_000] = late.get(one.taken_ms // 900_000, 0) + 1
    found = None
    for quarter in sorted(every, reverse=True):
        if 2 * late.get(quarter, 0) < every[quarter]:
            break
        found = quarter * 900_000
    return found
