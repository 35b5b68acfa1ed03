"""What citizens may read of the hall's people and notices, as it is shown today; knows no table and no page.

The words come from outside the journal (`Public`), where everybody is and who sits where from the journal. A person
without a card, or whose card is not to be shown, is on no board: a login name is nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from queue_server.hall.calendar import business_day, rfc3339
from queue_server.hall.state import Hall
from queue_server.wire.contract import Text
from queue_server.wire.public import NoticeView, PersonView, SignPerson, Where

PRINTABLE_CHARACTERS = 600  # some 30 cm of paper


@dataclass(frozen=True, slots=True)
class Card:
    """What may be read of the account `staff`. number: as shown, "" for none; photo: a picture's id. shown: whether at
    all. window: the account's own one."""

    staff: str
    name: Mapping[str, str]
    title: Mapping[str, str]
    number: str
    photo: str | None
    shown: bool
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Shown from `first` to `last`, dates in the hall; last None: until it is taken down. wall: between calls too."""

    id: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    first: str
    last: str | None
    picture: str | None
    wall: bool


@dataclass(frozen=True, slots=True)
class Public:
    """Cards by staff account; notices, the newest first."""

    cards: Mapping[str, Card]
    notices: tuple[Notice, ...]


NOTHING = Public({}, ())


def people(hall: Hall, public: Public) -> list[PersonView]:
    """Everybody with a card to be shown, by the number of their window; who has none comes last, by name."""
    sits_at = {window.staff: window.number for window in hall.windows.values() if window.staff is not None}
    shown = [(sits_at.get(card.staff, card.window), card) for card in public.cards.values() if card.shown]
    shown.sort(key=lambda each: (each[0] is None, each[0] or 0, each[1].number, next(iter(each[1].name.values()), "")))
    return [_person(hall, public, card, window) for window, card in shown]


def _person(hall: Hall, public: Public, card: Card, window: int | None) -> PersonView:
    said = hall.whereabouts.get(card.staff)
    where: Where = "on_duty" if said is None else said.where  # type: ignore[assignment]  # the API takes no other
    stand_in = public.cards.get(said.stand_in) if said is not None and said.stand_in is not None else None
    return {
        "name": dict(card.name),
        "title": dict(card.title),
        "number": card.number,
        "photo": card.photo,
        "window": window,
        "services": _services(hall, window),
        "where": where,
        "back_at": rfc3339(said.back_at_ms) if said is not None else None,
        "stand_in": dict(stand_in.name) if stand_in is not None and stand_in.shown else None,
    }


def _services(hall: Hall, window: int | None) -> list[Text]:
    plan = hall.settings.windows.get(window) if window is not None else None
    return [dict(hall.settings.services[service].name) for service in plan.services] if plan is not None else []


def sign_person(public: Public, staff: str | None) -> SignPerson | None:
    """Who sits at a window, for its sign (桌牌)."""
    card = public.cards.get(staff) if staff is not None else None
    if card is None or not card.shown:
        return None
    return {"name": dict(card.name), "title": dict(card.title), "number": card.number, "photo": card.photo}


def notices(hall: Hall, public: Public, at_ms: int) -> list[NoticeView]:
    today = business_day(hall.settings.timezone, at_ms)
    return [
        {
            "notice": each.id,
            "title": dict(each.title),
            "body": dict(each.body),
            "first": each.first,
            "last": each.last,
            "picture": each.picture,
            "wall": each.wall,
            "printable": all(len(text) <= PRINTABLE_CHARACTERS for text in each.body.values()),
        }
        for each in public.notices
        if each.first <= today and (each.last is None or today <= each.last)
    ]
