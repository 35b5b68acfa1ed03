"""Works out a "what if" in a process of its own, one at a time, never in the event loop; knows no HTTP and no rule."""

from __future__ import annotations

import sys
from typing import Any

from gevent import get_hub

from config.document import document_of
from config.settings import HallSettings
from queue_server.child import Child
from queue_server.journal import Journal

LEARNED_ROWS = 20_000  # of the journal's end, and at least today's: some days of a hall, read in about a second
READ_AT_ONCE = 1000
ANSWER_S = 12.0


class BusyError(Exception):
    """Somebody else's question is being worked out."""


class WhatIfProcess:
    def __init__(
        self, journal: Journal, command: tuple[str, ...] = (sys.executable, "-m", "queue_server.simulate")
    ) -> None:
        self._journal = journal
        self._command = command
        self._busy = False

    def ask(self, settings: HallSettings, question: dict[str, Any]) -> dict[str, Any]:
        """The process's answer. Raises BusyError, or OSError when there is none in time."""
        if self._busy:
            raise BusyError
        self._busy = True
        try:
            # A pool thread waits for the pipes: the loop goes on, and the thread outlives the process it starts.
            answer: dict[str, Any] = get_hub().threadpool.apply(self._run, (settings, question))
        finally:
            self._busy = False
        return answer

    def _run(self, settings: HallSettings, question: dict[str, Any]) -> dict[str, Any]:
        process = Child(self._command)
        try:
            process.send([{"settings": document_of(settings)}])
            seen = max(0, min(self._journal.last_day_opened() - 1, self._journal.last_seq() - LEARNED_ROWS))
            while rows := self._journal.read(seen, READ_AT_ONCE):
                process.send([{"row": [row.seq, row.at_ms, row.kind, row.version, row.data]} for row in rows])
                seen = rows[-1].seq
            return process.ask(question, ANSWER_S)
        finally:
            process.close()
