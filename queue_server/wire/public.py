"""What citizens may read of people and notices, and what staff see of both; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict

from queue_server.wire.contract import Text

Where = Literal["on_duty", "meeting", "business_trip", "out", "leave", "other"]


class PersonView(TypedDict):
    """One of the staff board (亮相牌, 去向牌). photo: a picture's id. window: where they sit now, else their own.

    back_at: when they expect to be back. stand_in: the name of the colleague to ask meanwhile, if it may be shown.
    """

    name: Text
    title: Text
    number: str
    photo: str | None
    window: int | None
    services: list[Text]
    where: Where
    back_at: str | None
    stand_in: Text | None


class SignPerson(TypedDict):
    """Who sits at a window, as far as the sign may say it (桌牌)."""

    name: Text
    title: Text
    number: str
    photo: str | None


class NoticeView(TypedDict):
    """A notice (公示) that is up today. first, last: dates, YYYY-MM-DD; last null: until it is taken down.

    wall: shown between calls too. printable: short enough for a slip.
    """

    notice: str
    title: Text
    body: Text
    first: str
    last: str | None
    picture: str | None
    wall: bool
    printable: bool


class NoticeText(TypedDict):
    """`GET /notices`, for the manager: every notice, whether it is up or not."""

    notice: str
    title: Text
    body: Text
    first: str
    last: str | None
    picture: str | None
    wall: bool


class StaffCard(TypedDict):
    """`GET /staff-cards`, for the manager: what may be read of a staff account, once `shown`."""

    staff: str
    name: Text
    title: Text
    number: str
    photo: str | None
    shown: bool


class PictureReceipt(TypedDict):
    picture: str


class WhereaboutsView(TypedDict):
    """`GET /whereabouts`, for staff: every account, by its own name; `window` is where they sit now, else their own."""

    staff: str
    name: str
    window: int | None
    where: Where
    since: str | None
    back_at: str | None
    stand_in: str | None
