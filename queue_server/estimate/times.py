"""How long a service takes at a window, learned from few or many examples; knows neither tickets nor time of day.

A service that was seen a few times is like the hall's others, one that was seen never takes about six minutes, and one
that was seen often is what it was seen to be (empirical Bayes: every mean is drawn towards the one above it, with
the weight of so many examples). Logarithms are averaged, because times are long-tailed; the tail itself is not
assumed but kept as it was measured.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRESET_S = 360.0
PRESET_SPREAD = 0.7  # of the logarithm
GRID = 256  # quantiles a distribution is kept as
LEVELS = (np.arange(GRID) + 0.5) / GRID
KEPT = 800  # examples of each service; newer ones push out the oldest
HALL_WEIGHT, SERVICE_WEIGHT, WHO_WEIGHT = 8.0, 8.0, 12.0  # in examples
ROUNDS = 4
LEAST_S = 1.0


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


class ServiceTimes:
    """From the call to the end of serving, by service and by who serves (`who`: staff or window)."""

    def __init__(self) -> None:
        self._examples: dict[str, deque[tuple[float, Hashable]]] = {}
        self._tables: dict[str, Floats] = {}
        self._unknown: Floats = np.exp(np.log(PRESET_S) - PRESET_SPREAD**2 / 2 + PRESET_SPREAD * NORMAL)
        self._pace: dict[Hashable, float] = {}
        self._doubt: dict[str, float] = {}
        self._hall_doubt = 0.3
        self._new = 0
        self._count = 0

    def add(self, service: str, who: Hashable, seconds: float) -> None:
        examples = self._examples.setdefault(service, deque(maxlen=KEPT))
        examples.append((float(np.log(max(LEAST_S, seconds))), who))
        self._new += 1
        self._count += 1

    def table(self, service: str) -> Floats:
        """`GRID` equally likely seconds for `service` by somebody of ordinary pace."""
        return self._tables.get(service, self._unknown)

    def pace(self, who: Hashable) -> float:
        """What times are multiplied by where `who` serves."""
        return self._pace.get(who, 1.0)

    def doubt(self, service: str) -> float:
        """Standard deviation of the logarithm of the mean, from having seen only so many examples."""
        return self._doubt.get(service, self._hall_doubt)

    def fit(self) -> None:
        """Take new examples into account, when there are enough of them to matter."""
        if self._new * 20 < self._count or not self._count:
            return
        self._new = 0
        services = list(self._examples)
        logs = np.concatenate([np.fromiter((x for x, _ in self._examples[s]), float) for s in services])
        of = np.repeat(np.arange(len(services)), [len(self._examples[s]) for s in services])
        names = {who: n for n, who in enumerate({w: None for s in services for _, w in self._examples[s]})}
        by = np.array([names[w] for s in services for _, w in self._examples[s]])
        preset = np.log(PRESET_S) - PRESET_SPREAD**2 / 2
        hall = (logs.sum() + HALL_WEIGHT * preset) / (len(logs) + HALL_WEIGHT)
        service, who = np.zeros(len(services)), np.zeros(len(names))
        for _ in range(ROUNDS):
            service = _drawn(logs - hall - who[by], of, len(services), SERVICE_WEIGHT)
            who = _drawn(logs - hall - service[of], by, len(names), WHO_WEIGHT)
        rest = logs - hall - service[of] - who[by]
        spread = max(0.2, float(rest.std()))
        weight = SERVICE_WEIGHT / len(rest)
        for n, name in enumerate(services):
            own = rest[of == n]
            values = np.concatenate([own, rest])
            weights = np.concatenate([np.ones(len(own)), np.full(len(rest), weight)])
            self._tables[name] = np.exp(hall + service[n] + weighted_quantiles(values, weights))
            self._doubt[name] = spread / float(np.sqrt(len(own) + SERVICE_WEIGHT))
        self._unknown = np.exp(hall + weighted_quantiles(rest, np.ones(len(rest))))
        self._hall_doubt = spread / float(np.sqrt(SERVICE_WEIGHT))
        self._pace = {name: float(np.exp(who[n])) for name, n in names.items()}


def _drawn(values: Floats, group: NDArray[np.int64], count: int, weight: float) -> Floats:
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
    at = int(np.searchsorted(table, elapsed_s, side="right"))
    if at > len(table) - 3:
        return -np.log1p(-draws * 0.999) * max(30.0, elapsed_s / 5)
    left: Floats = table[at + (draws * (len(table) - at)).astype(int)] - elapsed_s
    return left
