"""Makes quantiles honest from what was said before and what came true; knows nothing of halls.

Scores of past predictions are kept by how long the wait was said to be. The median is moved by what it was wrong
by in the middle; the upper bound is put where it would have held nine times in ten (split conformal prediction, with
scores that newer ones push out). A few made-up scores of a perfect predictor stand in at first.
"""

from __future__ import annotations

from collections import deque
from math import exp, log

import numpy as np

from queue_server.estimate.times import Floats, weighted_quantiles

BOUNDS_S = (60.0, 180.0, 600.0, 1500.0, 3600.0)  # classes of predicted waits
KEPT = 500
SOFT_S = 30.0  # a wait of nothing has no relative error
WIDTH_S = 10.0
# Those who wait at the same time are wrong together: many scores say less than as many independent ones would.
MIDDLE_WEIGHT = 150.0
PERFECT_WEIGHT = 100.0
LEVELS = (np.arange(40) + 0.5) / 40


def _perfect_scores() -> Floats:
    """Of a predictor whose quantiles are right, (actual - p50) / (p90 - p50): 0 in the middle, 1 at nine in ten."""
    upper = np.log(0.5 / (1 - np.maximum(LEVELS, 0.5))) / np.log(5.0)
    scores: Floats = np.where(LEVELS > 0.5, upper, (LEVELS - 0.5) * 2)
    return scores


class Calibration:
    def __init__(self) -> None:
        self._middle: list[deque[float]] = [deque(maxlen=KEPT) for _ in range(len(BOUNDS_S) + 1)]
        self._upper: list[deque[float]] = [deque(maxlen=KEPT) for _ in range(len(BOUNDS_S) + 1)]
        self._shift: dict[int, float] = {}
        self._width: dict[int, float] = {}

    def add(self, p50_s: float, p90_s: float, actual_s: float) -> None:
        """A wait that was said to be `p50_s`, `p90_s`, before calibration, was `actual_s`."""
        group = _group(p50_s)
        self._middle[group].append(log((actual_s + SOFT_S) / (p50_s + SOFT_S)))
        middle_s = self._moved(p50_s, group)
        self._upper[group].append((actual_s - middle_s) / max(WIDTH_S, p90_s - p50_s))
        self._shift.pop(group, None)
        self._width.pop(group, None)

    def range(self, p50_s: float, p90_s: float) -> tuple[float, float]:
        group = _group(p50_s)
        middle_s = self._moved(p50_s, group)
        if group not in self._width:
            own = np.fromiter(self._upper[group], float)
            weights = np.concatenate([np.ones(len(own)), np.full(len(LEVELS), PERFECT_WEIGHT / len(LEVELS))])
            scores = np.concatenate([own, _perfect_scores()])
            self._width[group] = float(weighted_quantiles(scores, weights, np.array([0.9]))[0])
        return middle_s, max(middle_s, middle_s + self._width[group] * max(WIDTH_S, p90_s - p50_s))

    def _moved(self, p50_s: float, group: int) -> float:
        if group not in self._shift:
            errors = self._middle[group]
            count = len(errors)
            self._shift[group] = float(np.median(errors)) * count / (count + MIDDLE_WEIGHT) if count else 0.0
        return max(0.0, (p50_s + SOFT_S) * exp(self._shift[group]) - SOFT_S)


def _group(p50_s: float) -> int:
    return int(np.searchsorted(BOUNDS_S, p50_s))
