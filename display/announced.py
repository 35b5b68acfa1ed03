"""Which calls were announced, on disk, so that a restart says nothing twice; knows no speaker and no board."""

from __future__ import annotations

import json
import os
from pathlib import Path

import structlog


class Announced:
    """The file `announced.json` in `folder`: all calls up to `floor` are done with, and some above it.

    A file that cannot be read counts as none, one that cannot be written is logged: the hall must be heard.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "announced.json"
        self._log = structlog.get_logger()
        self.floor, self._above = 0, set[int]()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            kept = json.loads(self._path.read_text("utf-8"))
            self.floor, self._above = int(kept["floor"]), {int(seq) for seq in kept["above"]}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as err:
            self._log.warning("announced_unreadable", reason=type(err).__name__)

    def __contains__(self, seq: int) -> bool:
        return seq <= self.floor or seq in self._above

    def add(self, seqs: list[int], waiting: list[int]) -> None:
        """These calls are done with; those in `waiting` are not yet."""
        self._above.update(seqs)
        known = max(self.floor, *self._above) if self._above else self.floor
        self.floor = max(self.floor, min(waiting) - 1 if waiting else known)
        self._above = {seq for seq in self._above if seq > self.floor}
        self._save()

    def begin_anew(self) -> None:
        """The journal was replaced and counts from its beginning again."""
        self._log.warning("journal_replaced", announced_up_to=self.floor)
        self.floor, self._above = 0, set()
        self._save()

    def _save(self) -> None:
        new = self._path.with_suffix(".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump({"floor": self.floor, "above": sorted(self._above)}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as err:
            self._log.error("announced_not_kept", reason=err.strerror)
