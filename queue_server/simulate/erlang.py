"""Erlang's formula for a hall with one line, random arrivals and memoryless service; knows nothing of our rules.

Agner Krarup Erlang, 1917: with `windows` c and offered load a = arrivals an hour × mean service time in hours, the
share of citizens who wait at all is C(c, a) = B / (1 − a/c · (1 − B)), where B is Erlang's loss formula.
"""

from __future__ import annotations

import math


def share_waiting(windows: int, load: float) -> float:
    """The share of citizens who wait, 0–1; 1 when `load` is too much for `windows` (then the queue only grows)."""
    if load >= windows:
        return 1.0
    blocked = 1.0
    for n in range(1, windows + 1):  # stable for any number of windows, where factorials are not
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / windows * (1 - blocked))


def mean_wait_s(windows: int, load: float, service_s: float) -> float:
    """The mean wait of all citizens, in seconds; infinite when `load` is too much."""
    if load >= windows:
        return math.inf
    return share_waiting(windows, load) * service_s / (windows - load)


def share_within(windows: int, load: float, service_s: float, limit_s: float) -> float:
    """The share of citizens who wait `limit_s` at most."""
    if load >= windows:
        return 0.0
    return 1 - share_waiting(windows, load) * math.exp(-(windows - load) * limit_s / service_s)


def windows_needed(load: float, service_s: float, limit_s: float, share: float) -> int:
    """The fewest windows with which at least `share` (below 1) of the citizens wait `limit_s` at most."""
    windows = max(1, math.floor(load) + 1) if load > 0 else 0
    while load > 0 and share_within(windows, load, service_s, limit_s) < share:
        windows += 1
    return windows
