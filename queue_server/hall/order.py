"""Who is next for a window, and why; knows the lines and the rules of overtaking, nothing of what a call does.

The rule (docs/routing.md explains it with examples): among what this window, and whoever sits there, may serve,
1. an appointment whose slot has come is called first, the earliest slot before the others;
2. then a priority ticket, but at most once in `priority_share` calls while others wait, counted both at this window and
   over all windows that serve the ticket's service, so that neither one window nor several together starve ordinary
   tickets, and no priority ticket waits for calls that nobody can make; appointments are not counted;
3. otherwise the greatest waited ÷ target of its service, which with equal targets is first come, first served.
Services it serves only when nobody waits for its own (`then`) come after all that, by the same three steps, and an
appointment before its slot comes last: it is called early only when nobody else waits.

Only the heads of lines are looked at, so a choice costs the same however many wait. `ahead` counts by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from queue_server.hall.events import Place
from queue_server.hall.line import File, Line
from queue_server.hall.serving import Keys, Served
from queue_server.hall.state import Hall, LineKey, Ticket

DEFAULT_TARGET_S = 900  # of a service that settings no longer name, while its last tickets are served


@dataclass(frozen=True, slots=True)
class Choice:
    """`why`: one of the reasons of docs/routing.md."""

    ticket_id: str
    why: str


def choose(hall: Hall, window: int, at_ms: int) -> Choice | None:
    """The ticket that `window` calls next at `at_ms`, or None when nobody it may serve is waiting."""
    own, then = lines_of(hall, window)
    choice = _choose_among(hall, window, own, at_ms)
    if choice is not None:
        return choice
    choice = _choose_among(hall, window, then, at_ms)
    if choice is not None:
        return Choice(choice.ticket_id, "then_service")
    early = _first_due(hall, own) or _first_due(hall, then)
    return None if early is None else Choice(early.ticket_id, "appointment_early")


def lines_of(hall: Hall, window: int) -> tuple[Keys, Keys]:
    """The lines a window serves, and those it serves when the first are empty: what whoever sits there is able to."""
    served = _served(hall, window)
    return served.own, served.then


def may_serve(hall: Hall, window: int, ticket: Ticket) -> bool:
    return ticket.line in _served(hall, window).every


def calls_until_priority(hall: Hall, key: LineKey) -> int:
    """How many ordinary calls must come, at this window or for this service, before a priority ticket may overtake."""
    run = hall.ordinary_run.get(key)
    return 0 if run is None else max(0, hall.settings.rules.priority_share - 1 - run)


def what_decides(hall: Hall, window: int) -> tuple[object, ...]:
    """What tells this window's order from another's. Most windows of a hall are alike in it: one answers for all."""
    return _served(hall, window).like, window if window in hall.lines else None, calls_until_priority(hall, window)


def rank(hall: Hall, ticket: Ticket, at_ms: int) -> tuple[float, Place]:
    """Smaller is sooner: the greatest waited ÷ target first, among equals the earlier place."""
    return (ticket.arrived_ms - at_ms) / target_s(hall, ticket.service), ticket.place


def target_s(hall: Hall, service: str) -> int:
    plan = hall.settings.services.get(service)
    return DEFAULT_TARGET_S if plan is None else plan.target_wait_s


# -- choosing --------------------------------------------------------------------------------------------------------


def _choose_among(hall: Hall, window: int, keys: Keys, at_ms: int) -> Choice | None:
    due = _first_due(hall, keys)
    if due is not None and due.due_ms is not None and due.due_ms <= at_ms:
        return Choice(due.ticket_id, "appointment_due")
    lines = _lines(hall, keys)
    ordinary = _most_overdue(hall, (_head(hall, line.ordinary) for line in lines), at_ms)
    heads = [_head(hall, line.priority) for line in lines]
    if ordinary is None:
        priority = _most_overdue(hall, heads, at_ms)
        return None if priority is None else _in_turn(hall, priority)
    if calls_until_priority(hall, window) == 0:
        # A service that had its share at another window a moment ago stays behind; the others may go.
        free = (head for head in heads if head is not None and calls_until_priority(hall, head.line) == 0)
        priority = _most_overdue(hall, free, at_ms)
        if priority is not None:
            return Choice(priority.ticket_id, "priority_share")
    return _in_turn(hall, ordinary)


def _in_turn(hall: Hall, ticket: Ticket) -> Choice:
    """The third step of the rule, in the words that tell staff most about who is coming."""
    plan = hall.settings.services.get(ticket.service)
    if ticket.for_window is not None:
        return Choice(ticket.ticket_id, "transferred")
    if plan is not None and plan.pick_up:
        return Choice(ticket.ticket_id, "pick_up")
    return Choice(ticket.ticket_id, "longest_relative_wait")


def _served(hall: Hall, window: int) -> Served:
    there = hall.windows.get(window)
    return hall.serving.of(hall.settings, window, there.skills if there is not None else ())


def _lines(hall: Hall, keys: Keys) -> list[Line]:
    return [hall.lines[key] for key in keys if key in hall.lines]


def _first_due(hall: Hall, keys: Keys) -> Ticket | None:
    """The ticket whose appointment is the earliest, whether its slot has come or not."""
    heads = [head for line in _lines(hall, keys) if (head := line.due.head()) is not None]
    return hall.tickets[min(heads)[1]] if heads else None


def _head(hall: Hall, file: File) -> Ticket | None:
    head = file.head()
    return None if head is None else hall.tickets[head[1]]


def _most_overdue(hall: Hall, heads: Iterable[Ticket | None], at_ms: int) -> Ticket | None:
    return min((head for head in heads if head is not None), key=lambda head: rank(hall, head, at_ms), default=None)
