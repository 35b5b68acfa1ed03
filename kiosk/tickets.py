"""From a tap to a ticket and its paper, once per tap whatever is repeated; knows no HTTP and no driver's protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypedDict
from zoneinfo import ZoneInfo

from drivers.document import Document
from drivers.ports import PrintResult
from kiosk.card import CardSession
from kiosk.errors import KeyReused, PriorityNotOffered, TicketOver, UnknownTicket
from kiosk.once import Once
from kiosk.slip import HallWords, code_of, slip
from kiosk.taps import TapStore
from queue_server.client import HallRefused
from queue_server.wire.tickets import TicketView

PRINTABLE = frozenset({"waiting", "called", "serving", "parked", "no_show"})


class Printed(TypedDict):
    outcome: Literal["printed", "not_printed", "unconfirmed"]
    code: str


class Taken(TypedDict):
    ticket: TicketView
    print: Printed


@dataclass(frozen=True, slots=True)
class Wish:
    """What a citizen chose at the page; an `appointment` (its id or code) needs no service. Its repr shows no phone
    number and no code."""

    tap_id: str
    service: str
    language: str
    use_card: bool = False
    phone: str | None = field(default=None, repr=False)
    priority: str | None = None
    appointment: str | None = field(default=None, repr=False)


class Hall(Protocol):
    """What is asked of queue_server.client.HallClient."""

    def issue_ticket(self, request: dict[str, Any], key: str) -> TicketView: ...
    def ticket(self, ticket_id: str) -> TicketView: ...
    def arrive(self, ticket_id: str) -> TicketView: ...


class TicketDesk:
    """Gives tickets and papers. Every method may be called by many threads at once and raises what the hall refuses.

    words: the hall's words; may raise HallUnreachable. print_: prints one slip and says truly what became of it.
    unprinted(tap_id, result): a slip was not printed, and the tap store says so already.
    """

    def __init__(
        self,
        hall: Hall,
        cards: CardSession,
        taps: TapStore,
        words: Callable[[], HallWords],
        print_: Callable[[Document], PrintResult],
        unprinted: Callable[[str, PrintResult], None] = lambda _tap_id, _result: None,
    ) -> None:
        self._hall, self._cards, self._taps, self._words, self._print = hall, cards, taps, words, print_
        self._unprinted = unprinted
        self._once = Once()

    def take(self, wish: Wish) -> Taken:
        """The ticket of this tap, printed once. Raises CardMissing, GuardianNeeded, PriorityNotOffered, KeyReused."""
        taken: Taken = self._once.do(
            wish.tap_id, ("ticket", wish.appointment or wish.service), lambda: self._take(wish)
        )
        return taken

    def reprint(self, tap_id: str, ticket_id: str, language: str | None = None) -> Printed:
        """One more paper, marked as such, of a ticket issued or named here today. Raises UnknownTicket, TicketOver."""
        printed: Printed = self._once.do(
            tap_id, ("reprint", ticket_id), lambda: self._reprint(tap_id, ticket_id, language)
        )
        return printed

    def printed_later(self, tap_id: str, result: PrintResult) -> None:
        """The slip of this tap was printed after all, or not: whoever asks for the tap again is told that."""
        printed: Printed = {"outcome": result.outcome, "code": result.code}
        self._once.change(tap_id, lambda before: {**before, "print": printed} if "print" in before else printed)

    def code(self, ticket_id: str) -> str:
        """What the square code of its slip holds, for a ticket issued or named here today. Raises UnknownTicket."""
        for taken in self._once.results():
            if "ticket" in taken and taken["ticket"]["ticket_id"] == ticket_id:
                return code_of(taken["ticket"])
        self._refuse_strange(ticket_id, self._words().timezone)
        return code_of(self._hall.ticket(ticket_id))

    def _refuse_strange(self, ticket_id: str, timezone: str) -> None:
        midnight = datetime.now(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
        if not self._taps.may_print_again(ticket_id, midnight.timestamp()):
            raise UnknownTicket("this kiosk neither issued nor named that ticket today")

    def _take(self, wish: Wish) -> Taken:
        tap = self._taps.find(wish.tap_id)
        if tap is not None:
            # The node was restarted since. What was printed is never printed again by itself.
            ticket = self._hall.ticket(tap.ticket_id)
            if wish.service and not wish.appointment and ticket["service"] != wish.service:
                raise KeyReused("this tap_id stands for another wish; make a new one for every tap")
            if tap.outcome is None:
                return {"ticket": ticket, "print": {"outcome": "unconfirmed", "code": "node_restarted"}}
            return {"ticket": ticket, "print": {"outcome": tap.outcome, "code": tap.code or ""}}  # type: ignore[typeddict-item]
        words = self._words()
        request = self._request(wish)
        try:
            ticket = self._hall.issue_ticket(request, key=wish.tap_id)
        except HallRefused as refusal:
            waiting = refusal.facts.get("ticket_id")
            if refusal.code == "already_waiting" and isinstance(waiting, str):
                self._taps.name(waiting)
            raise
        if wish.use_card:
            self._cards.forget()
        document = slip(ticket, words, wish.language)
        return {"ticket": ticket, "print": self._put_on_paper(wish.tap_id, ticket["ticket_id"], document)}

    def _request(self, wish: Wish) -> dict[str, Any]:
        request: dict[str, Any] = {"channel": "kiosk"}
        if wish.service:
            request["service"] = wish.service
        if wish.appointment:
            request["appointment"] = wish.appointment
        offered = False
        if wish.use_card:
            citizen = self._cards.citizen()
            offered = citizen.offers_priority
            request["citizen"] = {"id_number": citizen.id_number, "name": citizen.name}
        if wish.phone:
            request.setdefault("citizen", {})["phone"] = wish.phone
        if wish.priority:
            if not offered:
                raise PriorityNotOffered("priority at a kiosk needs a card that shows the age")
            request["priority"] = wish.priority
        return request

    def _reprint(self, tap_id: str, ticket_id: str, language: str | None) -> Printed:
        tap = self._taps.find(tap_id)
        if tap is not None:
            if tap.outcome is None:
                return {"outcome": "unconfirmed", "code": "node_restarted"}
            return {"outcome": tap.outcome, "code": tap.code or ""}  # type: ignore[typeddict-item]
        words = self._words()
        self._refuse_strange(ticket_id, words.timezone)
        ticket = self._hall.ticket(ticket_id)
        if ticket["state"] not in PRINTABLE:
            raise TicketOver(f"the ticket is {ticket['state']}")
        if not ticket.get("here", True):  # taken elsewhere, and its citizen stands here: paper is for who is in line
            ticket = self._hall.arrive(ticket_id)
        document = slip(ticket, words, language or next(iter(words.languages)), reprint=True)
        return self._put_on_paper(tap_id, ticket_id, document)

    def _put_on_paper(self, tap_id: str, ticket_id: str, document: Document) -> Printed:
        self._taps.begin(tap_id, ticket_id)
        result = self._print(document)
        self._taps.finish(tap_id, result.outcome, result.code)
        if result.outcome == "not_printed":
            self._unprinted(tap_id, result)
        return {"outcome": result.outcome, "code": result.code}
