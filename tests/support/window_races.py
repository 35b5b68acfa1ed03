"""Two windows press "next" at the very same moment, again and again, while tickets are issued; for tests and the bench.

Every answer is judged at once and all of them against the journal afterwards: no ticket is called twice, none is left
out, both windows get one while there are enough, and of two windows that want the same last ticket one gets it and the
other is told that nobody waits (204).
"""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hall_process import HallProcess
from raw_http import request_bytes, whole_answer

from queue_server.client import new_key

SERVICE = "hukou"
STOCK = 40  # tickets that wait before the first race
TIMEOUT_S = 30.0


class RaceError(AssertionError):
    """The hall called somebody twice, left somebody out, or kept a window waiting; the sentence says who."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many races in so many seconds. slowest_per_s: in the slowest whole second, 0 when there was none."""

    races: int
    took_s: float
    slowest_per_s: int

    @property
    def per_s(self) -> float:
        return self.races / self.took_s


class _Line:
    """One keep-alive connection: what is asked is on its way before anybody waits for the answer."""

    def __init__(self, hall: HallProcess, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", hall.port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._token = token

    def ask(self, path: str, body: object = None) -> None:
        said = b"{}" if body is None else json.dumps(body).encode()
        self._socket.sendall(request_bytes(self._token, "POST", path, said, new_key()))

    def read(self, path: str) -> Any:
        self._socket.sendall(request_bytes(self._token, "GET", path))
        return self.answer(200)

    def answer(self, *expected: int) -> Any:
        """The answer's JSON, None for 204. Raises RaceError for any other status than `expected`."""
        received = b""
        while (answer := whole_answer(received)) is None:
            part = self._socket.recv(1 << 20)
            if not part:
                raise RaceError("the server closed the connection")
            received += part
        status, said = answer
        if status not in expected:
            raise RaceError(f"answered {status}, not {expected}: {said.decode()[:300]}")
        return json.loads(said) if said else None

    def close(self) -> None:
        self._socket.close()


class Races:
    """Windows 1 and 2, each with a line to its own server (several servers of one hall, or twice the same).

    seed: of who sends first and when a ticket comes between. Call `race`, `race_for_the_last` and at the end `check`.
    """

    def __init__(self, servers: Sequence[HallProcess], token: str, seed: int = 1) -> None:
        self._windows = [_Line(servers[n % len(servers)], token) for n in range(2)]
        self._kiosk = _Line(servers[0], token)
        self._chance = Random(seed)
        self._called: dict[str, int] = {}  # ticket, and the window that was given it
        self._issued: set[str] = set()
        for number, window in enumerate(self._windows, 1):
            window.ask(f"/windows/{number}/open")
            window.answer(200)

    def close(self) -> None:
        for line in (*self._windows, self._kiosk):
            line.close()

    def race(self, go_on: Callable[[int], bool]) -> Rate:
        """Race while `go_on(races)`; two tickets are issued for each, and enough always wait for both."""
        for _ in range(STOCK):
            self._issue()
        rate = _measured(self._both_get_one, go_on)
        while self._next(None)[0] is not None:  # an even number waits
            self._start((0, 1))
        return rate

    def race_for_the_last(self, go_on: Callable[[int], bool]) -> Rate:
        """Race while `go_on(races)` for a ticket that waits alone."""
        return _measured(self._one_gets_it, go_on)

    def check(self) -> int:
        """Compare what was answered with the journal, when nobody waits any more; returns how many tickets there were.

        Raises RaceError.
        """
        issued: list[str] = []
        called: list[tuple[str, int]] = []
        for event in self._journal():
            if event["kind"] == "TicketIssued":
                issued.append(event["data"]["ticket_id"])
            elif event["kind"] == "TicketCalled":
                called.append((event["data"]["ticket_id"], event["data"]["window"]))
        twice = [ticket for ticket, times in Counter(ticket for ticket, _ in called).items() if times > 1]
        if twice:
            raise RaceError(f"called twice in the journal: {twice[:3]}")
        if set(issued) != self._issued:
            raise RaceError(f"the journal has {len(issued)} tickets, answered were {len(self._issued)}")
        if dict(called) != self._called:
            raise RaceError("the journal has calls that no window was answered, or lacks some that were")
        if [ticket for ticket, _ in called] != issued:
            raise RaceError(f"{len(issued)} were issued, {len(called)} called, not all or not in their order")
        return len(issued)

    # -- one race ----------------------------------------------------------------------------------------------------

    def _both_get_one(self) -> None:
        first, second = self._next(self._chance.randrange(3))
        if first is None or second is None:
            raise RaceError("a window was told that nobody waits while somebody did")
        self._start((0, 1), issue=True)

    def _one_gets_it(self) -> None:
        self._issue()
        answers = self._next(None)
        winners = [n for n, ticket in enumerate(answers) if ticket is not None]
        if len(winners) != 1:
            raise RaceError(f"the last ticket went to {len(winners)} windows")
        self._start(winners)

    def _next(self, issue_after: int | None) -> list[str | None]:
        """Both windows ask before either is answered; a ticket is asked for before, between or after them (0–2)."""
        order = [0, 1] if self._chance.random() < 0.5 else [1, 0]
        for n, window in enumerate(order):
            if issue_after == n:
                self._kiosk.ask("/tickets", {"service": SERVICE})
            self._windows[window].ask(f"/windows/{window + 1}/next")
        if issue_after == 2:
            self._kiosk.ask("/tickets", {"service": SERVICE})
        tickets = [self._given(window) for window in (0, 1)]
        if issue_after is not None:
            self._issued.add(self._kiosk.answer(201)["ticket_id"])
        return tickets

    def _given(self, window: int) -> str | None:
        answer = self._windows[window].answer(200, 204)
        if answer is None:
            return None
        ticket: str = answer["ticket_id"]
        if ticket in self._called:
            raise RaceError(f"{answer['label']} was called by window {self._called[ticket]} and by {window + 1}")
        self._called[ticket] = window + 1
        return ticket

    def _start(self, windows: Sequence[int], *, issue: bool = False) -> None:
        for window in windows:
            self._windows[window].ask(f"/windows/{window + 1}/start")
        if issue:
            self._issue()
        for window in windows:
            self._windows[window].answer(200)

    def _issue(self) -> None:
        self._kiosk.ask("/tickets", {"service": SERVICE})
        self._issued.add(self._kiosk.answer(201)["ticket_id"])

    def _journal(self) -> Iterator[dict[str, Any]]:
        after = 0
        while page := self._kiosk.read(f"/journal?after={after}&limit=1000")["events"]:
            if [event["seq"] for event in page] != list(range(after + 1, after + len(page) + 1)):
                raise RaceError(f"the journal has a gap after {after}")
            yield from page
            after += len(page)


def _measured(race: Callable[[], None], go_on: Callable[[int], bool]) -> Rate:
    began_s, seconds, races = time.monotonic(), Counter[int](), 0
    while go_on(races):
        race()
        races += 1
        seconds[int(time.monotonic() - began_s)] += 1
    took_s = time.monotonic() - began_s
    return Rate(races, took_s, min((seconds[second] for second in range(int(took_s))), default=0))
