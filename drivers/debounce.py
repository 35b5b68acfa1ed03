"""Makes presses of the level of a contact that bounces; knows no pin. Polled or told by edges, it behaves the same."""

from __future__ import annotations


class Debounce:
    """One contact. A level counts when it has stood still for `settle_s` seconds of a clock that only goes forward."""

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._down = False
        self._raw = False
        self._raw_since_s = 0.0
        self._down_since_s = 0.0

    def press(self, down: bool, now_s: float) -> bool:
        """The contact is `down` now; True once for each press."""
        if down != self._raw:
            self._raw, self._raw_since_s = down, now_s
        if self._raw == self._down or now_s - self._raw_since_s < self._settle_s:
            return False
        self._down, self._down_since_s = self._raw, now_s
        return self._down

    def held_s(self, now_s: float) -> float:
        """How long it has been down, 0.0 when it is up."""
        return now_s - self._down_since_s if self._down else 0.0

    @property
    def moving(self) -> bool:
        """Whether the level has changed and does not count yet."""
        return self._raw != self._down
