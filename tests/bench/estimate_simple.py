"""The simple ways to estimate a wait, as they are in use; knows no estimator.

    last        the wait of the last one who was called
    head        how long the first in line has waited
    mean        people ahead × mean time ÷ windows
    pessimistic ⌊(n + 1) · A ÷ W⌋ minutes, and optimistic ⌊0.8 · A ÷ W · max(0, n - W + 1)⌋: a city's appointment system

None says which line, which mean and which windows are meant, so each is asked in every reading that makes sense:
the last one and the first in line of the ticket's service or of all that its windows serve (among the ordinary ones, or
those with priority, as the ticket is); the mean of the hall or of the service; windows that are open, or all that
serve it. The reading that turns out best is the one that counts.
"""

from __future__ import annotations

import math
from collections import defaultdict

from queue_server.hall import events as e
from queue_server.hall.ahead import ahead
from queue_server.hall.order import may_serve
from queue_server.hall.state import Hall, Ticket

WAYS = ("last", "head", "mean", "pessimistic", "optimistic")
PRESET_S = 360.0
SERVICE_WEIGHT = 4.0  # a service that was seen seldom leans on the hall's mean


class Simple:
    """Fed with the same events as the estimator."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, bool], float] = {}
        self._last_at: dict[tuple[int, bool], tuple[int, float]] = {}
        self._called_ms: dict[int, int] = {}
        self._total_s: dict[str, float] = defaultdict(float)
        self._count: dict[str, int] = defaultdict(int)

    def apply(self, hall: Hall, event: e.Event) -> None:
        """`hall` stands after `event`."""
        if isinstance(event, e.TicketCalled):
            ticket = hall.tickets[event.ticket_id]
            wait_s = (event.at_ms - ticket.arrived_ms) / 1000
            self._last[ticket.service, ticket.priority is not None] = wait_s
            self._last_at[event.window, ticket.priority is not None] = (event.at_ms, wait_s)
            self._called_ms[event.window] = event.at_ms
        elif isinstance(event, e.ServingFinished | e.TicketMarkedNoShow):
            service = hall.tickets[event.ticket_id].service
            self._total_s[service] += (event.at_ms - self._called_ms[event.window]) / 1000
            self._count[service] += 1
        elif isinstance(event, e.DayOpened):
            self._last.clear()
            self._last_at.clear()

    def say(self, hall: Hall, ticket: Ticket, at_ms: int) -> dict[tuple[str, str], float]:
        """Seconds, by way and reading, for `ticket`, which has just joined."""
        first = ticket.priority is not None
        serving = [number for number in hall.windows if may_serve(hall, number, ticket)]
        said = {
            ("last", "service"): self._last.get((ticket.service, first), 0.0),
            ("last", "windows"): max((self._last_at.get((w, first), (0, 0.0)) for w in serving), default=(0, 0.0))[1],
        }
        heads = self._heads(hall, serving, first)
        for reading, some in (("service", [head for head in heads if head.line == ticket.line]), ("windows", heads)):
            said["head", reading] = max(((at_ms - head.arrived_ms) / 1000 for head in some), default=0.0)
        n = ahead(hall, ticket, at_ms)
        count = sum(self._count.values())
        mean_s = sum(self._total_s.values()) / count if count else PRESET_S
        own_s = self._total_s[ticket.service] + SERVICE_WEIGHT * mean_s
        for whose, a in (("hall's", mean_s), ("service's", own_s / (self._count[ticket.service] + SERVICE_WEIGHT))):
            for which, some_windows in (
                ("open", [w for w in serving if hall.windows[w].state == "open"]),
                ("all", serving),
            ):
                w, reading = max(1, len(some_windows)), f"{whose} mean, {which} windows"
                said["mean", reading] = n * a / w
                said["pessimistic", reading] = 60.0 * math.floor((n + 1) * a / 60 / w)
                said["optimistic", reading] = 60.0 * math.floor(0.8 * a / 60 / w * max(0, n - w + 1))
        return said

    @staticmethod
    def _heads(hall: Hall, serving: list[int], first: bool) -> list[Ticket]:
        """The first in each line that one of these windows serves."""
        files = [line.priority if first else line.ordinary for line in hall.lines.values()]
        heads = [hall.tickets[head[1]] for file in files if (head := file.head()) is not None]
        return [head for head in heads if any(may_serve(hall, window, head) for window in serving)]
