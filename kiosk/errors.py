"""Everything a kiosk can refuse by itself; each error carries the stable code its page knows. Knows no HTTP."""

# ruff: noqa: N818  A refusal is named for what was the matter, as in drivers/errors.py.

from __future__ import annotations

from typing import ClassVar


class KioskError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "kiosk_error"


class CardMissing(KioskError):
    """No card is in memory: its time is over, or it was never read."""

    code = "card_missing"


class GuardianNeeded(KioskError):
    """The card belongs to a child under 14."""

    code = "guardian_needed"


class PriorityNotOffered(KioskError):
    """A kiosk grants priority for an age that a card shows, and for nothing else."""

    code = "priority_not_offered"


class KeyReused(KioskError):
    """The same tap was sent again with another wish."""

    code = "key_reused"


class UnknownTicket(KioskError, LookupError):
    """A ticket that this kiosk may not print: not issued here today, and not named to the citizen here."""

    code = "unknown_ticket"


class UnknownGuide(KioskError):
    """The hall has published no guide to this service."""

    code = "unknown_guide"


class UnknownNotice(KioskError):
    """No notice of this name is up, or it is too long for a slip."""

    code = "unknown_notice"


class TooManyTries(KioskError):
    """Codes of appointments are being guessed at this kiosk."""

    code = "slow_down"


class TicketOver(KioskError):
    """A ticket that was served, cancelled or belongs to another day needs no slip."""

    code = "ticket_over"


class OutboxUnwritable(KioskError):
    """A ticket given without the server could be lost by a power cut: it is not given."""

    code = "outbox_unwritable"


class UnknownSite(KioskError, LookupError):
    """The hall offers no such web site."""

    code = "unknown_site"


class NoBrowser(KioskError):
    """Chromium is not installed at this kiosk."""

    code = "no_browser"


class BrowserFailed(KioskError):
    """Chromium could not be started, or ended by itself."""

    code = "browser_failed"


class SiteClosed(KioskError):
    """The visit to a web site is over."""

    code = "site_closed"
