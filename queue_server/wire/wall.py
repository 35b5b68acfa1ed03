"""What a wall page shows and says between and beside calls; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict


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
    waits: bool
    item_s: int
    between_s: int
    away_s: int
    media: list[MediaItem]
