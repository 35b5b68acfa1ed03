"""Hands in the tickets that were given while the server was away, and notices that it is back; knows no printer.

Every ticket is sent in the order it was given, with a key of its own and always the same body, until the server says
what became of it: a power cut at any point repeats the question, never the ticket.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import structlog

from kiosk.errors import OutboxUnwritable
from kiosk.offline import OfflineDesk
from kiosk.offline_memory import HallMemory, rfc3339
from kiosk.offline_store import Kept, Outbox
from queue_server.client import HallClient, HallRefused, HallUnreachable

FRESH_S = 30.0
"""How often the hall is asked anew while all is well: its clock, its hours, its public key."""
AGAIN_S = 1.0
NOT_ITS_FAULT = frozenset({401, 403, 429})
"""Answers that say nothing about the ticket: a revoked token must not cost a citizen the place in line."""


class Courier:
    """One thread. `looked` is called after every look: whether the server is `here`, and which labels are `waiting` to
    be handed in, were `refused` or are `void`, in the order they were given."""

    def __init__(
        self,
        client: HallClient,
        memory: HallMemory,
        outbox: Outbox,
        desk: OfflineDesk,
        looked: Callable[[], None] = lambda: None,
    ) -> None:
        self._client, self._memory, self._outbox, self._desk = client, memory, outbox, desk
        self._looked = looked
        self._closing, self._wake = threading.Event(), threading.Event()
        self._log = structlog.get_logger()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self.here = True
        self.waiting: list[str] = []
        self.refused: list[str] = []
        self.void: list[str] = []

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)

    def lost(self) -> None:
        """The server did not answer in time: until it does again, nobody waits for it."""
        self.here = False
        self._wake.set()

    def look(self) -> None:
        """Something changed: a new ticket is waiting, or the server may be back."""
        self._wake.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._memory.heard_hall(self._client.hall())
                self._memory.save()
                self._hand_in_all()
                self.here = True
                self._desk.server_is_back()
            except (HallUnreachable, HallRefused) as err:
                self.here = False
                self._log.info("server_away", reason=str(err), waiting=len(self.waiting))
            except OutboxUnwritable:
                self._log.error("tickets_wait", waiting=len(self.waiting))
            self._count()
            self._looked()
            self._wake.wait(FRESH_S if self.here and not self.waiting else AGAIN_S)
            self._wake.clear()

    def _hand_in_all(self) -> None:
        for kept in self._outbox.waiting():
            if self._closing.is_set():
                return
            self._hand_in(kept)
        self._outbox.forget_old(self._memory.now().at_ms)

    def _hand_in(self, kept: Kept) -> None:
        body = kept.body
        if body is None:
            body = self._body(kept)
            self._outbox.freeze(kept, body)
        try:
            ticket = self._client.command("POST", "/offline-tickets", body, f"offline-{kept.ticket_id}")
        except HallRefused as refused:
            if refused.status == 500:  # the server stumbled over this one: it must not hold up the others
                self._log.error("ticket_failed", label=kept.view["label"])
                return
            if refused.status in NOT_ITS_FAULT or refused.status > 500:
                raise
            self._log.error("ticket_refused", label=kept.view["label"], code=refused.code)
            self._outbox.done(kept, "refused", refused.code)
        else:
            self._log.info("ticket_handed_in", label=kept.view["label"], state=ticket["state"])
            self._outbox.done(kept, "delivered", ticket["outcome"] if ticket["state"] == "cancelled" else None)

    def _body(self, kept: Kept) -> dict[str, Any]:
        moment = self._memory.measured(kept.moment)
        body = {
            "ticket_id": kept.ticket_id,
            "label": kept.view["label"],
            "number": kept.number,
            "service": kept.view["service"],
            "taken_at": rfc3339(moment.at_ms),
            "clock_sure": moment.sure,
            "tap": kept.tap_id,
            "priority": kept.view["priority"],
            "appointment": kept.appointment,
            "sealed": kept.sealed,
        }
        return {name: value for name, value in body.items() if value is not None}

    def _count(self) -> None:
        def labels(kept: list[Kept]) -> list[str]:
            return [each.view["label"] for each in kept]

        with contextlib.suppress(OutboxUnwritable):  # said in the log by the outbox; the last count stands
            self.waiting = labels(self._outbox.waiting())
            self.refused, self.void = labels(self._outbox.refused()), labels(self._outbox.void())
