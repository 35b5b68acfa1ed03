"""How much paper is left on a roll, by what was printed since it was put in; knows no printer's bytes.

It is an estimate, and None as long as nobody saw the roll being changed: what a printer was switched on with is not
known. A roll that should be used up and still gives paper was changed unseen, and nothing is known again.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)

LOW_PERCENT = 10
"""Below this the maintainer is warned. Near-end sensors look at about so much."""

_CORE_PERCENT = -5  # slips measured a little too long must not make a full roll unknown at its very end


class PaperRoll:
    """One printer's roll, `roll_m` metres long when new; kept in `file` over restarts, or in memory only.

    A file that cannot be read or written costs the estimate, never a slip.
    """

    def __init__(self, roll_m: float, file: Path | None = None) -> None:
        self._roll_mm = roll_m * 1000
        self._file = file
        self._used_mm = self._read()
        self._near_end = self._may_change = False

    @property
    def left_percent(self) -> int | None:
        """0–100, at most LOW_PERCENT while the printer's own sensor sees the end; None: not known."""
        if self._used_mm is None:
            return None
        percent = round(100 * (1 - self._used_mm / self._roll_mm))
        if percent < _CORE_PERCENT:
            return None
        return max(0, min(percent, LOW_PERCENT) if self._near_end else percent)

    @property
    def low(self) -> bool:
        """Whether the estimate alone says that a new roll will be needed soon."""
        left = self.left_percent
        return left is not None and left < LOW_PERCENT

    def printed(self, height_mm: float) -> None:
        """A slip of this height came out, or may have."""
        if self._used_mm is not None:
            self._used_mm += height_mm
            self._write()

    def seen(self, *, paper: bool, near_end: bool, cover_open: bool) -> None:
        """What the printer's sensors say. Paper after its end is a new roll, and so is plenty of paper after an open
        cover where the end was near."""
        if not paper or (self._near_end and cover_open):
            self._may_change = True
        elif self._may_change and not cover_open:
            self._may_change = False
            if not near_end:
                self._used_mm = 0.0
                self._write()
        if paper and not cover_open:
            self._near_end = near_end

    def _read(self) -> float | None:
        if self._file is None:
            return None
        with suppress(OSError, ValueError, TypeError, KeyError):
            used_mm = json.loads(self._file.read_text("utf-8"))["used_mm"]
            if isinstance(used_mm, int | float) and 0 <= used_mm < 1e9:
                return float(used_mm)
        return None

    def _write(self) -> None:
        if self._file is None:
            return
        new = self._file.with_suffix(".new")
        try:
            new.write_text(json.dumps({"used_mm": self._used_mm}), "utf-8")
            new.replace(self._file)
        except OSError as err:
            _log.warning("the paper estimate could not be kept: %s", err.strerror)
