"""The printer twin: an ESC/POS printer down to its faults, which keeps every slip; knows no driver and no port.

As on the real thing, status questions (DLE EOT) are answered at once, even with the cover open or without paper;
everything else
waits in the buffer until it can be carried out, so that GS r and GS ( H are answered in order or, at paper end, not
at all.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime
from typing import Literal

from drivers.simulated.escpos import Command, EscposParser
from drivers.simulated.paper import Slip, Strip
from drivers.simulated.print_head import PrintHead
from drivers.simulated.twin import ByteTwin

_KEEP_SLIPS = 50
_BUFFER_BYTES = 65_536
_REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])")
_CUTS = ("GS V", "ESC i", "ESC m")


class PrinterTwin(ByteTwin):
    """One printer.

    width_dots: 384 or 576 · knows_process_id, knows_paper_query, knows_clear: False for models without GS ( H, GS r or
    DLE DC4 8 · firmware: "" for one that does not know GS I. The faults are set by `set_paper`, `paper_ends_after`,
    `set_near_end`, `set_cover` and what every twin has.
    """

    def __init__(
        self,
        width_dots: int = 576,
        *,
        knows_process_id: bool = True,
        knows_paper_query: bool = True,
        knows_clear: bool = True,
        firmware: str = "1.00 TWIN",
    ) -> None:
        super().__init__()
        self.width_dots = width_dots
        self._knows_process_id = knows_process_id
        self._knows_paper_query = knows_paper_query
        self._knows_clear = knows_clear
        self._names = {ord("A"): firmware, ord("C"): firmware and "Simulated printer"}
        self._parser = EscposParser()
        self._head = PrintHead(width_dots)
        self._waiting: deque[Command] = deque()
        self._waiting_bytes = 0
        self._coming_out: deque[Strip | Literal["cut"]] = deque()
        self._slips: deque[Slip] = deque(maxlen=_KEEP_SLIPS)
        self._slip: Slip | None = None
        self._slip_count = 0
        self._torn = False
        self._paper, self._near_end, self._cover_open = True, False, False
        self._stopped_by_paper = False
        self._left_dots: int | None = None
        self._auto_status = 0

    # -- what a person does to it --------------------------------------------------------------------------------------

    @property
    def paper(self) -> bool:
        return self._paper

    @property
    def near_end(self) -> bool:
        return self._near_end

    @property
    def cover_open(self) -> bool:
        return self._cover_open

    @property
    def ignored(self) -> frozenset[str]:
        """Commands that came and that this twin does not draw."""
        return frozenset(self._head.ignored)

    def set_paper(self, present: bool) -> None:
        """Take the roll out, or put a new one in; the printer then goes on with what it still holds."""
        with self._lock:
            self._paper, self._left_dots = present, None
            if present:
                self._stopped_by_paper = False
            else:
                self._tear()
        self._sensors_changed()

    def paper_ends_after(self, dots: int) -> None:
        """Let the roll end after `dots` (≥ 0) more; 8 dots are 1 mm."""
        with self._lock:
            self._left_dots = dots

    def set_near_end(self, near_end: bool) -> None:
        with self._lock:
            self._near_end = near_end
        self._sensors_changed()

    def set_cover(self, is_open: bool) -> None:
        with self._lock:
            self._cover_open = is_open
        self._sensors_changed()

    def switch_off_and_on(self) -> None:
        """Whatever was in the buffer is lost; half a slip stays half."""
        with self._lock:
            self._tear()
            self._parser.reset()
            self._head.reset()
            self._waiting.clear()
            self._coming_out.clear()
            self._waiting_bytes = self._auto_status = 0
            self._out.clear()

    def slips(self) -> list[Slip]:
        """The slips so far, newest first; one that is still coming out is there and not complete."""
        with self._lock:
            return list(reversed(self._slips))

    # -- what the host does to it --------------------------------------------------------------------------------------

    def _receive(self, data: bytes) -> None:
        # A status question is seen even among the bytes of half a picture whose sender has died.
        for match in _REAL_TIME.finditer(data[: self._parser.payload_missing_bytes]):
            self._say(self._status(match.group(1)[0]))
        for command in self._parser.feed(data):
            if command.name == "DLE EOT":
                self._say(self._status(command.n))
            elif command.name == "DLE DC4" and command.n == 8 and self._knows_clear:
                self._forget_waiting()
            elif not command.name.startswith("DLE") and self._waiting_bytes < _BUFFER_BYTES:
                self._waiting.append(command)
                self._waiting_bytes += len(command.data) + 2
        self._work()

    def _work(self) -> None:
        while self._online and (self._coming_out or self._waiting):
            if self._coming_out:
                self._put()
                continue
            command = self._waiting.popleft()
            self._waiting_bytes -= len(command.data) + 2
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        if command.name == "ESC @":
            if self._slip is not None and not self._slip.whole_start:
                self._head.reset()  # goes on below the piece that hangs there, until somebody cuts
                return
            self._slip, self._torn = None, False  # a new slip begins, joined to the half one before it
            self._head.reset()
        elif command.name in _CUTS:
            self._coming_out.extend(self._head.flush())
            self._coming_out.append("cut")
        elif command.name == "GS I" and self._names.get(command.n):
            self._say(b"_" + self._names[command.n].encode("ascii") + b"\0")
        elif command.name == "GS r" and command.n in (1, 49):
            if self._knows_paper_query:
                self._say(bytes((self._paper_bits(),)))
        elif command.name == "GS ( H" and command.data[:2] == b"00":
            if self._knows_process_id:
                self._say(b"\x37\x22" + command.data[2:6] + b"\0")
        elif command.name == "GS a":
            self._auto_status = command.n
            self._say_auto_status()
        else:
            self._coming_out.extend(self._head.run(command))

    def _put(self) -> None:
        part = self._coming_out[0]
        if part == "cut":
            self._coming_out.popleft()
            self._cut()
            return
        if self._left_dots is not None:
            if self._left_dots < part.height_dots:
                self._paper_end()
                return
            self._left_dots -= part.height_dots
        self._coming_out.popleft()
        self._current().strips.append(part)

    def _current(self) -> Slip:
        if self._slip is None:
            self._slip_count += 1
            self._slip = Slip(self._slip_count, datetime.now(UTC), self.width_dots, whole_start=not self._torn)
            self._slips.append(self._slip)
            self._torn = False
        return self._slip

    def _cut(self) -> None:
        if self._slip is not None:
            self._slip.cut = True
            self._slip.complete = self._slip.whole_start
        self._slip, self._torn = None, False

    def _tear(self) -> None:
        """The piece so far ends without a cut; what still comes out belongs to no whole slip."""
        self._torn = self._torn or self._slip is not None
        self._slip = None

    def _paper_end(self) -> None:
        self._paper, self._stopped_by_paper, self._left_dots = False, True, None
        self._tear()
        self._say_auto_status()

    def _forget_waiting(self) -> None:
        if self._slip is not None:
            self._slip.whole_start = False  # however it is cut later, its middle is missing
        self._waiting.clear()
        self._coming_out.clear()
        self._waiting_bytes = 0

    # -- what it says --------------------------------------------------------------------------------------------------

    @property
    def _online(self) -> bool:
        return self._paper and not self._cover_open

    def _status(self, n: int) -> bytes:
        bits = {
            1: 0x08 * (not self._online),
            2: 0x04 * self._cover_open | 0x20 * (self._stopped_by_paper or not self._paper),
            3: 0,
            4: 0x0C * (self._near_end or not self._paper) | 0x60 * (not self._paper),
        }
        return bytes((0x12 | bits[n],)) if n in bits else b""

    def _paper_bits(self) -> int:
        return 0x0C if not self._paper else 0x03 * self._near_end

    def _say_auto_status(self) -> None:
        if self._auto_status & 0x0E:
            first = 0x10 | 0x08 * (not self._online) | 0x20 * self._cover_open
            self._say(bytes((first, 0, self._paper_bits(), 0)))

    def _sensors_changed(self) -> None:
        with self._lock:
            self._say_auto_status()
            self._work()
        self.wake()
