"""Machines that become nodes: a code on their glass, a place given by the maintainer, a token and a file; no HTTP.

A machine makes a secret of its own and asks with it again and again until somebody answers. The maintainer reads the
code from the machine's screen and types it on the server's page, so that a stranger in the network cannot slip in
under another machine's name. A place that had a machine before is given to the new one, and the old token stops.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from .access import Access
from .audit import AuditRow, record
from .database import Database
from .errors import TooManyMachines, UnknownCode, WrongKindOfNode
from .node_files import NodeFiles, operated
from .tables import enrolments

CODE_DIGITS = 6
WAITING_MAX = 50
ASKED_WITHIN_MS = 60_000  # a machine asks every few seconds; one that stopped is gone
DELIVERED_WITHIN_MS = 15 * 60_000  # how long an accepted machine may fetch its token again
TRIES = 5

Kind = Literal["kiosk", "display"]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that waits for a place. `asked_ms`: when it asked last; the code is on its own screen only."""

    kind: str
    host: str
    software: str
    asked_ms: int


@dataclass(frozen=True, slots=True)
class Place:
    """What an accepted machine gets. `token` is made for it at this moment and shown nowhere else."""

    node: str
    token: str = field(repr=False)
    file: str
    version: int


class Enrolment:
    """The machines of hall `hall` that ask. Methods raise `NotDurable` or `NotReadable` when the store is gone."""

    def __init__(self, database: Database, hall: str, access: Access, files: NodeFiles) -> None:
        self._database, self._hall, self._access, self._files = database, hall, access, files

    def ask(self, secret: str, kind: Kind, host: str, software: str) -> Place | str:
        """The code to show, or the place once it is given. Raises TooManyMachines while WAITING_MAX others wait."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        for _ in range(TRIES):
            try:
                with self._database.writing() as connection:
                    found = self._seen(connection, digest) or self._noted(connection, digest, kind, host, software)
            except IntegrityError:
                continue  # two machines drew one code
            code, node = found
            return code if node is None else self._give(node)
        raise TooManyMachines("No free code was found; ask again in a moment.")

    def waiting(self) -> list[Machine]:
        """The machines that ask now, the one that came first first."""
        rows = (
            select(enrolments.c.kind, enrolments.c.host, enrolments.c.software, enrolments.c.asked_ms)
            .where(self._ours, enrolments.c.node.is_(None), enrolments.c.asked_ms > _now_ms() - ASKED_WITHIN_MS)
            .order_by(enrolments.c.host, enrolments.c.code)
        )
        with self._database.reading() as connection:
            return [Machine(*row) for row in connection.execute(rows)]

    def accept(self, code: str, node: str, *, by: str) -> None:
        """Give the machine that shows `code` the place `node`, a new one or that of a machine to be replaced.

        Raises UnknownCode, WrongKindOfNode when the place is one of the other kind, BadAccount for a bad name.
        """
        this = self._ours & (enrolments.c.code == code) & (enrolments.c.asked_ms > _now_ms() - ASKED_WITHIN_MS)
        with self._database.reading() as connection:
            row = connection.execute(select(enrolments.c.kind, enrolments.c.node).where(this)).first()
        if row is None or row.node not in (None, node):
            raise UnknownCode(f"No machine shows the code {code}; read it from its screen again.")
        known = self._files.find(node)
        if known is None:
            self._files.add(node, row.kind, by=by)
        elif known.kind != row.kind:
            raise WrongKindOfNode(f"The place {node!r} is for a {known.kind}, and this machine is a {row.kind}.")
        with self._database.writing() as connection:
            # Whoever had this place before has it no more.
            others = self._ours & (enrolments.c.node == node) & (enrolments.c.code != code)
            connection.execute(delete(enrolments).where(others))
            connection.execute(update(enrolments).where(this).values(node=node))
            record(connection, self._hall, AuditRow(_now_ms(), by, f"node accept {node}", ""))
        self._access.revoke_tokens_named(node, by=by)

    def _seen(self, connection: Connection, digest: str) -> tuple[str, str | None] | None:
        """The row of a machine that asked before, now asked again."""
        this = self._ours & (enrolments.c.digest == digest)
        row = connection.execute(select(enrolments.c.code, enrolments.c.node).where(this)).first()
        if row is None:
            return None
        if row.node is None:  # an accepted machine's time to fetch its token is not made longer by fetching
            connection.execute(update(enrolments).where(this).values(asked_ms=_now_ms()))
        return row.code, row.node

    def _noted(
        self, connection: Connection, digest: str, kind: Kind, host: str, software: str
    ) -> tuple[str, str | None]:
        now_ms = _now_ms()
        accepted = enrolments.c.node.is_not(None)
        connection.execute(
            delete(enrolments).where(
                self._ours,
                (~accepted & (enrolments.c.asked_ms <= now_ms - ASKED_WITHIN_MS))
                | (accepted & (enrolments.c.asked_ms <= now_ms - DELIVERED_WITHIN_MS)),
            )
        )
        count = connection.execute(select(func.count()).select_from(enrolments).where(self._ours)).scalar() or 0
        if count >= WAITING_MAX:
            raise TooManyMachines(f"{WAITING_MAX} machines wait for a place already; accept some or switch them off.")
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        values = {"digest": digest, "code": code, "kind": kind, "host": host, "software": software}
        connection.execute(insert(enrolments).values(hall=self._hall, asked_ms=now_ms, **values))
        return code, None

    def _give(self, node: str) -> Place:
        """A new token each time: the answer before this one was lost on the way, and its token stops."""
        found = self._files.find(node)
        if found is None:
            raise UnknownCode(f"The place {node!r} was removed; ask for another one.")
        self._access.revoke_tokens_named(node, by=f"node:{node}")
        windows = operated(node, found.kind, found.text)
        token = self._access.create_token("node", windows, node, by=f"node:{node}")
        return Place(node, token, found.text, found.version)

    @property
    def _ours(self) -> ColumnElement[bool]:
        return enrolments.c.hall == self._hall


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
