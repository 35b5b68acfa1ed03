"""What a hall, a node and a set of twins can be set to: frozen values with bounds; knows no file format and no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Text = Mapping[str, str]  # language tag ("zh-CN", "en") -> words; a plain string in TOML fills every language


@dataclass(frozen=True, slots=True)
class Span:
    """Opening hours in the hall's own time, `start` < `end`, in whole minutes; an `end` of 24:00 is `time.max`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours. `None` in `HallSettings.hours` means always open.

    weekly: seven tuples of spans, Monday first. An empty tuple is a closed day.
    last_ticket_before_s: no ticket is issued so many seconds before the end of a span, 0–14,400.
    """

    weekly: tuple[tuple[Span, ...], ...]
    last_ticket_before_s: int = 600


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that differ from the week: `holidays` are closed, `workdays` are make-up days worked like a Monday."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """Queue rules with the presets of REQUIREMENTS.md 4; 0 switches a limit off.

    min_calls_before_no_show: 0–10 · call_gap_s: 0–300 · requeue_within_s: 0–86,400 · requeue_after_n: 0–100 ·
    priority_share: 0–20, at most one priority call in so many while others wait ·
    daily_cap_per_citizen: 0–100, tickets per person, service and day · auto_start_s: 0–600 ·
    postpone_times: 0–10, how often a citizen may let others pass or come back by phone.
    """

    min_calls_before_no_show: int = 3
    call_gap_s: int = 15
    requeue_within_s: int = 1800
    requeue_after_n: int = 3
    priority_share: int = 3
    one_waiting_per_citizen: bool = True
    daily_cap_per_citizen: int = 3
    auto_start_s: int = 0
    out_of_turn_needs_reason: bool = False
    postpone_times: int = 2


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept of a citizen, encrypted, and for how long: `keep` of id_number, name, phone; 1–365 days."""

    keep: tuple[str, ...] = ("id_number", "name", "phone")
    keep_days: int = 30


@dataclass(frozen=True, slots=True)
class Appointments:
    """Booking a place in advance. `None` in `HallSettings.appointments` means that the hall takes no bookings.

    days_ahead: 0–90, how many days after today can be booked · late_s: 0–14,400, so long after the start of its slot an
    appointment keeps its claim; later it is an ordinary ticket · early_s: 0–86,400, how long before its slot one can
    check in, 0 = all day · cancel_before_s: 0–604,800, no change later than so long before the slot · per_citizen: 0–20
    open appointments, 0 = no limit · no_show_limit: 0–20 days with a missed one within no_show_within_days (1–90)
    suspend a citizen for suspended_days (1–90); 0 = nobody is suspended.
    """

    days_ahead: int = 14
    early_s: int = 0
    late_s: int = 600
    cancel_before_s: int = 7200
    per_citizen: int = 3
    no_show_limit: int = 3
    no_show_within_days: int = 90
    suspended_days: int = 30


@dataclass(frozen=True, slots=True)
class Remote:
    """Numbers that citizens take elsewhere, by phone. `None` in `HallSettings.remote` means that there are none.

    weekly: when they are given, None whenever the hall gives numbers · services: for which, empty for all ·
    max_distance_m: 0–200,000, only so far from the hall, 0 = wherever · here_within_m: 0–2,000, a phone so near the
    hall may check in by itself, 0 = none may · latitude, longitude: of the hall in degrees, None where no distance
    matters · check_in_within_s: 60–14,400, so long a ticket is kept after somebody behind it was called · per_day:
    1–20 such tickets per phone number.
    """

    weekly: tuple[tuple[Span, ...], ...] | None = None
    services: tuple[str, ...] = ()
    max_distance_m: int = 0
    here_within_m: int = 200
    latitude: float | None = None
    longitude: float | None = None
    check_in_within_s: int = 900
    per_day: int = 2


