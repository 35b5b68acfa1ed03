"""What a kiosk knows of its hall, on disk too, so that it works when it boots without the server; decides nothing.

It also keeps the server's clock: while this machine has not been booted anew, the time is measured by its monotonic
clock from the server's last answer, whatever anybody does to the wall clock.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import structlog

from queue_server.wire.hall import HallInfo
from queue_server.wire.kiosk import GuideView, KioskView

SAVE_S = 60.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment by three clocks: the server's, this machine's wall clock, and its monotonic one since `boot_id`."""

    server_ms: int
    wall_ms: int
    monotonic_ms: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened. sure: `at_ms` was measured against the server's clock in this very boot."""

    at_ms: int
    sure: bool
    monotonic_ms: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """This machine's clocks; a test brings its own."""

    wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    # BOOTTIME goes on while the machine sleeps, MONOTONIC does not.
    monotonic_ms: Callable[[], int] = lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    boot_id: Callable[[], str] = lambda: BOOT_ID.read_text().strip()


class HallMemory:
    """The file `hall.json` in `folder`. May be used from any thread; a disk that can't be written costs nothing but
    what a boot without the server would need."""

    def __init__(self, folder: Path, clocks: Clocks | None = None) -> None:
        self._path = folder / "hall.json"
        self._clocks = clocks or Clocks()
        self._boot_id = self._clocks.boot_id()
        self._lock = threading.Lock()
        self._log = structlog.get_logger()
        self._saved_s: float | None = None
        kept = self._load()
        self._hall: HallInfo | None = kept.get("hall")
        self._kiosk: KioskView | None = kept.get("kiosk")
        self._guide: GuideView | None = kept.get("guide")
        self._anchor: Anchor | None = Anchor(**kept["anchor"]) if kept.get("anchor") else None

    # -- what is known -----------------------------------------------------------------------------------------------

    @property
    def hall(self) -> HallInfo | None:
        return self._hall

    @property
    def kiosk(self) -> KioskView | None:
        return self._kiosk

    @property
    def guide(self) -> GuideView | None:
        return self._guide

    def now(self) -> Moment:
        """The server's time as well as it is known; never before its last answer."""
        wall_ms, monotonic_ms, anchor = self._clocks.wall_ms(), self._clocks.monotonic_ms(), self._anchor
        if anchor is None:
            return Moment(wall_ms, False, monotonic_ms, self._boot_id)
        if anchor.boot_id == self._boot_id:
            at_ms = anchor.server_ms + monotonic_ms - anchor.monotonic_ms
            return Moment(at_ms, True, monotonic_ms, self._boot_id)
        at_ms = max(anchor.server_ms, wall_ms + anchor.server_ms - anchor.wall_ms)
        return Moment(at_ms, False, monotonic_ms, self._boot_id)

    def measured(self, moment: Moment) -> Moment:
        """The same moment again: measured, if the server answered since in the boot it happened in."""
        anchor = self._anchor
        if moment.sure or anchor is None or not anchor.boot_id == moment.boot_id == self._boot_id:
            return moment
        at_ms = anchor.server_ms + moment.monotonic_ms - anchor.monotonic_ms
        return Moment(at_ms, True, moment.monotonic_ms, moment.boot_id)

    def day(self, at_ms: int) -> date:
        """The date in the hall, or in this machine's own zone while the hall's is not known."""
        zone = ZoneInfo(self._hall["timezone"]) if self._hall else None
        return datetime.fromtimestamp(at_ms / 1000, zone).date()

    def heard_on(self) -> date | None:
        """The hall's date when the server was last heard."""
        return None if self._anchor is None else self.day(self._anchor.server_ms)

    def today(self) -> date:
        return self.day(self.now().at_ms)

    # -- what is heard -----------------------------------------------------------------------------------------------

    def heard_hall(self, info: HallInfo) -> None:
        """The server's answer, that came just now."""
        offline = info.get("offline")
        if offline is not None:
            server_ms = round(datetime.fromisoformat(offline["now"]).timestamp() * 1000)
            monotonic_ms = self._clocks.monotonic_ms()
            self._anchor = Anchor(server_ms, self._clocks.wall_ms(), monotonic_ms, self._boot_id)
        self._hall = info

    def heard_view(self, view: dict[str, Any]) -> None:
        if view.get("services"):
            self._kiosk = cast(KioskView, view)

    def heard_guide(self, view: dict[str, Any]) -> None:
        self._guide = cast(GuideView, view)

    def save(self) -> None:
        """Put what is known on the disk, whole or not at all; at most once in SAVE_S, for the sake of memory cards."""
        with self._lock:
            now_s = time.monotonic()
            if self._saved_s is not None and now_s - self._saved_s < SAVE_S:
                return
            anchor = asdict(self._anchor) if self._anchor else None
            kept = {"hall": self._hall, "kiosk": self._kiosk, "guide": self._guide, "anchor": anchor}
            text = json.dumps(kept, ensure_ascii=False)
            draft = self._path.with_suffix(".new")
            try:
                with draft.open("w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
                self._saved_s = now_s
            except OSError as err:
                self._log.warning("memory_not_saved", reason=str(err))

    def _load(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as err:
            self._log.warning("memory_not_read", reason=str(err))
            return {}
        return kept if isinstance(kept, dict) else {}


def rfc3339(at_ms: int) -> str:
    """UTC with milliseconds; such texts compare like the times they say."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
