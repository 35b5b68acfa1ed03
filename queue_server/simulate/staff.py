"""Staff at the windows of a virtual hall: they come, call, take breaks and go by plan; knows no citizens."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from queue_server.hall import commands as c
from queue_server.hall.order import lines_of, may_serve
from queue_server.hall.state import Ticket
from queue_server.simulate.agenda import Action, Agenda, Step
from queue_server.simulate.staffing import Shift, Staffing


class _Post:
    """What staff at one window are about.

    leaving: they go once the citizen they serve is done. away_ms: when they mean to be back, None after their last
    shift. last_for: the services that nobody else serves later today.
    """

    __slots__ = ("away_ms", "last_for", "leaving", "overtime_ms")

    def __init__(self, overtime_ms: int, last_for: frozenset[str]) -> None:
        self.leaving = False
        self.away_ms: int | None = None
        self.overtime_ms = overtime_ms
        self.last_for = last_for


class Staff:
    """`called`: gets window and ticket as soon as a ticket is called, and gives what happens then."""

    def __init__(self, agenda: Agenda, staffing: Staffing, from_ms: int, called: Callable[[int, str], Action]) -> None:
        self._agenda = agenda
        self._hall = agenda.hall
        self._called = called
        self._staff = staffing.staff
        self._idle: dict[int, None] = {}  # windows that wait for somebody, the longest idle first
        self._posts: dict[int, _Post] = {}
        ends = {window: shifts[-1].end_ms for window, shifts in staffing.shifts.items() if shifts}
        last_end: dict[str, int] = {}
        for window, end_ms in ends.items():
            for service in self._services(window):
                last_end[service] = max(last_end.get(service, 0), end_ms)
        for window, end_ms in ends.items():
            last_for = frozenset(s for s in self._services(window) if last_end[s] == end_ms)
            self._posts[window] = _Post(end_ms + round(staffing.overtime_s * 1000), last_for)
            ahead = [shift for shift in staffing.shifts[window] if shift.end_ms > from_ms]
            for shift, after in zip_longest(ahead, ahead[1:]):
                agenda.at(max(shift.start_ms, from_ms), self._come(window))
                agenda.at(shift.end_ms, self._leave(window, after))

    def offer(self, at_ms: int, ticket: Ticket) -> None:
        """Of the windows that wait for somebody, the one that has waited longest calls, if it may serve the ticket."""
        for window in self._idle:
            if may_serve(self._hall, window, ticket):
                del self._idle[window]
                self._agenda.at(at_ms, self.next(window))
                return

    def next(self, window: int) -> Action:
        """Call who is next, or go: what staff do when nobody is at the window."""

        def call_next(at_ms: int) -> Step | None:
            now = self._hall.windows[window]
            post = self._posts.get(window)
            if now.ticket_id is not None or window in self._idle or now.state != "open" or post is None:
                return None
            if post.leaving and not self._stays(window, post, at_ms):
                return self._go(window, post, at_ms)
            step = self._agenda.ask(c.CallNext(command_id=self._agenda.command_id, at_ms=at_ms, window=window))
            called = self._hall.windows[window].ticket_id
            if called is not None:
                self._agenda.at(at_ms, self._called(window, called))
            elif post.leaving:
                self._agenda.at(at_ms, lambda when: self._go(window, post, when))
            else:
                self._idle[window] = None
            return step

        return call_next

    def _services(self, window: int) -> tuple[str, ...]:
        plan = self._hall.settings.windows.get(window)
        return (*plan.services, *plan.then) if plan is not None else ()

    def _come(self, window: int) -> Action:
        def come(at_ms: int) -> Step | None:
            self._posts[window].leaving = False
            self._agenda.at(at_ms, self.next(window))
            name = self._agenda.command_id
            match self._hall.windows[window].state:
                case "open":
                    return None
                case "paused":
                    return self._agenda.ask(c.ResumeWindow(command_id=name, at_ms=at_ms, window=window))
            who = self._staff.get(window)
            return self._agenda.ask(c.OpenWindow(command_id=name, at_ms=at_ms, window=window, staff=who))

        return come

    def _leave(self, window: int, after: Shift | None) -> Action:
        def leave(at_ms: int) -> Step | None:
            post = self._posts[window]
            post.leaving, post.away_ms = True, None if after is None else after.start_ms
            if window not in self._idle:
                return None  # after the citizen who is there
            del self._idle[window]
            return self._go(window, post, at_ms)

        return leave

    def _go(self, window: int, post: _Post, at_ms: int) -> Step:
        name = self._agenda.command_id
        if post.away_ms is None:
            return self._agenda.ask(c.CloseWindow(command_id=name, at_ms=at_ms, window=window))
        return self._agenda.ask(
            c.PauseWindow(command_id=name, at_ms=at_ms, window=window, reason="break", back_at_ms=post.away_ms)
        )

    def _stays(self, window: int, post: _Post, at_ms: int) -> bool:
        """After the last shift, whether those who wait have nobody else."""
        if post.away_ms is not None or at_ms >= post.overtime_ms:
            return False
        own, then = lines_of(self._hall, window)
        keys = [key for key in (*own, *then) if key in post.last_for or key == window]
        return any(len(self._hall.lines[key]) for key in keys if key in self._hall.lines)
