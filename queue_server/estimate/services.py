"""How long a service takes at a window, learned from few or many examples; knows neither tickets nor time of day.

A service that was seen a few times is like the hall's others, one that was seen never takes about six minutes, and one
that was seen often is what it was seen to be (empirical Bayes: every mean is drawn towards the one above it, with
the weight of so many examples). Who serves and which day it is are told apart from that in the same way. Logarithms
are averaged, because times are long-tailed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

import numpy as np

from queue_server.estimate.pace import DayPace
from queue_server.estimate.times import KEPT, NORMAL, PRESET_SPREAD, Floats, drawn, weighted_quantiles

PRESET_S = 360.0
HALL_WEIGHT, SERVICE_WEIGHT, WHO_WEIGHT = 8.0, 8.0, 12.0  # in examples
ROUNDS = 4
LEAST_S = 1.0


class ServiceTimes:
    """From the call to the end of serving, by service and by who serves (`who`: staff or window)."""

    def __init__(self) -> None:
        self._examples: dict[str, deque[tuple[float, Hashable, int]]] = {}
        self._tables: dict[str, Floats] = {}
        self._unknown: Floats = np.exp(np.log(PRESET_S) - PRESET_SPREAD**2 / 2 + PRESET_SPREAD * NORMAL)
        self._pace: dict[Hashable, float] = {}
        self._doubt: dict[str, float] = {}
        self._hall_doubt = 0.3
        self._new = 0
        self._count = 0
        self._means: dict[str, float] = {}
        self._spread = PRESET_SPREAD
        self._day = 0
        self._today: list[tuple[float, str, Hashable]] = []
        self._days = DayPace()

    def begin_day(self) -> None:
        self._day += 1
        self._today = []

    def add(self, service: str, who: Hashable, seconds: float) -> None:
        examples = self._examples.setdefault(service, deque(maxlen=KEPT))
        log = float(np.log(max(LEAST_S, seconds)))
        examples.append((log, who, self._day))
        self._today.append((log, service, who))
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

    def today(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm that all times of today are multiplied by."""
        rest = [log - self._means[s] - np.log(self.pace(who)) for log, s, who in self._today if s in self._means]
        return self._days.today(float(sum(rest)), len(rest), self._spread)

    def fit(self) -> None:
        """Take new examples into account, when there are enough of them to matter."""
        if self._new * 20 < self._count or not self._count:
            return
        self._new = 0
        services = list(self._examples)
        logs = np.concatenate([np.fromiter((x for x, _, _ in self._examples[s]), float) for s in services])
        of = np.repeat(np.arange(len(services)), [len(self._examples[s]) for s in services])
        names = {who: n for n, who in enumerate({w: None for s in services for _, w, _ in self._examples[s]})}
        by = np.array([names[w] for s in services for _, w, _ in self._examples[s]])
        on = np.array([day for s in services for _, _, day in self._examples[s]])
        on -= on.min()
        days = int(on.max()) + 1
        preset = np.log(PRESET_S) - PRESET_SPREAD**2 / 2
        hall = (logs.sum() + HALL_WEIGHT * preset) / (len(logs) + HALL_WEIGHT)
        service, who, day = np.zeros(len(services)), np.zeros(len(names)), np.zeros(days)
        alike = self._spread**2 / self._days.variance
        for _ in range(ROUNDS):
            service = drawn(logs - hall - who[by] - day[on], of, len(services), SERVICE_WEIGHT)
            who = drawn(logs - hall - service[of] - day[on], by, len(names), WHO_WEIGHT)
            day = drawn(logs - hall - service[of] - who[by], on, days, alike)
        rest = logs - hall - service[of] - who[by]
        counts = np.bincount(on, minlength=days).astype(float)
        seen = counts > 0
        rest -= day[on]
        spread = self._spread = max(0.2, float(rest.std()))
        self._days.learn((np.bincount(on, rest, days) / np.maximum(counts, 1) + day)[seen], counts[seen], spread)
        weight = SERVICE_WEIGHT / len(rest)
        for n, name in enumerate(services):
            own = rest[of == n]
            values = np.concatenate([own, rest])
            weights = np.concatenate([np.ones(len(own)), np.full(len(rest), weight)])
            self._means[name] = float(hall + service[n])
            self._tables[name] = np.exp(hall + service[n] + weighted_quantiles(values, weights))
            self._doubt[name] = spread / float(np.sqrt(len(own) + SERVICE_WEIGHT))
        self._unknown = np.exp(hall + weighted_quantiles(rest, np.ones(len(rest))))
        self._hall_doubt = spread / float(np.sqrt(SERVICE_WEIGHT))
        self._pace = {name: float(np.exp(who[n])) for name, n in names.items()}
