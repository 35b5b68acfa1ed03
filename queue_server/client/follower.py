"""Live views of a hall server, followed for ever; knows no view's contents."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import socketio
import websocket

from queue_server.wire.contract import LIVE_NAMESPACE, Follow


class _Socket(websocket.WebSocket):
    """A socket that says goodbye without waiting for the answer: the reading thread would have eaten it anyway."""

    def close(
        self, status: int = websocket.STATUS_NORMAL, reason: str | bytes = b"", timeout: float | None = 0
    ) -> None:
        super().close(status, reason, 0 if timeout is None else min(timeout, 0))


class Follower:
    """Keeps the newest whole view of each kind, for ever: connects, follows, and does so again whenever it breaks.

    views: names such as "board" or "window:3". on_view(view, seq, data) gets each change once, never an older `seq`.
    on_connection(connected, detail) tells of every change of the connection; `detail` is one English sentence.
    Both are called from the follower's own threads, one at a time, and must not block for long.
    retry_min_s and retry_max_s bound the pause between two tries; answer_s bounds each step of a try.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        views: Iterable[str],
        on_view: Callable[[str, int, dict[str, Any]], None],
        on_connection: Callable[[bool, str], None],
        *,
        retry_min_s: float = 0.2,
        retry_max_s: float = 5.0,
        answer_s: float = 5.0,
    ) -> None:
        self._base, self._token, self._views = base_url.rstrip("/"), token, list(dict.fromkeys(views))
        self._follow_now: Callable[[str], None] | None = None
        self._on_view, self._on_connection = on_view, on_connection
        self._retry_min_s, self._retry_max_s, self._answer_s = retry_min_s, retry_max_s, answer_s
        self._lock = threading.Lock()
        self._newest: dict[str, tuple[int, dict[str, Any]]] = {}
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._connected: bool | None = None
        self._thread = threading.Thread(target=self._run, name="hall-follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def follow(self, view: str) -> None:
        """Follow one more view from now on."""
        with self._lock:
            if view in self._views:
                return
            self._views.append(view)
            follow_now = self._follow_now
        if follow_now is not None:
            follow_now(view)

    def close(self) -> None:
        """Disconnect and end all threads; nothing is told after it returns. May be called twice.

        Waits at most 1 s: a try to connect into the void cannot be cut short, its thread ends by itself.
        """
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)
        with self._lock:
            return  # whoever was still being told something has now returned

    def _run(self) -> None:
        pause_s = self._retry_min_s
        while not self._closing.is_set():
            held, detail = self._connection()
            if self._closing.is_set():
                return
            self._tell(False, detail)
            pause_s = self._retry_min_s if held else min(pause_s * 2, self._retry_max_s)
            # Jitter: after a restart of the server not every node of the hall may knock at the same moment.
            self._closing.wait(pause_s * random.uniform(0.5, 1.5))  # noqa: S311

    def _connection(self) -> tuple[bool, str]:
        """One connection from its beginning to its end: whether it ever held, and why it ended."""
        gone = self._wake
        gone.clear()
        if self._closing.is_set():
            return False, "closing"
        answered: dict[str, str | None] = {}  # view -> why it was refused
        sockets: list[_Socket] = []

        def make_socket(**options: Any) -> _Socket:
            sockets.append(_Socket(**options))
            return sockets[-1]

        client = socketio.Client(
            reconnection=False,
            handle_sigint=False,
            request_timeout=self._answer_s,
            websocket_extra_options={"class_": make_socket},
        )

        def follow(view: str) -> None:
            def take(answer: Any = None, *_: Any) -> None:
                code = answer.get("code") if isinstance(answer, dict) else None
                answered[view] = None if self._take(answer) else str(code or "no view")
                if set(answered) >= set(self._views) and not all(answered.values()):
                    self._tell(True, _refusals(answered) or "the hall server is connected")

            # The namespace may be gone again by now; the next connection follows every view anyway.
            with contextlib.suppress(socketio.exceptions.BadNamespaceError):
                client.emit("follow", {"view": view}, namespace=LIVE_NAMESPACE, callback=take)

        def connected() -> None:
            with self._lock:
                self._follow_now = follow
                views = list(self._views)
            for view in views:
                follow(view)

        client.on("connect", connected, namespace=LIVE_NAMESPACE)
        client.on("view", self._take, namespace=LIVE_NAMESPACE)
        client.on("disconnect", lambda *_: gone.set(), namespace=LIVE_NAMESPACE)
        try:
            client.connect(
                self._base,
                auth={"token": self._token},
                namespaces=[LIVE_NAMESPACE],
                transports=["websocket"],
                wait_timeout=self._answer_s,
            )
            answer_until = time.monotonic() + self._answer_s
            # The library does not tell of an end that comes while it is still connecting, so its state is watched too.
            while not gone.wait(0.25) and client.eio.state == "connected":
                all_refused = len(answered) == len(self._views) and all(answered.values())
                if all_refused or (not answered and time.monotonic() > answer_until):
                    break
            if not answered or all(answered.values()):
                return False, f"{self._base} gave no view ({_refusals(answered) or 'no answer'})"
            return True, f"the connection to {self._base} ended"
        except (socketio.exceptions.ConnectionError, OSError, ValueError) as err:
            return False, f"{self._base} cannot be followed: {err}"
        finally:
            with self._lock:
                self._follow_now = None
            client.disconnect()
            # When the server says goodbye first, the library may empty its queue before the writing thread has seen the
            # end mark in it, and then sits there for half a minute: put the mark in again.
            if client.eio.queue is not None:
                client.eio.queue.put(None)
            client.eio.wait()
            # The library leaves its socket to the garbage collector when the handshake breaks half way.
            for opened in sockets:
                opened.shutdown()  # type: ignore[no-untyped-call]

    def _take(self, message: Any) -> bool:
        """Keep a view if it is new; whether it was a view at all. Messages arrive in any order and on any thread."""
        if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
            return False
        follow = cast(Follow, message)
        view, seq, data = follow["view"], int(follow["seq"]), follow["data"]
        with self._lock:
            if self._closing.is_set():
                return True
            newest = self._newest.get(view)
            # The same seq may come with new content: some of a view depends on the time of day.
            if newest is None or seq > newest[0] or (seq == newest[0] and data != newest[1]):
                self._newest[view] = (seq, data)
                self._on_view(view, seq, data)
        return True

    def _tell(self, connected: bool, detail: str) -> None:
        with self._lock:
            if connected != self._connected and not self._closing.is_set():
                self._connected = connected
                self._on_connection(connected, detail)


def _refusals(answered: Mapping[str, str | None]) -> str:
    return ", ".join(f"{view}: {why}" for view, why in answered.items() if why)
