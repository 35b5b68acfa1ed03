"""ESC/POS receipt printers: prints documents one at a time and reconnects by itself; knows no hall and no ticket."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from drivers.address import Address, open_transport
from drivers.document import Document
from drivers.errors import BadAddress, DriverError, Mute, PaperOut, Unplugged, Unsupported
from drivers.logo import load_logo
from drivers.paper_roll import PaperRoll
from drivers.ports import DeviceFacts, DeviceState, PrintResult
from drivers.printer_cups import CupsPrinter
from drivers.printer_firmware import ask_firmware
from drivers.printer_replies import PrinterStatus
from drivers.printer_talk import Patience, PrinterTalk, not_printed
from drivers.slip_bytes import SlipBytes, cut_off, encode_slip
from drivers.states import CLOSED, STARTING, failed
from drivers.transport import OpenTransport
from drivers.usb_line import open_usb

PAPER_DOTS = {58: 384, 80: 576}
"""Width of the paper in mm -> dots of the head."""

ROLL_M = 80.0
"""Length of the commonest roll, 80 x 80 mm."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A slip whose printing stopped in its middle; same_paper: its piece still hangs on the roll."""

    slip: SlipBytes
    same_paper: bool


class EscposPrinter:
    """One printer.

    open_transport: opens its line; called again after it was unplugged · width_dots: 384 (58 mm) or 576 (80 mm) ·
    cutter: whether it cuts · logo: at the top of each slip · process_id: False for a clone that prints `GS ( H` as text
    · speed_mm_s: its slowest paper speed · roll: of its paper, 80 m unless given · patience: how long to wait for its
    answers.
    """

    def __init__(
        self,
        open_transport: OpenTransport,
        *,
        width_dots: int = 576,
        cutter: bool = True,
        logo: Image.Image | None = None,
        process_id: bool = True,
        speed_mm_s: float = 60.0,
        roll: PaperRoll | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.width_dots = width_dots
        self._open_transport = open_transport
        self._cutter, self._logo = cutter, logo
        self._process_id = process_id
        self._speed_mm_s = speed_mm_s
        self._roll = roll or PaperRoll(ROLL_M)
        self._firmware: str | None = None if process_id else ""  # None: not asked yet
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._talk: PrinterTalk | None = None
        self._last = STARTING
        self._closed = False
        self._interrupted: Interrupted | None = None
        self._slip_numbers = itertools.count(time.time_ns() // 1_000_000)

    def print(self, document: Document) -> PrintResult:
        """Print `document` and wait until it is known what became of it; never raises for a device that is unwell."""
        try:
            slip = encode_slip(document, self.width_dots, self._cutter, self._logo)
        except DriverError as err:
            return not_printed(err)
        with self._lock:
            if self._closed:
                return PrintResult("not_printed", CLOSED.code, CLOSED.detail)
            self._interrupted = None
            return self._print(slip)

    def print_again(self) -> PrintResult:
        """Print the interrupted slip whole, once the printer is ready again; see `drivers.ports.Printer`."""
        with self._lock:
            if self._closed:
                return PrintResult("not_printed", CLOSED.code, CLOSED.detail)
            left = self._interrupted
            if left is None:
                return PrintResult("not_printed", "nothing_interrupted", "No slip was interrupted; print it anew.")
            # On a new roll the piece is gone with the old one; on the same paper it is cut off first, so that nobody
            # takes both for one slip.
            slip = replace(left.slip, data=cut_off(self._cutter) + left.slip.data) if left.same_paper else left.slip
            result = self._print(slip)
            self._interrupted = None if result.outcome == "printed" else left
            return result

    def state(self) -> DeviceState:
        """Ask the printer; while it prints, what was known last."""
        if not self._lock.acquire(blocking=False):
            return self._last
        try:
            if not self._closed:
                self._last = self._with_paper(self._status().state)
                self._ask_firmware()
        except DriverError as err:
            self._fail(err)
        finally:
            self._lock.release()
        return self._last

    def facts(self) -> DeviceFacts:
        """What is known of printer and paper without asking it."""
        return DeviceFacts(firmware=self._firmware or "", paper_left_percent=self._roll.left_percent)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._last = CLOSED
            self._hang_up()

    def _print(self, slip: SlipBytes) -> PrintResult:
        before: PrinterStatus | None = None
        try:
            before = self._patient_status()
            self._last = self._with_paper(before.state)
            if before.problem is not None:
                return not_printed(before.problem)
            self._connected().settle()
        except Mute as err:
            # A printer may be wired one way only: it gets its slip, but nobody will claim that it came out.
            self._fail(err)
        except DriverError as err:
            self._fail(err)
            return not_printed(err)
        result = self._send(slip, before)
        if result.outcome != "not_printed":
            self._roll.printed(slip.height_mm)
        if result.outcome == "not_printed":
            result = replace(result, piece=True)
            self._interrupted = Interrupted(slip, same_paper=result.code != PaperOut.code)
        if result.outcome != "printed":
            self._last = DeviceState("failed", result.code, result.detail)
        return result

    def _send(self, slip: SlipBytes, before: PrinterStatus | None) -> PrintResult:
        try:
            talk = self._connected()
            talk.transport.write(slip.data)
        except DriverError as err:
            # The cut at its end was not accepted, so no whole slip can have come out.
            cause = self._why_stopped() if isinstance(err, Mute) and before is not None else None
            self._fail(err)
            return not_printed(cause or err)
        computed_s = len(slip.data) * talk.transport.byte_time_s + slip.height_mm / self._speed_mm_s
        try:
            result = talk.confirm(b"%04d" % (next(self._slip_numbers) % 10_000), computed_s, before)
            if result.outcome == "not_printed":
                talk.forget_rest()
        except DriverError as err:
            self._fail(err)
            return PrintResult("unconfirmed", err.code, f"The slip was sent, then: {err}")
        return result

    def _why_stopped(self) -> DriverError | None:
        """Why the printer takes no more data, as it says itself."""
        try:
            talk = self._connected()
            problem = talk.status().problem
            talk.forget_rest()
        except DriverError as err:
            return None if isinstance(err, Mute) else err
        return problem

    def _patient_status(self) -> PrinterStatus:
        try:
            return self._status()
        except Mute:
            # One lost question is no mute printer, and a slip is worth asking twice.
            return self._seen(self._connected().status())

    def _with_paper(self, state: DeviceState) -> DeviceState:
        """`state`, or the warning that paper runs low by estimate, where the printer has no sensor for it."""
        if state.health != "ok" or not self._roll.low:
            return state
        left = f"By estimate {self._roll.left_percent} % of the paper is left; have a new roll ready."
        return DeviceState("warning", "paper_low", left)

    def _seen(self, status: PrinterStatus) -> PrinterStatus:
        self._roll.seen(paper=not status.paper_out, near_end=status.near_end, cover_open=status.cover_open)
        return status

    def _ask_firmware(self) -> None:
        """Once, while the printer is well and idle; it is asked again only after a fault of its line."""
        if self._firmware is None and self._last.health != "failed":
            self._firmware = ask_firmware(self._connected().transport)

    def _status(self) -> PrinterStatus:
        fresh = self._talk is None
        try:
            return self._seen(self._connected().status())
        except Unplugged:
            self._hang_up()
            if fresh:
                raise
        # The old line is gone, but the printer may be back under the same name already.
        return self._seen(self._connected().status())

    def _connected(self) -> PrinterTalk:
        if self._talk is None:
            self._talk = PrinterTalk(self._open_transport(), self._patience, self._process_id)
        return self._talk

    def _fail(self, error: DriverError) -> None:
        self._last = failed(error)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._talk is not None:
            self._talk.transport.close()
            self._talk = None


def create(
    address: Address,
    *,
    width_mm: int = 80,
    cutter: bool = True,
    logo: str = "",
    process_id: bool = True,
    speed_mm_s: float = 60.0,
    roll_m: float = ROLL_M,
    paper_file: str = "",
) -> EscposPrinter | CupsPrinter:
    """The printer at `address`, for paper `width_mm` wide: 58 or 80; logo: path of a picture; roll_m: length of a new
    roll, 1–500 m; paper_file: where the estimate of what is left of it is kept over restarts. Raises Unsupported,
    BadAddress, BadDocument."""
    if not 1 <= roll_m <= 500:
        raise Unsupported(f"A roll of {roll_m} m is unknown; roll_m is from 1 to 500.")
    if width_mm not in PAPER_DOTS:
        raise Unsupported(f"Paper {width_mm} mm wide is unknown; width_mm is 58 or 80.")
    if address.baud_auto:
        raise BadAddress(f"{address}: a printer's baud rate is not found out; its self-test page prints it.")
    picture = load_logo(logo) if logo else None
    if address.scheme == "cups":
        return CupsPrinter(address.place, width_dots=PAPER_DOTS[width_mm], cutter=cutter, logo=picture)
    return EscposPrinter(
        lambda: open_usb(address) if address.scheme == "usb" else open_transport(address),
        width_dots=PAPER_DOTS[width_mm],
        cutter=cutter,
        logo=picture,
        process_id=process_id,
        speed_mm_s=speed_mm_s,
        roll=PaperRoll(roll_m, Path(paper_file) if paper_file else None),
    )
