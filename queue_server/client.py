"""How nodes and tools talk to a hall server: commands safe to repeat, and live views; knows no hall and no device."""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import quote

import requests
import socketio
import websocket
from requests.adapters import HTTPAdapter

from queue_server.wire import API, IDEMPOTENCY_HEADER, LIVE_NAMESPACE, Follow, HallInfo, Problem, TicketView

PROBABLY_PASSING = frozenset({502, 503, 504})
"""Answers that say nothing happened or nothing is known: the same key makes asking again safe."""


class HallError(Exception):
    """A request to the hall server did not do what was asked."""


class HallRefused(HallError):  # noqa: N818 - the rules refuse, nothing is broken
    """The server refused. `code` is stable, `facts` are what it said about it, `problem` is its whole answer."""

    def __init__(self, status: int, code: str, facts: Mapping[str, Any], problem: Mapping[str, Any]) -> None:
        super().__init__(f"the hall server refused: {status} {code}")
        self.status, self.code, self.facts, self.problem = status, code, dict(facts), dict(problem)


class HallUnreachable(HallError, ConnectionError):  # noqa: N818 - named like HallRefused
    """No answer of a hall server came before the deadline. The request may or may not have been carried out."""


class HallClient:
    """Calls of API.md. May be used by many threads at once.

    base_url: "http://host:port" without a path. token: of the node or tool, never logged.
    deadline_s: 0.1-120, how long one command may take with all its repetitions.
    connect_s, read_s: 0.1-60, limits of one try.
    """

    def __init__(
        self, base_url: str, token: str, *, deadline_s: float = 8.0, connect_s: float = 2.0, read_s: float = 4.0
    ) -> None:
        self._base = base_url.rstrip("/")
        self._deadline_s, self._connect_s, self._read_s = deadline_s, connect_s, read_s
        self._server_clock: tuple[float, float] | None = None
        self._session = requests.Session()
        # A proxy or a .netrc of the machine must neither see nor replace the node's token.
        self._session.trust_env = False
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=16))

    def close(self) -> None:
        """Give the connections back. May be called twice."""
        self._session.close()

    def server_now(self) -> float | None:
        """The server's time in Unix seconds, to a second; None before its first answer. Our own clock may step."""
        clock = self._server_clock
        return None if clock is None else clock[0] + time.monotonic() - clock[1]

    def hall(self) -> HallInfo:
        return cast(HallInfo, self.command("GET", "/hall"))

    def ticket(self, ticket_id: str) -> TicketView:
        return cast(TicketView, self.command("GET", f"/tickets/{_segment(ticket_id)}"))

    def issue_ticket(self, request: Mapping[str, Any], key: str) -> TicketView:
        """`POST /tickets`. The same `key` always names the same ticket, however often this is repeated."""
        return cast(TicketView, self.command("POST", "/tickets", request, key))

    def rate(self, ticket_id: str, grade: int, reasons: Iterable[str], channel: str, key: str) -> Any:
        """`POST /tickets/{ticket_id}/rating`, grade 1-5 and reason codes."""
        body = {"grade": grade, "reasons": list(reasons), "channel": channel}
        return self.command("POST", f"/tickets/{_segment(ticket_id)}/rating", body, key)

    def command(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        """Send one request below /api/v1 until it is answered or the deadline is over; returns the JSON, None for 204.

        Every change carries an Idempotency-Key (`key`, or a new one), so that a time-out can be repeated without doing
        anything twice. Raises HallRefused for an answer that is an error, HallUnreachable when there was none.
        """
        headers = {} if method == "GET" else {IDEMPOTENCY_HEADER: key or uuid.uuid4().hex}
        end = time.monotonic() + self._deadline_s
        pause_s, last = 0.1, "no try was made"
        while True:
            left_s = max(end - time.monotonic(), 0.05)
            answer: requests.Response | None = None
            try:
                answer = self._session.request(
                    method,
                    f"{self._base}{API}{path}",
                    json=body,
                    headers=headers,
                    timeout=(min(self._connect_s, left_s), min(self._read_s, left_s)),
                    allow_redirects=False,
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as err:
                last = type(err).__name__
            except requests.RequestException as err:
                raise HallUnreachable(
                    f"{self._base} cannot be asked ({type(err).__name__}): check the address"
                ) from err
            if answer is not None and answer.status_code not in PROBABLY_PASSING:
                return self._read(answer)
            wait_s = pause_s * random.uniform(0.5, 1.0)  # noqa: S311 - only spreads repetitions
            if time.monotonic() + wait_s >= end:
                if answer is not None:
                    return self._read(answer)
                raise HallUnreachable(f"{self._base} did not answer within {self._deadline_s:g} s ({last})")
            time.sleep(wait_s)
            pause_s = min(pause_s * 2, 1.0)

    def _read(self, answer: requests.Response) -> Any:
        status = answer.status_code
        try:
            content = answer.json() if answer.content else None
        except requests.exceptions.JSONDecodeError:
            content = None
        if status == 204 or (200 <= status < 300 and content is not None):
            self._note_clock(answer.headers.get("Date"))
            return content
        if isinstance(content, dict) and isinstance(content.get("code"), str):
            facts = content.get("facts")
            beside = {name: value for name, value in content.items() if name not in Problem.__annotations__}
            raise HallRefused(
                status, content["code"], {**beside, **(facts if isinstance(facts, dict) else {})}, content
            )
        raise HallUnreachable(f"{self._base} answered {status} without words of a hall server: check the address")

    def _note_clock(self, date: str | None) -> None:
        if date:
            try:
                self._server_clock = (parsedate_to_datetime(date).timestamp(), time.monotonic())
            except ValueError:
                return  # a proxy's odd date; the one noted before is still good


def _segment(value: str) -> str:
    return quote(value, safe="")


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
