"""The one place where a command becomes durable: take what waits, decide, append, tell; knows no HTTP and no sockets.

One OS thread writes. It takes all waiting commands at once, decides each on the hall in memory, and appends their
events and answers in one transaction (group commit). Nobody is answered before that transaction is on the disk.

    Conflict    another process wrote first: fold anew from the journal, decide again.
    NotDurable  nothing can be promised: forget the hall, answer `not_durable` to every command of the batch.

What was committed, by this process or by another on the same journal, goes to `deliver` once, in `seq` order, with
the answers that depend on it. `deliver` is called in the writer's thread and must not block.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty

from config.settings import HallSettings
from queue_server.codec import decode, encode
from queue_server.errors import Conflict, NotDurable
from queue_server.hall.commands import Command, Tick
from queue_server.hall.events import Event
from queue_server.hall.evolve import evolve
from queue_server.hall.rules import Decision, decide, next_due_ms
from queue_server.hall.state import Hall
from queue_server.journal import Answer, Entry, Journal, Sealed
from queue_server.request_keys import new_key
from queue_server.threads import os_lock, os_queue, start_os_thread

BATCH_MAX = 256
POLL_S = 0.1  # how long another process's events may stay unseen
IDLE_S = 300.0
READ_AT_ONCE = 1000
RETRY_S = 1.0  # after a failure, how long until the journal is read again though nobody asked
CONFLICTS_MAX = 20  # races are lost a few times at most; more means that the command itself can never be written

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker gets, ready to send; `body` is empty for 204."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One command and how to answer it.

    answer: makes the reply from the hall after the decision; called in the writer's thread.
    fingerprint: of the whole request when it carried an Idempotency-Key (then `command.command_id` is that key).
    sealed: encrypted fields to keep if the command is not refused.
    """

    command: Command
    by: str
    answer: Callable[[Hall, Decision], Reply]
    done: Callable[[Reply], None]
    fingerprint: str | None = None
    sealed: Sequence[Sealed] = ()


