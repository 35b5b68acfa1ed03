"""A hall that takes bookings, for tests against the real clock: its time zone is one where it is about noon now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

HALL = """
[hall]
id = "booking"
name = {{ zh-CN = "预约大厅", en = "Booking hall" }}
timezone = "{zone}"
languages = ["zh-CN", "en"]
[rules]
call_gap_s = 0
[appointments]
days_ahead = 5
cancel_before_s = 0
per_citizen = 2
[[services]]
id = "hukou"
name = {{ zh-CN = "户籍", en = "Household registration" }}
prefix = "A"
slots = {{ every_min = 5, quota = 2 }}
[[services]]
id = "social"
name = {{ zh-CN = "社保", en = "Social insurance" }}
prefix = "B"
slots = {{ every_min = 30, quota = 1 }}
[[windows]]
id = 1
name = {{ zh-CN = "1号窗口", en = "Window 1" }}
services = ["hukou", "social"]
"""


def noon_zone() -> str:
    """The name of a whole-hour zone with 11:30–12:30 on its clocks now: a test never meets midnight."""
    now = datetime.now(UTC)
    ahead = 12 - round(now.hour + now.minute / 60)
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


def booking_hall(folder: Path, text: str = HALL) -> Path:
    file = folder / "booking.toml"
    file.write_text(text.format(zone=noon_zone()), encoding="utf-8")
    return file
