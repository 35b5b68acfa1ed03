"""Only changes of a node's devices are written, and a day's journal tells the whole list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall.evolve import evolve
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

DAY_MS = 24 * 3600 * 1000
START_MS = 1_795_140_000_000


def _printer(code: str) -> c.DeviceReport:
    health = "ok" if code == "ok" else "failed"
    return c.DeviceReport(
        device="printer", device_kind="printer", health=health, code=code, detail="…", since_ms=START_MS
    )


def _report(hall: Hall, at_ms: int, *devices: c.DeviceReport) -> list[str]:
    command = c.ReportDevices(command_id=str(at_ms), at_ms=at_ms, node="kiosk-1", devices=devices)
    return [type(event).__name__ for event in decide(hall, command).events]


def test_only_changes_are_written(hall_settings: Callable[..., HallSettings]) -> None:
    hall = Hall(hall_settings())
    assert _report(hall, START_MS, _printer("ok")) == ["DayOpened", "DeviceChanged"]
    assert _report(hall, START_MS + 1, _printer("ok")) == []
    assert _report(hall, START_MS + 2, _printer("paper_out")) == ["DeviceChanged"]
    assert hall.devices["kiosk-1", "printer"].code == "paper_out"
    assert _report(hall, START_MS + 3) == ["DeviceChanged"]
    assert hall.devices == {}


def test_a_new_day_tells_every_device_again(hall_settings: Callable[..., HallSettings]) -> None:
    hall = Hall(hall_settings())
    _report(hall, START_MS, _printer("paper_out"))
    tick = c.ReportDevices(command_id="next", at_ms=START_MS + DAY_MS, node="kiosk-1", devices=(_printer("paper_out"),))
    events: list[Any] = decide(hall, tick).events
    assert [type(event).__name__ for event in events] == ["DayClosed", "DayOpened", "DeviceChanged"]
    replayed = Hall(hall.settings, seq=hall.seq - 2)
    for seq, event in enumerate(events[1:], start=hall.seq - 1):
        evolve(replayed, event, seq)
    assert replayed == hall
