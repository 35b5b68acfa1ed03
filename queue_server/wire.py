"""Messages between server, nodes and pages, as API.md has them; knows only their shapes.

Times are RFC 3339 UTC with milliseconds ("2026-11-20T02:24:05.123Z"), durations seconds in fields ending `_s`.
`Text` is words by language tag: {"zh-CN": "户籍", "en": "Household registration"}.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

API = "/api/v1"
LIVE_NAMESPACE = "/live"
IDEMPOTENCY_HEADER = "Idempotency-Key"

Text = dict[str, str]
TicketState = Literal["waiting", "called", "serving", "parked", "finished", "no_show", "cancelled"]
WindowState = Literal["closed", "open", "paused"]


class Estimate(TypedDict):
    p50_s: float
    p90_s: float


class TicketView(TypedDict):
    """A ticket as `GET /tickets/{id}` and every command on it answers. `ahead` is 0 unless the ticket waits.

    flags: what staff should know of a ticket that a kiosk gave while the server was away, as in the event TicketIssued.
    here: false while it waits for who took it elsewhere, and in no line.
    link: the address of the citizen's own page, for those who print it on a slip; whoever has it may cancel and rate.
    """

    ticket_id: str
    label: str
    serial: str
    service: str
    services: list[str]
    state: TicketState
    priority: str | None
    ahead: int
    estimate: Estimate | None
    window: int | None
    for_window: int | None
    issued_at: str
    called_at: str | None
    started_at: str | None
    ended_at: str | None
    calls: int
    outcome: str | None
    channel: str
    why: str | None
    appointment: str | None
    due_at: str | None
    flags: list[str]
    here: bool
    link: NotRequired[str]


class AppointmentView(TypedDict):
    """`slot`: the start of its slot; `day` and `time`: the same in the hall's own time. `code` checks it in.

    timing: early, due or late, once checked in; then `ticket_id`, and `label` of a ticket of today. masked_name: only
    where one appointment or the list of a day is read.
    """

    appointment_id: str
    code: str
    service: str
    slot: str
    day: str
    time: str
    state: Literal["booked", "checked_in", "cancelled", "missed"]
    timing: str | None
    ticket_id: str | None
    label: str | None
    masked_name: NotRequired[str | None]


class SlotView(TypedDict):
    """`time`: its start in the hall's own time. `free` of `quota` places can be had."""

    slot: str
    time: str
    quota: int
    free: int


class ImportedView(TypedDict):
    """`booked`: in the order of the file."""

    booked: list[AppointmentView]


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


class WindowView(TypedDict):
    """`GET /windows/{window}`. `ticket` is the one in hand (called or serving)."""

    window: int
    name: Text
    services: list[str]
    state: WindowState
    staff: str | None
    covers: str | None
    pause_reason: str | None
    back_at: str | None
    ticket: TicketView | None


class ServiceView(TypedDict):
    """A service as `GET /hall` lists it; `bookable` when it has slots for appointments."""

    service: str
    name: Text
    prefix: str
    department: Text
    materials: list[Text]
    windows: list[int]
    bookable: bool


class HallInfo(TypedDict):
    """`GET /hall`."""

    hall: str
    name: Text
    timezone: str
    languages: list[str]
    services: list[ServiceView]
    windows: list[WindowInfo]
    hours: HoursInfo | None
    words: WordsInfo
    seq: int
    offline: NotRequired[OfflineInfo | None]


class OfflineInfo(TypedDict):
    """`offline` of `GET /hall`, for a node with numbers of its own: what it needs to give tickets by itself.

    now: the server's time. first, last: its numbers, of every prefix. key: the server's public one (X25519, base64).
    hours: by service, from when until when tickets are given in the coming week; null: always.
    """

    now: str
    first: int
    last: int
    key: str
    hours: dict[str, list[list[str]] | None]


class WindowInfo(TypedDict):
    window: int
    name: Text
    services: list[str]


class HoursInfo(TypedDict):
    """`weekly`: seven lists of "HH:MM-HH:MM", Monday first."""

    weekly: list[list[str]]
    last_ticket_before_s: int


class WordsInfo(TypedDict):
    slip_footer: Text
    marquee: Text


