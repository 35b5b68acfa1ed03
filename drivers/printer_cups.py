"""A receipt printer behind a queue of CUPS; knows of it what CUPS knows, which is less than the printer would say.

The slip goes out raw, as to any ESC/POS printer. CUPS calls a job completed when its back end has handed it over, so a
completed slip is *unconfirmed*, unless the back end asks the printer itself: of those that CUPS brings only ipp does,
and only where a printer stands behind it and no second CUPS (HARDWARE.md 2, the ladder).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from PIL import Image

from drivers.document import Document
from drivers.errors import CoverOpen, DriverError, PaperOut, PrinterFault, PrinterOffline, Refused, Unplugged
from drivers.ipp import (
    CANCEL_JOB,
    GET_JOB,
    GET_PRINTER,
    NOT_ACCEPTING,
    NOT_FOUND,
    PRINT_JOB,
    Answer,
    Attribute,
    ask_cups,
)
from drivers.ports import DeviceState, PrintResult
from drivers.printer_talk import not_printed
from drivers.slip_bytes import SlipBytes, encode_slip
from drivers.states import CLOSED, OK, STARTING, failed

_PENDING, _HELD, _PROCESSING, _COMPLETED = 3, 4, 5, 9
_STOPPED = 5  # of a printer
_ABOUT_PRINTER = ("printer-state", "printer-state-reasons", "device-uri")
_POLL_S = 0.1
_RAW = "application/vnd.cups-raw"
_CAUSES: tuple[tuple[str, type[DriverError], str], ...] = (
    ("media-empty", PaperOut, "The printer has no paper; put in a new roll and close the cover."),
    ("media-needed", PaperOut, "The printer has no paper; put in a new roll and close the cover."),
    ("cover-open", CoverOpen, "The printer's cover is open; close it until it clicks."),
    ("door-open", CoverOpen, "The printer's cover is open; close it until it clicks."),
    ("media-jam", PrinterFault, "The printer reports a paper jam; switch it off, remove the paper, switch it on."),
    ("offline", PrinterOffline, "CUPS reports the printer as offline; see its power, cable and lamps."),
    ("paused", PrinterOffline, "The queue is paused; cupsenable lets it print again."),
)

_HANDED_OVER = PrintResult(
    "unconfirmed", "handed_over", "CUPS handed the slip over; whether it came out only the printer knows."
)


class CupsPrinter:
    """One queue. width_dots, cutter, logo: as of EscposPrinter · wait_s: longest wait for a job to be completed."""

    def __init__(
        self,
        queue: str,
        *,
        width_dots: int = 576,
        cutter: bool = True,
        logo: Image.Image | None = None,
        wait_s: float = 10.0,
    ) -> None:
        self.width_dots = width_dots
        self._queue, self._cutter, self._logo, self._wait_s = queue, cutter, logo, wait_s
        self._lock = threading.Lock()
        self._last = STARTING
        self._closed = False
        self._interrupted: SlipBytes | None = None

    def print(self, document: Document) -> PrintResult:
        """Hand `document` to CUPS and wait until it is known what became of it; never raises for a device."""
        try:
            slip = encode_slip(document, self.width_dots, self._cutter, self._logo)
        except DriverError as err:
            return not_printed(err)
        with self._lock:
            self._interrupted = None
            return self._print(slip)

    def print_again(self) -> PrintResult:
        """Print the interrupted slip whole; see `drivers.ports.Printer`."""
        with self._lock:
            if self._interrupted is None:
                return PrintResult("not_printed", "nothing_interrupted", "No slip was interrupted; print it anew.")
            slip = self._interrupted
            result = self._print(slip)
            self._interrupted = slip if result.outcome == "not_printed" else None
            return result

    def state(self) -> DeviceState:
        """What CUPS reports of the queue; while it prints, what was known last."""
        if not self._lock.acquire(blocking=False):
            return self._last
        try:
            if not self._closed:
                self._last = self.ask()
        except DriverError as err:
            self._last = failed(err)
        finally:
            self._lock.release()
        return self._last

    def ask(self) -> DeviceState:
        """What CUPS reports of the queue now. Raises DriverError where CUPS has nothing to report."""
        return _state(self._printer())

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._last = CLOSED

    def _print(self, slip: SlipBytes) -> PrintResult:
        if self._closed:
            return PrintResult("not_printed", CLOSED.code, CLOSED.detail)
        try:
            self._last = self.ask()
            if self._last.health == "failed":
                return PrintResult("not_printed", self._last.code, self._last.detail)
            job = self._submit(slip)
        except DriverError as err:
            self._last = failed(err)
            return not_printed(err)
        try:
            result = self._follow(job)
        except DriverError as err:
            result = PrintResult("unconfirmed", err.code, f"The slip was handed over, then: {err}")
        if result.outcome == "not_printed" and result.piece:
            self._interrupted = slip
        if result.outcome != "printed" and result.code != _HANDED_OVER.code:
            self._last = DeviceState("failed", result.code, result.detail)
        return result

    def _submit(self, slip: SlipBytes) -> int:
        answer = self._ask(PRINT_JOB, (("job-name", ("slip",)), ("document-format", (_RAW,))), data=slip.data)
        job = answer.get("job-id", [0])[0]
        if not isinstance(job, int) or job < 1:
            raise Refused(f"CUPS took no job for {self._queue}; see its log.")
        return job

    def _follow(self, job: int) -> PrintResult:
        deadline = time.monotonic() + self._wait_s
        while (state := self._job_state(job)) in (_PENDING, _HELD, _PROCESSING) and time.monotonic() < deadline:
            problem = _problem(self._printer())
            if problem is not None:
                # Or it would come out by itself, long after the citizen was told that it did not.
                self._cancel(job)
                return PrintResult("not_printed", problem.code, str(problem), piece=state == _PROCESSING)
            time.sleep(_POLL_S)
        if state == _COMPLETED:
            return self._completed()
        if state in (_PENDING, _HELD, _PROCESSING):
            self._cancel(job)
            if state == _PROCESSING:
                return PrintResult(
                    "unconfirmed", "no_confirmation", "CUPS did not complete the slip; look whether it came out."
                )
            return PrintResult("not_printed", PrinterOffline.code, "CUPS did not begin to print; see its queue.")
        return PrintResult("not_printed", Refused.code, "CUPS gave the slip up; see its log.", piece=True)

    def _completed(self) -> PrintResult:
        printer = self._printer()
        problem = _problem(printer)
        if problem is not None:
            return PrintResult("unconfirmed", problem.code, f"The slip was handed over, then: {problem}")
        if _asks_the_printer(printer):
            return PrintResult("printed", "ok", "The printer told CUPS that the slip is printed.")
        return _HANDED_OVER

    def _job_state(self, job: int) -> int:
        answer = self._ask(GET_JOB, (("requested-attributes", ("job-state",)),), job=job)
        state = answer.get("job-state", [0])[0]
        return state if isinstance(state, int) else 0

    def _cancel(self, job: int) -> None:
        # It may have ended just now; then there is nothing to cancel and CUPS says so.
        ask_cups(self._queue, CANCEL_JOB, job=job)

    def _printer(self) -> Answer:
        return self._ask(
            GET_PRINTER, (("requested-attributes", ("printer-state", "printer-state-reasons", "device-uri")),)
        )

    def _ask(self, operation: int, attributes: Sequence[Attribute], *, job: int = 0, data: bytes = b"") -> Answer:
        status, answer = ask_cups(self._queue, operation, job=job, attributes=attributes, data=data)
        if status == NOT_FOUND:
            raise Unplugged(f"CUPS has no queue {self._queue}; lpstat -e lists the queues.")
        if status == NOT_ACCEPTING:
            raise PrinterOffline(f"The queue {self._queue} accepts no jobs; cupsaccept lets it.")
        if status >= 0x0400:
            raise Refused(f"CUPS refused with status {status:04x}; see its log.")
        return answer


def _problem(printer: Answer) -> DriverError | None:
    """Why the queue cannot print now."""
    reasons = [
        str(reason) for reason in printer.get("printer-state-reasons", []) if not str(reason).endswith("-report")
    ]
    for begin, error, sentence in _CAUSES:
        if any(reason.startswith(begin) for reason in reasons):
            return error(sentence)
    if printer.get("printer-state", [0])[0] == _STOPPED:
        return PrinterOffline("CUPS has stopped the queue; see its log, then cupsenable lets it print again.")
    return None


def _asks_the_printer(printer: Answer) -> bool:
    """Whether a completed job was called completed by the printer itself."""
    parts = urlsplit(str(printer.get("device-uri", [""])[0]))
    # A queue of another CUPS, which has only handed the slip over in its turn, is /printers/NAME.
    return parts.scheme in ("ipp", "ipps") and parts.path.startswith("/ipp/")


def _state(printer: Answer) -> DeviceState:
    problem = _problem(printer)
    if problem is not None:
        return failed(problem)
    if any(str(reason).startswith("media-low") for reason in printer.get("printer-state-reasons", [])):
        return DeviceState("warning", "paper_near_end", "The paper is near its end; have a new roll ready.")
    return OK
