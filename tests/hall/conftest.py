"""A story told to the rules: commands one after the other at times of our choosing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall.ahead import ahead
from queue_server.hall.events import (
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentsCarried,
    DayClosed,
    DayOpened,
    Event,
    TicketCancelled,
    WindowClosed,
)
from queue_server.hall.refusal import REFUSALS, Refused
from queue_server.hall.rules import Decision, decide
from queue_server.hall.state import Hall, Ticket


class Story:
    """`now_ms` stands still unless `at` or `wait` moves it. `events` are all that happened, in order."""

    def __init__(self, settings: HallSettings, start: str) -> None:
        self.hall = Hall(settings)
        self.zone = ZoneInfo(settings.timezone)
        self.now_ms = 0
        self.events: list[Event] = []
        self._commands = 0
        self.at(start)

    def ms(self, when: str, fold: int = 0) -> int:
        return round(datetime.fromisoformat(when).replace(tzinfo=self.zone, fold=fold).timestamp() * 1000)

    def at(self, when: str, fold: int = 0) -> None:
        """Set the clock to "2026-11-20T09:00" on the hall's wall; it may go back."""
        self.now_ms = self.ms(when, fold)

    def wait(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    def ask(self, kind: type[c.Command], **fields: Any) -> Decision:
        self._commands += 1
        decision = decide(self.hall, kind(command_id=f"c{self._commands}", at_ms=self.now_ms, **fields))
        self.events += decision.events
        return decision

    def do(self, kind: type[c.Command], **fields: Any) -> list[Event]:
        decision = self.ask(kind, **fields)
        if decision.refused is not None:
            raise AssertionError(f"{kind.__name__} refused: {decision.refused.code} {dict(decision.refused.facts)}")
        return decision.events

    def refused(self, kind: type[c.Command], **fields: Any) -> Refused:
        decision = self.ask(kind, **fields)
        assert decision.refused is not None, f"{kind.__name__} was allowed"
        assert decision.refused.code in REFUSALS
        day_change = (DayOpened, DayClosed, TicketCancelled, WindowClosed)
        day_change += (AppointmentCancelled, AppointmentMissed, AppointmentsCarried)  # type: ignore[assignment]
        assert all(isinstance(event, day_change) for event in decision.events)
        return decision.refused

    # -- short forms ----------------------------------------------------------------------------------------------

    def take(self, *services: str, **fields: Any) -> Ticket:
        """A new ticket, for "hukou" unless services are named."""
        ticket_id = f"t{len(self.hall.tickets) + 1}-{self._commands}"
        self.do(c.IssueTicket, ticket_id=ticket_id, services=services or ("hukou",), **fields)
        return self.hall.tickets[ticket_id]

    def not_taken(self, *services: str, **fields: Any) -> Refused:
        return self.refused(c.IssueTicket, ticket_id="refused", services=services or ("hukou",), **fields)

    def open(self, *windows: int) -> None:
        for window in windows or (1,):
            self.do(c.OpenWindow, window=window, staff=f"staff-{window}")

    def next(self, window: int = 1) -> str | None:
        """Finish and call the next; the label called."""
        self.start(window)
        self.do(c.CallNext, window=window)
        ticket = self.in_hand(window)
        return ticket.label if ticket is not None else None

    def start(self, window: int = 1) -> None:
        ticket = self.in_hand(window)
        if ticket is not None and ticket.state == "called":
            self.do(c.StartServing, window=window)

    def finish(self, window: int = 1, **fields: Any) -> None:
        self.start(window)
        self.do(c.FinishServing, window=window, **fields)

    def miss(self, window: int = 1) -> Ticket:
        """The ticket in hand is called as often as the rules ask, and does not come."""
        ticket = self.in_hand(window)
        assert ticket is not None
        while ticket.calls < self.hall.settings.rules.min_calls_before_no_show:
            self.wait(self.hall.settings.rules.call_gap_s)
            self.do(c.RecallTicket, window=window)
        self.do(c.MarkNoShow, window=window)
        return ticket

    def in_hand(self, window: int = 1) -> Ticket | None:
        ticket_id = self.hall.windows[window].ticket_id
        return None if ticket_id is None else self.hall.tickets[ticket_id]

    def ahead(self, ticket: Ticket) -> int:
        return ahead(self.hall, ticket, self.now_ms)

    def calls(self, count: int, window: int = 1) -> list[str | None]:
        return [self.next(window) for _ in range(count)]


@pytest.fixture
def story(hall_settings: Callable[..., HallSettings]) -> Callable[..., Story]:
    """`story(services, windows, rules={...})` begins one on Friday 20 November 2026 at 09:00, a plain working day."""

    def begin(*args: Any, start: str = "2026-11-20T09:00", **settings: Any) -> Story:
        return Story(hall_settings(*args, **settings), start)

    return begin