class Call(TypedDict):
    """One announcement on the wall: a call or a recall. `seq` is the journal's and identifies it for good."""

    seq: int
    at: str
    kind: Literal["call", "recall"]
    label: str
    window: int
    window_name: Text
    service: str
    zone: str


class BoardWindow(TypedDict):
    """`zone`: the part of the hall it stands in, "" where there are none; `place`: how to find it."""

    window: int
    name: Text
    zone: str
    place: Text
    state: WindowState
    label: str | None
    ticket_state: TicketState | None
    pause_reason: str | None
    back_at: str | None


class ZoneInfo(TypedDict):
    zone: str
    name: Text


class BoardWaiting(TypedDict):
    service: str
    name: Text
    waiting: int
    next: list[str]


class Emergency(TypedDict):
    text: str
    at: str


class DeviceFacts(TypedDict, total=False):
    """What a node knows of a device besides its state; live only, never in the journal. What is unknown is left out.

    driver, address: as the node's file has them · firmware, serial: as the device tells · paper_left_percent: 0–100 by
    estimate · last_error, last_error_at: code and time of the last fault since the node's start, also when it is over.
    """

    driver: str
    address: str
    firmware: str
    serial: str
    paper_left_percent: int
    last_error: str
    last_error_at: str


class DeviceReport(TypedDict):
    """How a node's device is; `health` is ok, warning or failed, `code` stable, `since` when it became so."""

    name: str
    kind: str
    health: str
    code: str
    detail: str
    since: str
    facts: NotRequired[DeviceFacts]


class NodeReport(TypedDict):
    """A kiosk or display as the server knows it; `connected` while it follows a live view."""

    node: str
    connected: bool
    seen_at: str
    devices: list[DeviceReport]


class BoardView(TypedDict):
    """The wall: `calls` newest first, at least the last 30 of the day. Pages say times in the hall's `timezone`.

    A wall or voice of one zone keeps to the windows and calls that carry it.
    """

    seq: int
    timezone: str
    hall: Text
    day: str
    calls: list[Call]
    windows: list[BoardWindow]
    zones: list[ZoneInfo]
    waiting: list[BoardWaiting]
    marquee: Text
    emergency: Emergency | None


class KioskService(TypedDict):
    """`closed` is null while tickets are given, otherwise why not; `opens_at` is the next time they are.

    estimate: the wait of somebody who comes now, in whole minutes; null when it is not known.
    """

    service: str
    name: Text
    prefix: str
    department: Text
    materials: list[Text]
    windows: list[int]
    waiting: int
    estimate: Estimate | None
    closed: Literal["hall_closed", "service_closed", "quota_used"] | None
    opens_at: str | None


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


class KioskView(TypedDict):
    """`appointments`, `remote`: whether the hall takes bookings, or gives numbers elsewhere, that can be checked in."""

    seq: int
    timezone: str
    hall: Text
    languages: list[str]
    waiting: int
    services: list[KioskService]
    windows: list[WindowInfo]
    words: WordsInfo
    requeue_within_s: int
    appointments: bool
    help: list[HelpView]
    remote: bool


class HelpView(TypedDict):
    """Somebody asked for a person at the kiosk `node`; `taken_at`: since when somebody is on the way."""

    node: str
    asked_at: str
    taken_at: str | None


class AssistedView(TypedDict):
    """Citizens whom staff helped with the machines today: calls for help taken, tickets given at the reception."""

    help: int
    reception: int


OpinionSubject = Literal["complaint", "suggestion", "praise", "question"]


class OpinionReceipt(TypedDict):
    """`due`: the last day for an answer, YYYY-MM-DD."""

    opinion: str
    due: str


class OpinionView(TypedDict):
    """For the manager. `text` and `reply` are null when their words have been deleted; `phone` is masked."""

    opinion: str
    subject: OpinionSubject
    channel: str
    filed_at: str
    due: str
    overdue: bool
    text: str | None
    phone: str | None
    reply: str | None
    answered_at: str | None


class OpinionFigures(TypedDict):
    """Opinions without an answer, and how many of them are past their day."""

    open: int
    overdue: int


