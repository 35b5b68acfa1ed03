"""Distributions of times as they were measured; knows neither services, tickets nor time of day.

A distribution is kept as quantiles, because times are long-tailed: a tail is not assumed but kept as it was measured.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRESET_SPREAD = 0.7  # of the logarithm
GRID = 256  # quantiles a distribution is kept as
LEVELS = (np.arange(GRID) + 0.5) / GRID
KEPT = 800  # examples; newer ones push out the oldest


def _normal_levels() -> Floats:
    """Quantiles of the standard normal distribution at `LEVELS`, without scipy: its import costs 30 MB."""
    t = np.sqrt(-2 * np.log(np.minimum(LEVELS, 1 - LEVELS)))
    # Abramowitz and Stegun 26.2.23, error below 4.5e-4.
    z = t - (2.515517 + 0.802853 * t + 0.010328 * t**2) / (1 + 1.432788 * t + 0.189269 * t**2 + 0.001308 * t**3)
    normal: Floats = np.where(LEVELS < 0.5, -z, z)
    return normal


NORMAL = _normal_levels()


class Pool:
    """Measured values of one kind, seconds, as quantiles; a preset stands in until there are some."""

    def __init__(self, preset_s: float, spread: float = PRESET_SPREAD, weight: float = 5.0) -> None:
        self._values: deque[float] = deque(maxlen=KEPT)
        self._preset = np.exp(np.log(preset_s) + spread * NORMAL)
        self._weight = weight
        self._table: Floats | None = self._preset

    def add(self, value_s: float) -> None:
        self._values.append(max(0.0, value_s))
        self._table = None

    def __len__(self) -> int:
        return len(self._values)

    def table(self) -> Floats:
        """`GRID` equally likely values, in order."""
        if self._table is None:
            own = np.fromiter(self._values, float)
            self._table = weighted_quantiles(
                np.concatenate([own, self._preset]),
                np.concatenate([np.ones(len(own)), np.full(GRID, self._weight / GRID)]),
            )
        return self._table


def drawn(values: Floats, group: NDArray[np.int64], count: int, weight: float) -> Floats:
    """The mean of each group, drawn towards 0 with the weight of `weight` examples."""
    total: Floats = np.bincount(group, values, count) / (np.bincount(group, minlength=count) + weight)
    return total


def weighted_quantiles(values: Floats, weights: Floats, levels: Floats = LEVELS) -> Floats:
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    middle = np.cumsum(weights) - weights / 2
    return np.interp(levels, middle / weights.sum(), values)


def remaining(table: Floats, elapsed_s: float, draws: Floats) -> Floats:
    """How much longer, of what takes one of `table` and has taken `elapsed_s`: `draws` in 0–1 choose.

    Past the longest that is known, an exponential tail of a fifth of what has gone by.
    """
    # What has not begun may well take no time at all; what has taken some is not one of those that took less.
    at = int(np.searchsorted(table, elapsed_s, side="right")) if elapsed_s > 0 else 0
    if at > len(table) - 3:
        return -np.log1p(-draws * 0.999) * max(30.0, elapsed_s / 5)
    left: Floats = table[at + (draws * (len(table) - at)).astype(int)] - elapsed_s
    return left
