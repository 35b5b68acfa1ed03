"""What happened in a hall: frozen facts in the past tense; knows neither why they were allowed nor how they are stored.

Every event carries `at_ms`, milliseconds since 1970 UTC. An event is never changed once written: a field added later
needs a default, anything else a new version in `queue_server/codec.py`.
`place` is a ticket's place in line, a tuple of integers compared from the left; its first number is the arrival time
in milliseconds, so that the time waited can be read from it. `None` ends a ticket's claim to a place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from config.settings import HallSettings

Place = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOpened(Event):
    """A business day began. `day` is its date in the hall's time zone, YYYY-MM-DD; labels start anew."""

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed(Event):
    """The day ended; every ticket of it has ended in an event of its own before this one."""

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOpened(Event):
    """`staff` sits at the window; `covers` names the colleague they stand in for (AB岗), `skills` what they can do."""

    window: int
    staff: str | None = None
    covers: str | None = None
    skills: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPaused(Event):
    window: int
    reason: str
    back_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowResumed(Event):
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowClosed(Event):
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverLeft(Event):
    """What whoever sits at the window next should know, or None when the note was taken down. `note` refers to sealed
    text. Written anew after each DayOpened; `left_ms` is when `staff` wrote it."""

    window: int
    note: str | None
    staff: str | None
    left_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketIssued(Event):
    """A citizen took a number. `citizen` is a reference into the identity vault, never a person's data.

    services: what the ticket is for, in order; the first is the one it waits for.
    number: the running number behind `label` within its prefix and day; serial: the running number within the day.
    appointment: the booking it was given for, if any; due_ms: the start of its slot while it still has a claim to it.
    offline: the kiosk that gave it by itself while the server was away; then taken_ms is when, taken_day its date if an
    earlier one (such a ticket never waits), replaces the ticket that an online request of the same tap made or would
    make, and flags what would have refused it: clock, replaced, already_waiting, quota_used, hall_closed …
    away: taken elsewhere (True); it has its place and stands in no line until TicketArrived.
    """

    ticket_id: str
    label: str
    number: int
    serial: int
    services: tuple[str, ...]
    channel: str
    place: Place
    priority: str | None = None
    citizen: str | None = None
    appointment: str | None = None
    due_ms: int | None = None
    offline: str | None = None
    taken_ms: int | None = None
    taken_day: str | None = None
    replaces: str | None = None
    flags: tuple[str, ...] | None = None
    away: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketArrived(Event):
    """Who took the ticket elsewhere is in the hall: it joins the line at the place it has."""

    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCalled(Event):
    """`why` says which rule chose it: see queue_server/hall/order.py."""

    ticket_id: str
    window: int
    why: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRecalled(Event):
    ticket_id: str
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingStarted(Event):
    """The citizen is at the window: called there, or just served there and going on with another service."""

    ticket_id: str
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingFinished(Event):
    """`next_service` is set when the ticket goes on to another of its services, for which it waits at its old place."""

    ticket_id: str
    window: int
    outcome: str
    next_service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMarkedNoShow(Event):
    ticket_id: str
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketParked(Event):
    ticket_id: str
    window: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTransferred(Event):
    """To `service`, and to the one window `for_window` when that is set; `due_ms` is what is left of its slot."""

    ticket_id: str
    window: int
    service: str
    place: Place
    for_window: int | None = None
    due_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequeued(Event):
    """A no-show or cancelled ticket waits again, at `place`; the slot of its appointment is gone."""

    ticket_id: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPostponed(Event):
    """The citizen needs more time: from waiting or no-show to `place`; the slot of an appointment is given up."""

    ticket_id: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReturned(Event):
    """`window`, for which alone the ticket waited, closed: it waits at its old place for any window of its service."""

    ticket_id: str
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCancelled(Event):
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPrioritised(Event):
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Event):
    """A citizen's judgement of a service done: `grade` 1 (worst) to 5 (best); `note` refers to sealed free text."""

    ticket_id: str
    window: int
    staff: str | None
    grade: int
    reasons: tuple[str, ...]
    channel: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRaised(Event):
    """`text` goes before everything else on every wall until it is cleared or the day ends."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyCleared(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked(Event):
    """Somebody at the kiosk `node` asked for a person; it rings at reception until it is taken or withdrawn."""

    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpTaken(Event):
    """`staff`, if known, goes to the kiosk `node`."""

    node: str
    staff: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWithdrawn(Event):
    """Who asked at the kiosk `node` needs nobody any more."""

    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOpened(Event):
    """Somebody opened one of the hall's web sites at the kiosk `node`. What they did there is known to nobody."""

    node: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionFiled(Event):
    """A citizen said something about the hall. `opinion` refers to the sealed text, and phone number, in the vault.

    subject: complaint, suggestion, praise or question. due_day: the last working day for an answer, YYYY-MM-DD.
    received_day: when it came on paper, if that was before it was written down; the answer is due from then on.
    """

    opinion: str
    subject: str
    channel: str
    due_day: str
    received_day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionAnswered(Event):
    """`reply` refers to sealed text; answered once more, the later reply counts."""

    opinion: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionsCarried(Event):
    """Opinions of earlier days, written after each DayOpened in pieces, so that a day is read by itself: the open ones
    and those answered of late. Rows of opinion, subject, channel, due_day, filed_ms, reply ("": open), answered_ms, and
    received_day if there is one."""

    opinions: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereaboutsChanged(Event):
    """Where `staff` is, as they or the desk said (去向牌). Written anew after each DayOpened for who is still away.

    where: on_duty, meeting, business_trip, out, leave or other; never why. since_ms: when it was said. back_at_ms: when
    they expect to be back. stand_in: the colleague to ask meanwhile. Who opens a window, or resumes it, is on duty.
    """

    staff: str
    where: str
    since_ms: int
    back_at_ms: int | None = None
    stand_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicChanged(Event):
    """What citizens may read of a person or a notice was written or taken down; the words are in no journal.

    what: card (of the staff account `ref`) or notice (whose id it is).
    """

    what: str
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(Event):
    """How a node's device is from here on; only changes are written, and the whole list anew after each DayOpened.

    health: ok, warning or failed. code: stable, "ok", "paper_out", "unplugged" …; "removed": the node has it no more.
    """

    node: str
    device: str
    device_kind: str
    health: str
    code: str
    detail: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged(Event):
    """The hall's settings from here on, whole. Written anew after each DayOpened, so that a day is read by itself.

    version: counts changes from 1. source: page, undo, file (the TOML file was newer), or day (no change, a new day).
    file_digest: of the TOML file that was known then, by which a later start sees whether the file was edited since.
    previous: the row of the change before this one, 0 for the first.
    """

    settings: HallSettings = field(hash=False)
    version: int
    source: str
    file_digest: str
    previous: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBooked(Event):
    """A place in a slot was promised. `citizens` are references into the vault, by ID number and by phone number.

    code: the digits that check it in. slot_ms: the start of its slot; day: its date in the hall's time zone.
    """

    appointment_id: str
    code: str
    service: str
    slot_ms: int
    day: str
    citizens: tuple[str, ...]
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMoved(Event):
    """To another slot of its service; the place in the old one is free."""

    appointment_id: str
    slot_ms: int
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(Event):
    """reason: asked, or hall_closed when the hall was not open at its slot after all."""

    appointment_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCheckedIn(Event):
    """The citizen came and has the ticket. timing: early, due, or late (then it is an ordinary ticket)."""

    appointment_id: str
    ticket_id: str
    timing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed(Event):
    """Its day ended and nobody came; it counts against the citizen."""

    appointment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsCarried(Event):
    """What earlier days left, written after each DayOpened in pieces, so that a day is read by itself.

    booked: rows of appointment_id, code, service, slot_ms, day and the citizen's references. missed: rows of a
    reference and the days on which that citizen did not come.
    """

    booked: tuple[tuple[str | int, ...], ...]
    missed: tuple[tuple[str, ...], ...]


KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        DayOpened, DayClosed, WindowOpened, WindowPaused, WindowResumed, WindowClosed, HandoverLeft,
        TicketIssued, TicketArrived, TicketCalled,
        TicketRecalled, ServingStarted, ServingFinished, TicketMarkedNoShow, TicketParked, TicketTransferred,
        TicketRequeued, TicketReturned, TicketPostponed, TicketCancelled, TicketPrioritised, Rated, SettingsChanged,
        EmergencyRaised, EmergencyCleared, HelpAsked, HelpTaken, HelpWithdrawn, SiteOpened,
        OpinionFiled, OpinionAnswered, OpinionsCarried, WhereaboutsChanged, PublicChanged, DeviceChanged,
        AppointmentBooked, AppointmentMoved, AppointmentCancelled,
        AppointmentCheckedIn, AppointmentMissed, AppointmentsCarried,
    )
}  # fmt: skip
