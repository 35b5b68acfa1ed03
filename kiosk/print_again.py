"""Prints a slip that the end of the paper interrupted once more, whole, when there is paper; knows no ticket.

Only while its citizen may still stand there, only once, and only if nothing else was printed since: the next citizen
must not find a stranger's slip. The tap store says before and after what is known, so that it is true after a kill -9.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from drivers.document import Document
from drivers.ports import DeviceState, PrintResult

LOOK_S = 0.5


class Printer(Protocol):
    """What is asked of drivers.ports.Printer."""

    def print(self, document: Document) -> PrintResult: ...
    def print_again(self) -> PrintResult: ...
    def state(self) -> DeviceState: ...


class Taps(Protocol):
    """What is asked of kiosk.taps.TapStore."""

    def begin_again(self, tap_id: str) -> None: ...
    def finish(self, tap_id: str, outcome: str, code: str) -> None: ...


class PrintAgain:
    """Stands before the printer. May be called by many threads; one slip at a time.

    within_s: how long a citizen is waited for, 0: never. on_change(tap_id, result): None while a slip waits to be
    printed again, its result when it was or when it was given up; from any thread.
    """

    def __init__(
        self,
        printer: Callable[[], Printer | None],
        taps: Taps,
        within_s: float,
        on_change: Callable[[str, PrintResult | None], None],
        look_s: float = LOOK_S,
    ) -> None:
        self._printer, self._taps, self._within_s, self._on_change = printer, taps, within_s, on_change
        self._look_s = look_s
        self._lock = threading.Lock()
        self._waiting: str | None = None
        self._why: PrintResult | None = None
        self._closing = threading.Event()

    def print(self, printer: Printer, document: Document) -> PrintResult:
        """Print a slip; one that waits to be printed again is given up, since the driver forgets it."""
        with self._lock:
            self._give_up()
            return printer.print(document)

    def interrupted(self, tap_id: str, result: PrintResult) -> None:
        """The slip of this tap was not printed. Waits for paper if it had begun and that was the cause."""
        if not (result.piece and result.code == "paper_out" and self._within_s):
            return
        with self._lock:
            self._give_up()
            self._waiting, self._why = tap_id, result
        self._on_change(tap_id, None)
        until_s = time.monotonic() + self._within_s
        threading.Thread(target=self._wait, args=(tap_id, until_s), name="print again", daemon=True).start()

    def close(self) -> None:
        self._closing.set()

    def _wait(self, tap_id: str, until_s: float) -> None:
        while not self._closing.wait(self._look_s):
            with self._lock:
                if self._waiting != tap_id:
                    return
                printer = self._printer()
                if time.monotonic() >= until_s:
                    self._give_up()
                elif printer is not None and printer.state().health != "failed":
                    self._print_again(tap_id, printer)

    def _print_again(self, tap_id: str, printer: Printer) -> None:
        self._waiting = None
        self._taps.begin_again(tap_id)
        result = printer.print_again()
        self._taps.finish(tap_id, result.outcome, result.code)
        structlog.get_logger().info("printed_again", outcome=result.outcome, code=result.code)
        self._on_change(tap_id, result)

    def _give_up(self) -> None:
        tap_id, self._waiting = self._waiting, None
        if tap_id is not None and self._why is not None:
            self._on_change(tap_id, self._why)
