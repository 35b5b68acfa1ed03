"""What a citizen held before the scanner: the slip of a ticket, or the code of an appointment; knows no scanner.

Kept in memory, for a minute at most; nothing of it is logged. A text that is neither is dropped.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, cast

import structlog

from queue_server.client import HallRefused, HallUnreachable
from queue_server.wire.nodes import ScanResult
from queue_server.wire.tickets import TicketView

KEEP_S = 60.0

_LINK = re.compile(r"https?://[^/\s]+/t/([A-Za-z0-9_-]{22})/?")
_TICKET_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_APPOINTMENT = re.compile(r"[0-9]{8}")


class Hall(Protocol):
    """What is asked of queue_server.client.HallClient. A ticket is found by its id and by the link on its slip."""

    def ticket(self, ticket_id: str) -> TicketView: ...


class Scans:
    """name(ticket_id): the citizen showed this ticket's slip. publish(view): what the page may know, None when there is
    nothing any more; from any thread."""

    def __init__(
        self,
        hall: Hall,
        name: Callable[[str], None],
        publish: Callable[[ScanResult | None], None],
        keep_s: float = KEEP_S,
    ) -> None:
        self._hall, self._name, self._publish, self._keep_s = hall, name, publish, keep_s
        self._lock = threading.RLock()
        self._newest = time.time_ns() // 1_000_000  # a page that outlives a restart of its node must see a new number
        self._timer: threading.Timer | None = None

    def scanned(self, text: str) -> None:
        """A code was scanned. Returns at once; asks the hall in a thread of its own."""
        with self._lock:
            self._newest += 1
            number = self._newest
        text = text.strip()
        link, ticket_id = _LINK.fullmatch(text), _TICKET_ID.fullmatch(text)
        if link or ticket_id:
            wanted = link[1] if link else text
            threading.Thread(target=self._find, args=(number, wanted), name="scan", daemon=True).start()
        elif _APPOINTMENT.fullmatch(text):
            self._tell(number, kind="appointment", code=text)
        else:
            structlog.get_logger().info("scan_unknown", characters=len(text))
            self._tell(number, kind="unknown")

    def forget(self) -> None:
        """The page has taken it, or the visit is over."""
        with self._lock:
            self._newest += 1
            self._set(None)

    def _find(self, number: int, wanted: str) -> None:
        try:
            ticket = self._hall.ticket(wanted)
        except HallRefused as refused:
            self._tell(number, kind="ticket", problem=refused.code)
        except HallUnreachable:
            self._tell(number, kind="ticket", problem="server_unreachable")
        else:
            self._name(ticket["ticket_id"])
            self._tell(number, kind="ticket", ticket=ticket)

    def _tell(self, number: int, **result: Any) -> None:
        with self._lock:
            if number == self._newest:  # else another was scanned meanwhile, or it was forgotten
                empty = {"id": number, "kind": "unknown", "ticket": None, "code": None, "problem": None}
                self._set(cast(ScanResult, {**empty, **result}))

    def _set(self, result: ScanResult | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if result is not None:
            self._timer = threading.Timer(self._keep_s, self._expire, [result["id"]])
            self._timer.daemon = True
            self._timer.start()
        self._publish(result)

    def _expire(self, number: int) -> None:
        with self._lock:
            if self._newest == number:
                self._set(None)