class GuideView(TypedDict):
    """`guide`, and `GET /guide`: what citizens can look up; changes seldom, and a kiosk keeps it on its disk."""

    seq: int
    services: list[GuideService]
    opinions: bool


class GuideService(TypedDict):
    """A published guide: the seven public items (七公开), of which `materials` is one. Texts may have several lines."""

    service: str
    name: Text
    department: Text
    windows: list[int]
    matter: Text
    basis: Text
    procedure: Text
    conditions: Text
    materials: list[Text]
    time_limit: Text
    fees: Text


class WindowLiveView(TypedDict):
    """`window:N`, for what stands at a window: sign, tablet, pads.

    waiting: how many this window may call · rate: the last ticket finished here, until it is rated.
    """

    seq: int
    timezone: str
    window: int
    name: Text
    state: WindowState
    staff: str | None
    label: str | None
    ticket_state: TicketState | None
    pause_reason: str | None
    back_at: str | None
    waiting: int
    rate: RateOffer | None


class RateOffer(TypedDict):
    ticket_id: str
    label: str
    finished_at: str


class ConsoleWaiting(TypedDict):
    """`due_at`: the start of the slot, of somebody with an appointment."""

    ticket_id: str
    label: str
    service: str
    priority: str | None
    arrived_at: str
    due_at: str | None


class ConsoleView(TypedDict):
    """`console:N`, all that a staff member sees. `allowed` names the actions that the window's state allows.

    go_on: the services of the ticket in hand that may be served here after this one, without another call.

    consoles: how many pages show this console now; only in live views.
    """

    seq: int
    timezone: str
    window: WindowView
    services: list[ServiceView]
    windows: list[WindowInfo]
    waiting: list[ConsoleWaiting]
    waiting_total: int
    parked: list[ConsoleWaiting]
    allowed: list[str]
    go_on: list[str]
    handover: Handover | None
    today: ConsoleFigures
    rules: ConsoleRules
    consoles: NotRequired[int]


class Handover(TypedDict):
    """There is a note for whoever sits here; its words are read at `/windows/{window}/handover`."""

    note: str
    staff: str | None
    at: str


class ConsoleFigures(TypedDict):
    served: int
    no_show: int
    average_service_s: float | None
    average_wait_s: float | None


class ConsoleRules(TypedDict):
    min_calls_before_no_show: int
    call_gap_s: int
    out_of_turn_needs_reason: bool


class HallView(TypedDict):
    """`hall`: the manager's live page. `nodes` only in the live view.

    appointments: null in a hall that takes no bookings and has none today.
    """

    seq: int
    timezone: str
    hall: Text
    day: str | None
    services: list[HallServiceFigures]
    windows: list[HallWindow]
    zones: list[ZoneInfo]
    appointments: AppointmentFigures | None
    emergency: Emergency | None
    nodes: NotRequired[list[NodeReport]]
    issued: int
    served: int
    no_show: int
    assisted: AssistedView
    opinions: OpinionFigures


class HallWindow(WindowView):
    """`zone`: the part of the hall it stands in, "" where there are none."""

    zone: str


class AppointmentFigures(TypedDict):
    """Of today, without cancelled ones. missed: those who have not come and have no claim to their slot any more."""

    booked: int
    came: int
    missed: int


class HallServiceFigures(TypedDict):
    """estimate: of somebody who comes now, in whole minutes."""

    service: str
    name: Text
    waiting: int
    estimate: Estimate | None
    longest_wait_since: str | None
    target_wait_s: int


class Problem(TypedDict):
    """RFC 9457. `code` is stable; `detail` is for a log, the words for people are in the language files."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    facts: NotRequired[dict[str, object]]
    fields: NotRequired[list[FieldProblem]]


class FieldProblem(TypedDict):
    field: str
    problem: str


class Follow(TypedDict):
    """Acknowledgement of `follow {view}`, and the event `view`."""

    view: str
    seq: int
    data: dict[str, object]


class NodeServer(TypedDict):
    connected: bool
    since: str


class NodeDevice(TypedDict):
    """A device as its node sees it; `code` and `detail` as in drivers.ports.DeviceState."""

    name: str
    kind: str
    health: str
    code: str
    detail: str
    since: str
    facts: NotRequired[DeviceFacts]


class NodeCard(TypedDict):
    """What a kiosk's page may know of the card on the reader; `code` says why it was refused."""

    state: Literal["waiting", "read", "refused"]
    masked_name: str | None
    offers_priority: bool
    code: str | None


