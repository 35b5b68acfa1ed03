"""Live views fed by the rules, as the server feeds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall
from queue_server.readers.views import Views

START_MS = 1_795_136_400_000  # Friday 2026-11-20 09:00 in Shanghai


class Show:
    """Decides commands on one hall and applies what happened to the views of another."""

    def __init__(self, settings: HallSettings) -> None:
        self.hall = Hall(settings)
        self.views = Views(settings)
        self.now_ms = START_MS
        self._asked = 0

    def do(self, kind: type[c.Command], **fields: Any) -> None:
        self._asked += 1
        decision = decide(self.hall, kind(command_id=f"c{self._asked}", at_ms=self.now_ms, **fields))
        assert decision.refused is None, decision.refused
        first = self.hall.seq - len(decision.events) + 1
        for seq, event in enumerate(decision.events, start=first):
            self.views.apply(event, seq)

    def take(self, *services: str, **fields: Any) -> str:
        ticket_id = f"t{self._asked}"
        self.do(c.IssueTicket, ticket_id=ticket_id, services=services or ("hukou",), **fields)
        return ticket_id

    def serve(self, window: int, serving_s: int = 60) -> None:
        """Call the next and serve it to the end."""
        self.do(c.CallNext, window=window)
        self.do(c.StartServing, window=window)
        self.wait(serving_s)
        self.do(c.FinishServing, window=window)

    def wait(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    def view(self, name: str) -> Any:
        return self.views.view(name, self.now_ms)


@pytest.fixture
def show(hall_settings: Callable[..., HallSettings]) -> Callable[..., Show]:
    return lambda *args, **settings: Show(hall_settings(*args, **settings))
