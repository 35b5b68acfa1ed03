"""Makes one press of many frames: bounces, repeats until acknowledged, keys that are stuck; knows no protocol."""

from __future__ import annotations

from dataclasses import dataclass

STUCK_S = 5.0


@dataclass(slots=True)
class _Press:
    what: object
    since_s: float
    last_s: float


class Presses:
    """What was pressed last at each place. repeat_s: the same again within this time is still the same press."""

    def __init__(self, repeat_s: float) -> None:
        self._repeat_s = repeat_s
        self._last: dict[int, _Press] = {}

    def is_new(self, place: int, what: object, now_s: float) -> bool:
        """Whether `what` at `place` is a press of its own."""
        before = self._last.get(place)
        if before is not None and before.what == what and now_s - before.last_s <= self._repeat_s:
            before.last_s = now_s
            return False
        self._last[place] = _Press(what, now_s, now_s)
        return True

    def stuck(self, now_s: float) -> tuple[int, object] | None:
        """Place and key that repeat without a pause for 5 s and still do."""
        for place, press in self._last.items():
            if press.last_s - press.since_s >= STUCK_S and now_s - press.last_s <= self._repeat_s:
                return place, press.what
        return None
