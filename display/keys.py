"""A key at a window becomes one request to the hall, however often it is sent; knows no device and no rule.

A press counts for PATIENCE_S: what the hall server could not be asked by then is given up and said to be lost, because
nobody at the window waits longer, and a number called a minute late calls somebody to an empty chair.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog

from config.window_devices import ACTIONS
from queue_server.client import HallRefused, HallUnreachable, new_key

PATIENCE_S = 30.0
Verdict = Literal["done", "nobody", "refused", "lost"]
"""What became of a press; "nobody": the hall has nobody to call for this window."""


class Hall(Protocol):
    """What is asked of queue_server.client.HallClient."""

    def command(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any: ...


@dataclass(slots=True)
class _Press:
    action: str
    digits: str
    until_s: float
    key: str = field(default_factory=new_key)


class KeyDesk:
    """Presses of each window, in their order; those of one window wait for no other's.

    tell(window, verdict, code): what became of a press, from a thread that it may block; code: of a refusal, else "".
    pause_reason: what the hall is told when a key pauses a window.
    """

    def __init__(
        self,
        hall: Hall,
        tell: Callable[[int, Verdict, str], None],
        *,
        pause_reason: str,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._hall, self._tell = hall, tell
        self._pause_reason, self._patience_s = pause_reason, patience_s
        self._waiting: dict[int, deque[_Press]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._log = structlog.get_logger()

    def pressed(self, window: int, action: str, digits: str = "") -> None:
        """A key of `window` was pressed: one of config.window_devices.ACTIONS, or "" for a key that means nothing here;
        `digits` were typed before it.

        Returns at once. The same again while it is still being asked is impatience, and no press of its own.
        """
        with self._lock:
            waiting = self._waiting.setdefault(window, deque())
            if self._closing.is_set() or any((one.action, one.digits) == (action, digits) for one in waiting):
                self._log.info("press_repeated", window=window, action=action)
                return
            waiting.append(_Press(action, digits, time.monotonic() + self._patience_s))
            if len(waiting) > 1:
                return
        # A thread only while there is something to ask: the node of twenty windows idles most of the day.
        threading.Thread(target=self._work, args=(window,), name=f"keys of window {window}", daemon=True).start()

    def close(self) -> None:
        """Ask nothing more. What is being asked ends by itself."""
        self._closing.set()

    def _work(self, window: int) -> None:
        waiting = self._waiting[window]
        while True:
            press = waiting[0]
            verdict, code = self._carry_out(window, press)
            self._log.info("press", window=window, action=press.action, verdict=verdict, code=code)
            with self._lock:
                waiting.popleft()
                done = not waiting or self._closing.is_set()
                if done:
                    waiting.clear()
            if not self._closing.is_set():
                self._tell(window, verdict, code)
            if done:
                return

    def _carry_out(self, window: int, press: _Press) -> tuple[Verdict, str]:
        if press.action not in ACTIONS:
            return "refused", "unknown_key"
        try:
            answer = self._do(window, press)
        except HallRefused as refusal:
            return "refused", refusal.code
        except HallUnreachable:
            return "lost", "server_unreachable"
        return ("nobody", "") if press.action == "next" and answer is None else ("done", "")

    def _do(self, window: int, press: _Press) -> Any:
        if press.action == "serve":
            try:
                return self._ask(press, window, "start")
            except HallRefused as refusal:
                if refusal.code != "wrong_state" or refusal.facts.get("state") != "serving":
                    raise
            return self._ask(press, window, "finish")
        if press.action == "pause":
            state = self._retry(press, "GET", f"/windows/{window}", None, None)["state"]
            if state == "open":
                return self._ask(press, window, "pause", {"reason": self._pause_reason})
            return self._ask(press, window, "resume" if state == "paused" else "open")
        if press.action == "transfer":
            # Without a number the hall says itself what is missing.
            return self._ask(press, window, "transfer", {"window": int(press.digits)} if press.digits else {})
        return self._ask(press, window, press.action.replace("_", "-"))

    def _ask(self, press: _Press, window: int, command: str, body: Mapping[str, Any] | None = None) -> Any:
        return self._retry(press, "POST", f"/windows/{window}/{command}", body, f"{press.key}-{command}")

    def _retry(self, press: _Press, method: str, path: str, body: Mapping[str, Any] | None, key: str | None) -> Any:
        """Ask until there is an answer of the hall itself: the key makes sure that it is done once."""
        pause_s = 0.1
        while True:
            try:
                return self._hall.command(method, path, body, key)
            except HallRefused as refusal:
                if refusal.status < 500:
                    raise
                failure = HallUnreachable(refusal.code)
            except HallUnreachable as err:
                failure = err
            if time.monotonic() + pause_s >= press.until_s or self._closing.wait(pause_s):
                raise failure
            pause_s = min(pause_s * 2, 1.0)
