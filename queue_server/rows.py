"""The rows that one append writes; knows their fields, not what they mean nor where they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DAY_OPENED = "DayOpened"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at_ms`: Unix time. `data`: JSON text. `by`: who asked, "staff:li", "node:kiosk-1", "rules", never a
    citizen's data. `n`: this is the n-th event of its command, from 0."""

    seq: int
    at_ms: int
    kind: str
    version: int
    data: str
    by: str
    command_id: str
    n: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer to a command that carried an Idempotency-Key, kept byte for byte."""

    command_id: str
    at_ms: int
    fingerprint: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted personal fields, deletable; one row per (ref, purpose), the newest replaces the older."""

    ref: str
    day: str
    purpose: str
    sealed: bytes


def check_numbering(after: int, entries: Sequence[Entry]) -> None:
    """Raises ValueError unless entries are numbered after+1, after+2, ... (a mistake of the caller, not a race)."""
    for offset, entry in enumerate(entries, start=1):
        if entry.seq != after + offset:
            raise ValueError(f"entry {offset} after {after} has seq {entry.seq}, not {after + offset}")
