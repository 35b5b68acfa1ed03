"""What a node says of itself: its devices, the card on its reader, what was scanned and pressed; knows only shapes."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from queue_server.wire.tickets import TicketView


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


class PrintedAgain(TypedDict):
    """`paper`, on kiosks only: the slip of a tap that paper end interrupted. `waiting`: it is printed again by itself
    when there is paper; then `outcome` and `code` say what became of it."""

    seq: int
    tap_id: str
    waiting: bool
    outcome: Literal["printed", "not_printed", "unconfirmed"]
    code: str


class NodeView(TypedDict):
    """`node`, on nodes only: how a node and its devices are. `seq` is the node's own counter; `card` is for kiosks."""

    seq: int
    node: str
    server: NodeServer
    devices: list[NodeDevice]
    card: NodeCard | None
    offline: NotRequired[NodeOffline]


class SiteOption(TypedDict):
    """One of a list; `off`: it cannot be chosen."""

    words: str
    off: bool


class SiteAsk(TypedDict):
    """What a site asks in a window of its own, shown by our page: words, a yes or no, or a list to choose from."""

    id: int
    kind: Literal["tell", "confirm", "list"]
    words: str
    options: list[SiteOption]
    chosen: int


class SiteScreen(TypedDict):
    """A visit to a web site at a kiosk, from its node to its page.

    code: why it failed · back: there is a page before · writes: a field has the focus · notice: what the site wanted
    and is not done here, `notices` counts them.
    """

    session: str
    site: str
    state: Literal["opening", "open", "failed", "closed"]
    code: str | None
    loading: bool
    back: bool
    writes: bool
    ask: SiteAsk | None
    notice: str | None
    notices: int
