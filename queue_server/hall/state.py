"""The hall as its journal tells it: tickets, windows, lines, counts; knows neither events' meaning nor rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from config.settings import HallSettings
from queue_server.hall.appointments import Appointments
from queue_server.hall.events import DeviceChanged, Place
from queue_server.hall.line import FileName, Line
from queue_server.hall.serving import Serving

TicketState = Literal["waiting", "called", "serving", "parked", "finished", "no_show", "cancelled"]
WindowState = Literal["closed", "open", "paused"]
LineKey = str | int  # a service id, or the number of the one window a ticket was sent to


@dataclass(slots=True)
class Ticket:
    """A citizen's number and all that happened to it today. `*_ms` are milliseconds since 1970 UTC."""

    ticket_id: str
    label: str
    serial: int
    services: tuple[str, ...]
    service: str
    channel: str
    place: Place
    issued_ms: int
    priority: str | None
    citizen: str | None
    appointment: str | None = None
    due_ms: int | None = None
    state: TicketState = "waiting"
    window: int | None = None
    for_window: int | None = None
    calls: int = 0
    first_called_ms: int | None = None
    last_called_ms: int | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    outcome: str | None = None
    why: str | None = None
    served_by: tuple[int, str | None] | None = None
    rated: bool = False
    postponed: int = 0
    offline: str | None = None
    flags: tuple[str, ...] = ()
    here: bool = True  # False: taken elsewhere and not checked in, so it waits in no line
    passed_ms: int | None = None  # not here: when somebody behind it was called first

    @property
    def line(self) -> LineKey:
        return self.service if self.for_window is None else self.for_window

    @property
    def file(self) -> FileName:
        """The file of the line it stands in: an appointment is stronger than priority."""
        if self.due_ms is not None:
            return "due"
        return "ordinary" if self.priority is None else "priority"

    @property
    def standing(self) -> Place:
        """The place by which that file is sorted."""
        return self.place if self.due_ms is None else (self.due_ms, *self.place)

    @property
    def arrived_ms(self) -> int:
        return self.place[0]


@dataclass(frozen=True, slots=True)
class Handover:
    """A note for whoever sits at a window next: where its text is sealed, who wrote it and when."""

    note: str
    staff: str | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody asked for a person at a kiosk; taken_ms: since when somebody is on the way."""

    asked_ms: int
    taken_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a citizen said about the hall, without the words: they lie in the vault. reply: where the answer lies."""

    subject: str
    channel: str
    due_day: str
    filed_ms: int
    reply: str | None = None
    answered_ms: int = 0
    received_day: str | None = None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is who is not on duty; fields as in the event WhereaboutsChanged."""

    where: str
    since_ms: int
    back_at_ms: int | None = None
    stand_in: str | None = None


@dataclass(slots=True)
class Window:
    """A window as it is now. `ticket_id` is the ticket in hand: called or being served here, never more than one."""

    number: int
    state: WindowState = "closed"
    staff: str | None = None
    covers: str | None = None
    skills: tuple[str, ...] = ()
    pause_reason: str | None = None
    back_at_ms: int | None = None
    ticket_id: str | None = None
    handover: Handover | None = None


@dataclass(slots=True)
class Hall:
    """One hall on one day.

    seq: the last journal row folded in. last_ms: the time of the last event; time never runs backwards here.
    settings_row: the row of the last real change of settings, 0 when they are the file's; see SettingsChanged.
    ordinary_run: by window number, how many ordinary tickets it called since its last priority one; by service id, how
    many were called by the windows that serve it since its own last priority one. A missing key: no priority one today.
    """

    settings: HallSettings
    settings_version: int = 0
    settings_row: int = 0
    file_digest: str = ""
    seq: int = 0
    last_ms: int = 0
    day: str | None = None
    tickets: dict[str, Ticket] = field(default_factory=dict)
    windows: dict[int, Window] = field(default_factory=dict)
    lines: dict[LineKey, Line] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    serial: int = 0
    issued: Counter[str] = field(default_factory=Counter)
    by_citizen: dict[str, list[str]] = field(default_factory=dict)
    away: dict[str, Ticket] = field(default_factory=dict)  # who wait and are not here, by ticket id
    ordinary_run: dict[LineKey, int] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)  # tickets of taps that became offline tickets
    offline_labels: set[str] = field(default_factory=set)
    emergency: tuple[str, int] | None = None  # text, raised at
    helps: dict[str, Help] = field(default_factory=dict)  # by node, the last one of each
    opinions: dict[str, Opinion] = field(default_factory=dict)  # the open ones, and those answered of late
    whereabouts: dict[str, Whereabouts] = field(default_factory=dict)  # by staff, of those who are not on duty
    devices: dict[tuple[str, str], DeviceChanged] = field(default_factory=dict)  # by node and device
    appointments: Appointments = field(default_factory=Appointments)
    serving: Serving = field(default_factory=Serving, repr=False)

    def __post_init__(self) -> None:
        self.begin_day()

    def window(self, number: int) -> Window:
        """One that settings no longer name may still stand in today's journal: it is kept until the day ends."""
        return self.windows.setdefault(number, Window(number))

    def begin_day(self) -> None:
        self.tickets = {}
        self.windows = {number: Window(number) for number in self.settings.windows}
        self.lines = {}
        self.numbers = {}
        self.serial = 0
        self.issued = Counter()
        self.by_citizen = {}
        self.away = {}
        self.ordinary_run = {}
        self.replaced = set()
        self.offline_labels = set()
        self.emergency = None
        self.helps = {}
        self.opinions = {}
        self.whereabouts = {}
        self.devices = {}
        self.appointments = Appointments()

    def line(self, key: LineKey) -> Line:
        return self.lines.setdefault(key, Line())

    def waiting(self) -> list[Ticket]:
        """All who stand in a line."""
        return [t for t in self.tickets.values() if t.state == "waiting" and t.here]

    # -- bookkeeping shared by several events ---------------------------------------------------------------------

    def join(self, ticket: Ticket) -> None:
        ticket.state = "waiting"
        ticket.window = None
        if not ticket.here:
            self.away[ticket.ticket_id] = ticket
            return
        self.line(ticket.line).file(ticket.file).add(ticket.standing, ticket.ticket_id)

    def leave(self, ticket: Ticket) -> None:
        if ticket.state != "waiting":
            return
        if not ticket.here:
            del self.away[ticket.ticket_id]
            return
        self.line(ticket.line).file(ticket.file).remove(ticket.standing, ticket.ticket_id)

    def release(self, ticket: Ticket) -> None:
        """The window that has the ticket in hand, if any, has it no longer."""
        window = self.windows.get(ticket.window) if ticket.window is not None else None
        if window is not None and window.ticket_id == ticket.ticket_id:
            window.ticket_id = None
