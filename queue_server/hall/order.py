"""Who is next for a window, and why; knows the lines and the rules of overtaking, nothing of what a call does.

The rule (docs/routing.md explains it with examples): among what this window, and whoever sits there, may serve,
1. an appointment whose slot has come is called first, the earliest slot before the others;
2. then a priority ticket, but at most once in `priority_share` calls while others wait, counted both at this window and
   over all windows that serve the ticket's service, so that neither one window nor several together starve ordinary
   tickets, and no priority ticket waits for calls that nobody can make; appointments are not counted;
3. otherwise the greatest waited ÷ target of its service, which with equal targets is first come, first served.
Services it serves only when nobody waits for its own (`then`) come after all that, by the same three steps, and an
appointment before its slot comes last: it is called early only when nobody else waits.

How many are ahead of a ticket is answered without walking the lines, so `choose` and `ahead` cost the same however
many wait. `ahead` is exactly how many calls come first if nothing else happened and time stood still (for an
appointment: at its slot), and only the window that reaches the ticket soonest called. Windows that serve the same call
the same people in the same order; how they share them out changes nothing but whose turn a priority ticket is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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


def ahead(hall: Hall, ticket: Ticket, at_ms: int) -> int:
    """How many waiting tickets would be called before this one if nothing else happened.

    Of the open windows that may call it (of all, when none is open), the one that reaches it first decides. An
    appointment is asked for its slot: until then it lets the others pass.
    """
    if ticket.state != "waiting":
        return 0
    if ticket.due_ms is not None:
        at_ms = max(at_ms, ticket.due_ms)
    serving = [w for w in hall.windows if may_serve(hall, w, ticket)]
    working = [w for w in serving if hall.windows[w].state == "open"]
    if not serving:
        return _ahead_among(hall, (ticket.line,), ticket, at_ms, calls_until_priority(hall, ticket.line))
    unlike = {_what_decides(hall, window): window for window in working or serving}
    return min(_ahead_at(hall, window, ticket, at_ms) for window in unlike.values())


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


def _target_s(hall: Hall, service: str) -> int:
    plan = hall.settings.services.get(service)
    return DEFAULT_TARGET_S if plan is None else plan.target_wait_s


def _most_overdue(hall: Hall, heads: Iterable[Ticket | None], at_ms: int) -> Ticket | None:
    best: tuple[tuple[float, tuple[int, ...]], Ticket] | None = None
    for ticket in heads:
        if ticket is None:
            continue
        # Smaller is sooner: the most overdue first, among equals the earlier place.
        rank = ((ticket.arrived_ms - at_ms) / _target_s(hall, ticket.service), ticket.place)
        if best is None or rank < best[0]:
            best = (rank, ticket)
    return None if best is None else best[1]


# -- counting --------------------------------------------------------------------------------------------------------


def _what_decides(hall: Hall, window: int) -> tuple[object, ...]:
    """All that `_ahead_at` reads of a window. Most windows of a hall are alike in it, and one answers for all."""
    return _served(hall, window).like, window if window in hall.lines else None, calls_until_priority(hall, window)


def _ahead_at(hall: Hall, window: int, ticket: Ticket, at_ms: int) -> int:
    own, then = lines_of(hall, window)
    gap = max(calls_until_priority(hall, window), calls_until_priority(hall, ticket.line))
    if ticket.line in own:
        return _ahead_among(hall, own, ticket, at_ms, gap)
    lines = _lines(hall, own)
    due = sum(_due_by(line, at_ms) for line in lines)
    ordinary, priority = sum(len(line.ordinary) for line in lines), sum(len(line.priority) for line in lines)
    before = due + ordinary + priority
    share = hall.settings.rules.priority_share
    if priority and share > 1:  # the gap after the last of them, less the ordinary calls that follow it
        ordinary -= min(ordinary, gap + (priority - 1) * (share - 1))
        gap = share - 1
    return before + _ahead_among(hall, then, ticket, at_ms, max(0, gap - ordinary))


def _ahead_among(hall: Hall, keys: Keys, ticket: Ticket, at_ms: int, gap: int) -> int:
    """`gap`: how many ordinary calls must come before the first priority ticket of these lines."""
    lines = _lines(hall, keys)
    if ticket.due_ms is not None:
        return sum(line.due.before(ticket.standing) for line in lines)
    ordinary = priority = ordinary_before = priority_before = 0
    for key in keys:
        line = hall.lines.get(key)
        if line is None:
            continue
        place = _same_rank(hall, ticket, key, at_ms)
        ordinary += len(line.ordinary)
        priority += len(line.priority)
        ordinary_before += line.ordinary.before(place)
        priority_before += line.priority.before(place)
    due = sum(_due_by(line, at_ms) for line in lines)
    share = hall.settings.rules.priority_share
    if share <= 1:  # no limit: every priority ticket goes before every ordinary one
        return due + (priority_before if ticket.priority is not None else priority + ordinary_before)
    if ticket.priority is not None:
        return due + priority_before + min(ordinary, gap + priority_before * (share - 1))
    if ordinary_before < gap:
        return due + ordinary_before
    return due + ordinary_before + min(priority, (ordinary_before - gap) // (share - 1) + 1)


def _due_by(line: Line, at_ms: int) -> int:
    """How many of the line have an appointment whose slot has come."""
    return line.due.before((at_ms + 1,))


def _same_rank(hall: Hall, ticket: Ticket, key: LineKey, at_ms: int) -> tuple[int, ...]:
    """The place in line `key` before which everybody is called before `ticket`.

    Who was sent to one window in particular stands there by arrival, whatever the target of their service.
    """
    target_s, other_s = _target_s(hall, ticket.service), _target_s(hall, key) if isinstance(key, str) else None
    if other_s is None or other_s == target_s:
        return ticket.place
    # Somebody who waited w there is as overdue as the ticket when w * target_s = waited_ms * other_s.
    waited_ms, rest = divmod((at_ms - ticket.arrived_ms) * other_s, target_s)
    as_overdue_ms = at_ms - waited_ms
    if rest == 0 and as_overdue_ms < ticket.arrived_ms:
        return (as_overdue_ms + 1,)  # just as overdue, but came earlier
    if rest == 0 and as_overdue_ms == ticket.arrived_ms:
        return ticket.place
    return (as_overdue_ms,)
