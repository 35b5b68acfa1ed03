"""Which windows to open first when not all can be; knows windows, services and load, no time of day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from config.settings import HallSettings, Window


def opening_order(settings: HallSettings, load: Mapping[str, float]) -> list[int]:
    """All windows, the one that helps most first. load: by service, how many windows' work it is.

    Each time the window is taken that finds the most work left: services nobody serves yet before others, then the load
    the windows before it leave (a window does the work of one). Among equals the one with more services, then the
    file's order.
    """
    left = dict(load)
    uncovered = {service for service, amount in load.items() if amount > 0}
    order: list[int] = []
    rest = list(settings.windows.values())

    def helps(window: Window) -> tuple[float, float, int]:
        serves = {*window.services, *window.then}
        new = sum(load[service] for service in serves & uncovered)
        return new, min(1.0, sum(left.get(service, 0.0) for service in serves)), len(serves)

    while rest:
        best = max(rest, key=helps)
        rest.remove(best)
        order.append(best.id)
        uncovered -= {*best.services, *best.then}
        work = 1.0
        for service in sorted({*best.services, *best.then}, key=lambda service: -left.get(service, 0.0)):
            done = min(work, left.get(service, 0.0))
            left[service] = left.get(service, 0.0) - done
            work -= done
    return order


def with_windows(settings: HallSettings, count: int) -> HallSettings:
    """The hall with at least `count` windows: those it lacks are made up, and serve everything."""
    windows = dict(settings.windows)
    number = max(windows, default=0)
    while len(windows) < count:
        number += 1
        name = dict.fromkeys(settings.languages, f"+{number}")
        windows[number] = Window(number, name, tuple(settings.services))
    return settings if len(windows) == len(settings.windows) else replace(settings, windows=windows)


def not_served(settings: HallSettings, windows: list[int], load: Mapping[str, float]) -> tuple[str, ...]:
    """The services somebody comes for that none of `windows` serves."""
    served = {s for w in windows for s in (*settings.windows[w].services, *settings.windows[w].then)}
    return tuple(service for service, amount in load.items() if amount > 0 and service not in served)
