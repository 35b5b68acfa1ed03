"""Keeps the estimator's process running, feeds it the journal and hands on what it answers; knows no estimating.

One OS thread talks to the process: rows, a question, one answer, in turn, so that neither ever waits for the other with
full pipes. The rows are read from the journal like any reader reads them; nothing is asked of the writer. When the
process dies, or does not answer, there are no estimates until a new one has read the journal.

The thread that starts a process must outlive it: the kernel's parent-death signal follows the thread.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty

from config.document import document_of
from config.settings import HallSettings
from queue_server.child import Child, ProcessEndedError, end_child
from queue_server.errors import NotReadable
from queue_server.journal import Journal
from queue_server.readers.estimates import NONE, Estimates, estimates_of
from queue_server.threads import os_lock, os_queue, start_os_thread

LEARNED_ROWS = 60_000  # how much of the past is read at start: a week of a busy hall, months of a small one
READ_AT_ONCE = 1000
# Between two questions, as long as the last answer took: a change is answered within a second, and where thousands wait
# and an answer takes seconds, the hall itself gets at least as much of the machine.
PAUSE_S = (0.5, 3.0)
REFRESH_S = 10.0  # also when nothing happens time passes: who is being served gets nearer to the end
FIRST_ANSWER_S = 300.0  # it comes after the past was learned: seconds on a server, a minute on a small board
ANSWER_S = 30.0
RESTART_S = (1.0, 60.0)  # after a process that died: the wait doubles from the first to the second

log = logging.getLogger(__name__)


class Link:
    """Estimates for one hall. `changed` is called in the link's own thread with each new `Estimates`.

    `start` begins, `stop` ends process and thread; `wake` says that the journal has grown and costs next to nothing.
    """

    def __init__(
        self,
        settings: HallSettings,
        journal: Journal,
        *,
        now_ms: Callable[[], int],
        changed: Callable[[Estimates], None],
        command: tuple[str, ...] = (sys.executable, "-m", "queue_server.estimate"),
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._now_ms = now_ms
        self._changed = changed
        self._command = command
        self._wakes = os_queue()
        self._halt = os_queue()
        self._woken = False
        self._stopped = os_lock()
        self._running = False
        self.pid: int | None = None  # of the process, while there is one

    def start(self) -> None:
        self._running = True
        self._stopped.acquire()
        start_os_thread(self._run)

    def wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._wakes.put(True)

    def stop(self) -> None:
        if self._running:
            self._running = False
            self._wakes.put(True)
            self._halt.put(True)
            pid = self.pid
            if pid is not None:
                end_child(pid)  # it may be in the middle of a long answer
            self._stopped.acquire()
            self._stopped.release()

    # -- the link's thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = RESTART_S[0]
        while self._running:
            began_s = time.monotonic()
            try:
                self._serve()
            except (OSError, ValueError, KeyError, TypeError) as err:
                if not self._over():
                    log.warning("the estimator's process ended: %s", err)
            except Exception:
                log.exception("the estimator failed")
            if self._over():
                break
            self._changed(NONE)
            if time.monotonic() - began_s > RESTART_S[1]:
                wait_s = RESTART_S[0]
            self._sleep(wait_s)
            wait_s = min(2 * wait_s, RESTART_S[1])
        self._stopped.release()

    def _over(self) -> bool:
        return not self._running

    def _serve(self) -> None:
        """Run one process until it ends or the link stops."""
        process = Child(self._command)
        self.pid = process.pid
        try:
            process.send([{"settings": document_of(self._settings), "now": self._now_ms()}])
            # Never from the middle of today: who waits now took a number before those rows.
            seen = max(0, min(self._journal.last_day_opened() - 1, self._journal.last_seq() - LEARNED_ROWS))
            patience_s = FIRST_ANSWER_S
            while self._running:
                seen = self._feed(process, seen)
                now_ms, asked_s = self._now_ms(), time.monotonic()
                answer = process.ask({"estimate": now_ms}, patience_s)
                self._changed(estimates_of(answer, now_ms))
                pause_s = min(max(PAUSE_S[0], time.monotonic() - asked_s), PAUSE_S[1])
                self._sleep(pause_s)
                self._wait(REFRESH_S - pause_s)
                patience_s = ANSWER_S
        finally:
            self.pid = None
            process.close()

    def _feed(self, process: Child, seen: int) -> int:
        while True:
            try:
                rows = self._journal.read(seen, READ_AT_ONCE)
            except NotReadable as err:
                raise ProcessEndedError(f"the journal cannot be read: {err}") from err
            process.send([{"row": [row.seq, row.at_ms, row.kind, row.version, row.data]} for row in rows])
            seen = rows[-1].seq if rows else seen
            if len(rows) < READ_AT_ONCE:
                return seen

    def _sleep(self, seconds: float) -> None:
        """Whatever happens in the hall; only `stop` cuts it short."""
        with suppress(Empty):
            self._halt.get(timeout=seconds)

    def _wait(self, timeout_s: float) -> None:
        """Until woken, `timeout_s` at most. What wakes it later wakes it anew."""
        try:
            self._wakes.get(timeout=timeout_s)
        except Empty:
            return
        self._woken = False
