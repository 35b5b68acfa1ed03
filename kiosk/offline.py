"""Tickets from this kiosk's own numbers while the server is away; knows no network and no printer.

What is open, and which numbers are ours, is what the server said last. Whatever the kiosk can't know then (quotas, a
ticket that this citizen has already) the server marks when the ticket is handed in; it never refuses the paper.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from typing import Any

from kiosk.offline_memory import HallMemory, Moment, rfc3339
from kiosk.offline_store import Outbox
from kiosk.offline_view import view_without_server
from queue_server.client import HallRefused, HallUnreachable, seal
from queue_server.wire.hall import OfflineInfo
from queue_server.wire.kiosk import KioskView
from queue_server.wire.tickets import TicketView

_CODE = re.compile(r"[0-9]{8}")
OFFLINE_FLAG = "offline"
"""In `flags` of a ticket's view: given without the server, so nobody knows how many are ahead."""


class OfflineDesk:
    """Gives tickets by itself. May be used by many threads at once."""

    def __init__(self, memory: HallMemory, outbox: Outbox) -> None:
        self._memory, self._outbox = memory, outbox
        self._lock = threading.Lock()
        self._secret = secrets.token_bytes(32)
        self._met: dict[bytes, tuple[str, str]] = {}

    def ready(self) -> bool:
        """Whether this kiosk has numbers of its own."""
        return self._info() is not None

    def ticket(self, ticket_id: str) -> TicketView | None:
        """A ticket that was given here, as it was then."""
        kept = self._outbox.of_ticket(ticket_id)
        return kept.view if kept else None

    def handed_in(self, ticket_id: str) -> bool:
        kept = self._outbox.of_ticket(ticket_id)
        return kept is not None and kept.state == "delivered"

    def of_tap(self, tap_id: str) -> TicketView | None:
        kept = self._outbox.of_tap(tap_id)
        return kept.view if kept else None

    def view(self, moment: Moment | None = None) -> KioskView | None:
        """What the page shows meanwhile; None when the server never told."""
        if self._memory.kiosk is None:
            return None
        moment = moment or self._memory.now()
        same_day = self._memory.heard_on() == self._memory.day(moment.at_ms)
        return view_without_server(self._memory.kiosk, self._info(), moment, same_day)

    def server_is_back(self) -> None:
        """From now on the server knows who has a ticket."""
        with self._lock:
            self._met.clear()

    def issue(self, tap_id: str, request: dict[str, Any]) -> TicketView:
        """The ticket of this tap; `request` is what the server would have been asked.

        Raises HallUnreachable without numbers of our own or when all are given, HallRefused when the service is closed
        or this citizen took a ticket here before, OutboxUnwritable.
        """
        info = self._info()
        if info is None:
            raise HallUnreachable("the hall server is away, and this kiosk has no numbers of its own")
        service = self._service(request["service"])
        moment = self._memory.now()
        self._refuse_when_shut(service["service"], moment)
        with self._lock:
            earlier = self._outbox.of_tap(tap_id)
            if earlier is not None:
                return earlier.view
            person = self._person(request)
            if person in self._met:
                ticket_id, label = self._met[person]
                raise _refused(409, "already_waiting", ticket_id=ticket_id, label=label)
            number = self._outbox.free_number(service["prefix"], info["first"], info["last"], moment.at_ms)
            if number is None:
                raise HallUnreachable("the hall server is away, and all numbers of this kiosk are given")
            view = self._view(service, number, moment, request)
            citizen = request.get("citizen")
            box = seal(info["key"], citizen, view["ticket_id"]) if citizen else None
            self._outbox.add(tap_id, service["prefix"], view, number, moment, box, _code(info, request))
            if person:
                self._met[person] = (view["ticket_id"], view["label"])
            return view

    def _info(self) -> OfflineInfo | None:
        hall = self._memory.hall
        return hall.get("offline") if hall else None

    def _service(self, wanted: str) -> Any:
        hall = self._memory.hall
        found = next((each for each in hall["services"] if each["service"] == wanted), None) if hall else None
        if found is None:
            raise _refused(404, "unknown_service", service=wanted)
        return found

    def _refuse_when_shut(self, service: str, moment: Moment) -> None:
        view = self.view(moment)
        shown = next((each for each in view["services"] if each["service"] == service), None) if view else None
        if shown is not None and shown["closed"]:
            raise _refused(409, shown["closed"], service=service, opens_at=shown["opens_at"])

    def _person(self, request: dict[str, Any]) -> bytes:
        """Tells this citizen and service from others while this process runs; b"" without ID and phone number."""
        citizen = request.get("citizen") or {}
        said = citizen.get("id_number") or citizen.get("phone")
        return hmac.digest(self._secret, f"{request['service']}\0{said}".encode(), hashlib.sha256) if said else b""

    def _view(self, service: Any, number: int, moment: Moment, request: dict[str, Any]) -> TicketView:
        label = f"{service['prefix']}{number:03d}"
        return {
            "ticket_id": secrets.token_urlsafe(12),
            "label": label,
            "serial": f"{self._memory.day(moment.at_ms):%Y%m%d}-{label}",
            "service": service["service"],
            "services": [service["service"]],
            "state": "waiting",
            "priority": request.get("priority"),
            "ahead": 0,
            "estimate": None,
            "window": None,
            "for_window": None,
            "issued_at": rfc3339(moment.at_ms),
            "called_at": None,
            "started_at": None,
            "ended_at": None,
            "calls": 0,
            "outcome": None,
            "channel": "kiosk",
            "why": None,
            "appointment": None,
            "due_at": None,
            "flags": [OFFLINE_FLAG],
            "here": True,
        }


def _code(info: OfflineInfo, request: dict[str, Any]) -> str | None:
    """The code of an appointment as the server takes it with a ticket; what is no code would cost the ticket."""
    digits = "".join(str(request.get("appointment") or "").replace("-", "").split())
    return digits if info.get("appointments") and _CODE.fullmatch(digits) else None


def _refused(status: int, code: str, **facts: Any) -> HallRefused:
    return HallRefused(status, code, facts, {"detail": "The kiosk decided this while the hall server was away."})
