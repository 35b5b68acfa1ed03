"""Keeps every pad, sign and lamp at what its window is now; knows no driver and no protocol."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import structlog

from display.keys import Verdict
from display.outputs import Output
from display.scene import Scene, scene
from drivers.errors import DriverError
from queue_server.wire.board import BoardView
from queue_server.wire.kiosk import KioskView
from queue_server.wire.staff import WindowLiveView

AGAIN_S = 30.0
"""So often everything is sent again: a pad that was switched off and on shows nothing, and cannot say so."""


class WindowBoard:
    """outputs: what shows windows. One thread writes, so that nobody who brings news waits for a slow line."""

    def __init__(self, outputs: Sequence[Output], again_s: float = AGAIN_S) -> None:
        self._outputs, self._again_s = outputs, again_s
        self._windows = sorted({window for output in outputs for window in output.windows})
        self._views: dict[int, WindowLiveView] = {}
        self._board: BoardView | None = None
        self._kiosk: KioskView | None = None
        self._changed: set[int] = set()
        self._again: set[int] = set()
        self._failed: dict[tuple[int, int], str] = {}
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="windows", daemon=True)

    def start(self) -> None:
        if self._outputs:
            self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)

    def view_changed(self, view: str, data: dict[str, Any]) -> None:
        """A newer view of the hall: "board", "kiosk" or "window:N"; no other counts. Returns at once."""
        if view not in ("board", "kiosk") and not view.startswith("window:"):
            return
        with self._news:
            if view == "board":
                self._board = cast(BoardView, data)
            elif view == "kiosk":
                self._kiosk = cast(KioskView, data)
            else:
                self._views[data["window"]] = cast(WindowLiveView, data)
            self._changed.update([data["window"]] if view.startswith("window:") else self._windows)
            self._news.notify_all()

    def refresh(self, windows: Iterable[int]) -> None:
        """Send these windows again, whatever was sent before: their device is back."""
        with self._news:
            self._again.update(windows)
            self._news.notify_all()

    def answer(self, window: int, verdict: Verdict) -> None:
        """Show at the devices of `window` what became of a press; may take a second or two."""
        with self._news:
            now = self._scene(window)
        for output in self._outputs:
            if window in output.windows:
                try:
                    output.answer(window, verdict, now)
                except DriverError as err:
                    structlog.get_logger().warning("answer_not_shown", window=window, code=err.code)
        if verdict != "done":
            self.refresh([window])  # what changed meanwhile was overwritten by what was shown before

    def _run(self) -> None:
        next_s = time.monotonic() + self._again_s
        while True:
            with self._news:
                self._news.wait_for(
                    lambda: self._changed or self._again or self._closing, max(0.0, next_s - time.monotonic())
                )
                if self._closing:
                    return
                if time.monotonic() >= next_s:
                    next_s = time.monotonic() + self._again_s
                    self._again.update(self._windows)
                changed, again = self._changed, self._again
                self._changed, self._again = set(), set()
                scenes = {window: self._scene(window) for window in changed | again if window in self._views}
                now = self._time()
            for window in sorted(scenes):
                for number, output in enumerate(self._outputs):
                    if window in output.windows:
                        self._show(number, output, window, scenes[window], now, window in again)

    def _show(self, number: int, output: Output, window: int, now: Scene, hour: str, again: bool) -> None:
        try:
            output.show(window, now, hour, again)
            self._failed.pop((number, window), None)
        except DriverError as err:
            # Said once: that the line is gone stands among the node's devices already.
            if self._failed.get((number, window)) != err.code:
                structlog.get_logger().warning("window_not_shown", window=window, code=err.code, detail=str(err))
            self._failed[number, window] = err.code

    def _scene(self, window: int) -> Scene:
        view = self._views.get(window)
        return Scene("closed", "", 0) if view is None else scene(view, self._board, self._kiosk)

    def _time(self) -> str:
        zone = self._board["timezone"] if self._board is not None and "timezone" in self._board else None
        return datetime.now(ZoneInfo(zone)).strftime("%H:%M") if zone else ""
