"""What a hall's journal teaches about it: how long things take, who does not come, who comes when; estimates nothing.

Fed with every event, past days and today alike, after the hall was moved on by it. It looks only at what a journal has.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass

from queue_server.estimate.absence import Absence
from queue_server.estimate.bookings import Bookings
from queue_server.estimate.presence import Presence
from queue_server.estimate.services import ServiceTimes
from queue_server.estimate.times import Pool
from queue_server.hall import events as e
from queue_server.hall.calendar import local
from queue_server.hall.events import Event
from queue_server.hall.order import choose
from queue_server.hall.state import Hall

SLOT_S = 1800  # arrivals are counted by half hour
SLOTS = 48
DAYS_KEPT = 20
IDLE_MS = 120_000  # a window that has had nobody for so long would have been left if somebody meant to
GONE_WEIGHT_S = 36_000.0  # nobody is taken to cancel before ten hours of waiting were seen


@dataclass(slots=True)
class _InHand:
    """A ticket that a window has called. `who` serves it."""

    ticket_id: str
    service: str
    who: Hashable
    called_ms: int
    waited_s: float
    started_ms: int | None = None


class Learned:
    def __init__(self) -> None:
        self.services = ServiceTimes()
        self.presence = Presence()
        self.walk = Pool(15.0)
        self.absent_for = Pool(50.0, spread=0.4)
        self.between = Pool(15.0, spread=1.0)
        self.notice = Pool(10.0, spread=1.0)
        self.in_hand: dict[int, _InHand] = {}
        self.free_ms: dict[int, int] = {}  # by window with nobody in hand, since when it has had nobody
        self.busy: set[int] = set()  # of those, the ones that somebody waited for when they became free
        self._last_call_ms: dict[int, int] = {}
        self.absence = Absence()
        self.bookings = Bookings()
        self._cancelled = 0
        self._waited_s = 0.0
        self._joined_ms: dict[str, int] = {}
        self._counts: deque[Counter[tuple[str, bool, int]]] = deque(maxlen=DAYS_KEPT)
        self._count: Counter[tuple[str, bool, int]] = Counter()
        self._midnight_ms = 0
        self.weekend = False

    # -- reading it ---------------------------------------------------------------------------------------------------

    def day_s(self, at_ms: int) -> float:
        """Seconds since the day's midnight in the hall's time zone."""
        return (at_ms - self._midnight_ms) / 1000

    def gone_per_s(self) -> float:
        """The rate at which those who wait give their ticket back."""
        return self._cancelled / (self._waited_s + GONE_WEIGHT_S)

    def arrivals_per_s(self, service: str, priority: bool, at_ms: int, hours: float = 1.0) -> float:
        """How many come for `service`, the mean of the next `hours` on past days; of today's, when there are none."""
        slot = int(self.day_s(at_ms) // SLOT_S)
        slots = [s for s in range(slot, slot + max(1, round(hours * 2))) if s < SLOTS]
        if self._counts and slots:
            days = len(self._counts)
            found = sum(day[service, priority, s] for day in self._counts for s in slots)
            return found / (days * len(slots) * SLOT_S)
        before = range(max(0, slot - 2), slot)
        return sum(self._count[service, priority, s] for s in before) / (max(1, len(before)) * SLOT_S)

    def stayed_s(self, window: int, at_ms: int) -> float:
        """When `window` showed for the last time that nobody meant to leave it: by a call, or by waiting for people."""
        free_ms = self.free_ms.get(window)
        if free_ms is not None and window not in self.busy and at_ms - free_ms > IDLE_MS:
            return self.day_s(at_ms)
        return self.day_s(self._last_call_ms.get(window, at_ms))

    # -- learning it --------------------------------------------------------------------------------------------------

    def apply(self, hall: Hall, event: Event) -> None:
        """`hall` stands after `event`."""
        match event:
            case e.DayOpened():
                self._begin_day(hall, event.at_ms)
            case e.DayClosed():
                self.presence.end_day(self.day_s(event.at_ms), self.weekend)
                self._counts.append(self._count)
                self._count = Counter()
            case e.WindowOpened() | e.WindowResumed():
                self.presence.change(event.window, "open", self.day_s(event.at_ms))
                if event.window not in self.in_hand:
                    self._free(hall, event.window, event.at_ms)
            case e.WindowPaused():
                back_s = self.day_s(event.back_at_ms) if event.back_at_ms is not None else None
                stayed_s = self.stayed_s(event.window, event.at_ms)
                self.presence.change(event.window, "paused", self.day_s(event.at_ms), back_s, stayed_s)
                self._not_free(event.window)
            case e.WindowClosed():
                stayed_s = self.stayed_s(event.window, event.at_ms)
                self.presence.change(event.window, "closed", self.day_s(event.at_ms), stayed_s=stayed_s)
                self._not_free(event.window)
            case e.TicketIssued():
                self._joined_ms[event.ticket_id] = event.at_ms
                slot = int(self.day_s(event.at_ms) // SLOT_S)
                self._count[event.services[0], event.priority is not None, slot] += 1
            case e.TicketRequeued() | e.TicketArrived():
                self._joined_ms[event.ticket_id] = event.at_ms
            case e.TicketCalled():
                self._called(hall, event)
            case e.ServingStarted():
                self._started(event)
            case e.ServingFinished():
                served = event.outcome not in ("absent", "day_closed")
                self._ended(hall, event.window, event.at_ms, served=served)
                self._joined_ms[event.ticket_id] = event.at_ms
            case e.TicketMarkedNoShow():
                self._no_show(hall, event)
            case e.TicketParked() | e.TicketTransferred():
                self._ended(hall, event.window, event.at_ms, served=True)
                self._joined_ms[event.ticket_id] = event.at_ms
            case e.TicketCancelled():
                self._cancel(hall, event)
            case e.AppointmentCheckedIn():
                one = hall.appointments.by_id[event.appointment_id]
                if event.timing == "late":  # the slot was not taken: it is an ordinary ticket
                    self.bookings.missed(one.service)
                else:
                    self.bookings.came(one.service, (one.slot_ms - event.at_ms) / 1000)
            case e.AppointmentMissed():
                self.bookings.missed(hall.appointments.by_id[event.appointment_id].service)
            case _:
                return

    def _begin_day(self, hall: Hall, at_ms: int) -> None:
        now = local(hall.settings.timezone, at_ms)
        self._midnight_ms = at_ms - (now.hour * 3600 + now.minute * 60 + now.second) * 1000 - now.microsecond // 1000
        self.weekend = now.weekday() >= 5
        self.presence.begin_day()
        self.absence.begin_day()
        self.bookings.begin_day()
        self.services.begin_day()
        self.in_hand, self.free_ms, self.busy, self._joined_ms = {}, {}, set(), {}
        self._last_call_ms = {}

    def _called(self, hall: Hall, event: e.TicketCalled) -> None:
        ticket, window = hall.tickets[event.ticket_id], event.window
        joined_ms = self._joined_ms.pop(event.ticket_id, event.at_ms)
        waited_s = (event.at_ms - joined_ms) / 1000
        self._waited_s += waited_s
        free_ms = self.free_ms.get(window)
        if free_ms is not None and event.why not in ("out_of_turn", "parked"):
            if window in self.busy:
                self.between.add((event.at_ms - free_ms) / 1000)
            elif joined_ms >= free_ms:
                self.notice.add(waited_s)
        self._not_free(window)
        self._last_call_ms[window] = event.at_ms
        who = hall.windows[window].staff or window
        self.in_hand[window] = _InHand(event.ticket_id, ticket.service, who, event.at_ms, waited_s)
        if event.why != "parked":
            self.absence.called(waited_s)

    def _started(self, event: e.ServingStarted) -> None:
        in_hand = self.in_hand.get(event.window)
        if in_hand is not None:
            in_hand.started_ms = event.at_ms
            self.walk.add((event.at_ms - in_hand.called_ms) / 1000)

    def _no_show(self, hall: Hall, event: e.TicketMarkedNoShow) -> None:
        in_hand = self.in_hand.get(event.window)
        if in_hand is not None:
            self.absence.missed(in_hand.waited_s)
            self.absent_for.add((event.at_ms - in_hand.called_ms) / 1000)
        self._ended(hall, event.window, event.at_ms, served=False)

    def _ended(self, hall: Hall, window: int, at_ms: int, *, served: bool) -> None:
        in_hand = self.in_hand.pop(window, None)
        if in_hand is not None and served:
            self.services.add(in_hand.service, in_hand.who, (at_ms - in_hand.called_ms) / 1000)
        if hall.windows[window].state == "open":
            self._free(hall, window, at_ms)

    def _cancel(self, hall: Hall, event: e.TicketCancelled) -> None:
        for window, in_hand in list(self.in_hand.items()):
            if in_hand.ticket_id == event.ticket_id:
                self._ended(hall, window, event.at_ms, served=False)
        joined_ms = self._joined_ms.pop(event.ticket_id, None)
        if joined_ms is not None and event.reason not in ("day_closed", "not_here"):
            self._cancelled += 1
            self._waited_s += (event.at_ms - joined_ms) / 1000

    def _free(self, hall: Hall, window: int, at_ms: int) -> None:
        self.free_ms[window] = at_ms
        if choose(hall, window, at_ms) is not None:
            self.busy.add(window)

    def _not_free(self, window: int) -> None:
        self.free_ms.pop(window, None)
        self.busy.discard(window)
