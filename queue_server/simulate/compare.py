"""The same days with more and with fewer windows, side by side; knows no table and no picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from queue_server.simulate.choice import not_served, opening_order, with_windows
from queue_server.simulate.runner import Progress, Runner
from queue_server.simulate.scenario import Scenario
from queue_server.simulate.staffing import Staffing
from queue_server.simulate.summary import Summary, summarise


@dataclass(frozen=True, slots=True)
class Compared:
    """`windows`: the ones open all day. not_served: services that none of them serves."""

    windows: tuple[int, ...]
    not_served: tuple[str, ...]
    summary: Summary


def work_of(scenario: Scenario) -> dict[str, float]:
    """By service, how many windows it keeps busy on average over the hall's hours."""
    open_s = sum(shift.end_ms - shift.start_ms for shift in scenario.hours) / 1000
    return {service: seconds / open_s for service, seconds in scenario.load_s().items()}


def compare(
    scenario: Scenario,
    fewest: int,
    most: int,
    days: int,
    targets_s: Mapping[str, float],
    limit_s: float | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> list[Compared]:
    """From `fewest` to `most` windows open for the hall's hours; windows beyond those of the hall are made up."""
    scenario = replace(scenario, settings=with_windows(scenario.settings, most))
    work = work_of(scenario)
    order = opening_order(scenario.settings, work)
    compared = []
    with Runner(scenario, workers) as runner:
        for count in range(fewest, most + 1):
            chosen = sorted(order[:count])
            staffing = Staffing(dict.fromkeys(chosen, scenario.hours), scenario.staffing.overtime_s)
            figures = runner.days(staffing, range(days), progress, (most - count) * days)
            missing = not_served(scenario.settings, chosen, work)
            compared.append(Compared(tuple(chosen), missing, summarise(figures, targets_s, limit_s)))
    return compared
