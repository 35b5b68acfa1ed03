"""What a citizen's own phone shows of a ticket, and tickets taken from afar; knows only shapes."""

from __future__ import annotations

from typing import TypedDict

from queue_server.wire.contract import Estimate, Text, TicketState


class PhoneWindow(TypedDict):
    window: int
    name: Text


class CheckIn(TypedDict):
    """code: eight digits, typed or scanned at a kiosk. by: until when the ticket is kept, once somebody behind it was
    called; within_s: for how long it is kept then. near_m: so near the hall the phone itself may, 0: it may not."""

    code: str
    by: str | None
    within_s: int
    near_m: int


class PhoneView(TypedDict):
    """`GET /phone/{link}` and the live view `ticket:LINK`: a ticket for its citizen.

    over: its day is. estimate: in whole minutes. window: where it was called last; windows: where it may be called.
    return_within_s, return_until: how long a no-show can come back. allowed: of cancel, later, rating. later_left: how
    often it can still be put off; later_behind: behind how many. notice_ahead: "nearly your turn" from here on.
    check_in: how to, while the citizen who took it elsewhere is not here.
    """

    seq: int
    timezone: str
    languages: list[str]
    hall: Text
    day: str
    over: bool
    label: str
    service: Text
    materials: list[Text]
    state: TicketState
    priority: bool
    ahead: int
    estimate: Estimate | None
    window: PhoneWindow | None
    windows: list[PhoneWindow]
    calls: int
    issued_at: str
    called_at: str | None
    ended_at: str | None
    return_within_s: int
    return_until: str | None
    allowed: list[str]
    later_left: int
    later_behind: int
    notice_ahead: int
    rated: bool
    check_in: CheckIn | None


class RemoteService(TypedDict):
    """As in KioskService, of a service for which numbers are given from elsewhere."""

    service: str
    name: Text
    department: Text
    waiting: int
    estimate: Estimate | None
    closed: str | None
    opens_at: str | None


class RemoteView(TypedDict):
    """`GET /remote`: what a citizen sees who wants to take a number elsewhere.

    closed: `remote_closed`, or null while numbers are given. max_distance_m: only so near the hall, 0: wherever.
    check_in_within_s: how long a ticket is kept after its turn. keep_days: the phone number is deleted after so many.
    """

    timezone: str
    languages: list[str]
    hall: Text
    closed: str | None
    opens_at: str | None
    max_distance_m: int
    check_in_within_s: int
    keep_days: int
    services: list[RemoteService]


class RemoteTicket(TypedDict):
    """What was taken elsewhere: the label, and the path of the citizen's own page."""

    label: str
    path: str
