"""Cables pulled and put back again and again: how often, how long it may take, and what must not stay; knows no device.

`HALL_REPLUGS=100` does it a hundred times; without it five.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

TIMES = int(os.environ.get("HALL_REPLUGS", "5"))
BACK_WITHIN_S = 10.0
"""The drivers state 2 s; a busy machine may take longer, and the longest time is shown with -s."""


def open_things() -> dict[str, int]:
    return {"threads": threading.active_count(), "descriptors": len(list(Path("/proc/self/fd").iterdir()))}


def no_more(before: dict[str, int]) -> bool:
    return all(now <= before[what] for what, now in open_things().items())
