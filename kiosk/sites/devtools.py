"""A Chromium without a window, driven through a pipe (Chrome DevTools Protocol); knows no site and no page of ours.

A pipe and not a port: no other program on the machine, and no web page, can take part. When our end is closed, also by
a kill -9 of the node, Chromium ends by itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from kiosk.errors import BrowserFailed

ANSWER_S = 20.0
END_S = 5.0
_LOW_FDS = 10  # 3 and 4 are what Chromium reads and writes
ALWAYS = (
    "--headless", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--mute-audio",
    "--disable-gpu", "--disable-extensions", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-breakpad", "--disable-crash-reporter", "--disable-default-apps",
    "--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,BackForwardCache",
    "--disable-quic", "--password-store=basic", "--deny-permission-prompts", "--metrics-recording-only",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)  # fmt: skip

Event = Callable[[str, dict[str, Any], str], None]
Answer = dict[str, Any]


class DevTools:
    """One running Chromium with `profile`, a folder that is made and, at the end, removed.

    on_event(method, params, session): from the reading thread, so it must not wait for an answer. on_gone(): Chromium
    ended by itself. Raises BrowserFailed when it cannot be started.
    """

    def __init__(
        self, program: str, arguments: Sequence[str], profile: Path, on_event: Event, on_gone: Callable[[], None]
    ) -> None:
        self._on_event, self._on_gone, self._profile = on_event, on_gone, profile
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Answer]] = {}
        self._last = 0
        self._closed = False
        profile.mkdir(parents=True, mode=0o700)
        try:
            self._pid, self._write, self._read = _spawn(
                program, [*ALWAYS, f"--user-data-dir={profile}", *arguments, "about:blank"], _surroundings(profile)
            )
        except OSError as err:
            shutil.rmtree(profile, ignore_errors=True)
            raise BrowserFailed(f"{program} could not be started: {err.strerror}") from err
        self._reader = threading.Thread(target=self._run, name="devtools", daemon=True)
        self._reader.start()

    def call(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> Answer:
        """Ask and wait. Not from `on_event`. Raises BrowserFailed when it refuses, has ended or does not answer."""
        try:
            return self.send(method, params, session).result(ANSWER_S)
        except TimeoutError as err:
            raise BrowserFailed(f"{method} was not answered in {ANSWER_S:.0f} s") from err

    def send(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> Future[Answer]:
        """Ask without waiting; a refusal is in the future."""
        answer: Future[Answer] = Future()
        with self._lock:
            self._last += 1
            message: dict[str, Any] = {"id": self._last, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            if self._closed:
                answer.set_exception(BrowserFailed("the browser has ended"))
                return answer
            self._waiting[self._last] = answer
            try:
                _write_all(self._write, json.dumps(message).encode() + b"\0")
            except OSError:
                self._waiting.pop(self._last)
                answer.set_exception(BrowserFailed("the browser has ended"))
        return answer

    def close(self) -> None:
        """End Chromium and everything it wrote. May be called twice; not from `on_event`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            os.close(self._write)
        _end(self._pid)
        self._reader.join(END_S)
        os.close(self._read)
        remove(self._profile)

    def _run(self) -> None:
        kept = bytearray()
        while True:
            try:
                piece = os.read(self._read, 1 << 20)
            except OSError:
                piece = b""
            if not piece:
                break
            kept += piece
            while (end := kept.find(0)) >= 0:
                message = json.loads(bytes(kept[:end]))
                del kept[: end + 1]
                self._heard(message)
        with self._lock:
            left, closed = list(self._waiting.values()), self._closed
            self._waiting.clear()
        for answer in left:
            answer.set_exception(BrowserFailed("the browser has ended"))
        if not closed:
            self._on_gone()

    def _heard(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self._on_event(message["method"], message.get("params", {}), message.get("sessionId", ""))
            return
        with self._lock:
            answer = self._waiting.pop(message["id"], None)
        if answer is None:
            return
        if "error" in message:
            answer.set_exception(BrowserFailed(str(message["error"].get("message", "refused"))))
        else:
            answer.set_result(message.get("result", {}))


def remove(folder: Path) -> None:
    """A folder and all in it; a process that is still ending may write once more, so again until it is gone."""
    deadline_s = time.monotonic() + END_S
    while folder.exists() and time.monotonic() < deadline_s:
        shutil.rmtree(folder, ignore_errors=True)


def _surroundings(profile: Path) -> dict[str, str]:
    """Nothing of the node's own, and a home that goes with the profile."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {**kept, "HOME": str(profile), "TMPDIR": str(profile)}


def _spawn(program: str, arguments: list[str], surroundings: dict[str, str]) -> tuple[int, int, int]:
    """(pid, end to write to, end to read from). It leads a group of its own, so that it is ended as a whole."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOW_FDS) for fd in (theirs_in, theirs_out)]
    actions: list[Any] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, high[0], 3),
        (os.POSIX_SPAWN_DUP2, high[1], 4),
    ]
    try:
        pid = os.posix_spawn(program, [program, *arguments], surroundings, file_actions=actions, setpgroup=0)
    except OSError:
        os.close(ours_out)
        os.close(ours_in)
        raise
    finally:
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
    return pid, ours_out, ours_in


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
