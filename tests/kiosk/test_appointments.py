"""Checking in at the kiosk: by code, card or phone; the paper carries the mark, codes can't be guessed at length."""

from __future__ import annotations

from typing import Any

import pytest
from fake_hall import FakeHall
from waiting import wait_for

from kiosk.appointments import WITHIN_S, WRONG_CODES, AppointmentDesk
from kiosk.errors import TooManyTries
from queue_server.client import HallRefused

BOOKED = {
    "appointment_id": "ap_2k", "code": "48217797", "service": "shebao", "slot": "2026-11-20T02:45:00.000Z",
    "day": "2026-11-20", "time": "10:45", "state": "booked", "timing": None, "ticket_id": None, "label": None,
}  # fmt: skip


def test_a_code_is_enough_and_the_paper_says_so(hall: FakeHall, kiosk: Any, printer: Any) -> None:
    hall.answer = {"appointment": "ap_2k", "due_at": "2026-11-20T02:45:00.000Z"}
    taken = kiosk.post("/api/tickets", {"tap_id": "tap-00000001", "appointment": "4821 7797"})
    assert taken.status_code == 201, taken.text
    assert taken.json()["print"]["outcome"] == "printed"
    assert hall.requests[-1][2] == {"appointment": "4821 7797", "channel": "kiosk"}
    assert "预约 10:45，到时叫号" in printer.slips()[-1].text
    again = kiosk.post("/api/tickets", {"tap_id": "tap-00000001", "appointment": "4821 7797"})
    assert again.json()["ticket"] == taken.json()["ticket"]
    assert len(printer.slips()) == 1


def test_a_card_finds_what_was_booked_and_the_page_never_sees_the_code(hall: FakeHall, kiosk: Any, reader: Any) -> None:
    hall.booked = [BOOKED]
    missing = kiosk.post("/api/appointments/find", {"use_card": True})
    assert (missing.status_code, missing.json()["code"]) == (409, "card_missing")
    kiosk.post("/api/card/start")
    reader.hold("citizen")
    wait_for(lambda: (kiosk.view()["card"] or {}).get("state") == "read")
    found = kiosk.post("/api/appointments/find", {"use_card": True}).json()["booked"]
    assert found == [{name: BOOKED[name] for name in ("appointment_id", "service", "slot", "day", "time")}]
    assert kiosk.post("/api/appointments/find", {"phone": "13800000000"}).json()["booked"] == found
    for wrong in ({}, {"use_card": True, "phone": "13800000000"}, {"use_card": "yes"}):
        assert kiosk.post("/api/appointments/find", wrong).json()["code"] == "invalid_values"


def test_guessing_codes_is_slow() -> None:
    now = [1000.0]
    desk = AppointmentDesk(None, None, lambda: now[0])  # type: ignore[arg-type]

    def wrong() -> None:
        with desk.trying("00000000"):
            raise HallRefused(404, "unknown_appointment", {}, {})

    for _ in range(WRONG_CODES):
        with pytest.raises(HallRefused):
            wrong()
    with pytest.raises(TooManyTries):
        wrong()
    with desk.trying(None):
        """An ordinary number is never kept waiting by somebody's wrong codes."""
    now[0] += WITHIN_S
    with pytest.raises(HallRefused):
        wrong()
