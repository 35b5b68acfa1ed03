"""Asking who is next costs the same with 10 or 5,000 waiting: a ratio within one run, whatever the machine.

Both halls take turns, and the fastest of many rounds counts: what else the machine does slows both, some rounds not.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from time import perf_counter_ns

import pytest

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall.ahead import ahead
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

FEW, MANY = 10, 5_000
ROUNDS, CALLS = 60, 40
RATIO = 1.5
START_MS = 1_795_136_400_000  # 2026-11-20 09:00 in Shanghai


class Busy:
    """A hall of 20 windows and 14 services where `waiting` wait, and one more whenever somebody was called."""

    def __init__(self, settings: HallSettings, waiting: int) -> None:
        self.hall = Hall(settings)
        self.n = count()
        self.now_ms = START_MS
        for window in settings.windows:
            self.do(c.OpenWindow, window=window)
        for _ in range(waiting):
            self.take()

    def do(self, kind: type[c.Command], **fields: object) -> None:
        self.now_ms += 10
        command = kind(command_id="bench", at_ms=self.now_ms, **fields)  # type: ignore[arg-type]
        decision = decide(self.hall, command)
        assert decision.refused is None, decision.refused

    def take(self) -> str:
        n = next(self.n)
        services = self.hall.settings.windows[1].services
        self.do(
            c.IssueTicket,
            ticket_id=f"t{n}",
            services=(services[n % len(services)],),
            priority="elderly" if n % 7 == 0 else None,
            due_ms=self.now_ms + 600_000 if n % 11 == 0 else None,
        )
        return f"t{n}"

    def next(self) -> None:
        self.do(c.CallNext, window=1)

    def after_next(self) -> None:
        self.do(c.StartServing, window=1)
        self.do(c.FinishServing, window=1)
        self.take()

    def ahead(self) -> None:
        ahead(self.hall, self.hall.tickets[f"t{self.last - 3}"], self.now_ms)

    def requeue(self) -> None:
        self.do(c.RequeueTicket, ticket_id=f"t{self.last}")

    def before_requeue(self) -> None:
        self.do(c.CancelTicket, ticket_id=f"t{self.last}")

    @property
    def last(self) -> int:
        return len(self.hall.tickets) - 1


def nothing(_busy: Busy) -> None:
    """There is nothing to prepare."""


@pytest.mark.parametrize(
    ("before", "work", "after"),
    [
        (nothing, Busy.next, Busy.after_next),
        (nothing, Busy.ahead, nothing),
        (Busy.before_requeue, Busy.requeue, nothing),
    ],
    ids=["next", "ahead", "requeue"],
)
def test_it_costs_the_same_however_many_wait(
    hall_settings: Callable[..., HallSettings],
    before: Callable[[Busy], None],
    work: Callable[[Busy], None],
    after: Callable[[Busy], None],
    record_property: Callable[[str, object], None],
) -> None:
    services = tuple(f"service-{n}" for n in range(14))
    windows = {n: tuple(services[(n + k) % 14] for k in range(4)) for n in range(1, 21)}
    halls = [Busy(hall_settings(services, windows, rules={"requeue_within_s": 0}), n) for n in (FEW, MANY)]
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for which, busy in enumerate(halls):
            spent = 0
            for _ in range(CALLS):
                before(busy)
                start = perf_counter_ns()
                work(busy)
                spent += perf_counter_ns() - start
                after(busy)
            best[which] = min(best[which], spent / CALLS)
    few, many = (ns / 1000 for ns in best)
    record_property("cost", f"{few:.1f} us with {FEW} waiting, {many:.1f} us with {MANY}: {many / few:.2f}")
    print(f"{few:.1f} us with {FEW} waiting, {many:.1f} us with {MANY}: ratio {many / few:.2f}")
    assert many / few <= RATIO
