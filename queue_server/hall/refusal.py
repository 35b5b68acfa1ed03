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
    "not_served_here": "This window does not serve that ticket's service.",
    "reason_needed": "The hall asks for a reason for a call out of turn.",
    "too_few_calls": "The ticket has not been called often enough to be a no-show.",
    "too_soon": "The last call was a moment ago.",
    "settings_changed": "Somebody else changed the settings meanwhile: look at them again.",
    "hall_id_fixed": "A hall's id names its journal and never changes.",
    "service_in_use": "Tickets still wait for a service that would be gone: serve or transfer them first.",
    "window_in_use": "A window that would be gone is open: close it first.",
    "requeue_expired": "It is too late to put this ticket back in line.",
}
