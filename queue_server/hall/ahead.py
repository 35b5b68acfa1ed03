"""How many are called before a ticket; counts by the rule of `order` without walking the lines, and changes nothing.

The answer is exact for this: nothing else happens, time stands still (for an appointment: at its slot), and of the open
windows that may call the ticket only that one calls which reaches it first. Windows that serve the same call the same
people in the same order; how they share them out changes nothing but whose turn a priority ticket is.
"""

from __future__ import annotations

from collections.abc import Iterator

from queue_server.hall.line import File
from queue_server.hall.order import calls_until_priority, lines_of, may_serve, rank, target_s, what_decides
from queue_server.hall.serving import Keys
from queue_server.hall.state import Hall, LineKey, Ticket


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
        return _Crowd(hall, (ticket.line,), at_ms).before(ticket)
    unlike = {what_decides(hall, window): window for window in working or serving}
    return min(_ahead_at(hall, window, ticket, at_ms) for window in unlike.values())


def _ahead_at(hall: Hall, window: int, ticket: Ticket, at_ms: int) -> int:
    own, then = lines_of(hall, window)
    first = _Crowd(hall, own, at_ms, calls_until_priority(hall, window))
    if ticket.line in own:
        return first.before(ticket)
    return len(first) + _Crowd(hall, then, at_ms, first.gap_left(), first.ordinary).before(ticket)


class _Crowd:
    """All who wait in some lines that one window calls empty, with time standing still.

    gap: how many ordinary calls the window must make before a priority ticket may overtake.
    called: how many ordinary calls it makes before it turns to these lines.
    """

    def __init__(self, hall: Hall, keys: Keys, at_ms: int, gap: int = 0, called: int = 0) -> None:
        self._hall = hall
        self._at_ms = at_ms
        self._lines = [(key, hall.lines[key]) for key in keys if key in hall.lines]
        # A service that had its share at another window a moment ago lets more pass than the window itself asks for.
        # Once this window has called a priority ticket, its own gap is the widest: then it alone decides.
        self._gaps = {
            key: max(gap, calls_until_priority(hall, key) - called) for key, line in self._lines if len(line.priority)
        }
        self._gap = min(self._gaps.values(), default=gap)
        self._share = hall.settings.rules.priority_share
        self._due = sum(line.due.before((at_ms + 1,)) for _, line in self._lines)  # those whose slot has come
        self.ordinary = sum(len(line.ordinary) for _, line in self._lines)
        self._priority = sum(len(line.priority) for _, line in self._lines)

    def __len__(self) -> int:
        return self._due + self.ordinary + self._priority

    def gap_left(self) -> int:
        """The window's gap when all of them were called."""
        if not self._priority:
            return max(0, self._gap - self.ordinary)
        last = min(self.ordinary, self._gap + (self._priority - 1) * (self._share - 1))  # ordinary calls before it
        return max(0, self._share - 1 - (self.ordinary - last))

    def before(self, ticket: Ticket) -> int:
        """How many of them are called before `ticket`, which is one of them."""
        if ticket.due_ms is not None:
            return sum(line.due.before(ticket.standing) for _, line in self._lines)
        if ticket.priority is None:
            return self._due + self._before_ordinary(sum(self._passed_by(ticket)))
        first = self._first_to_overtake()
        if first is ticket:
            return self._due + self._gap
        priority = sum(self._passed_by(ticket, first)) + (first is not None)
        if self._share <= 1:  # no limit: every priority ticket goes before every ordinary one
            return self._due + priority
        return self._due + priority + min(self.ordinary, self._gap + priority * (self._share - 1))

    def _before_ordinary(self, ordinary: int) -> int:
        if self._share <= 1:
            return self._priority + ordinary
        if ordinary < self._gap:
            return ordinary
        return ordinary + min(self._priority, (ordinary - self._gap) // (self._share - 1) + 1)

    def _first_to_overtake(self) -> Ticket | None:
        """The first priority ticket called while ordinary ones wait: of the services that need not wait longer."""
        if self._share <= 1 or self.ordinary <= self._gap:
            return None
        heads = [head for key, line in self._lines if self._gaps.get(key) == self._gap for head in _head(line.priority)]
        return min((self._hall.tickets[head] for head in heads), key=self._rank, default=None)

    def _passed_by(self, ticket: Ticket, gone: Ticket | None = None) -> Iterator[int]:
        """By line, how many of the ticket's kind are called before it, without `gone`, who was called already."""
        slowest = self._slowest(ticket, gone)
        for key, line in self._lines:
            file = line.ordinary if ticket.priority is None else line.priority
            if isinstance(key, int):
                yield self._passed_by_sent(ticket, slowest, key, file, gone)
                continue
            place = _same_rank(self._hall, slowest, key, self._at_ms)
            yield file.before(place) - (gone is not None and gone.line == key and gone.standing < place)

    def _passed_by_sent(self, ticket: Ticket, slowest: Ticket, key: LineKey, file: File, gone: Ticket | None) -> int:
        """Of those sent to one window. They are of several services: it goes by who stands first, not by the target."""
        passed = 0
        for other in self._those_in(file):
            if other is ticket or (ticket.line != key and self._rank(other) > self._rank(slowest)):
                break
            passed += other is not gone
        return passed

    def _slowest(self, ticket: Ticket, gone: Ticket | None) -> Ticket:
        """Whose turn must come for the ticket to be called: its own, or that of one it stands behind."""
        if not isinstance(ticket.line, int):
            return ticket
        slowest = ticket
        for other in self._those_in(self._hall.lines[ticket.line].file(ticket.file)):
            if other is ticket:
                break
            if other is not gone and self._rank(other) > self._rank(slowest):
                slowest = other
        return slowest

    def _those_in(self, file: File) -> Iterator[Ticket]:
        return (self._hall.tickets[ticket_id] for _, ticket_id in file)

    def _rank(self, ticket: Ticket) -> tuple[float, tuple[int, ...]]:
        return rank(self._hall, ticket, self._at_ms)


def _head(file: File) -> list[str]:
    head = file.head()
    return [] if head is None else [head[1]]


def _same_rank(hall: Hall, ticket: Ticket, service: str, at_ms: int) -> tuple[int, ...]:
    """The place in the line of `service` before which everybody is called before `ticket`."""
    own_s, other_s = target_s(hall, ticket.service), target_s(hall, service)
    if other_s == own_s:
        return ticket.place
    # Somebody who waited w there is as overdue as the ticket when w * own_s = waited_ms * other_s.
    waited_ms, rest = divmod((at_ms - ticket.arrived_ms) * other_s, own_s)
    as_overdue_ms = at_ms - waited_ms
    if rest == 0 and as_overdue_ms < ticket.arrived_ms:
        return (as_overdue_ms + 1,)  # just as overdue, but came earlier
    if rest == 0 and as_overdue_ms == ticket.arrived_ms:
        return ticket.place
    return (as_overdue_ms,)
