"""What past days of a journal teach about arrivals, times and staffing; knows events, not what they are for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

from config.settings import HallSettings
from queue_server.codec import decode
from queue_server.hall import events as e
from queue_server.hall.appointments import Appointment
from queue_server.hall.calendar import local
from queue_server.hall.events import Event
from queue_server.hall.evolve import evolve
from queue_server.hall.order import lines_of
from queue_server.hall.state import Hall
from queue_server.simulate.arrivals import HALF_HOUR_MS, RateCurve
from queue_server.simulate.bookings import PRESET_EARLY, Bookings, bookable
from queue_server.simulate.people import Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.times import Empirical, Times

if TYPE_CHECKING:
    from queue_server.journal import Journal

PAGE_ROWS = 5_000
FEWEST_VALUES = 8  # of a service: below that the values of all services together say more
LONGEST_SERVICE_S = 4 * 3600.0  # longer: somebody forgot to end it
LONGEST_WALK_S = 300.0
LONGEST_GAP_S = 600.0
OPEN_SHARE = 0.5  # of a half hour's time on all days: then the window counts as staffed then

Slot = tuple[int, int]  # hour, 0 or 30
Progress = Callable[[int, int], object]  # gets how many rows were read since it was last asked, and of how many


@dataclass(frozen=True, slots=True)
class Learned:
    """days: how many days with tickets were read. thin: services with too few values of their own."""

    days: int
    tickets: int
    rates: RateCurve
    behaviour: Behaviour
    staffing: Staffing
    thin: tuple[str, ...]


def read_days(
    journal: Journal, settings: HallSettings, first: date, last: date, progress: Progress | None = None
) -> Iterator[Event]:
    """The events of the business days `first` to `last`, in order."""
    after = _row_before(journal, moment_ms(settings, first, time(0)))
    end = _row_before(journal, moment_ms(settings, date.fromordinal(last.toordinal() + 1), time(0)))
    total = end - after
    while after < end:
        rows = journal.read(after, min(PAGE_ROWS, end - after))
        for row in rows:
            yield decode(row.kind, row.version, row.at_ms, row.data)
        after = rows[-1].seq
        if progress is not None:
            progress(len(rows), total)


def _row_before(journal: Journal, at_ms: int) -> int:
    """The last row before `at_ms`; rows stand in the order of time, without gaps."""
    low, high = 0, journal.last_seq()
    while low < high:
        middle = (low + high) // 2
        row = journal.read(middle, 1)
        if row and row[0].at_ms < at_ms:
            low = middle + 1
        else:
            high = middle
    return low


class Learner:
    """Folds past days; `learned` says what they teach for another day."""

    def __init__(self, settings: HallSettings) -> None:
        self._settings = settings
        self._hall = Hall(settings)
        self._days: set[str] = set()
        self._arrivals: Counter[tuple[Slot, str]] = Counter()
        self._open_ms: Counter[tuple[int, Slot]] = Counter()
        self._open_since: dict[int, int] = {}
        self._service_s: defaultdict[str, list[float]] = defaultdict(list)
        self._walk_s: list[float] = []
        self._between_s: list[float] = []
        self._free_ms: dict[int, int] = {}  # windows that ended a service while somebody waited for them
        self._bookings: defaultdict[str, Counter[time]] = defaultdict(Counter)
        self._early_s: list[float] = []
        self._missed = 0
        self._tickets = self._priority = self._called = self._absent = self._returned = 0

    def apply(self, event: Event) -> None:
        hall = self._hall
        if not isinstance(event, e.DayOpened) and hall.day is None:
            return  # the rest of a day that is not asked for
        self._look(event)
        evolve(hall, event, hall.seq + 1)
        if isinstance(event, e.ServingFinished):
            own, then = lines_of(hall, event.window)
            if any(len(hall.lines[key]) for key in (*own, *then) if key in hall.lines):
                self._free_ms[event.window] = event.at_ms

    def _look(self, event: Event) -> None:
        """`hall` stands before `event` here: what a ticket was waiting for or being served for can still be read."""
        match event:
            case e.DayOpened():
                self._free_ms.clear()
                self._open_since.clear()
            case e.TicketIssued():
                self._days.add(str(self._hall.day))
                self._tickets += 1
                self._priority += event.priority is not None
                if event.appointment is None or not bookable(self._settings, event.services[0]):
                    self._arrivals[self._slot(event.place[0]), "+".join(event.services)] += 1
            case e.AppointmentCheckedIn():
                one = self._hall.appointments.by_id[event.appointment_id]
                self._booked(one)
                self._early_s.append((one.slot_ms - event.at_ms) / 1000)
            case e.AppointmentMissed():
                self._booked(self._hall.appointments.by_id[event.appointment_id])
                self._missed += 1
            case e.TicketCalled():
                self._called += 1
                gap_s = (event.at_ms - self._free_ms.pop(event.window, 0)) / 1000
                if gap_s <= LONGEST_GAP_S:
                    self._between_s.append(gap_s)
            case e.ServingStarted():
                ticket = self._hall.tickets[event.ticket_id]
                walk_s = (event.at_ms - (ticket.last_called_ms or 0)) / 1000
                if ticket.calls == 1 and walk_s <= LONGEST_WALK_S:
                    self._walk_s.append(walk_s)
            case e.ServingFinished():
                ticket = self._hall.tickets[event.ticket_id]
                took_s = (event.at_ms - (ticket.started_ms or 0)) / 1000
                if event.outcome not in ("day_closed", "absent") and 0 < took_s <= LONGEST_SERVICE_S:
                    self._service_s[ticket.service].append(took_s)
            case e.TicketMarkedNoShow():
                self._absent += 1
            case e.TicketRequeued():
                self._returned += 1
            case e.WindowOpened() | e.WindowResumed():
                self._open_since.setdefault(event.window, event.at_ms)
            case e.WindowPaused() | e.WindowClosed():
                self._free_ms.pop(event.window, None)
                self._was_open(event.window, event.at_ms)

    def _booked(self, one: Appointment) -> None:
        if bookable(self._settings, one.service):
            self._bookings[one.service][local(self._settings.timezone, one.slot_ms).time()] += 1

    def _slot(self, at_ms: int) -> Slot:
        when = local(self._settings.timezone, at_ms)
        return when.hour, when.minute // 30 * 30

    def _was_open(self, window: int, until_ms: int) -> None:
        since_ms = self._open_since.pop(window, until_ms)
        while since_ms < until_ms:  # half hours begin on whole half hours of UTC, in every zone but three
            next_ms = min(until_ms, (since_ms // HALF_HOUR_MS + 1) * HALF_HOUR_MS)
            self._open_ms[window, self._slot(since_ms)] += next_ms - since_ms
            since_ms = next_ms

    def learned(self, day: date) -> Learned:
        days = max(1, len(self._days))
        per_hour: defaultdict[time, dict[str, float]] = defaultdict(dict)
        for (slot, services), count in self._arrivals.items():
            if all(service in self._settings.services for service in services.split("+")):
                per_hour[time(*slot)][services] = 2 * count / days
        thin = tuple(s for s in self._settings.services if len(self._service_s.get(s, ())) < FEWEST_VALUES)
        return Learned(
            days=len(self._days),
            tickets=self._tickets,
            rates=RateCurve(per_hour, self._priority / max(1, self._tickets), self._learned_bookings(days)),
            behaviour=self._behaviour(thin),
            staffing=Staffing(self._shifts(day, days)),
            thin=thin,
        )

    def _behaviour(self, thin: tuple[str, ...]) -> Behaviour:
        preset = Behaviour()
        times = {s: Empirical(values) for s, values in self._service_s.items() if values and s not in thin}
        everything = [value for values in self._service_s.values() for value in values]
        return Behaviour(
            service_s=times,
            other_service_s=_measured(everything, preset.other_service_s),
            walk_s=_measured(self._walk_s, preset.walk_s),
            between_s=_measured(self._between_s, preset.between_s),
            absent_share=self._absent / self._called if self._called else preset.absent_share,
            returns_share=min(1.0, self._returned / self._absent) if self._absent else preset.returns_share,
        )

    def _learned_bookings(self, days: int) -> Bookings | None:
        """Those of the last day who have not come stay away: nobody reads on to the event that says so."""
        last = [
            one for one in self._hall.appointments.by_id.values() if one.state == "booked" and one.day == self._hall.day
        ]
        slots = {service: Counter(counts) for service, counts in self._bookings.items()}
        for one in last:
            if bookable(self._settings, one.service):
                slots.setdefault(one.service, Counter())[local(self._settings.timezone, one.slot_ms).time()] += 1
        missed = self._missed + len(last)
        if not slots:
            return None
        return Bookings(
            per_slot={service: {at: n / days for at, n in counts.items()} for service, counts in slots.items()},
            missed_share=missed / (missed + len(self._early_s)),
            early_s=_measured(self._early_s, PRESET_EARLY),
        )

    def _shifts(self, day: date, days: int) -> dict[int, tuple[Shift, ...]]:
        """The half hours in which a window was open for most of the time, joined."""
        shifts: dict[int, list[Shift]] = {}
        for window, slot in sorted(self._open_ms):
            if self._open_ms[window, slot] < OPEN_SHARE * HALF_HOUR_MS * days or window not in self._settings.windows:
                continue
            start_ms = moment_ms(self._settings, day, time(*slot))
            joined = shifts.setdefault(window, [])
            if joined and joined[-1].end_ms == start_ms:
                start_ms = joined.pop().start_ms
                joined.append(Shift(start_ms, moment_ms(self._settings, day, time(*slot)) + HALF_HOUR_MS))
            else:
                joined.append(Shift(start_ms, start_ms + HALF_HOUR_MS))
        return {window: tuple(joined) for window, joined in shifts.items()}


def _measured(values_s: list[float], preset: Times) -> Times:
    return Empirical(values_s) if len(values_s) >= FEWEST_VALUES else preset
