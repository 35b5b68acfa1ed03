"""How much whole days differ in pace, and what today's is; knows residuals of logarithms only, not what took so long.

A day is slower than others because somebody is new, a system crawls, or the weather brings other people. How far days
of this hall lie apart is not known: some distances are tried, each weighted by how well it explains the days seen.
"""

from __future__ import annotations

import numpy as np

from queue_server.estimate.times import Floats

APART = np.array([0.02, 0.04, 0.07, 0.11, 0.16, 0.23, 0.35])  # standard deviations of a day's logarithm
APART_PRESET, WIDTH = 0.1, 0.8


class DayPace:
    """`spread`: standard deviation of one residual."""

    def __init__(self) -> None:
        self._weight: Floats = np.exp(-0.5 * (np.log(APART / APART_PRESET) / WIDTH) ** 2)
        self._weight /= self._weight.sum()

    def learn(self, means: Floats, counts: Floats, spread: float) -> None:
        """The mean residual of each day, and of how many it is."""
        variance = APART[:, None] ** 2 + spread**2 / np.maximum(counts, 1)[None, :]
        log = -0.5 * (means[None, :] ** 2 / variance + np.log(variance)).sum(axis=1)
        log -= 0.5 * (np.log(APART / APART_PRESET) / WIDTH) ** 2
        weight: Floats = np.exp(log - log.max())
        self._weight = weight / weight.sum()

    @property
    def variance(self) -> float:
        return float(self._weight @ APART**2)

    def today(self, total: float, count: int, spread: float) -> tuple[float, float]:
        """Mean and standard deviation of today's pace (a logarithm), after `count` residuals that sum up to `total`."""
        noise = spread**2 / max(1, count)
        mean = total / max(1, count)
        precise = 1 / APART**2 + (1 / noise if count else 0.0)
        middle = (mean / noise if count else 0.0) / precise
        # What has been seen today says something of how far days lie apart, too.
        log = -0.5 * (mean**2 / (APART**2 + noise) + np.log(APART**2 + noise)) if count else np.zeros(len(APART))
        weight = self._weight * np.exp(log - log.max())
        weight /= weight.sum()
        centre = float(weight @ middle)
        return centre, float(np.sqrt(weight @ (1 / precise + middle**2) - centre**2))
