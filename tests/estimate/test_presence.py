"""When windows work is read from other days, from what is said today, and from settings when there is nothing else."""

from __future__ import annotations

import numpy as np

from queue_server.estimate.presence import Presence

HOUR_S = 3600.0


def away_at(presence: Presence, at_s: float, then_s: float, planned: tuple[tuple[float, float], ...] = ()) -> float:
    """The share of samples in which window 1, seen from `at_s`, is away at `then_s`."""
    begins, ends = presence.breaks([1], at_s, False, planned, 200, np.random.default_rng(1))
    inside = (begins[:, 0] <= then_s - at_s) & (then_s - at_s < ends[:, 0])
    return float(inside.any(axis=1).mean())


def with_lunches(days: int = 4) -> Presence:
    presence = Presence()
    for n in range(days):
        presence.begin_day()
        presence.change(1, "open", 8.5 * HOUR_S)
        presence.change(1, "paused", 12 * HOUR_S + 60 * n, 13 * HOUR_S)
        presence.change(1, "open", 13 * HOUR_S)
        presence.change(1, "closed", 17 * HOUR_S)
        presence.end_day(17.5 * HOUR_S, weekend=False)
    presence.begin_day()
    presence.change(1, "open", 8.5 * HOUR_S)
    return presence


def test_lunch_breaks_of_other_days_are_expected() -> None:
    presence = with_lunches()
    assert away_at(presence, 10 * HOUR_S, 11 * HOUR_S) == 0
    assert away_at(presence, 10 * HOUR_S, 12.5 * HOUR_S) == 1
    assert away_at(presence, 10 * HOUR_S, 14 * HOUR_S) == 0


def test_a_break_that_has_not_begun_comes_later() -> None:
    presence = with_lunches()
    assert away_at(presence, 12.1 * HOUR_S, 12.4 * HOUR_S) > 0.9


def test_who_says_when_they_are_back_is_believed() -> None:
    presence = with_lunches()
    presence.change(1, "paused", 10 * HOUR_S, 10.5 * HOUR_S)
    assert away_at(presence, 10.1 * HOUR_S, 10.4 * HOUR_S) == 1
    assert away_at(presence, 10.1 * HOUR_S, 10.9 * HOUR_S) < 0.1


def test_who_does_not_say_is_back_after_a_while() -> None:
    presence = with_lunches()
    presence.change(1, "paused", 10 * HOUR_S)
    assert away_at(presence, 10 * HOUR_S, 10.01 * HOUR_S) > 0.9
    assert 0.05 < away_at(presence, 10 * HOUR_S, 10.15 * HOUR_S) < 0.95
    assert away_at(presence, 10 * HOUR_S, 11.9 * HOUR_S) < 0.05


def test_a_window_that_opens_every_afternoon_is_expected() -> None:
    presence = Presence()
    for _ in range(3):
        presence.begin_day()
        presence.change(1, "open", 14 * HOUR_S)
        presence.change(1, "closed", 17 * HOUR_S)
        presence.end_day(18 * HOUR_S, weekend=False)
    presence.begin_day()
    assert away_at(presence, 10 * HOUR_S, 13 * HOUR_S) == 1
    assert away_at(presence, 10 * HOUR_S, 15 * HOUR_S) == 0


def test_without_a_past_the_settings_say() -> None:
    presence = Presence()
    presence.change(1, "open", 9 * HOUR_S)
    hours = ((8.5 * HOUR_S, 12 * HOUR_S), (14 * HOUR_S, 17.5 * HOUR_S))
    assert away_at(presence, 10 * HOUR_S, 11 * HOUR_S, hours) == 0
    assert away_at(presence, 10 * HOUR_S, 13 * HOUR_S, hours) == 1
    assert away_at(presence, 10 * HOUR_S, 15 * HOUR_S, hours) == 0
    assert away_at(presence, 10 * HOUR_S, 13 * HOUR_S) == 0, "a hall without hours never closes"
