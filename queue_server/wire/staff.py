"""What staff, reception and managers see: consoles, figures, the hall at a glance; knows only shapes."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from queue_server.wire.appointments import AppointmentFigures
from queue_server.wire.board import Emergency, ZoneInfo
from queue_server.wire.contract import Estimate, Text, TicketState, WindowState
from queue_server.wire.hall import ServiceView, WindowInfo, WindowView
from queue_server.wire.kiosk import AssistedView
from queue_server.wire.nodes import NodeReport
from queue_server.wire.opinions import OpinionFigures
from queue_server.wire.public import SignPerson


class WindowLiveView(TypedDict):
    """`window:N`, for what stands at a window: sign, tablet, pads.

    waiting: how many this window may call · rate: the last ticket finished here, until it is rated · person: who sits
    here, if their card is shown.
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
    person: SignPerson | None


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


class ConsoleWait(TypedDict):
    """estimate: of somebody who takes a number for `service` now, in whole minutes."""

    service: str
    estimate: Estimate | None


class ConsoleView(TypedDict):
    """`console:N`, all that a staff member sees. `allowed` names the actions that the window's state allows.

    go_on: the services of the ticket in hand that may be served here after this one, without another call.

    waits: of the services that may be called to this window.

    consoles: how many pages show this console now; only in live views.
    """

    seq: int
    timezone: str
    window: WindowView
    services: list[ServiceView]
    windows: list[WindowInfo]
    waiting: list[ConsoleWaiting]
    waiting_total: int
    waits: list[ConsoleWait]
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


class HallServiceFigures(TypedDict):
    """estimate: of somebody who comes now, in whole minutes."""

    service: str
    name: Text
    waiting: int
    estimate: Estimate | None
    longest_wait_since: str | None
    target_wait_s: int
