"""Today's figures by window, and what was last served there; folds events, knows no page."""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.hall import events as e
from queue_server.hall.calendar import rfc3339
from queue_server.hall.events import Event
from queue_server.hall.state import Hall
from queue_server.wire.kiosk import AssistedView
from queue_server.wire.staff import ConsoleFigures, RateOffer


@dataclass(slots=True)
class _Window:
    served: int = 0
    no_show: int = 0
    service_ms: int = 0
    waits: int = 0
    wait_ms: int = 0
    last_served: tuple[str, int] | None = None  # ticket_id, finished at


class Figures:
    """Counts of today; an average is None until there is something to average."""

    def __init__(self) -> None:
        self._windows: dict[int, _Window] = {}
        self._helped = self._at_reception = 0
        self._sites: dict[str, int] = {}

    def apply(self, hall: Hall, event: Event, _seq: int) -> None:
        """`hall` already stands after `event`."""
        match event:
            case e.DayOpened():
                self._windows.clear()
                self._helped = self._at_reception = 0
                self._sites.clear()
            case e.HelpTaken():
                self._helped += 1
            case e.SiteOpened():
                self._sites[event.site] = self._sites.get(event.site, 0) + 1
            case e.TicketIssued(channel="reception"):
                self._at_reception += 1
            case e.TicketCalled():
                ticket = hall.tickets[event.ticket_id]
                if ticket.why not in ("out_of_turn", "parked"):
                    figures = self._window(event.window)
                    figures.waits += 1
                    figures.wait_ms += event.at_ms - ticket.arrived_ms
            case e.ServingFinished():
                ticket = hall.tickets[event.ticket_id]
                figures = self._window(event.window)
                figures.served += 1
                figures.service_ms += event.at_ms - (ticket.started_ms or event.at_ms)
                figures.last_served = (ticket.ticket_id, event.at_ms)
            case e.TicketMarkedNoShow():
                self._window(event.window).no_show += 1

    def console(self, window: int) -> ConsoleFigures:
        figures = self._windows.get(window, _Window())
        return {
            "served": figures.served,
            "no_show": figures.no_show,
            "average_service_s": round(figures.service_ms / figures.served / 1000, 1) if figures.served else None,
            "average_wait_s": round(figures.wait_ms / figures.waits / 1000, 1) if figures.waits else None,
        }

    def served(self) -> int:
        return sum(figures.served for figures in self._windows.values())

    def assisted(self) -> AssistedView:
        return {"help": self._helped, "reception": self._at_reception, "sites": dict(self._sites)}

    def no_show(self) -> int:
        return sum(figures.no_show for figures in self._windows.values())

    def rate_offer(self, hall: Hall, window: int) -> RateOffer | None:
        """The last ticket served at `window`, unless it has been rated."""
        last = self._windows.get(window, _Window()).last_served
        if last is None:
            return None
        ticket_id, finished_ms = last
        ticket = hall.tickets[ticket_id]
        if ticket.rated or ticket.served_by is None or ticket.served_by[0] != window:
            return None  # a ticket with several services, served elsewhere since: a rating now would go there
        return {"ticket_id": ticket_id, "label": ticket.label, "finished_at": rfc3339(finished_ms) or ""}

    def _window(self, number: int) -> _Window:
        return self._windows.setdefault(number, _Window())
