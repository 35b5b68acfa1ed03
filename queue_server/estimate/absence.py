"""Who does not come when called, by how long they waited; knows neither tickets nor windows.

Some are never there, and patience ends for more and more of those who wait on. A hall sees few who waited an hour and
more, and exactly they decide how fast a long line moves. So the shares are not counted class by class: a curve of
three parameters (the share at once, the minutes after which half have left, how alike people are in this) is fitted to
all calls, all curves that would explain them weighted by how well they do (a posterior mean over a grid). Counts then
correct the curve where there are many of them.
"""

from __future__ import annotations

import numpy as np

from queue_server.estimate.times import Floats

MINUTES = 241  # who waited longer is like those who waited so long
AT_ONCE = np.array([0.005, 0.01, 0.02, 0.035, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.45])
AT_ONCE_PRESET = 0.08
HALF_MIN = np.array([15.0, 22, 32, 45, 60, 80, 105, 140, 185, 250, 350, 600])
HALF_PRESET_MIN = 180.0
ALIKE = np.array([1.5, 2.5, 4.0, 6.0])
WIDTH = 1.0  # of the presets, of the logarithm
NEAR_MIN = 7.5  # calls so near say something of each other
WEIGHT = 40.0  # of the curve, in calls beside those counted near by
KEPT_A_DAY = 0.98  # days long ago count less


def _curves() -> tuple[Floats, Floats]:
    """Curves × minutes, and the logarithm of how likely each is before anything was seen."""
    at_once, half, alike = (g.ravel() for g in np.meshgrid(AT_ONCE, HALF_MIN, ALIKE, indexing="ij"))
    minutes = np.arange(MINUTES) + 0.5
    left = 1 / (1 + (half[:, None] / minutes) ** alike[:, None])
    curves: Floats = 1 - (1 - at_once[:, None]) * (1 - left)
    prior: Floats = -0.5 * (np.log(at_once / AT_ONCE_PRESET) ** 2 + np.log(half / HALF_PRESET_MIN) ** 2) / WIDTH**2
    return np.clip(curves, 1e-4, 1 - 1e-4), prior


class Absence:
    def __init__(self) -> None:
        self._curves, self._prior = _curves()
        self._missed_log, self._came_log = np.log(self._curves), np.log1p(-self._curves)
        self._calls = np.zeros(MINUTES)
        self._missed = np.zeros(MINUTES)
        self._shares: Floats | None = None

    def begin_day(self) -> None:
        self._calls *= KEPT_A_DAY
        self._missed *= KEPT_A_DAY

    def called(self, waited_s: float) -> None:
        self._calls[_minute(waited_s)] += 1
        self._shares = None

    def missed(self, waited_s: float) -> None:
        """Somebody who was `called` did not come."""
        self._missed[_minute(waited_s)] += 1
        self._shares = None

    def shares(self) -> Floats:
        """By whole minutes waited, the share of those called who do not come."""
        if self._shares is None:
            came = np.maximum(0.0, self._calls - self._missed)
            score = self._prior + self._missed_log @ self._missed + self._came_log @ came
            weight = np.exp(score - score.max())
            curve = weight @ self._curves / weight.sum()
            missed, calls = _near(self._missed), _near(self._calls)
            shares: Floats = (missed + WEIGHT * curve) / (calls + WEIGHT)
            self._shares = shares
        return self._shares


def _minute(waited_s: float) -> int:
    return min(MINUTES - 1, max(0, int(waited_s / 60)))


def _near(counts: Floats) -> Floats:
    """How many there are around each minute."""
    total = np.concatenate([[0.0], np.cumsum(counts)])
    minutes = np.arange(MINUTES)
    low = np.maximum(0, np.ceil(minutes - NEAR_MIN)).astype(int)
    high = np.minimum(MINUTES, np.floor(minutes + NEAR_MIN) + 1).astype(int)
    near: Floats = total[high] - total[low]
    return near
