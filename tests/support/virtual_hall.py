"""Short ways to say a day to simulate: Monday 23 November 2026 in a hall of our choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from config.settings import HallSettings
from queue_server.hall import events as e
from queue_server.simulate.day import Step, VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.times import Fixed, Times

DAY = date(2026, 11, 23)
DILIGENT = {"walk_s": Fixed(0), "between_s": Fixed(0), "absent_share": 0.0}


class Bench:
    """Short ways to say a day. Times are "09:00" on the hall's clock."""

    def __init__(self, settings: HallSettings) -> None:
        self.settings = settings

    def ms(self, at: str) -> int:
        return moment_ms(self.settings, DAY, time.fromisoformat(at))

    def shift(self, start: str, end: str) -> Shift:
        return Shift(self.ms(start), self.ms(end))

    def staffing(self, windows: Mapping[int, Sequence[str]], overtime_s: float = 3600) -> Staffing:
        """`{1: ["08:30-12:00", "14:00-17:30"]}`"""
        return Staffing({w: tuple(self.shift(*span.split("-")) for span in s) for w, s in windows.items()}, overtime_s)

    def arrive(self, at: str, *services: str, **fields: Any) -> Arrival:
        return Arrival(self.ms(at), services or ("hukou",), **fields)

    def day(
        self,
        arrivals: Sequence[Arrival],
        windows: Mapping[int, Sequence[str]],
        *,
        takes: Times | None = None,
        seed: int = 1,
        overtime_s: float = 3600,
        **behaviour: Any,
    ) -> VirtualDay:
        how = Behaviour(other_service_s=takes or Fixed(300), **{**DILIGENT, **behaviour})
        return VirtualDay(self.settings, arrivals, self.staffing(windows, overtime_s), how, seed)


def events_of(steps: Sequence[Step], *kinds: type[e.Event]) -> list[Any]:
    return [event for step in steps for event in step.events if isinstance(event, kinds)]
