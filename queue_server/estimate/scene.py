"""Turns a hall as it is now, and what was learned of it, into a scene that can be run forward; runs nothing itself.

Left out, because a hall cannot know it: who will be transferred, parked or called out of turn. The calibration sees to
what this costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from queue_server.estimate.forward import LONG_AGO, NEVER, Scene
from queue_server.estimate.learn import Learned
from queue_server.estimate.presence import Span
from queue_server.estimate.times import Floats, remaining
from queue_server.hall.calendar import local, spans_on
from queue_server.hall.order import DEFAULT_TARGET_S, lines_of, may_serve
from queue_server.hall.state import Hall, LineKey, Ticket, Window

HORIZON_S = 3 * 3600.0  # who comes later than this changes nothing for those who are here
COMING_MAX = 80
FILES = ("ordinary", "priority", "due")


@dataclass(slots=True)
class Sight:
    """A scene and what the columns of its answer are about: tickets first, then probes by (service, priority)."""

    scene: Scene
    tickets: list[str]
    probes: list[tuple[str, bool]]


@dataclass(slots=True)
class _Entry:
    place_s: float
    column: int
    kind: int
    probe: bool = False


def look(hall: Hall, learned: Learned, at_ms: int, samples: int, chance: np.random.Generator) -> Sight:
    """The hall at `at_ms`, `samples` times over."""
    return _Look(hall, learned, at_ms, samples, chance).sight()


class _Look:
    def __init__(self, hall: Hall, learned: Learned, at_ms: int, samples: int, chance: np.random.Generator) -> None:
        self.hall, self.learned, self.at_ms, self.samples, self.chance = hall, learned, at_ms, samples, chance
        self.windows = list(hall.windows)
        self.kinds = {service: n for n, service in enumerate(hall.settings.services)}
        for ticket in hall.tickets.values():
            if ticket.state == "waiting":
                self.kinds.setdefault(ticket.service, len(self.kinds))
        sent: list[LineKey] = [key for key, line in hall.lines.items() if len(line) and key not in self.kinds]
        self.lines: list[LineKey] = [*self.kinds, *sent]
        self.tickets: list[str] = []
        self.probes: list[tuple[str, bool]] = []
        self.files: dict[tuple[str, LineKey], list[_Entry]] = {(f, key): [] for f in FILES for key in self.lines}
        self.serving = [lines_of(hall, window) for window in self.windows]

    def sight(self) -> Sight:
        self._waiting()
        self._expected()
        self._later_services()
        self._newcomers()
        hall, learned = self.hall, self.learned
        number = {key: n for n, key in enumerate(self.lines)}
        own = np.zeros((len(self.windows), len(self.lines)), bool)
        then = own.copy()
        for n, (first, second) in enumerate(self.serving):
            own[n, [number[key] for key in first if key in number]] = True
            then[n, [number[key] for key in second if key in number]] = True
        then &= ~own
        place_s, first_entry, column, kind, probe = self._entries(own, then)
        gone_s = np.full(place_s.shape, NEVER)
        rate = learned.gone_per_s()
        if rate > 0:
            gone_s[:, column >= 0] = self.chance.exponential(1 / rate, (self.samples, int((column >= 0).sum())))
            gone_s[:, probe] = NEVER
        stayed_s = [learned.stayed_s(window, self.at_ms) for window in self.windows]
        breaks = learned.presence.breaks(
            self.windows,
            learned.day_s(self.at_ms),
            learned.weekend,
            self._planned(),
            self.samples,
            self.chance,
            stayed_s,
        )
        services = list(self.kinds)
        doubts = np.array([learned.services.doubt(service) for service in services])
        today = self.chance.normal(*learned.services.today(), (self.samples, 1))
        luck = np.exp(today + doubts * self.chance.standard_normal((self.samples, len(services))))
        pace = np.array([learned.services.pace(self._who(window)) for window in self.windows])
        runs = self.hall.ordinary_run
        share = hall.settings.rules.priority_share
        scene = Scene(
            own=own,
            then=then,
            target_s=np.array([self._target_s(key) for _ in FILES for key in self.lines], float),
            place_s=place_s,
            first=first_entry,
            ticket=np.where(column < 0, -1, column),
            kind=kind,
            probe=probe,
            gone_s=gone_s,
            free_s=self._free(luck),
            break_from_s=breaks[0],
            break_to_s=breaks[1],
            share=share,
            window_run=np.array([runs.get(window, LONG_AGO) for window in self.windows]),
            line_run=np.array([runs.get(key, LONG_AGO) for key in self.lines]),
            tables=np.array([learned.services.table(service) for service in services]),
            pace=luck[:, None, :] * pace[None, :, None],
            absent=learned.absence.shares(),
            absent_s=learned.absent_for.table(),
            between_s=learned.between.table(),
            wanted=len(self.tickets) + len(self.probes),
        )
        return Sight(scene, self.tickets, self.probes)

    # -- who waits ----------------------------------------------------------------------------------------------------

    def _seconds(self, at_ms: int) -> float:
        return (at_ms - self.at_ms) / 1000

    def _waiting(self) -> None:
        for key in self.lines:
            line = self.hall.lines.get(key)
            if line is None:
                continue
            for name, file in zip(FILES, line.files(), strict=True):
                for place, ticket_id in file.first(len(file)):
                    ticket = self.hall.tickets[ticket_id]
                    column = len(self.tickets)
                    self.tickets.append(ticket_id)
                    # An appointment's place begins with its slot; the others' lie in the past.
                    at_s = self._seconds(place[0])
                    at_s = at_s if name == "due" else min(0.0, at_s)
                    self.files[name, key].append(_Entry(at_s, column, self.kinds[ticket.service]))

    def _expected(self) -> None:
        """Who took a number elsewhere stands where they would if they were here: most come, and ask when to set out."""
        for ticket in self.hall.away.values():
            if ticket.passed_ms is None and (ticket.file, ticket.line) in self.files:
                column = len(self.tickets)
                self.tickets.append(ticket.ticket_id)
                at_s = min(0.0, self._seconds(ticket.standing[0]))
                self.files[ticket.file, ticket.line].append(_Entry(at_s, column, self.kinds[ticket.service]))

    def _later_services(self) -> None:
        """Who came for several services stands in the lines of the later ones too, at the place they will have."""
        for ticket in self.hall.tickets.values():
            if len(ticket.services) > 1 and ticket.state in ("waiting", "called", "serving"):
                for service in ticket.services[ticket.services.index(ticket.service) + 1 :]:
                    if service in self.kinds:
                        name = "ordinary" if ticket.priority is None else "priority"
                        place_s = min(0.0, self._seconds(ticket.arrived_ms))
                        self.files[name, service].append(_Entry(place_s, -1, self.kinds[service]))

    def _newcomers(self) -> None:
        for entries in self.files.values():
            entries.sort(key=lambda entry: entry.place_s)
        for service in self.hall.settings.services:
            for name, priority in (("ordinary", False), ("priority", True)):
                column = -2 - len(self.probes)
                self.probes.append((service, priority))
                self.files[name, service].append(_Entry(0.0, column, self.kinds[service], probe=True))

    def _entries(
        self, own: np.ndarray, then: np.ndarray
    ) -> tuple[Floats, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        blocks: list[Floats] = []
        column: list[int] = []
        kind: list[int] = []
        probe: list[bool] = []
        first: list[int] = []
        size = 0
        for name in FILES:
            for n, key in enumerate(self.lines):
                entries = self.files[name, key]
                first.append(size)
                here = np.tile([entry.place_s for entry in entries], (self.samples, 1))
                coming = self._coming(name, key, n, own, then)
                blocks += [here, coming, np.full((self.samples, 1), NEVER)]
                more = coming.shape[1] + 1
                column += [e.column if e.column > -2 else len(self.tickets) - 2 - e.column for e in entries] + [
                    -1
                ] * more
                own_kind = self.kinds.get(str(key), 0)
                kind += [entry.kind for entry in entries] + [own_kind] * more
                probe += [entry.probe for entry in entries] + [False] * more
                size += len(entries) + more
        return np.concatenate(blocks, axis=1), np.array(first), np.array(column), np.array(kind), np.array(probe)

    def _coming(self, name: str, key: LineKey, n: int, own: np.ndarray, then: np.ndarray) -> Floats:
        """When more will come who may be called before somebody who is here, samples × how many."""
        nobody: Floats = np.empty((self.samples, 0))
        if not isinstance(key, str) or key not in self.hall.settings.services:
            return nobody
        if name == "due":
            return self._booked(key)
        if name == "ordinary" and not self._may_overtake(key, n, own, then):
            return nobody
        rate = self.learned.arrivals_per_s(key, name == "priority", self.at_ms)
        count = min(COMING_MAX, round(rate * HORIZON_S * 1.3 + 2)) if rate > 0 else 0
        if not count:
            return nobody
        coming: Floats = np.cumsum(self.chance.exponential(1 / rate, (self.samples, count)), axis=1)
        return np.where(coming < HORIZON_S, coming, NEVER)

    def _booked(self, service: str) -> Floats:
        """The slots of today's appointments that are still to come, some of which nobody will keep."""
        hall = self.hall
        ids = hall.appointments.by_day.get((service, hall.day or ""), {})
        slots = [
            slot_s
            for booked in map(hall.appointments.by_id.__getitem__, ids)
            if booked.state == "booked" and 0 < (slot_s := self._seconds(booked.slot_ms)) < HORIZON_S
        ]
        slots.sort()
        slots_s = np.tile(slots, (self.samples, 1))
        kept = self.chance.random(slots_s.shape) < [self.learned.bookings.still_come(service, slot) for slot in slots]
        found: Floats = np.sort(np.where(kept, slots_s, NEVER), axis=1)
        return found

    def _may_overtake(self, key: str, n: int, own: np.ndarray, then: np.ndarray) -> bool:
        """Whether an ordinary ticket of line `key` that comes later can be called before one that waits elsewhere."""
        target_s = self._target_s(key)
        slower = np.array([self._target_s(other) > target_s for other in self.lines])
        return bool((own[own[:, n]][:, slower]).any() or then[own[:, n]].any())

    def _target_s(self, key: LineKey) -> float:
        plan = self.hall.settings.services.get(key) if isinstance(key, str) else None
        return DEFAULT_TARGET_S if plan is None else plan.target_wait_s

    # -- who serves ---------------------------------------------------------------------------------------------------

    def _who(self, number: int) -> object:
        return self.hall.windows[number].staff or number

    def _planned(self) -> tuple[Span, ...]:
        settings = self.hall.settings
        if settings.hours is None:
            return ()
        day = local(settings.timezone, self.at_ms).date()
        spans = spans_on(settings, settings.hours.weekly, day)
        return tuple(
            (s.start.hour * 3600 + s.start.minute * 60.0, s.end.hour * 3600 + s.end.minute * 60.0) for s in spans
        )

    def _free(self, luck: Floats) -> Floats:
        free_s = np.zeros((self.samples, len(self.windows)))
        for n, number in enumerate(self.windows):
            window = self.hall.windows[number]
            if window.ticket_id is not None:
                free_s[:, n] = self._busy(window, self.hall.tickets[window.ticket_id], luck)
            elif window.state == "open":
                free_s[:, n] = self._idle(number)
        return free_s

    def _busy(self, window: Window, ticket: Ticket, luck: Floats) -> Floats:
        learned = self.learned
        draws = self.chance.random((4, self.samples))
        in_hand = learned.in_hand.get(window.number)
        called_ms = in_hand.called_ms if in_hand is not None else ticket.last_called_ms
        elapsed_s = max(0.0, -self._seconds(called_ms if called_ms is not None else self.at_ms))
        table = learned.services.table(ticket.service) * learned.services.pace(self._who(window.number))
        kind = self.kinds.get(ticket.service)
        spread = luck[:, kind] if kind is not None else np.ones(self.samples)
        left = remaining(table, elapsed_s, draws[0]) * spread
        if ticket.state == "called":
            walk, absent_s = learned.walk.table(), learned.absent_for.table()
            shares = learned.absence.shares()
            waited_s = in_hand.waited_s if in_hand is not None else 0.0
            absent = float(shares[min(len(shares) - 1, int(waited_s / 60))])
            missing = absent * float((absent_s > elapsed_s).mean() + 1e-3)
            coming = (1 - absent) * float((walk > elapsed_s).mean() + 1e-3)
            left = np.where(draws[1] < missing / (missing + coming), remaining(absent_s, elapsed_s, draws[2]), left)
        between = learned.between.table()
        found: Floats = left + between[(draws[3] * len(between)).astype(int)]
        return found

    def _idle(self, number: int) -> Floats:
        learned, draws = self.learned, self.chance.random(self.samples)
        if number in learned.busy:
            since_ms = learned.free_ms.get(number, self.at_ms)
            return remaining(learned.between.table(), -self._seconds(since_ms), draws)
        came_ms = [
            t.arrived_ms
            for t in map(self.hall.tickets.__getitem__, self.tickets)
            if t.here and may_serve(self.hall, number, t)
        ]
        elapsed_s = -self._seconds(min(came_ms)) if came_ms else 0.0
        return remaining(learned.notice.table(), elapsed_s, draws)
