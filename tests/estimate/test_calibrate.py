"""Whatever is wrong with a prediction again and again is made good by what came true."""

from __future__ import annotations

import numpy as np
import pytest

from queue_server.estimate.calibrate import Calibration


@pytest.mark.parametrize(("slower", "spread"), [(1.0, 0.5), (1.4, 0.5), (0.7, 0.9), (1.0, 0.2)])
def test_nine_in_ten_hold_and_the_middle_is_in_the_middle(slower: float, spread: float) -> None:
    """The predictor says that waits are lognormal around its p50 with a spread of 0.5; they are not."""
    chance = np.random.default_rng(3)
    calibration = Calibration()
    held, below, judged = 0, 0, 0
    for n in range(4000):
        p50_s = 900.0
        p90_s = p50_s * np.exp(0.5 * 1.2816)
        actual_s = p50_s * slower * np.exp(spread * chance.standard_normal())
        if n >= 2000:
            said = calibration.range(p50_s, p90_s)
            judged += 1
            below += actual_s <= said[0]
            held += actual_s <= said[1]
        calibration.add(p50_s, p90_s, actual_s)
    # The made-up scores of a perfect predictor never leave: one that is far too careful stays a little so.
    assert 0.87 <= held / judged <= 0.945
    # The median is moved by three quarters of what it was wrong by: those who wait together are wrong together.
    assert 0.35 <= below / judged <= 0.65


def test_at_first_it_changes_little() -> None:
    p50_s, p90_s = Calibration().range(600.0, 1200.0)
    assert p50_s == 600.0
    assert p90_s == pytest.approx(1200, rel=0.05)


def test_the_upper_bound_is_never_below_the_middle() -> None:
    calibration = Calibration()
    for _ in range(600):
        calibration.add(600.0, 1200.0, 0.0)
    for p50_s in (0.0, 10.0, 400.0, 600.0, 5000.0):
        low_s, high_s = calibration.range(p50_s, p50_s + 100)
        assert 0 <= low_s <= high_s
