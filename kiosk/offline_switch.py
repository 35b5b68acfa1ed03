"""Asks the hall server for a ticket, and when it is silent gives one of this kiosk's own; knows no printer and no page.

The server may have issued a ticket although its answer never came. The tap's name goes with the own ticket when that is
handed in, and the server takes back what it issued for that name, or refuses it if the lost request arrives later.
"""

from __future__ import annotations

from typing import Any

from kiosk.offline import OfflineDesk
from kiosk.offline_courier import Courier
from queue_server.client import HallClient, HallRefused, HallUnreachable
from queue_server.wire.tickets import TicketView

SILENCE_S = 0.8
"""So long a citizen waits for a silent server, once: the next ones get a ticket of the kiosk's own at once."""


class ServerOrOwn:
    """What kiosk.tickets.Hall asks for."""

    def __init__(self, client: HallClient, desk: OfflineDesk, courier: Courier, silence_s: float = SILENCE_S) -> None:
        self._client, self._desk, self._courier, self._silence_s = client, desk, courier, silence_s

    def issue_ticket(self, request: dict[str, Any], key: str) -> TicketView:
        """The ticket of the tap `key`, of one kind or the other, however often this is asked."""
        check_in = _check_in(request)
        if not self._desk.ready() or "service" not in request:  # only the server knows appointments and their service
            return self._client.issue_ticket(check_in, key)
        own = self._desk.of_tap(key)  # decided before a restart: now it stays so
        if own is not None:
            return own
        if self._courier.here:
            try:
                return self._client.issue_ticket(check_in, key, within_s=self._silence_s)
            except HallUnreachable:
                self._courier.lost()
            except HallRefused as refused:
                if refused.status < 500:
                    raise
                self._courier.lost()  # it is there, but can keep nothing
        ticket = self._desk.issue(key, request)
        self._courier.look()
        return ticket

    def arrive(self, ticket_id: str) -> TicketView:
        return self._client.arrive(ticket_id)

    def ticket(self, ticket_id: str) -> TicketView:
        own = self._desk.ticket(ticket_id)
        if own is None or self._desk.handed_in(ticket_id):
            try:
                return self._client.ticket(ticket_id)
            except HallUnreachable:
                if own is None:
                    raise
        return own


def _check_in(request: dict[str, Any]) -> dict[str, Any]:
    """What the server is asked: with a code it knows the service better than whoever chose one while it was away."""
    if "appointment" not in request:
        return request
    return {name: value for name, value in request.items() if name != "service"}
