"""How long things take, as distributions one can draw from; knows neither what takes so long nor numpy.

A draw takes its randomness from the `random.Random` it is given, so that a seed says all. All values are seconds, >= 0.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

REMAINING_TRIES = 64


class Times(Protocol):
    @property
    def mean_s(self) -> float:
        """The expectation, in seconds."""

    def draw(self, rng: Random, /) -> float:
        """One value, in seconds."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    mean_s: float

    def draw(self, _rng: Random) -> float:
        return self.mean_s


@dataclass(frozen=True, slots=True)
class Exponential:
    """Without memory: what queueing formulas assume."""

    mean_s: float

    def draw(self, rng: Random) -> float:
        return -self.mean_s * math.log(1.0 - rng.random())


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Long-tailed, as service times are. cv: standard deviation ÷ mean, > 0."""

    mean_s: float
    cv: float = 0.8

    def draw(self, rng: Random) -> float:
        variance = math.log1p(self.cv * self.cv)
        return math.exp(rng.normalvariate(math.log(self.mean_s) - variance / 2, math.sqrt(variance)))


class Empirical:
    """What was measured: a draw lies on the line through the sorted values, never below the least or above the most."""

    __slots__ = ("_sorted", "mean_s")

    def __init__(self, values_s: Sequence[float]) -> None:
        """values_s: at least one. Raises ValueError when there is none."""
        if not values_s:
            raise ValueError("an empirical distribution needs at least one value")
        self._sorted = sorted(values_s)
        self.mean_s = math.fsum(self._sorted) / len(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)

    def draw(self, rng: Random) -> float:
        return self._at(rng.random() * (len(self._sorted) - 1))

    def draw_above(self, least_s: float, rng: Random) -> float | None:
        """A value among those above `least_s`, None when none is."""
        above = bisect_right(self._sorted, least_s)
        if above == len(self._sorted):
            return None
        if above == 0:
            return self.draw(rng)
        below_s, above_s = self._sorted[above - 1], self._sorted[above]
        first = above - 1 + (least_s - below_s) / (above_s - below_s)
        return self._at(first + rng.random() * (len(self._sorted) - 1 - first))

    def _at(self, position: float) -> float:
        low = int(position)
        if low + 1 >= len(self._sorted):
            return self._sorted[-1]
        return self._sorted[low] + (position - low) * (self._sorted[low + 1] - self._sorted[low])


def remaining(times: Times, elapsed_s: float, rng: Random) -> float:
    """How much longer it takes when it has taken `elapsed_s` already: a draw among the values that are still possible.

    Where the distribution knows (almost) no such value, a tenth of the time gone by is added: something takes longer
    than was ever seen, and nobody can say by how much.
    """
    if elapsed_s <= 0:
        return times.draw(rng)
    if isinstance(times, Empirical):
        longer_s = times.draw_above(elapsed_s, rng)
        return elapsed_s / 10 if longer_s is None else longer_s - elapsed_s
    for _ in range(REMAINING_TRIES):
        whole_s = times.draw(rng)
        if whole_s > elapsed_s:
            return whole_s - elapsed_s
    return elapsed_s / 10
