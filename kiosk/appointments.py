"""What the kiosk asks of appointments: which a citizen has today, and how often a code may be tried; knows no page.

The page is told service and time, never a code: whoever lays a card or types a number checks in by the booking's id.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypedDict

from kiosk.card import CardSession
from kiosk.errors import TooManyTries
from queue_server.client import HallRefused
from queue_server.wire.appointments import AppointmentView

WRONG_CODES = 5
WITHIN_S = 60.0


class Booked(TypedDict):
    """An open appointment; `slot` is the start of its slot."""

    appointment_id: str
    service: str
    slot: str
    day: str
    time: str


class Hall(Protocol):
    """What is asked of queue_server.client.HallClient."""

    def command(self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> Any: ...


class AppointmentDesk:
    """May be used by many threads at once. `clock_s` is a monotonic clock."""

    def __init__(self, hall: Hall, cards: CardSession, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._hall, self._cards, self._clock_s = hall, cards, clock_s
        self._lock = threading.Lock()
        self._wrong: deque[float] = deque(maxlen=WRONG_CODES)

    def of(self, use_card: bool, phone: str | None) -> list[Booked]:
        """The open appointments of who laid the card or has this phone number, the earliest first; or CardMissing."""
        citizen: dict[str, str] = {"phone": phone} if phone else {}
        if use_card:
            citizen["id_number"] = self._cards.citizen().id_number
        found: list[AppointmentView] = self._hall.command("POST", "/citizen/appointments", {"citizen": citizen})
        return [
            {
                "appointment_id": one["appointment_id"],
                "service": one["service"],
                "slot": one["slot"],
                "day": one["day"],
                "time": one["time"],
            }
            for one in found
        ]

    @contextmanager
    def trying(self, appointment: str | None) -> Iterator[None]:
        """Around a check-in. Raises TooManyTries after five codes within a minute that no appointment has."""
        with self._lock:
            oldest = self._wrong[0] if len(self._wrong) == WRONG_CODES else None
            if appointment is not None and oldest is not None and self._clock_s() - oldest < WITHIN_S:
                raise TooManyTries("five wrong codes within a minute; wait a moment, or use a card or reception")
        try:
            yield
        except HallRefused as refused:
            if refused.code == "unknown_appointment":
                with self._lock:
                    self._wrong.append(self._clock_s())
            raise
