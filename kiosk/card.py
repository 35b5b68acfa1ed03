"""One citizen's card for one visit: in memory, for a minute at most, then forgotten; knows no reader and no server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from drivers.ports import Card
from kiosk.errors import CardMissing, GuardianNeeded
from queue_server.wire.nodes import NodeCard

KEEP_S = 60.0
GUARDIAN_UNDER = 14
"""Years. Below, a guardian's consent is needed (个人信息保护法 art. 31)."""


@dataclass(frozen=True, slots=True)
class CardCitizen:
    """What is asked of the hall server for this citizen. Its repr shows nothing of the person."""

    id_number: str = field(repr=False)
    name: str = field(repr=False)
    offers_priority: bool


class CardSession:
    """Waits for a card when a citizen asked for it, keeps it until ticket, `forget` or `keep_s`, and refuses children.

    priority_age: years from which priority is offered, 0 = never. today: the date in the hall.
    on_change is given what the page may know, None when there is nothing; it is called from any thread.
    """

    def __init__(
        self,
        priority_age: int,
        today: Callable[[], date],
        on_change: Callable[[NodeCard | None], None],
        keep_s: float = KEEP_S,
    ) -> None:
        self._priority_age, self._today, self._on_change, self._keep_s = priority_age, today, on_change, keep_s
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        self._view: NodeCard | None = None
        self._citizen: CardCitizen | None = None

    def start(self) -> None:
        """A citizen wants to use a card: what was there before is forgotten."""
        with self._lock:
            self._set(_view("waiting"), None)

    def laid(self, card: Card) -> None:
        """The reader read a card. Nobody asked for it: it is dropped at once."""
        with self._lock:
            if self._view is None or self._view["state"] == "read":
                return
            age = age_on(card.birth, self._today())
            if age is not None and age < GUARDIAN_UNDER:
                self._set(_view("refused", code=GuardianNeeded.code), None)
                return
            offers = bool(self._priority_age) and age is not None and age >= self._priority_age
            citizen = CardCitizen(card.id_number, card.name, offers)
            self._set(_view("read", masked_name=mask(card.name), offers_priority=offers), citizen)

    def citizen(self) -> CardCitizen:
        """Who laid the card. Raises CardMissing, and GuardianNeeded after a child's card."""
        with self._lock:
            if self._citizen is not None:
                return self._citizen
            if self._view is not None and self._view["state"] == "refused":
                raise GuardianNeeded("a guardian takes the ticket with their own card")
            raise CardMissing("the card's time is over; lay it on again")

    def forget(self) -> None:
        with self._lock:
            if self._view is not None:
                self._set(None, None)

    def _set(self, view: NodeCard | None, citizen: CardCitizen | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._view, self._citizen = view, citizen
        if view is not None:
            self._timer = threading.Timer(self._keep_s, self._expire, [view])
            self._timer.daemon = True
            self._timer.start()
        self._on_change(view)

    def _expire(self, view: NodeCard) -> None:
        with self._lock:
            if self._view is view:
                self._set(None, None)


def _view(
    state: str, masked_name: str | None = None, offers_priority: bool = False, code: str | None = None
) -> NodeCard:
    return {"state": state, "masked_name": masked_name, "offers_priority": offers_priority, "code": code}  # type: ignore[typeddict-item]


def age_on(birth: str, today: date) -> int | None:
    """Whole years on `today` of someone born on `birth` (YYYYMMDD), None when that is no date."""
    try:
        born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:8]))
    except ValueError:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def mask(name: str) -> str:
    """张三 -> 张*: the first character, and nothing that tells how long the rest is."""
    return f"{name.strip()[:1]}*"
