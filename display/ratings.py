"""Ratings from tablets and key pads, each for the ticket that was just finished there; knows no page and no protocol.

A key pad says only "grade 4 at address 2". It counts for the ticket whose rating is open at that window, and for
nothing when none is: a grade is never invented, and the next citizen never rates the one before.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from drivers.errors import DriverError
from drivers.ports import GradePressed
from queue_server.client import HallRefused, HallUnreachable, new_key
from queue_server.wire.staff import WindowLiveView

OPEN_S = 60.0
"""How long a citizen may rate after being served (REQUIREMENTS.md 5); no answer is no rating."""
TRIES = 3


class Hall(Protocol):
    """What is asked of queue_server.client.HallClient."""

    def rate(self, ticket_id: str, grade: int, reasons: Iterable[str], channel: str, key: str) -> Any: ...
    def server_now(self) -> float | None: ...


class NothingToRate(Exception):  # noqa: N818 - as in drivers/errors.py
    """That ticket was not offered for rating at that window."""


@dataclass(slots=True)
class _Offer:
    ticket_id: str
    finished_s: float  # by our monotonic clock


class RatingDesk:
    """open_pad(window): lets the pad at that window ask for a grade; may raise DriverError."""

    def __init__(self, hall: Hall, open_pad: Callable[[int], None], open_s: float = OPEN_S) -> None:
        self._hall, self._open_pad, self._open_s = hall, open_pad, open_s
        self._lock = threading.Lock()
        self._open: dict[int, _Offer] = {}
        self._offered: dict[int, deque[str]] = {}
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ratings", daemon=True)
        self._log = structlog.get_logger()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._work.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=0.5)

    def window_changed(self, view: WindowLiveView) -> None:
        """The newest view of a window: opens its pad when a ticket was finished just now."""
        window, offer = view["window"], view["rate"]
        with self._lock:
            before = self._open.get(window)
            if offer is None:
                self._open.pop(window, None)
                return
            if before is not None and before.ticket_id == offer["ticket_id"]:
                return
            server_now_s = self._hall.server_now()
            now_s = time.time() if server_now_s is None else server_now_s
            age_s = max(0.0, now_s - datetime.fromisoformat(offer["finished_at"]).timestamp())
            self._open[window] = _Offer(offer["ticket_id"], time.monotonic() - age_s)
            self._offered.setdefault(window, deque(maxlen=20)).append(offer["ticket_id"])
        if age_s < self._open_s:
            self._work.put(lambda: self._ask(window))

    def tablet(self, window: int, ticket_id: str, grade: int, reasons: list[str], tap_id: str) -> Any:
        """What the tablet at `window` was touched. Raises NothingToRate, and what the hall refuses."""
        with self._lock:
            if ticket_id not in self._offered.get(window, ()):
                raise NothingToRate
        return self._hall.rate(ticket_id, grade, reasons, "tablet", tap_id)

    def pressed(self, window: int | None, press: GradePressed) -> None:
        """A key of a pad. Returns at once."""
        with self._lock:
            offer = self._open.get(window) if window is not None else None
            if window is None or offer is None or time.monotonic() - offer.finished_s > self._open_s:
                self._log.info("grade_without_ticket", window=window, address=press.address)
                return
            del self._open[window]
        key = new_key()
        self._work.put(lambda: self._send(window, offer.ticket_id, press.grade, key))

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    def _ask(self, window: int) -> None:
        try:
            self._open_pad(window)
        except DriverError as err:
            self._log.warning("pad_not_opened", window=window, code=err.code)

    def _send(self, window: int, ticket_id: str, grade: int, key: str) -> None:
        for _ in range(TRIES):
            try:
                self._hall.rate(ticket_id, grade, [], "pad", key)
                self._log.info("rated", window=window, channel="pad")
                return
            except HallRefused as refusal:
                self._log.info("rating_refused", window=window, code=refusal.code)
                return
            except HallUnreachable:
                continue
        self._log.error("rating_lost", window=window)
