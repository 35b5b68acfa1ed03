"""A visit with several services on one ticket: which comes next; knows lines through `order`, and no window's work.

The services stand on the ticket in the order done, the one it waits for now, those to come. Of those to come the one
is next that reaches the citizen soonest: the fewest turns of its open windows, counting who is ahead and who is being
served. A service keeps behind those that it names in `after`, and pick-up behind all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from queue_server.hall.ahead import ahead
from queue_server.hall.order import may_serve
from queue_server.hall.state import Hall, Ticket


def to_come(ticket: Ticket) -> tuple[str, ...]:
    """The services of a ticket after the one it waits for, or is served for, now."""
    return ticket.services[ticket.services.index(ticket.service) + 1 :]


def may_be_next(hall: Hall, services: Sequence[str]) -> list[str]:
    """Those of `services` that none of the others has to come before, in the same order."""
    return [one for one in services if not any(_comes_before(hall, other, one) for other in services)] or list(services)


def soonest(hall: Hall, ticket: Ticket, services: Sequence[str], at_ms: int) -> str | None:
    """The one of `services` that reaches the citizen soonest; among equals the first named. None when there is none."""
    free = may_be_next(hall, services)
    if len(free) < 2:
        return free[0] if free else None
    return min(free, key=lambda service: _turns(hall, ticket, service, at_ms))


def _comes_before(hall: Hall, other: str, service: str) -> bool:
    plan, its = hall.settings.services.get(service), hall.settings.services.get(other)
    if plan is None or its is None or other == service:
        return False
    return other in plan.after or (plan.pick_up and not its.pick_up and service not in its.after)


def _turns(hall: Hall, ticket: Ticket, service: str, at_ms: int) -> float:
    """How many turns of the windows open for `service` pass until this ticket is called; infinite when none is open."""
    there = replace(ticket, state="waiting", service=service, for_window=None)
    windows = [w for w in hall.windows.values() if w.state == "open" and may_serve(hall, w.number, there)]
    if not windows:
        return inf
    busy = sum(window.ticket_id not in (None, ticket.ticket_id) for window in windows)
    return max(0, ahead(hall, there, at_ms) + busy - len(windows) + 1) / len(windows)