@dataclass(slots=True)
class Delivery:
    """Committed events with their `seq`, and the answers that may be given now that they are."""

    events: list[tuple[int, Event]] = field(default_factory=list)
    replies: list[tuple[Asked, Reply]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Replies:
    """What the engine itself answers, in the words of whoever uses it."""

    not_durable: Reply
    key_reused: Reply
    failed: Reply


class Engine:
    """Writes one hall's journal. `start` folds it and begins; `stop` ends after what was already asked."""

    def __init__(
        self,
        settings: HallSettings,
        journal: Journal,
        *,
        now_ms: Callable[[], int],
        deliver: Callable[[Delivery], None],
        replies: Replies,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._now_ms = now_ms
        self._deliver = deliver
        self._replies = replies
        self._waiting = os_queue()
        self._hall: Hall | None = None
        self._delivered = 0
        self._stopped = os_lock()
        self.failing = False  # the last write was not confirmed

    def start(self) -> list[tuple[int, Event]]:
        """Fold the current day and begin to write; returns the day's events. Raises NotDurable if it can't be read."""
        events = self._fold(delivered=None)
        self._delivered = self._require_hall().seq
        self._stopped.acquire()
        start_os_thread(self._run)
        return events

    def submit(self, asked: Asked) -> None:
        """Ask for a command; `asked.done` is called by whoever handles `deliver`."""
        self._waiting.put(asked)

    def stop(self) -> None:
        """Write what was asked so far, then end the writer's thread."""
        self._waiting.put(None)
        self._stopped.acquire()
        self._stopped.release()

    # -- the writer's thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        running = True
        while running:
            due_ms = next_due_ms(self._hall) if self._hall is not None else None
            batch, running = self._take(self._patience_s(due_ms))
            if due_ms is not None and due_ms <= self._now_ms():  # between batches: a busy hall does not put it off
                batch.append(self._tick())
            self._write_surely(batch)
        self._stopped.release()

    def _write_surely(self, batch: list[Asked]) -> None:
        """Write, or answer that it failed: a writer that died silently would leave every later request hanging."""
        try:
            self._write(batch)
        except Exception:
            log.exception("a batch of %d failed", len(batch))
            self._hall = None
            if len(batch) == 1:
                self._deliver(Delivery(replies=[(batch[0], self._replies.failed)]))
            else:  # one bad command must not fail its neighbours
                for asked in batch:
                    self._write_surely([asked])

    def _take(self, patience_s: float) -> tuple[list[Asked], bool]:
        """All that waits, or nothing when only time has passed; False when the thread should end."""
        batch: list[Asked] = []
        try:
            asked = self._waiting.get(timeout=patience_s)
            while asked is not None:
                batch.append(asked)
                if len(batch) == BATCH_MAX:
                    return batch, True
                asked = self._waiting.get_nowait()
        except Empty:
            return batch, True
        return batch, False

    def _patience_s(self, due_ms: int | None) -> float:
        if self._hall is None:
            return RETRY_S
        due_s = IDLE_S if due_ms is None else max(0.0, (due_ms - self._now_ms()) / 1000)
        # The end of the day may be hours away: look at the clock now and then, it may be set meanwhile.
        return min(due_s, POLL_S if self._journal.shared else IDLE_S)

    def _write(self, batch: list[Asked]) -> None:
        unanswered = batch
        for _ in range(CONFLICTS_MAX):
            try:
                with self._journal.turn():
                    self._catch_up()
                    if batch:
                        self._commit(batch)
                        unanswered = []  # even if the turn cannot be given back
                self.failing = False
                return
            except Conflict:
                self._hall = None
            except NotDurable as err:
                log.warning("not durable: %s", err)
                self._hall = None
                self.failing = True
                self._deliver(Delivery(replies=[(asked, self._replies.not_durable) for asked in unanswered]))
                return
        self._give_up(batch)

    def _give_up(self, batch: list[Asked]) -> None:
        """Find the command that can never be written: its id is in the journal, but its answer was cleared away."""
        if len(batch) == 1:
            self._deliver(Delivery(replies=[(batch[0], self._replies.key_reused)]))
            return
        for asked in batch:
            self._write_surely([asked])

    def _commit(self, batch: list[Asked]) -> None:
        hall = self._require_hall()
        after = hall.seq
        given = self._journal.answers([a.command.command_id for a in batch if a.fingerprint is not None])
        entries: list[Entry] = []
        answers: list[Answer] = []
        sealed: list[Sealed] = []
        delivery = Delivery()
        for asked in batch:
            earlier = given.get(asked.command.command_id) if asked.fingerprint is not None else None
            if earlier is not None:
                same = earlier.fingerprint == asked.fingerprint
                reply = Reply(earlier.status, earlier.body) if same else self._replies.key_reused
                delivery.replies.append((asked, reply))
                continue
            decision = decide(hall, asked.command)
            reply = asked.answer(hall, decision)
            for n, event in enumerate(decision.events):
                kind, version, data = encode(event)
                seq = after + len(entries) + 1
                entries.append(Entry(seq, event.at_ms, kind, version, data, asked.by, asked.command.command_id, n))
                delivery.events.append((seq, event))
            if asked.fingerprint is not None:
                answer = Answer(
                    asked.command.command_id, asked.command.at_ms, asked.fingerprint, reply.status, reply.body
                )
                given[answer.command_id] = answer
                answers.append(answer)
            if decision.refused is None:
                sealed.extend(asked.sealed)
            delivery.replies.append((asked, reply))
        if entries or answers:
            self._journal.append(after, entries, answers, sealed)
        self._delivered = hall.seq
        self._deliver(delivery)

    # -- following the journal ----------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        """Make the hall stand at the end of the journal, and deliver what others wrote."""
        if self._hall is None:
            events = self._fold(self._delivered)
        elif self._journal.shared:
            events = self._read(self._hall.seq)
            for seq, event in events:
                evolve(self._hall, event, seq)
        else:
            return
        missed = [(seq, event) for seq, event in events if seq > self._delivered]
        if missed:
            self._delivered = missed[-1][0]
            self._deliver(Delivery(events=missed))

    def _fold(self, delivered: int | None) -> list[tuple[int, Event]]:
        """A new hall from the last DayOpened; returns that day's events and, before them, those not delivered yet."""
        before = max(0, self._journal.last_day_opened() - 1)
        hall = Hall(self._settings, seq=before)
        events = self._read(before if delivered is None else min(before, delivered))
        for seq, event in events:
            if seq > hall.seq:
                evolve(hall, event, seq)
        self._hall = hall
        return events

    def _read(self, after: int) -> list[tuple[int, Event]]:
        events: list[tuple[int, Event]] = []
        while True:  # in pieces: memory that the rows of a whole day took once is never given back
            rows = self._journal.read(after, READ_AT_ONCE)
            events += [(row.seq, decode(row.kind, row.version, row.at_ms, row.data)) for row in rows]
            if len(rows) < READ_AT_ONCE:
                return events
            after = rows[-1].seq

    def _require_hall(self) -> Hall:
        if self._hall is None:
            raise RuntimeError("the hall has not been folded")
        return self._hall

    # -- time ---------------------------------------------------------------------------------------------------------

    def _tick(self) -> Asked:
        command = Tick(command_id=f"tick-{new_key()}", at_ms=self._now_ms())
        return Asked(command, "rules", answer=_nothing, done=_ignore)


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return Reply(204, b"")


def _ignore(_reply: Reply) -> None:
    """Nobody asked."""
