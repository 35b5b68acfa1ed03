"""How long things take: few examples lean on the hall's others, many speak for themselves."""

from __future__ import annotations

import numpy as np
import pytest

from queue_server.estimate.services import PRESET_S, ServiceTimes
from queue_server.estimate.times import GRID, NORMAL, Pool, remaining


def lognormal(mean_s: float, cv: float, count: int, seed: int) -> list[float]:
    spread = np.sqrt(np.log1p(cv * cv))
    draws = np.random.default_rng(seed).normal(np.log(mean_s) - spread**2 / 2, spread, count)
    return [float(value) for value in np.exp(draws)]


def test_the_levels_are_a_normal_distribution() -> None:
    assert NORMAL.mean() == pytest.approx(0, abs=1e-6)
    assert NORMAL.std() == pytest.approx(1, abs=0.01)
    assert np.interp(0.9, (np.arange(GRID) + 0.5) / GRID, NORMAL) == pytest.approx(1.2816, abs=0.01)


def test_nothing_known_is_about_six_minutes() -> None:
    assert ServiceTimes().table("hukou").mean() == pytest.approx(PRESET_S, rel=0.02)


def test_many_examples_speak_for_themselves_and_few_lean_on_the_others() -> None:
    times = ServiceTimes()
    for value in lognormal(300, 0.8, 400, seed=1):
        times.add("often", 1, value)
    for value in lognormal(1200, 0.8, 400, seed=2):
        times.add("long", 1, value)
    for value in lognormal(1200, 0.8, 3, seed=3):
        times.add("seldom", 1, value)
    times.fit()
    assert times.table("often").mean() == pytest.approx(300, rel=0.12)
    assert times.table("long").mean() == pytest.approx(1200, rel=0.12)
    assert times.table("often").mean() < times.table("seldom").mean() < times.table("long").mean()
    assert times.doubt("seldom") > 3 * times.doubt("long"), "three examples are no certainty"


def test_who_is_quick_is_known_apart_from_what_is_quick() -> None:
    """The quick colleague has the long services, so that plain means per window would say nothing."""
    times = ServiceTimes()
    for service, mean_s in (("short", 200.0), ("long", 800.0)):
        for who, pace, count in (("quick", 0.7, 40 if service == "short" else 160), ("slow", 1.4, 100)):
            for value in lognormal(mean_s * pace, 0.7, count, seed=len(who) + count):
                times.add(service, who, value)
    times.fit()
    assert times.pace("slow") / times.pace("quick") == pytest.approx(2.0, rel=0.15)
    assert times.pace("somebody new") == 1.0


def test_a_long_tail_that_has_lasted_lasts() -> None:
    table = np.sort(np.array(lognormal(400, 1.5, GRID, seed=4)))
    draws = np.random.default_rng(5).random(4000)
    left = [remaining(table, elapsed_s, draws).mean() for elapsed_s in (0.0, 400.0, 1500.0)]
    assert left[0] == pytest.approx(table.mean(), rel=0.1)
    assert left[0] < left[1] < left[2], "who has taken long will take long"
    beyond = remaining(table, 10 * table[-1], draws)
    assert (beyond >= 0).all()
    assert np.isfinite(beyond).all()


def test_a_pool_forgets_its_preset() -> None:
    pool = Pool(600.0)
    for _ in range(300):
        pool.add(20.0)
    assert np.median(pool.table()) == pytest.approx(20)
    assert len(pool) == 300


def test_what_takes_no_time_as_a_rule_takes_none() -> None:
    left = remaining(np.concatenate([np.zeros(GRID - 2), [5.0, 9.0]]), 0.0, np.random.default_rng(6).random(1000))
    assert np.median(left) == 0
    assert left.mean() < 1
