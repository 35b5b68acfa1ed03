"""What the manager's live page is told besides the queue: appointments of today, expected waits, parts of the hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from config.settings import Appointments, Slots, Zone
from queue_server.hall import commands as c
from queue_server.readers.estimates import Estimates

Tell = Callable[..., Any]
QUARTER_MS = 900_000


def booking_hall(show: Tell) -> Any:
    return show(
        {"hukou": {"slots": Slots(15, 2)}, "shebao": {}}, appointments=Appointments(late_s=600, cancel_before_s=0)
    )


def book(s: Any, n: int, slot: int) -> str:
    """Somebody books the slot that begins `slot` quarters from the start."""
    wish = c.Booking(f"ap_{n}", f"{n:08d}", "hukou", (s.now_ms // QUARTER_MS + slot) * QUARTER_MS, (f"c_{n}",))
    s.do(c.BookAppointment, booking=wish)
    return wish.appointment_id


def test_a_hall_without_bookings_shows_none(show: Tell) -> None:
    assert show().view("hall")["appointments"] is None


def test_booked_came_and_missed_of_today(show: Tell) -> None:
    s = booking_hall(show)
    assert s.view("hall")["appointments"] == {"booked": 0, "came": 0, "missed": 0}
    comes, late, gone, _later = (book(s, n, slot) for n, slot in enumerate((1, 1, 2, 96 + 1)))
    s.do(c.CancelAppointment, appointment=gone)
    s.do(c.IssueTicket, ticket_id="t", services=(), appointment=comes)
    assert s.view("hall")["appointments"] == {"booked": 2, "came": 1, "missed": 0}
    s.wait(900 + 600)
    assert s.view("hall")["appointments"]["missed"] == 0
    s.wait(1)
    assert s.view("hall")["appointments"] == {"booked": 2, "came": 1, "missed": 1}
    s.do(c.IssueTicket, ticket_id="u", services=(), appointment=late)
    assert s.view("hall")["appointments"] == {"booked": 2, "came": 2, "missed": 0}


def test_what_a_newcomer_waits_and_where_windows_stand(show: Tell) -> None:
    s = show(("hukou", "shebao"), zones={"up": Zone("up", {"en": "Upstairs"})})
    s.views.estimates = Estimates(1, {}, {"hukou": (130.0, 305.0)})
    view = s.view("hall")
    assert [row["estimate"] for row in view["services"]] == [{"p50_s": 120.0, "p90_s": 360.0}, None]
    assert view["zones"] == [{"zone": "up", "name": {"en": "Upstairs"}}]
    assert {window["zone"] for window in view["windows"]} == {""}
