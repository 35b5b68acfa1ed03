"""Who does not come when called: patience ends, and a few long waits are enough to see it."""

from __future__ import annotations

import numpy as np
import pytest

from queue_server.estimate.absence import AT_ONCE_PRESET, Absence


def people(count: int, longest_min: float, at_once: float, half_min: float, seed: int) -> Absence:
    """Patience is lognormal here, which the curves that are fitted are not."""
    chance = np.random.default_rng(seed)
    absence = Absence()
    for waited_min in chance.uniform(0, longest_min, count):
        absence.called(60 * waited_min)
        if chance.random() < at_once or half_min * np.exp(0.5 * chance.standard_normal()) < waited_min:
            absence.missed(60 * waited_min)
    return absence


def test_nothing_known_is_a_few_at_once_and_more_later() -> None:
    shares = Absence().shares()
    assert 0.5 * AT_ONCE_PRESET < shares[0] < 2 * AT_ONCE_PRESET
    assert (np.diff(shares) >= 0).all(), "nobody comes back to a line they have left"
    assert shares[60] < 0.4


def test_many_calls_speak_for_themselves() -> None:
    shares = people(4000, 200, at_once=0.2, half_min=90, seed=1).shares()
    assert shares[2] == pytest.approx(0.2, abs=0.06)
    assert shares[90] == pytest.approx(0.6, abs=0.1)
    assert shares[170] > 0.8


def test_patience_is_seen_before_many_have_lost_it() -> None:
    """A hundred calls after up to an hour each: nobody was called after two hours, yet it is clear what comes."""
    impatient, patient = people(150, 60, 0.05, 40, seed=2).shares(), people(150, 60, 0.05, 4000, seed=2).shares()
    assert impatient[110] > 0.6
    assert patient[50] < 0.15
    assert patient[110] < impatient[110] - 0.3


def test_a_hall_that_changes_is_learned_anew() -> None:
    absence = people(1000, 30, at_once=0.3, half_min=4000, seed=3)
    before = absence.shares()[5]
    for _ in range(60):
        absence.begin_day()
        for n in range(20):
            absence.called(60 * n)
    assert absence.shares()[5] < before / 3
