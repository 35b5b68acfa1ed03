"""How the rules say no: a stable code and the facts behind it; knows no words for people and no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):  # noqa: N818 - DESIGN.md's word: the rules refuse, nothing went wrong
    """The rules do not allow it now; nothing happened.

    code: stable, listed in `REFUSALS` with the sentence for logs. facts: JSON values that a page shows or counts down.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Any] = facts


# Every refusal there is, with the sentence for a log; docs/errors.md and the pages' language files list the same codes.
REFUSALS: dict[str, str] = {
    "unknown_service": "The hall has no such service.",
    "unknown_ticket": "There is no such ticket today.",
    "unknown_window": "The hall has no such window.",
    "hall_closed": "The hall gives no tickets at this time.",
    "service_closed": "This service gives no tickets at this time.",
    "quota_used": "Today's tickets for this service, or for this citizen, are used up.",
    "ticket_replaced": "The kiosk gave a ticket for this tap by itself meanwhile; there is no second one.",
    "not_your_number": "The number is not of this node's own range, or not of this service.",
    "label_taken": "This label was given today already.",
    "already_waiting": "This citizen already has a ticket for this service that has not been served.",
    "not_served": "The ticket has not been served yet, so it cannot be rated.",
    "already_rated": "The ticket has been rated.",
    "wrong_state": "The ticket or window is not in a state that allows this.",
    "no_ticket": "This window has no ticket in hand.",
    "ticket_called": "A called ticket is still in hand: start it, or mark it as no-show, first.",
    "window_busy": "This window has a ticket in hand.",
    "window_closed": "The window is closed.",
    "window_paused": "The window is paused.",
    "not_waiting": "The ticket is not waiting.",
    "not_on_ticket": "The ticket is not for that service, or another one has to come first.",
    "not_served_here": "This window does not serve that ticket's service.",
    "reason_needed": "The hall asks for a reason for a call out of turn.",
    "too_few_calls": "The ticket has not been called often enough to be a no-show.",
    "too_soon": "The last call was a moment ago.",
    "settings_changed": "Somebody else changed the settings meanwhile: look at them again.",
    "hall_id_fixed": "A hall's id names its journal and never changes.",
    "service_in_use": "Tickets still wait for a service that would be gone: serve or transfer them first.",
    "window_in_use": "A window that would be gone is open: close it first.",
    "requeue_expired": "It is too late to put this ticket back in line.",
    "no_appointments": "This service can't be booked.",
    "slot_unknown": "There is no such slot: ask for the slots of the day.",
    "slot_past": "The slot is over or has begun.",
    "slot_too_far": "So far ahead nothing can be booked yet.",
    "slot_full": "Every place in this slot is taken.",
    "unknown_appointment": "There is no such appointment.",
    "already_booked": "This citizen has an appointment for this service.",
    "too_many_booked": "This citizen has as many appointments as the hall allows.",
    "suspended": "This citizen missed too many appointments and can't book for some time.",
    "appointment_over": "The appointment has ended: it was used, cancelled or missed.",
    "cancel_too_late": "It is too late to change or cancel this appointment.",
    "not_today": "The appointment is on another day.",
    "too_early": "It is too early to check in for this appointment.",
    "import_refused": "Some lines can't be booked; every one is named, and nothing was booked.",
    "service_booked": "There are appointments for a service that would be gone: cancel them first.",
    "postponed_out": "The citizen has asked for more time as often as the hall allows.",
    "remote_off": "The hall gives no numbers for this from elsewhere.",
    "remote_closed": "Numbers from elsewhere are given at other times.",
    "not_here": "The citizen took this ticket elsewhere and has not checked in.",
    "no_opinions": "The hall takes no opinions.",
    "unknown_opinion": "There is no such opinion, or it was answered long ago.",
    "nobody_behind": "Nobody waits behind this ticket, so nobody could pass.",
}
