"""A hall with one line, random arrivals and memoryless service waits as Erlang's formula says."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from scipy import stats
from virtual_hall import DAY, DILIGENT

from queue_server.simulate.arrivals import RateCurve
from queue_server.simulate.erlang import mean_wait_s, share_waiting, share_within, windows_needed
from queue_server.simulate.figures import measure
from queue_server.simulate.people import Behaviour
from queue_server.simulate.scenario import Scenario
from queue_server.simulate.staffing import Shift, Staffing
from queue_server.simulate.times import Exponential

DAYS = 16
TICKETS = 1_400  # a day: enough for an interval that says something
WARM_UP_MS = 3 * 3_600_000  # a hall that opens empty waits less at first


@pytest.mark.parametrize(("windows", "use"), [(1, 0.5), (2, 0.65), (4, 0.7), (8, 0.75)])
def test_waits_agree_with_erlang_within_their_interval(
    hall_settings: Callable[..., Any], windows: int, use: float
) -> None:
    settings = hall_settings(("a",), {number + 1: ("a",) for number in range(windows)}, timezone="UTC")
    load = windows * use
    service_s = load * 24 * 3600 / TICKETS
    rate = {"a": TICKETS / 24}
    curve = RateCurve({time(hour, half): rate for hour in range(24) for half in (0, 30)})
    behaviour = Behaviour(other_service_s=Exponential(service_s), **DILIGENT)
    scenario = Scenario(settings, DAY, curve, behaviour, Staffing({}), seed=3)
    opens_ms = min(arrival.at_ms for arrival in scenario.arrivals(0)) // 3_600_000 * 3_600_000
    open_all_day = (Shift(opens_ms, opens_ms + 24 * 3_600_000 - 1),)
    staffing = Staffing(dict.fromkeys(settings.windows, open_all_day), overtime_s=0)
    means, waited, in_time = [], [], []
    for n in range(DAYS):
        day = measure(scenario.virtual_day(n, staffing), opens_ms, open_all_day[0].end_ms)
        waits = [w.wait_s for w in day.waits if w.wait_s is not None and w.since_ms > opens_ms + WARM_UP_MS]
        means.append(sum(waits) / len(waits))
        waited.append(sum(wait > 0 for wait in waits) / len(waits))
        in_time.append(sum(wait <= service_s for wait in waits) / len(waits))

    def agrees(by_day: list[float], formula: Callable[[int], float]) -> None:
        """Days are independent, so their mean has Student's interval, here at 99 %; one window more is outside it."""
        mean, error = sum(by_day) / DAYS, stats.sem(by_day)
        low, high = stats.t.interval(0.99, DAYS - 1, loc=mean, scale=error)
        assert low <= formula(windows) <= high
        assert not low <= formula(windows + 1) <= high

    agrees(means, lambda c: mean_wait_s(c, load, service_s))
    agrees(waited, lambda c: share_waiting(c, load))
    agrees(in_time, lambda c: share_within(c, load, service_s, service_s))


def test_the_formula_itself() -> None:
    assert share_waiting(1, 0.7) == pytest.approx(0.7)  # M/M/1 waits as often as it is busy
    assert mean_wait_s(1, 0.5, 60) == pytest.approx(60)
    # By hand, with factorials: a^c/c! · c/(c−a) over the sum of a^n/n! for n < c, and itself.
    top = 4.0**5 / math.factorial(5) * 5 / (5 - 4.0)
    assert share_waiting(5, 4.0) == pytest.approx(top / (sum(4.0**n / math.factorial(n) for n in range(5)) + top))
    assert share_waiting(3, 3.0) == 1
    assert mean_wait_s(3, 3.0, 60) == math.inf
    assert windows_needed(0, 60, 120, 0.9) == 0
    needed = windows_needed(7.3, 300, 600, 0.9)
    assert share_within(needed, 7.3, 300, 600) >= 0.9 > share_within(needed - 1, 7.3, 300, 600)
