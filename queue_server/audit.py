"""Writes down who did what to people's data and to access, and why; the rows hold no personal data of a citizen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from .database import Database
from .tables import audit


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`who`: "staff:li", "cli", "purge". `what`: a verb and what it was done to. `reason`: as the person gave it."""

    at_ms: int
    who: str
    what: str
    reason: str


def record(connection: Connection, hall: str, row: AuditRow) -> None:
    """Add a row inside the transaction that does what it tells."""
    connection.execute(insert(audit).values(hall=hall, at_ms=row.at_ms, who=row.who, what=row.what, reason=row.reason))


def audit_rows(database: Database, hall: str, limit: int = 1000) -> list[AuditRow]:
    """The newest rows first. Raises `NotReadable`."""
    statement = (
        select(audit.c.at_ms, audit.c.who, audit.c.what, audit.c.reason)
        .where(audit.c.hall == hall)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    with database.reading() as connection:
        return [AuditRow(*row) for row in connection.execute(statement)]
