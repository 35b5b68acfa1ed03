"""What would happen if windows opened or closed now: runs the hall as it stands forward twice; knows no web.

Learned from the journal's last rows by the estimator's own `Learned`, so that both say the same of service times. The
windows that are open stay open to the end of the hall's hours (a hall without hours: for six), one that is paused
comes back when it said it would, or in a quarter of an hour; those that are closed stay closed.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from config.settings import HallSettings
from queue_server.estimate.learn import Learned
from queue_server.hall import events as e
from queue_server.hall.calendar import local
from queue_server.hall.evolve import evolve
from queue_server.hall.state import Hall
from queue_server.simulate.arrivals import PRIORITY
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import Shift, Staffing, hours_of
from queue_server.simulate.summary import quantile
from queue_server.simulate.times import Empirical, Fixed
from queue_server.wire.whatif import WhatIfFigures, WhatIfView

RUNS = 40
HORIZON_MS = 3_600_000  # citizens who come within this time are counted
WATCHED_MS = 4 * 3_600_000  # who has not been called by then is taken to have waited so long
NO_HOURS_MS = 6 * 3_600_000
BACK_MS = 15 * 60_000
USUAL_WAIT_MIN = 10  # of the estimator's shares of those who do not come, by waiting time, the one taken here


@dataclass(slots=True)
class _Waits:
    """Seconds from now (or from coming) to the call, by service, over all runs."""

    by_service: dict[str, list[float]] = field(default_factory=dict)
    uncalled: dict[str, int] = field(default_factory=dict)

    def figures(self, services: Collection[str]) -> WhatIfFigures | None:
        """Over these services; None when nobody waits or comes for them."""
        waits = sorted(wait for service in services for wait in self.by_service.get(service, ()))
        if not waits:
            return None
        p50_s, p90_s = quantile(waits, 0.5) or 0.0, quantile(waits, 0.9) or 0.0
        uncalled = sum(self.uncalled.get(service, 0) for service in services) / len(waits)
        mean_s = sum(waits) / len(waits)
        return {"mean_s": round(mean_s), "p50_s": round(p50_s), "p90_s": round(p90_s), "uncalled": round(uncalled, 3)}


class WhatIf:
    """`apply` every event of the journal's end, from a DayOpened on; then `answer`."""

    def __init__(self, settings: HallSettings, seed: int = 1) -> None:
        self._hall = Hall(settings)
        self._learned = Learned()
        self._seed = seed

    def apply(self, event: e.Event, seq: int) -> None:
        if self._hall.day is None and not isinstance(event, e.DayOpened | e.SettingsChanged):
            return
        evolve(self._hall, event, seq)
        self._learned.apply(self._hall, event)

    def answer(self, now_ms: int, to_open: Sequence[int], to_close: Sequence[int], runs: int = RUNS) -> WhatIfView:
        now_ms = max(now_ms, self._hall.last_ms)
        self._learned.services.fit()
        behaviour, kept = self._behaviour(), pickle.dumps(self._hall)
        windows = self._windows(now_ms)
        changed = {w: shifts for w, shifts in windows.items() if w not in to_close}
        changed |= {w: self._shifts(now_ms) for w in to_open}
        able = dict.fromkeys(to_open, who) if (who := self._most_able()) is not None else {}
        now, then = _Waits(), _Waits()
        for n in range(runs):
            arrivals = self._arrivals(now_ms, n)
            for plan, waits in ((windows, now), (changed, then)):
                hall: Hall = pickle.loads(kept)  # noqa: S301 - our own bytes, made a moment ago
                self._run(hall, arrivals, Staffing(plan, staff=able), behaviour, n, now_ms, waits)
        services = list(self._hall.settings.services)
        return {
            "services": [
                {"service": service, "now": now.figures([service]), "then": then.figures([service])}
                for service in services
            ],
            "all": {"now": now.figures(services), "then": then.figures(services)},
            "minutes": HORIZON_MS // 60_000,
        }

    def _run(
        self,
        hall: Hall,
        arrivals: Sequence[Arrival],
        staffing: Staffing,
        behaviour: Behaviour,
        n: int,
        now_ms: int,
        waits: _Waits,
    ) -> None:
        settings = hall.settings
        since = {t.ticket_id: (t.service, now_ms) for t in hall.waiting()}
        day = VirtualDay(settings, arrivals, staffing, behaviour, 1_000 * self._seed + n, hall=hall, from_ms=now_ms)
        coming = len(arrivals)
        for step in day.steps():
            if step.at_ms > now_ms + WATCHED_MS or (not since and not coming):
                break
            coming -= step.refused is not None
            for event in step.events:
                if isinstance(event, e.TicketIssued):
                    since[event.ticket_id] = (event.services[0], event.at_ms)
                    coming -= 1
                elif isinstance(event, e.TicketCalled) and event.ticket_id in since:
                    service, from_ms = since.pop(event.ticket_id)
                    waits.by_service.setdefault(service, []).append((event.at_ms - from_ms) / 1000)
        for service, _ in since.values():
            waits.by_service.setdefault(service, []).append(WATCHED_MS / 1000)
            waits.uncalled[service] = waits.uncalled.get(service, 0) + 1

    def _behaviour(self) -> Behaviour:
        learned, hall = self._learned, self._hall
        return Behaviour(
            # From the call to the end, as the estimator counts: nobody walks in addition.
            service_s={s: Empirical(learned.services.table(s).tolist()) for s in hall.settings.services},
            speed={n: learned.services.pace(window.staff or n) for n, window in hall.windows.items()},
            walk_s=Fixed(0.0),
            between_s=Empirical(learned.between.table().tolist()),
            absent_share=float(learned.absence.shares()[USUAL_WAIT_MIN]),
            returns_share=0.0,
        )

    def _arrivals(self, now_ms: int, n: int) -> list[Arrival]:
        """Who comes within the horizon, as on past days at this time, drawn anew for each run."""
        rng = Random(f"{self._seed}/{n}/coming")  # noqa: S311 - chance in a model, not a secret
        arrivals = []
        for service in self._hall.settings.services:
            for priority in (None, PRIORITY):
                rate = self._learned.arrivals_per_s(service, priority is not None, now_ms)
                at_ms = float(now_ms)
                while rate > 0:
                    at_ms += rng.expovariate(rate) * 1000
                    if at_ms >= now_ms + HORIZON_MS:
                        break
                    arrivals.append(Arrival(round(at_ms), (service,), priority))
        return sorted(arrivals, key=lambda arrival: arrival.at_ms)

    def _most_able(self) -> str | None:
        """Who opens a window in the simulation: somebody with as many of the hall's skills as anybody has."""
        skills = Counter(staff for skill in self._hall.settings.skills.values() for staff in skill.staff)
        return skills.most_common(1)[0][0] if skills else None

    def _windows(self, now_ms: int) -> dict[int, tuple[Shift, ...]]:
        """Who works when if nobody changes anything."""
        found = {}
        for number, window in self._hall.windows.items():
            if window.state == "open":
                found[number] = self._shifts(now_ms)
            elif window.state == "paused":
                back_ms = window.back_at_ms or 0
                found[number] = self._shifts(back_ms if back_ms > now_ms else now_ms + BACK_MS)
        return found

    def _shifts(self, from_ms: int) -> tuple[Shift, ...]:
        """From `from_ms` to the end of today's hours, with their breaks."""
        settings = self._hall.settings
        day = local(settings.timezone, from_ms).date()
        hours = hours_of(settings, day) if settings.hours is not None else ()
        ahead = [Shift(max(shift.start_ms, from_ms), shift.end_ms) for shift in hours if shift.end_ms > from_ms]
        return tuple(ahead) or (Shift(from_ms, from_ms + NO_HOURS_MS),)