@dataclass(frozen=True, slots=True)
class Slots:
    """The appointments of a service: one every `every_min` minutes (5–240), `quota` (1–999) citizens each.

    weekly: own hours of appointments, or None; slots lie within the hall's and the service's hours in any case.
    """

    every_min: int = 15
    quota: int = 1
    weekly: tuple[tuple[Span, ...], ...] | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """What the public may know of a service (服务指南). These six and its `materials` are the seven public items
    (七公开): 办理事项, 办理依据, 办理程序, 申报条件, 申报资料 (materials), 承诺时限, 收费标准及依据.

    Each 1–2,000 characters in several lines, or empty while it is written. published: citizens see it; then it lacks
    none of the seven in any language of the hall.
    """

    matter: Text = field(default_factory=dict)
    basis: Text = field(default_factory=dict)
    procedure: Text = field(default_factory=dict)
    conditions: Text = field(default_factory=dict)
    time_limit: Text = field(default_factory=dict)
    fees: Text = field(default_factory=dict)
    published: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A matter that citizens come for.

    id: [a-z0-9-]{1,32} · prefix: 1–2 capital letters, unique in the hall · daily_quota: tickets a day, 0 = no limit ·
    target_wait_s: 1–86,400, the wait this service promises · weekly: own hours, or None for the hall's ·
    materials: what to bring, shown at the kiosk before the ticket is taken · department: heading at the kiosk ·
    slots: when it can be booked, None when it can't be · skill: what whoever serves it must be able to do, "" for
    nothing special · after: services that come before this one when a ticket carries both · pick_up: what is ready is
    handed out here (出件), so it comes last on a ticket · guide: what it is about, for the public, None without one.
    """

    id: str
    name: Text
    prefix: str
    daily_quota: int = 0
    target_wait_s: int = 900
    weekly: tuple[tuple[Span, ...], ...] | None = None
    department: Text = field(default_factory=dict)
    materials: tuple[Text, ...] = ()
    slots: Slots | None = None
    skill: str = ""
    after: tuple[str, ...] = ()
    pick_up: bool = False
    guide: Guide | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A place where staff serve: number 1–999, the services it serves, and those it serves when nobody waits for them.

    `services` and `then` hold service ids; "*" has been replaced by every service.
    zone: the floor or part of the hall it stands in, "" where there are none · place: how to find it, for the wall.
    """

    id: int
    name: Text
    services: tuple[str, ...]
    then: tuple[str, ...] = ()
    zone: str = ""
    place: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Zone:
    """A floor or part of a hall with walls and a voice of its own; windows name it. id: [a-z0-9-]{1,32}."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Skill:
    """What not everybody at a window can do. id: [a-z0-9-]{1,32} · staff: the ids of those who can."""

    id: str
    name: Text
    staff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opinions:
    """The complaint box (意见箱). `None` in `HallSettings.opinions`: the hall has none. due_days: 1–60 working days."""

    due_days: int = 5


# What can stand on a plan. A wall and a room are drawn; where a window or kiosk stands people want to know.
MapKind = Literal[
    "window", "kiosk", "reception", "waiting", "entrance", "exit", "lift", "stairs", "toilet", "accessible", "baby",
    "water", "forms", "screen", "room", "wall", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapItem:
    """Something on a plan of the hall: `at` column and row of its upper left corner, from 0, and its `size`, in units.

    window: its number, 0 for what is none · node: the kiosk that it is, "" for what is none · name: its words instead
    of those of its kind.
    """

    kind: MapKind
    at: tuple[int, int]
    size: tuple[int, int] = (1, 1)
    window: int = 0
    node: str = ""
    name: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HallMap:
    """The plan of a zone, `width` × `height` units of 4–200 each, whatever a unit is in that hall.

    id: of the zone, or any where the hall has no zones; [a-z0-9-]{1,32} · items: at most 300, drawn in this order.
    """

    id: str
    width: int
    height: int
    items: tuple[MapItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A web site that kiosks offer (网上办事终端). id: [a-z0-9-]{1,32} · url: where it begins, http or https.

    hosts: names that it needs besides its own, "*.example.org" for everything below one; nothing else is reached ·
    letter: on its tile, "" for the first of its name · idle_s: 20–600, it is closed when nobody touched it so long ·
    most_s: 60–7,200, the longest that anybody may use it.
    """

    id: str
    name: Text
    url: str
    hosts: tuple[str, ...] = ()
    letter: str = ""
    idle_s: int = 60
    most_s: int = 900


@dataclass(frozen=True, slots=True)
class Words:
    """The hall's own wording for paper, wall and kiosk; empty means the words that come with the language.

    help: where to go and whom to ask, at every kiosk's help, above all while nobody can be called.
    """

    slip_footer: Text = field(default_factory=dict)
    marquee: Text = field(default_factory=dict)
    help: Text = field(default_factory=dict)


# Whose browsers they tell: Chrome and Android, Firefox, Safari and iOS, Edge.
PUSH_SERVICES = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "notify.windows.com",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HallSettings:
    """One hall. `services` and `windows` keep the file's order; the first of `languages` is the default.

    offline: by the name of a kiosk, the first and last number (1–9,999) that it gives by itself while the server is
    away, and nobody else. public_url: the http(s) address, without a path, by which citizens' phones reach this server;
    "" where they do not. push_services: hosts, or host:port, that messages to phones may go to; empty: none are sent.
    """

    id: str
    name: Text
    timezone: str
    languages: tuple[str, ...]
    services: Mapping[str, Service]
    windows: Mapping[int, Window]
    hours: Hours | None = None
    calendar: Calendar = field(default_factory=Calendar)
    rules: Rules = field(default_factory=Rules)
    privacy: Privacy = field(default_factory=Privacy)
    words: Words = field(default_factory=Words)
    offline: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    public_url: str = ""
    push_services: tuple[str, ...] = PUSH_SERVICES
    appointments: Appointments | None = None
    remote: Remote | None = None
    zones: Mapping[str, Zone] = field(default_factory=dict)
    skills: Mapping[str, Skill] = field(default_factory=dict)
    opinions: Opinions | None = None
    maps: Mapping[str, HallMap] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
