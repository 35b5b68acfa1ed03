"""Everything that can go wrong between a node and a device; knows no protocol and no page's words.

Each error carries a stable `code` for programs and, as its text, one clear English sentence with what to do. No error
ever
carries what was read from a card.
"""

# ruff: noqa: N818  An error is named for what happened to the device, as in httpx and gpiozero.

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class DriverError(Exception):
    """Base of all errors of this package."""

    code: ClassVar[str] = "driver_error"


class BadAddress(DriverError, ValueError):
    """An address that is no URL of a device, or that this kind of device cannot use."""

    code = "bad_address"


class BadDocument(DriverError, ValueError):
    """A slip with a value outside its bounds."""

    code = "bad_document"


class Unsupported(DriverError, ValueError):
    """A driver, an option or a word that this device does not know."""

    code = "unsupported"


class Unplugged(DriverError, ConnectionError):
    """The port is not there, or went away while in use."""

    code = "unplugged"


class PortBusy(DriverError, ConnectionError):
    """Another program has the port open."""

    code = "port_busy"


class NoAccess(DriverError, PermissionError):
    """The operating system does not let this user open the port."""

    code = "no_access"


class Mute(DriverError, TimeoutError):
    """The port is open and the device says nothing, or takes nothing."""

    code = "mute"


class BadFrame(DriverError, ValueError):
    """Bytes came back that do not belong to the protocol, mostly a wrong baud rate or a bad cable."""

    code = "bad_frame"


class Refused(DriverError):
    """The device understood and answered with an error of its own."""

    code = "refused"


class PaperOut(DriverError):
    """The printer has no paper."""

    code = "paper_out"


class CoverOpen(DriverError):
    """The printer's cover is open."""

    code = "cover_open"


class PrinterFault(DriverError):
    """The printer reports its cutter, its head or itself as broken."""

    code = "printer_fault"


class PrinterOffline(DriverError):
    """The printer is switched offline without telling why."""

    code = "offline"


class FontMissing(DriverError, FileNotFoundError):
    """No font with Chinese characters is installed, and one is needed."""

    code = "font_missing"


class CardUnreadable(DriverError):
    """A card was found but could not be read to its end, mostly because it was taken away too early."""

    code = "card_unreadable"


class CardInvalid(DriverError, ValueError):
    """A card was read and its data contradicts itself (check digit, date, kind)."""

    code = "card_invalid"


class SpeakerError(DriverError):
    """Nothing could be heard."""

    code = "speaker_error"


class SpeechMissing(DriverError):
    """A word has neither a clip nor a voice, so that only the chime could be played."""

    code = "speech_missing"


class BadDialect(DriverError, ValueError):
    """A dialect file that cannot be used. `lines` has one sentence for each mistake, with its place."""

    code = "bad_dialect"

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class StuckKey(DriverError):
    """A key that has been down for longer than a hand presses."""

    code = "stuck_key"


class LibraryMissing(DriverError, ImportError):
    """A library that this kind of device needs is not installed, or does not run on this machine."""

    code = "library_missing"
