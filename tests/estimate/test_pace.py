"""Some days are slower than others: how much so is learned, and today's pace is seen as the day goes on."""

from __future__ import annotations

import numpy as np
import pytest

from queue_server.estimate.pace import DayPace
from queue_server.estimate.services import ServiceTimes
from queue_server.estimate.times import GRID, NORMAL

SPREAD = 0.7


def learned(apart: float, days: int = 20, count: int = 200) -> DayPace:
    """`days` that lie exactly so far apart, each seen through `count` services."""
    levels = NORMAL[GRID // days // 2 :: GRID // days][:days]
    noise = SPREAD / np.sqrt(count) * np.random.default_rng(1).standard_normal(days)
    pace = DayPace()
    pace.learn(apart * levels + noise, np.full(days, float(count)), SPREAD)
    return pace


def test_how_far_days_lie_apart_is_learned() -> None:
    alike, unlike = learned(0.0), learned(0.3)
    assert alike.variance < 0.05**2
    assert unlike.variance == pytest.approx(0.3**2, rel=0.5)


def test_today_counts_for_more_the_more_days_differ() -> None:
    """Thirty services of today took a third longer than expected."""
    said = [pace.today(30 * 0.3, 30, SPREAD)[0] for pace in (learned(0.0), DayPace(), learned(0.3))]
    assert said == sorted(said)
    assert said[0] < 0.05
    assert 0.2 < said[2] < 0.3
    middle, doubt = DayPace().today(0.0, 0, SPREAD)
    assert middle == 0
    assert 0.05 < doubt < 0.25


def test_a_slow_day_is_told_from_slow_services() -> None:
    chance = np.random.default_rng(4)
    times = ServiceTimes()
    slow_today = 0.4
    for day in range(12):
        times.begin_day()
        today = slow_today if day == 11 else 0.2 * chance.standard_normal()
        for _ in range(60):
            for service, mean_s in (("short", 200.0), ("long", 800.0)):
                times.add(service, 1, float(mean_s * np.exp(today + 0.4 * chance.standard_normal())))
    times.fit()
    assert times.today()[0] == pytest.approx(slow_today, abs=0.15)
    assert np.median(times.table("long")) / np.median(times.table("short")) == pytest.approx(4, rel=0.1)
