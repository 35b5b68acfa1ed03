"""What a hall is: its services, windows, hours and words; knows only shapes."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from queue_server.wire.contract import Text, WindowState
from queue_server.wire.tickets import TicketView


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
    hours: by service, from when until when tickets are given in the coming week; null: always. appointments: a ticket
    may be handed in with the code of one; left out by servers that take none.
    """

    now: str
    first: int
    last: int
    key: str
    hours: dict[str, list[list[str]] | None]
    appointments: NotRequired[bool]


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
    help: Text
