"""The arrays call in the same order as the hall's own rule, whatever stands in line."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import HallSettings
from queue_server.estimate import scene
from queue_server.estimate.forward import run
from queue_server.estimate.learn import Learned
from queue_server.estimate.presence import Presence
from queue_server.estimate.times import GRID
from queue_server.hall import events as e
from queue_server.hall.evolve import evolve
from queue_server.hall.order import choose
from queue_server.hall.state import Hall

NOW_MS = 1_772_420_400_000
SERVICE_S = 600.0


class Certain(Learned):
    """A hall without chance: every service takes the same, everybody comes, nobody pauses."""

    def __init__(self) -> None:
        super().__init__()
        fixed = np.full(GRID, SERVICE_S)
        self.services.table = lambda service: fixed  # type: ignore[method-assign]
        self.services.doubt = lambda service: 0.0  # type: ignore[method-assign]
        self.services.today = lambda: (0.0, 0.0)  # type: ignore[method-assign]
        for pool in (self.between, self.notice):
            pool.table = lambda: np.zeros(GRID)  # type: ignore[method-assign]
        self.absence.shares = lambda: np.zeros(2)  # type: ignore[method-assign]


def really(hall: Hall, until: int) -> dict[str, float]:
    """What the hall's rule does when every window calls at once and again after `SERVICE_S`, by window number."""
    free = {window: NOW_MS for window, now in hall.windows.items() if now.state == "open"}
    called: dict[str, float] = {}
    while free and len(called) < until:
        window = min(free, key=lambda number: (free[number], number))
        choice = choose(hall, window, free[window])
        if choice is None:
            del free[window]
            continue
        at_ms = free[window]
        called[choice.ticket_id] = (at_ms - NOW_MS) / 1000
        for event in (
            e.TicketCalled(at_ms=at_ms, ticket_id=choice.ticket_id, window=window, why=choice.why),
            e.ServingFinished(at_ms=at_ms, ticket_id=choice.ticket_id, window=window, outcome="done"),
        ):
            evolve(hall, event, hall.seq + 1)
        free[window] += round(SERVICE_S * 1000)
    return called


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), size=st.integers(1, 25), share=st.integers(0, 4), targets=st.booleans())
def test_the_order_is_the_halls(
    hall_settings: Callable[..., HallSettings],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    size: int,
    share: int,
    targets: bool,
) -> None:
    rng = Random(seed)
    services = {f"s{n}": {"target_wait_s": rng.choice((600, 900, 1800)) if targets else 900} for n in range(4)}
    windows = {n: tuple(rng.sample(list(services), rng.randint(1, 4))) for n in (1, 2, 3)}
    then = {n: tuple(set(rng.sample(list(services), 2)) - set(windows[n])) for n in (1, 2)}
    made = hall_settings(services, windows, then, rules={"priority_share": share})
    hall = Hall(made)
    seq = 0

    def happened(event: e.Event) -> None:
        nonlocal seq
        seq += 1
        evolve(hall, event, seq)

    happened(e.DayOpened(at_ms=NOW_MS - 7_200_000, day="2026-03-02"))
    for window in windows:
        happened(e.WindowOpened(at_ms=NOW_MS - 7_200_000, window=window))
    arrivals = sorted(rng.sample(range(NOW_MS - 7_000_000, NOW_MS - 1000), size))
    for n, at_ms in enumerate(arrivals):
        due_ms = rng.choice((None, None, None, NOW_MS + rng.randint(-1000, 4000) * 1000))
        happened(
            e.TicketIssued(
                at_ms=at_ms, ticket_id=f"t{n}", label=f"A{n:03d}", number=n, serial=n, channel="kiosk",
                services=(rng.choice(list(services)),), place=(at_ms, n), due_ms=due_ms,
                priority="age" if rng.random() < 0.3 else None,
            )
        )  # fmt: skip
    learned = Certain()
    learned.presence = Presence()
    for window in windows:
        learned.presence.change(window, "open", 0.0)
    # Windows that are free at the same time are taken by number, in both.
    monkeypatch.setattr(scene._Look, "_idle", lambda self, number: np.zeros(self.samples))
    sight = scene.look(hall, learned, NOW_MS, 3, np.random.default_rng(seed))
    said = run(sight.scene, np.random.default_rng(seed))[:, : len(sight.tickets)]
    assert (said == said[0]).all(), "without chance all samples are alike"
    when = {t: s for t, s in zip(sight.tickets, said[0].tolist(), strict=True) if np.isfinite(s)}
    assert when == pytest.approx(really(hall, size))
