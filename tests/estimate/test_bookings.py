"""How many keep their appointments is learned from those that came and those that did not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from config.settings import Appointments, Hours, Slots, Span
from queue_server.estimate.bookings import MISSED_PRESET, Bookings
from queue_server.hall import commands as c

Make = Callable[..., Any]


def test_few_lean_on_the_hall_and_many_speak_for_themselves() -> None:
    bookings = Bookings()
    assert bookings.missed_share("hukou") == pytest.approx(MISSED_PRESET)
    for n in range(200):
        bookings.came("hukou", 600.0)
        if n % 2:
            bookings.missed("social")
        else:
            bookings.came("social", 600.0)
    bookings.came("seldom", 600.0)
    assert bookings.missed_share("hukou") < 0.04
    assert bookings.missed_share("social") == pytest.approx(0.5, abs=0.04)
    assert 0.15 < bookings.missed_share("seldom") < 0.35, "one example says little: it is like the hall"


def test_who_is_not_here_when_others_are_is_less_likely_to_come() -> None:
    bookings = Bookings()
    for n in range(100):
        bookings.came("hukou", 300.0 + 6 * n)
        if n % 4 == 0:
            bookings.missed("hukou")
    said = [bookings.still_come("hukou", before_s) for before_s in (3600.0, 600.0, 60.0)]
    assert said == sorted(said, reverse=True)
    assert said[0] == pytest.approx(0.8, abs=0.03)
    assert said[-1] < 0.2


@pytest.mark.parametrize("keeps", [True, False])
def test_a_hall_learns_it_from_its_journal(told: Make, keeps: bool) -> None:
    hours = Hours(weekly=((Span(time(7), time(18)),),) * 7)
    hall = told({"hukou": {"slots": Slots(quota=4)}}, hours=hours, appointments=Appointments())
    for day in range(6):
        hall.ask(c.OpenWindow, window=1)
        booked = []
        for n in range(4):
            slot_ms = hall.at_ms - hall.at_ms % 3_600_000 + 7_200_000
            name = f"ap_{day}_{n}"
            hall.ask(c.BookAppointment, booking=c.Booking(name, f"{day:04d}{n:04d}", "hukou", slot_ms, (f"c{name}",)))
            booked.append((name, slot_ms))
        hall.at_ms = booked[0][1] - 300_000
        for name, _ in booked if keeps else ():
            hall.issue(f"t{name}", after_s=1, appointment=name)
            hall.serve(1, 120)
        hall.next_day()
    hall.ask(c.OpenWindow, window=1)
    share = hall.estimator.learned.bookings.missed_share("hukou")
    assert share < 0.08 if keeps else share > 0.5
