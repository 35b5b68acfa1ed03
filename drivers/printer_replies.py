"""What an ESC/POS printer says: bytes -> status answers, confirmations, noise; knows no port and no slip.

The answers can be told apart although they arrive on one line: HARDWARE.md 2.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import CoverOpen, DriverError, PaperOut, PrinterFault, PrinterOffline
from drivers.ports import DeviceState
from drivers.states import OK, failed

STATUS_QUERIES = (4, 2, 3, 1)
"""`n` of DLE EOT in the order of what matters: paper, cover and stop, cutter, offline."""

_PAPER_ANSWERS = (0x00, 0x03, 0x0C, 0x0F)


@dataclass(frozen=True, slots=True)
class StatusByte:
    """Answer to DLE EOT n; it does not tell which n."""

    value: int


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """Answer to GS r 1, given when everything sent before it was processed."""

    value: int


@dataclass(frozen=True, slots=True)
class Processed:
    """Answer to GS ( H: the slip with this id was processed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """Four bytes of automatic status, where a printer sends it unasked; the driver asks for what it needs itself."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Noise:
    """A byte that no printer sends."""

    value: int


Reply = StatusByte | PaperAnswer | Processed | AutoStatus | Noise


class ReplyParser:
    """Splits a printer's bytes into replies, however they are cut into pieces. Holds at most six bytes."""

    def __init__(self) -> None:
        self._held = bytearray()

    def reset(self) -> None:
        """Forget half a reply, after a silence."""
        self._held.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """Replies completed by `data`."""
        replies: list[Reply] = []
        for byte in data:
            self._held.append(byte)
            reply = self._complete()
            while reply is not None:
                replies.append(reply)
                reply = self._complete() if self._held else None
        return replies

    def _complete(self) -> Reply | None:
        held = self._held
        first = held[0]
        if first == 0x37:
            if len(held) > 1 and held[1] != 0x22:
                return Noise(held.pop(0))
            if len(held) < 7:
                return None
            if held[6] != 0:
                return Noise(held.pop(0))
            process_id = bytes(held[2:6])
            held.clear()
            return Processed(process_id)
        if first & 0x93 == 0x10:
            if any(byte & 0x90 for byte in held[1:]):
                return Noise(held.pop(0))  # what follows is no automatic status, so it is looked at for itself
            if len(held) < 4:
                return None
            value = bytes(held)
            held.clear()
            return AutoStatus(value)
        held.pop(0)
        if first & 0x93 == 0x12:
            return StatusByte(first)
        return PaperAnswer(first) if first in _PAPER_ANSWERS else Noise(first)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """Answers to DLE EOT 1–4; None where the printer gave none (some clones answer only 2 and 4)."""

    offline: int | None
    cause: int
    error: int | None
    paper: int

    @property
    def problem(self) -> DriverError | None:
        """Why the printer cannot print now, the cause a person can remove first."""
        if self.paper_out:
            return PaperOut("The printer has no paper; put in a new roll and close the cover.")
        if self.cover_open:
            return CoverOpen("The printer's cover is open; close it until it clicks.")
        if self.error is not None and self.error & 0x08:
            return PrinterFault("The printer's cutter is stuck; switch it off, remove the paper jam, switch it on.")
        if self.cause & 0x40 or (self.error is not None and self.error & 0x20):
            return PrinterFault("The printer reports a fault; switch it off and on, then call service.")
        if self.offline is not None and self.offline & 0x08:
            return PrinterOffline("The printer is offline; see its buttons and lamps.")
        return None

    @property
    def paper_out(self) -> bool:
        return bool(self.paper & 0x60 or self.cause & 0x20)

    @property
    def cover_open(self) -> bool:
        return bool(self.cause & 0x04)

    @property
    def near_end(self) -> bool:
        return bool(self.paper & 0x0C)

    @property
    def state(self) -> DeviceState:
        """This status for a node."""
        problem = self.problem
        if problem is not None:
            return failed(problem)
        if self.near_end:
            return DeviceState("warning", "paper_near_end", "The paper is near its end; have a new roll ready.")
        return OK
