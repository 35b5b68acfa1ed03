"""A hall that tests tell what happens, event by event, and an estimator that listens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.settings import HallSettings
from queue_server.estimate.estimator import Estimator
from queue_server.hall import commands as c
from queue_server.hall.events import Event
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

DAY_MS = 24 * 3600 * 1000
MONDAY_8_MS = round(datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


class Told:
    """A hall by its own rules. `at_ms` is its clock; every event goes to `estimator` as it would from a journal."""

    def __init__(self, settings: HallSettings, seed: int = 1) -> None:
        self.hall = Hall(settings)
        self.estimator = Estimator(settings, seed=seed)
        self.at_ms = MONDAY_8_MS
        self._count = 0

    def ask(self, kind: type[c.Command], after_s: float = 0.0, **fields: Any) -> list[Event]:
        """The command, `after_s` after the last one; a refusal is a mistake of the test."""
        self.at_ms += round(after_s * 1000)
        self._count += 1
        seq = self.hall.seq
        decision = decide(self.hall, kind(command_id=f"c{self._count}", at_ms=self.at_ms, **fields))
        assert decision.refused is None, decision.refused
        for n, event in enumerate(decision.events, 1):
            self.estimator.apply(event, seq + n)
        return decision.events

    def issue(self, ticket_id: str, service: str = "hukou", after_s: float = 0.0, **fields: Any) -> None:
        self.ask(c.IssueTicket, after_s, ticket_id=ticket_id, services=(service,), **fields)

    def serve(self, window: int, seconds: float, between_s: float = 10.0) -> None:
        """Call the next at `window`, serve for so long, finish."""
        self.ask(c.CallNext, between_s, window=window)
        self.ask(c.StartServing, window=window)
        self.ask(c.FinishServing, seconds, window=window)

    def next_day(self, at_s: float = 0.0) -> None:
        """Eight o'clock of the next day, or so much later."""
        days = (self.at_ms - MONDAY_8_MS) // DAY_MS + 1
        self.at_ms = MONDAY_8_MS + days * DAY_MS + round(at_s * 1000)

    def range(self, ticket_id: str) -> tuple[float, float]:
        return self.estimator.estimate(self.at_ms)["tickets"][ticket_id]


@pytest.fixture
def told(hall_settings: Callable[..., HallSettings]) -> Callable[..., Told]:
    def make(*arguments: Any, seed: int = 1, **fields: Any) -> Told:
        return Told(hall_settings(*arguments, **fields), seed)

    return make
