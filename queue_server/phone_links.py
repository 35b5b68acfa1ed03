"""A ticket's link, by which whoever holds the slip follows and changes it on a phone; knows no HTTP and no rules.

The link is the credential, so it is a keyed hash of the ticket's id: 128 bits that can't be guessed, that say nothing
about the ticket, the day or the citizen, and that are of no use anywhere else. It is stored nowhere: the master key and
the journal give it again after a restart, and the ids that the journal and staff pages show do not give it at all.
It works on the ticket's day; on the day after it still tells what became of the ticket; then it is unknown.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from queue_server.hall.appointment_rules import CODES
from queue_server.hall.remote_rules import CHANNEL
from queue_server.hall.state import Hall, Ticket

from .keys import derive

LINK_CHARACTERS = 22
PATH = "/t/"


@dataclass(frozen=True, slots=True)
class Linked:
    """The ticket behind a link. `day`: its business day. `over`: the day is not today's, the ticket never changes."""

    ticket: Ticket
    day: str
    over: bool


class Links:
    """The links of one hall's tickets. Not thread-safe but for `of` and `address`.

    key: the hall's master key. hall: the one that the views stand on, in the thread that applies events to it.
    """

    def __init__(self, key: bytes, hall: Hall) -> None:
        self._key = derive(key, f"{hall.settings.id} phone link")
        self._hall = hall
        self._tickets: dict[str, Ticket] = {}  # the very dict of the hall while it is the same day
        self._day = ""
        self._today: dict[str, Ticket] = {}
        self._yesterday: tuple[str, dict[str, Ticket]] = ("", {})
        self._codes: dict[str, str] = {}  # of tickets taken elsewhere: ticket by code, and code by ticket
        self._code_of: dict[str, str] = {}

    def of(self, ticket_id: str) -> str:
        """The link of a ticket, 22 letters, digits, hyphens and underscores."""
        mac = hmac.digest(self._key, ticket_id.encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def code(self, ticket_id: str) -> str | None:
        """The eight digits that check a ticket in that was taken elsewhere and has been looked for once."""
        return self._code_of.get(ticket_id)

    def coded(self, code: str) -> str | None:
        """The ticket of today with this code, which may be written with gaps."""
        self._follow_hall()
        return self._codes.get("".join(code.split()).replace("-", ""))

    def address(self, hall: Hall, ticket_id: str) -> str | None:
        """What a slip's QR code holds, None in a hall that phones do not reach."""
        public_url = hall.settings.public_url
        return f"{public_url}{PATH}{self.of(ticket_id)}" if public_url else None

    def find(self, link: str) -> Linked | None:
        """The ticket of today or yesterday with this link."""
        self._follow_hall()
        ticket = self._today.get(link)
        if ticket is not None:
            return Linked(ticket, self._day, over=False)
        day, tickets = self._yesterday
        ticket = tickets.get(link)
        return None if ticket is None else Linked(ticket, day, over=True)

    def _follow_hall(self) -> None:
        """Take in the tickets issued since the last look; when a day began, the old one becomes yesterday."""
        tickets = self._hall.tickets
        if tickets is not self._tickets:
            self._note(islice(self._tickets.values(), len(self._today), None))
            day = self._hall.day or self._day
            follows = self._day != "" and date.fromisoformat(day) - date.fromisoformat(self._day) == timedelta(days=1)
            self._yesterday = (self._day, self._today) if follows else ("", {})
            self._tickets, self._today, self._day = tickets, {}, day
            self._codes, self._code_of = {}, {}
        if len(self._today) < len(tickets):
            self._note(islice(tickets.values(), len(self._today), None))

    def _note(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            self._today[self.of(ticket.ticket_id)] = ticket
            if ticket.channel == CHANNEL:
                self._give_code(ticket.ticket_id)

    def _give_code(self, ticket_id: str) -> None:
        """In the journal's order, so that it is the same after a restart; never one of two tickets, or a booking's."""
        mac = hmac.digest(self._key, f"check-in {ticket_id}".encode(), "sha256")
        number = int.from_bytes(mac[:8], "big") % CODES
        while (code := f"{number:08d}") in self._codes or code in self._hall.appointments.by_code:
            number = (number + 1) % CODES
        self._codes[code], self._code_of[ticket_id] = ticket_id, code
