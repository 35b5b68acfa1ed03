"""How long tickets and newcomers will wait, as the estimator last said; knows neither how that is found nor a process.

A whole `Estimates` replaces the one before, so that any thread may read it without a lock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from queue_server.hall.state import Ticket
from queue_server.wire.contract import Estimate

Range = tuple[float, float]  # seconds: half of such waits are shorter than the first, nine in ten than the second


@dataclass(frozen=True, slots=True)
class Estimates:
    """From `at_ms` on. tickets: by ticket id. ordinary, priority: of a newcomer, by service id."""

    at_ms: int = 0
    tickets: Mapping[str, Range] = field(default_factory=dict)
    ordinary: Mapping[str, Range] = field(default_factory=dict)
    priority: Mapping[str, Range] = field(default_factory=dict)

    def of_ticket(self, ticket: Ticket) -> Estimate | None:
        """Until `ticket` is called; one that came since the last estimates waits like a newcomer of its service."""
        if ticket.state != "waiting":
            return None
        known = self.tickets.get(ticket.ticket_id)
        if known is None and ticket.for_window is None and ticket.due_ms is None and ticket.issued_ms >= self.at_ms:
            known = (self.ordinary if ticket.priority is None else self.priority).get(ticket.service)
        return None if known is None else {"p50_s": known[0], "p90_s": known[1]}

    def of_newcomer(self, service: str) -> Estimate | None:
        """In whole minutes, p50 down and p90 up, so that a live view changes only when a person would see it."""
        known = self.ordinary.get(service)
        return None if known is None else {"p50_s": known[0] // 60 * 60.0, "p90_s": math.ceil(known[1] / 60) * 60.0}


NONE = Estimates()


def estimates_of(answer: Mapping[str, Mapping[str, Range]], at_ms: int) -> Estimates:
    """What the estimator's process answered, as values. Raises KeyError, TypeError or ValueError when it is no such."""
    ranges = {
        name: {str(key): (float(p50_s), float(p90_s)) for key, (p50_s, p90_s) in answer[name].items()}
        for name in ("tickets", "ordinary", "priority")
    }
    return Estimates(at_ms, **ranges)
