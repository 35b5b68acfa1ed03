"""Runs many virtual days of a scenario, on all cores when that pays; knows not what their figures are for."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType

from queue_server.simulate.figures import DayFigures, measure
from queue_server.simulate.scenario import Scenario
from queue_server.simulate.staffing import Staffing

POOL_PAYS_S = 3.0  # processes take about a second to start
MOST_WORKERS = 8

Progress = Callable[[int], object]  # gets how many days were done since it was last asked


class Runner:
    """A context manager, so that its processes end with it. workers: 1 never starts any; None: one for each core."""

    def __init__(self, scenario: Scenario, workers: int | None = None) -> None:
        self.scenario = scenario
        self._workers = min(os.cpu_count() or 1, MOST_WORKERS) if workers is None else workers
        self._pool: ProcessPoolExecutor | None = None
        self._day_s = 0.0  # how long one day takes, as last seen

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _err: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def days(
        self, staffing: Staffing, numbers: Iterable[int], progress: Progress | None = None, expected_days: int = 0
    ) -> list[DayFigures]:
        """The days of these numbers, in this order. expected_days: how many more will be asked for, roughly."""
        numbers = list(numbers)
        done: list[DayFigures] = []
        while numbers and not (self._workers > 1 and self._pays(len(numbers) + expected_days)):
            began = time.perf_counter()
            done.append(_day(self.scenario, staffing, numbers.pop(0)))
            self._day_s = time.perf_counter() - began
            if progress is not None:
                progress(1)
        if numbers:
            pool = self._started()
            chunk = max(1, len(numbers) // (4 * self._workers))
            for figures in pool.map(_day_in_worker, ((staffing, number) for number in numbers), chunksize=chunk):
                done.append(figures)
                if progress is not None:
                    progress(1)
        return done

    def _pays(self, days: int) -> bool:
        return self._pool is not None or self._day_s * days > POOL_PAYS_S

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not fork: numpy's threads may hold locks that a copy of this process would wait for forever.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, context, _begin_worker, (self.scenario,))
        return self._pool


_scenario: Scenario | None = None


def _begin_worker(scenario: Scenario) -> None:
    global _scenario
    _scenario = scenario


def _day_in_worker(task: tuple[Staffing, int]) -> DayFigures:
    if _scenario is None:
        raise RuntimeError("a worker was asked before it was begun")
    return _day(_scenario, *task)


def _day(scenario: Scenario, staffing: Staffing, number: int) -> DayFigures:
    return measure(scenario.virtual_day(number, staffing), scenario.opens_ms, scenario.closes_ms)