class NodeOffline(TypedDict):
    """A kiosk without its server. ready: it gives tickets of its own meanwhile. waiting: how many are to be handed in.

    refused: labels that the server would not take; somebody has to look after who holds them.
    """

    active: bool
    since: str
    ready: bool
    waiting: int
    refused: list[str]


class ScanResult(TypedDict):
    """A code that a citizen held before a kiosk's scanner; `id` grows with each.

    ticket: of a slip; None with a `problem`, which is an error code · code: of an appointment.
    """

    id: int
    kind: Literal["ticket", "appointment", "unknown"]
    ticket: TicketView | None
    code: str | None
    problem: str | None


class ScanView(TypedDict):
    """`scan`, on kiosks only; `scan` is null when there is nothing, or a minute later."""

    seq: int
    scan: ScanResult | None


class KeyView(TypedDict):
    """`keys`, on kiosks only: each key of a key pad, named as a browser does. What `follow` answers is an old one."""

    seq: int
    key: str


class GuidanceView(TypedDict):
    """`guidance`, on kiosks only: whether the kiosk speaks to a citizen, and whether only they hear it."""

    seq: int
    on: bool
    private: bool


class WhatIfFigures(TypedDict):
    """Waits from now on, in seconds: of those who wait now and those who come within the time looked at.

    uncalled: the share, 0–1, that nobody calls within four hours; their waits count as that long.
    """

    mean_s: int
    p50_s: int
    p90_s: int
    uncalled: float


class WhatIfPair(TypedDict):
    """As it is (`now`) and with the windows changed (`then`); None when nobody waits or comes."""

    now: WhatIfFigures | None
    then: WhatIfFigures | None


class WhatIfService(WhatIfPair):
    service: str


class WhatIfView(TypedDict):
    """What `POST /whatif` answers. minutes: how far ahead those who come are counted."""

    services: list[WhatIfService]
    all: WhatIfPair
    minutes: int


class PrintedAgain(TypedDict):
    """`paper`, on kiosks only: the slip of a tap that paper end interrupted. `waiting`: it is printed again by itself
    when there is paper; then `outcome` and `code` say what became of it."""

    seq: int
    tap_id: str
    waiting: bool
    outcome: Literal["printed", "not_printed", "unconfirmed"]
    code: str


class Spoken(TypedDict):
    """What a display's speaker says now. seqs: of the calls that it announces, none of an emergency message, which has
    no window either. text: the words as they are heard, in `language`."""

    kind: Literal["call", "recall", "emergency"]
    seqs: list[int]
    label: str
    window: int
    zone: str
    language: str
    text: str


class SayingView(TypedDict):
    """`saying`, on displays only. `seq` is the node's own.

    voice: there is a speaker and it was last heard: walls show what it says, when it says it. zones: what it says of;
    none: all. heard: calls up to this `seq` are known to it; waiting: those of them that are still to be said.
    """

    seq: int
    voice: bool
    zones: list[str]
    heard: int
    waiting: list[int]
    now: Spoken | None


class MediaItem(TypedDict):
    """A file between calls. text: of a notice, its first line the title. url: of the others, at the node."""

    name: str
    kind: Literal["picture", "video", "notice"]
    url: str
    text: str


class WallView(TypedDict):
    """`wall`, on displays only: how walls look and what they show between calls, as in the node's file."""

    seq: int
    zones: list[str]
    layout: Literal["table", "big", "split"]
    columns: int
    theme: Literal["light", "dark"]
    closed: Literal["show", "dim", "clock", "blank"]
    closed_after_s: int
    shift: bool
    item_s: int
    between_s: int
    away_s: int
    media: list[MediaItem]


class NodeView(TypedDict):
    """`node`, on nodes only: how a node and its devices are. `seq` is the node's own counter; `card` is for kiosks."""

    seq: int
    node: str
    server: NodeServer
    devices: list[NodeDevice]
    card: NodeCard | None
    offline: NotRequired[NodeOffline]
