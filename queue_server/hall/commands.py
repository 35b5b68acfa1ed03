"""What is asked of a hall: frozen requests; knows nothing of who asks or whether it is allowed.

Time and identity arrive with the command, so that deciding it is a function of values: `at_ms` is when it was asked
(milliseconds since 1970 UTC), `command_id` names it for good, `ticket_id` of `IssueTicket` is the new ticket's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from config.settings import HallSettings

TransferPlace = Literal["arrival", "first", "last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    command_id: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTicket(Command):
    """`taken_at_ms`: when the citizen took it, if earlier (a kiosk that was cut off); `citizen`: vault reference.

    appointment: the booking it is for, by id or code; due_ms: the start of its slot, None for one that came too late to
    claim it. known_as: references by which a booking of this citizen may be found.
    """

    ticket_id: str
    services: tuple[str, ...]
    channel: str = "kiosk"
    priority: str | None = None
    citizen: str | None = None
    taken_at_ms: int | None = None
    appointment: str | None = None
    due_ms: int | None = None
    known_as: tuple[str, ...] = ()
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRemoteTicket(Command):
    """Taken elsewhere, and called only once its citizen has arrived. `citizen`: vault reference, by phone number."""

    ticket_id: str
    service: str
    citizen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArriveTicket(Command):
    """Who took the ticket elsewhere is in the hall."""

    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOfflineTicket(Command):
    """A ticket that `node` printed while the server was away: it can't be refused for what the citizen did.

    label, number: from the node's own range. taken_at_ms: by the node's best knowledge, `clock_sure` when it measured
    the time against the server's. replaces: as in the event TicketIssued. citizen: vault reference. appointment: the
    code that was shown for it, which nobody could check.
    """

    ticket_id: str
    services: tuple[str, ...]
    node: str
    label: str
    number: int
    taken_at_ms: int
    clock_sure: bool
    replaces: str
    channel: str = "kiosk"
    priority: str | None = None
    citizen: str | None = None
    appointment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTicket(Command):
    ticket_id: str
    reason: str = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequeueTicket(Command):
    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeTicket(Command):
    """The citizen needs more time: a waiting ticket lets others pass, a no-show comes back."""

    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritiseTicket(Command):
    ticket_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTicket(Command):
    ticket_id: str
    grade: int
    reasons: tuple[str, ...] = ()
    channel: str = "tablet"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCommand(Command):
    window: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWindow(WindowCommand):
    """`skills`: of whoever serves there, None for those that the hall's settings say `staff` has."""

    staff: str | None = None
    covers: str | None = None
    skills: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWindow(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveHandover(WindowCommand):
    """`note`: refers to sealed text, None takes the note down; `staff`: who wrote it, if known."""

    note: str | None
    staff: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseWindow(WindowCommand):
    reason: str
    back_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeWindow(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNext(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTicket(WindowCommand):
    ticket_id: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTicket(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StartServing(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishServing(WindowCommand):
    """`go_on`: another service of the ticket, to be begun here at once."""

    outcome: str = "done"
    go_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkNoShow(WindowCommand):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkTicket(WindowCommand):
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTicket(WindowCommand):
    """Exactly one of `service` and `to_window` is set."""

    service: str | None = None
    to_window: int | None = None
    place: TransferPlace = "arrival"


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device as its node sees it; fields as in the event DeviceChanged."""

    device: str
    device_kind: str
    health: str
    code: str
    detail: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDevices(Command):
    """All devices of `node`; one that is no longer named is gone."""

    node: str
    devices: tuple[DeviceReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseEmergency(Command):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearEmergency(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHelp(Command):
    """`node`: the kiosk that somebody stands at."""

    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHelp(Command):
    node: str
    staff: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawHelp(Command):
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSite(Command):
    """`site` was opened at the kiosk `node`."""

    node: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOpinion(Command):
    """As in the event."""

    opinion: str
    subject: str
    channel: str
    received_day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOpinion(Command):
    opinion: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWhereabouts(Command):
    """As in the event."""

    staff: str
    where: str
    back_at_ms: int | None = None
    stand_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPublic(Command):
    """As in the event PublicChanged."""

    what: str
    ref: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A wish for a place. `citizens`: as in the event AppointmentBooked; `known_as`: every reference that this person
    may have in earlier bookings, these too. `code`: eight digits; where it is taken, the next free one is given."""

    appointment_id: str
    code: str
    service: str
    slot_ms: int
    citizens: tuple[str, ...]
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAppointment(Command):
    booking: Booking
    channel: str = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAppointments(Command):
    """All of them or none. `bookings`: by the line of the file they come from; `wrong`: the lines that say no booking,
    with the code of what is wrong with them."""

    bookings: tuple[tuple[int, Booking], ...]
    wrong: tuple[tuple[int, str], ...] = ()
    channel: str = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAppointment(Command):
    """`appointment`: its id or code."""

    appointment: str
    slot_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment(Command):
    appointment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings(Command):
    """`version`: the one the change was made from, None from a file, which is never too late. `source`, `file_digest`:
    as in the event."""

    settings: HallSettings = field(hash=False)
    source: str
    file_digest: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time went by: what the rules do by themselves (auto_start_s)."""
