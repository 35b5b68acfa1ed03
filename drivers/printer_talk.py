"""The conversation with an ESC/POS printer on one open line: its status, and whether a slip was printed; knows no
document.

Was it printed? In order of trust (HARDWARE.md 2): the printer gives back the slip's process id (GS ( H) · it answers
GS r 1,
which it does in order, so after the cut · its status (DLE EOT) was good before and after and the computed time has
passed · else
*unconfirmed*. Silence is never taken for paper.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from drivers.errors import BadFrame, DriverError, Mute
from drivers.ports import PrintResult
from drivers.printer_replies import (
    STATUS_QUERIES,
    Noise,
    PaperAnswer,
    PrinterStatus,
    Processed,
    ReplyParser,
    StatusByte,
)
from drivers.transport import Transport

_STATUS_POLL_S = 0.3
_READ_S = 0.1

# What was said before we ask is thrown away; a line that never stops talking is no printer.
_STALE_READS = 64

# A clone that leaves one of the lesser questions unanswered so often in turn is not asked it again.
_MISSES = 2

_CLEAR_BUFFER = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for all status answers; for a confirmation beyond the computed time of the slip."""

    reply_s: float = 0.3
    confirm_s: float = 2.0


class PrinterTalk:
    """Questions and answers on one open transport; remembers which questions this printer was seen to answer."""

    def __init__(self, transport: Transport, patience: Patience, process_id: bool) -> None:
        self.transport = transport
        self._patience = patience
        self._gives_id: bool | None = None if process_id else False
        self._answers_in_order: bool | None = None
        self._asked_in_order = False
        self._owed_answers = 0  # to GS r, older slips' among them: they arrive before ours
        self._answers_now = 0
        self._processed: set[bytes] = set()
        self._status_bytes: list[int] = []
        self._misses = dict.fromkeys(STATUS_QUERIES, 0)
        self._noise_bytes = 0
        self._tainted = False  # by noise since the slip was sent: a GS r answer might be noise too
        self._parser = ReplyParser()

    def status(self) -> PrinterStatus:
        """Ask DLE EOT 1–4, within `reply_s` altogether.

        Raises Mute when 2 or 4 stays unanswered, BadFrame when noise comes back, Unplugged.
        """
        deadline = time.monotonic() + self._patience.reply_s
        self._forget_stale()
        answers: dict[int, int] = {}
        for n in STATUS_QUERIES:
            needed = n in (2, 4)
            if self._misses[n] >= _MISSES and not needed:
                continue
            left_s = deadline - time.monotonic()
            answer = self._ask(n, left_s if needed else min(left_s, self._patience.reply_s / 3))
            if self._noise_bytes:
                raise _no_sense()
            if answer is not None:
                answers[n], self._misses[n] = answer, 0
            elif needed:
                raise Mute("The printer does not answer; see that it is switched on and its cable is right.")
            else:
                # The answer does not tell which question it is for, so after a silence nothing more is asked.
                self._misses[n] += 1
                break
        return PrinterStatus(answers.get(1), answers[2], answers.get(3), answers[4])

    def forget_rest(self) -> None:
        """Let the printer forget what it still holds of a slip that will not be whole, or it brings that out by itself
        when the paper is changed. Raises DriverError; printers that do not know the command (DLE DC4 8) ignore it."""
        self.transport.write(_CLEAR_BUFFER)

    def settle(self) -> None:
        """Before a slip: hear what the printer still owes of an interrupted one, that it may not confirm this one.

        Answers come in order, so when one more question is answered and silence follows, no older one is left. Raises
        DriverError.
        """
        if not self._owed_answers:
            return
        self.transport.write(b"\x1dr\x01")
        self._owed_answers += 1
        self._answers_now = 0
        deadline = time.monotonic() + self._patience.confirm_s
        while time.monotonic() < deadline:
            if not self._pump(self._patience.reply_s) and self._answers_now:
                self._owed_answers = 0
                return

    def confirm(self, process_id: bytes, computed_s: float, before: PrinterStatus | None) -> PrintResult:
        """Wait until it is known what became of the slip just written.

        process_id: four bytes 20–7E, new for each slip · computed_s: time the bytes and the paper need at most ·
        before: status
        before the slip, None when the printer was mute then. Raises DriverError when the line fails; then nobody knows.
        """
        self._ask_for_confirmation(process_id)
        deadline = time.monotonic() + computed_s + self._patience.confirm_s
        next_poll = time.monotonic() + _STATUS_POLL_S
        while (now := time.monotonic()) < deadline:
            if self._confirmed(process_id):
                return PrintResult("printed", "ok", "The printer confirmed the slip.")
            self._pump(min(_READ_S, deadline - now))
            if before is not None and time.monotonic() >= next_poll:
                status = self._status_or_none()
                next_poll = time.monotonic() + _STATUS_POLL_S
                if status is not None and status.problem is not None and not self._confirmed(process_id):
                    return not_printed(status.problem)
        return self._without_confirmation(process_id, before)

    def _without_confirmation(self, process_id: bytes, before: PrinterStatus | None) -> PrintResult:
        after = None if before is None else self._status_or_none()
        if self._confirmed(process_id):
            return PrintResult("printed", "ok", "The printer confirmed the slip.")
        if self._answers_now:
            self._owed_answers = 0  # answers come again but fewer than owed: the missing ones were lost for good
        if after is None:
            return PrintResult(
                "unconfirmed",
                Mute.code,
                "The slip was sent, but the printer does not answer; look whether it came out.",
            )
        if after.problem is not None:
            return not_printed(after.problem)
        if self._gives_id or self._answers_in_order:
            return PrintResult(
                "unconfirmed", "no_confirmation", "The printer did not confirm the slip; look whether it came out."
            )
        self._gives_id = self._answers_in_order = False
        return PrintResult("printed", "ok", "The printer was ready before and after the slip, and its time has passed.")

    def _ask_for_confirmation(self, process_id: bytes) -> None:
        self._tainted, self._answers_now = False, 0
        if self._gives_id is not False:
            self.transport.write(b"\x1d(H\x06\x0000" + process_id)
        self._asked_in_order = self._gives_id is not True and self._answers_in_order is not False
        if self._asked_in_order:
            self.transport.write(b"\x1dr\x01")
            self._owed_answers += 1

    def _confirmed(self, process_id: bytes) -> bool:
        if process_id in self._processed:
            self._gives_id = True
            return True
        if self._asked_in_order and self._owed_answers == 0 and not self._tainted:
            # It gave no id although that was asked first: it does not know the command, which then must not be sent
            # again, for some clones print it as text.
            self._gives_id, self._answers_in_order = False, True
            return True
        return False

    def _status_or_none(self) -> PrinterStatus | None:
        try:
            return self.status()
        except (Mute, BadFrame):
            return None

    def _forget_stale(self) -> None:
        for _ in range(_STALE_READS):
            if not self._pump(0.0):
                self._noise_bytes = 0
                return
        raise _no_sense()

    def _ask(self, n: int, timeout_s: float) -> int | None:
        self._status_bytes.clear()
        self.transport.write(bytes((0x10, 0x04, n)))
        deadline = time.monotonic() + timeout_s
        while not self._status_bytes and (left_s := deadline - time.monotonic()) > 0:
            self._pump(left_s)
        return self._status_bytes[0] if self._status_bytes else None

    def _pump(self, timeout_s: float) -> bool:
        """Read once and sort what came; False when nothing did."""
        data = self.transport.read(timeout_s)
        if not data and timeout_s > 0:
            self._parser.reset()
        for reply in self._parser.feed(data):
            if isinstance(reply, StatusByte):
                self._status_bytes.append(reply.value)
            elif isinstance(reply, Processed):
                self._processed = {reply.process_id}
            elif isinstance(reply, PaperAnswer):
                self._owed_answers = max(0, self._owed_answers - 1)
                self._answers_now += 1
            elif isinstance(reply, Noise):
                self._noise_bytes += 1
                self._tainted = True
        return bool(data)


def _no_sense() -> BadFrame:
    return BadFrame("The printer's answers make no sense; see that the baud rate is the printer's own.")


def not_printed(error: DriverError) -> PrintResult:
    """The result of a slip that did not come out whole because of `error`."""
    return PrintResult("not_printed", error.code, str(error))
