"""Which lines each window serves, worked out once for settings and skills; knows no tickets and no order.

Every ticket is asked of every window, so this is looked up, not found anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.settings import HallSettings

Keys = tuple[str | int, ...]  # lines: service ids, and the number of the one window that tickets were sent to


@dataclass(frozen=True, slots=True)
class Served:
    """The lines of a window: its own, those it serves when they are empty, and all.

    like: equal in windows that differ only in who is sent to one of them in particular.
    """

    own: Keys
    then: Keys
    every: frozenset[str | int]
    like: tuple[Keys, Keys]


class Serving:
    """What was worked out so far. It follows from the settings, so that two of them never say different things."""

    def __init__(self) -> None:
        self._settings: HallSettings | None = None
        self._known: dict[tuple[int, tuple[str, ...]], Served] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Serving)

    __hash__ = None  # type: ignore[assignment]

    def of(self, settings: HallSettings, window: int, skills: tuple[str, ...]) -> Served:
        """The lines of `window` while somebody with `skills` sits there. One that the settings do not name serves who
        was sent to it."""
        if self._settings is not settings:
            self._settings, self._known = settings, {}
        known = self._known.get((window, skills))
        if known is None:
            plan = settings.windows.get(window)
            services = _able(settings, plan.services, skills) if plan is not None else ()
            then = _able(settings, plan.then, skills) if plan is not None else ()
            own: Keys = (*services, window)
            known = self._known[window, skills] = Served(own, then, frozenset(own + then), (services, then))
        return known


def _able(settings: HallSettings, services: Iterable[str], skills: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `services` that need no skill, or one of `skills`."""
    plans = settings.services
    return tuple(s for s in services if s not in plans or not plans[s].skill or plans[s].skill in skills)
