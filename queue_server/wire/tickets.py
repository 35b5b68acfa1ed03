"""A ticket as pages and programs see it; knows only shapes."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from queue_server.wire.contract import Estimate, TicketState


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


class CitizenView(TypedDict):
    """Whose ticket it is, null for what is not known or not kept (any more). Masked, unless a reason was given."""

    name: str | None
    id_number: str | None
    phone: str | None


class CitizenKept(TypedDict):
    """One row that is kept of a citizen: of which day, what for, and the fields."""

    day: str
    kept_for: str
    fields: dict[str, str]


class CitizenDeleted(TypedDict):
    """How many rows went."""

    deleted: int
