"""What the walls and window signs show; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict

from queue_server.wire.contract import Estimate, Text, TicketState, WindowState


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
    """estimate: of somebody who takes a number now, in whole minutes."""

    service: str
    name: Text
    waiting: int
    next: list[str]
    estimate: Estimate | None


class Emergency(TypedDict):
    text: str
    at: str


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
