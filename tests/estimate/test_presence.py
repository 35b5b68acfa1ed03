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


def test_a_window_that_is_late_today_is_expected_soon() -> None:
    """Also when it works in the afternoon, or after a break: it does not stay closed until then."""
    presence = with_lunches()
    presence.begin_day()
    late_s = 8.5 * HOUR_S + 120
    assert away_at(presence, late_s, late_s + 1) > 0.9
    assert away_at(presence, late_s, late_s + 1800) < 0.1


def test_who_closed_early_is_not_expected_back_at_once() -> None:
    presence = with_lunches()
    presence.change(1, "closed", 10 * HOUR_S)
    assert away_at(presence, 10.1 * HOUR_S, 11 * HOUR_S) == 1


def left_late(planned: tuple[tuple[float, float], ...]) -> list[float]:
    """Who was called at 11:50 was served until 12:20, and the break began then."""
    presence = Presence()
    for _ in range(3):
        presence.begin_day()
        presence.change(1, "open", 8.5 * HOUR_S)
        presence.change(1, "paused", 12 * HOUR_S + 1200, 13 * HOUR_S, stayed_s=12 * HOUR_S - 600)
        presence.change(1, "open", 13 * HOUR_S)
        presence.change(1, "closed", 17 * HOUR_S)
        presence.end_day(17.5 * HOUR_S, weekend=False)
    presence.begin_day()
    presence.change(1, "open", 8.5 * HOUR_S)
    return [away_at(presence, 10 * HOUR_S, 12 * HOUR_S + after_s, planned) for after_s in (-700, -60, 60, 900, 1300)]


def test_a_break_was_meant_before_the_last_citizen_had_gone() -> None:
    without = left_late(())
    assert without == sorted(without)
    assert without[0] == 0
    assert 0.1 < without[1] < without[3] < 0.95
    assert without[-1] == 1
    assert left_late(((8.5 * HOUR_S, 12 * HOUR_S), (13 * HOUR_S, 17 * HOUR_S))) == [0, 0, 1, 1, 1]


def test_who_still_serves_when_the_break_should_have_begun_goes_after_it() -> None:
    presence = with_lunches()
    begins, ends = presence.breaks(
        [1], 12.1 * HOUR_S, False, (), 200, np.random.default_rng(1), stayed_s=[11.9 * HOUR_S]
    )
    inside = (begins[:, 0] <= 0) & (ends[:, 0] > 1800)
    assert inside.any(axis=1).all(), "the one in service was called before: the break is due"
