"""Events as JSON with kind and version, and back; knows how old versions are read, nothing of where they are kept.

An event's version is 1 until its meaning changes. Then the new version goes into `VERSIONS`, and a function that turns
the old fields into the new ones into `UPCASTS`, keyed by (kind, old version): rows are never rewritten. A field with a
default may be added without a new version. tests/golden keeps one row of every version ever written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from config.document import document_of
from config.load import read_hall
from queue_server.hall.events import KINDS, Event

VERSIONS: dict[str, int] = {}
UPCASTS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}

# Tuples have no JSON form of their own, so the fields that hold one are found once, by their annotation.
_TUPLES = {
    kind: frozenset(f.name for f in fields(cls) if "tuple[" in str(f.type) or f.type == "Place")
    for kind, cls in KINDS.items()
}
_ROWS = {kind: frozenset(f.name for f in fields(cls) if "tuple[tuple[" in str(f.type)) for kind, cls in KINDS.items()}
_DEFAULTS = {kind: {f.name: f.default for f in fields(cls) if f.default is not MISSING} for kind, cls in KINDS.items()}
_NAMES = {kind: tuple(f.name for f in fields(cls) if f.name != "at_ms") for kind, cls in KINDS.items()}
_KNOWN = {kind: frozenset(names) for kind, names in _NAMES.items()}
_SETTINGS = {kind: frozenset(f.name for f in fields(cls) if f.type == "HallSettings") for kind, cls in KINDS.items()}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class UnreadableEventError(ValueError):
    """A row that this version of the program can't read: a newer kind, or a newer version of a kind."""


def encode(event: Event) -> tuple[str, int, str]:
    """(kind, version, JSON text) of `event`; `at_ms` stands in the row itself, and defaults are left out."""
    kind = type(event).__name__
    defaults = _DEFAULTS[kind]
    data = {}
    for name in _NAMES[kind]:
        value = getattr(event, name)
        if name not in defaults or defaults[name] != value:
            data[name] = document_of(value) if name in _SETTINGS[kind] else value
    return kind, VERSIONS.get(kind, 1), _encode(data)


def decode(kind: str, version: int, at_ms: int, data: str) -> Event:
    """The event of a journal row. Raises UnreadableEventError when the row was written by a newer program."""
    cls = KINDS.get(kind)
    current = VERSIONS.get(kind, 1)
    newer = f"{kind} version {version} was written by a newer program: install that again."
    if cls is None or version > current:
        raise UnreadableEventError(newer)
    values: dict[str, Any] = json.loads(data)
    for old in range(version, current):
        values = UPCASTS[kind, old](values)
    if not values.keys() <= _KNOWN[kind]:  # a field with a default may be added without a new version
        raise UnreadableEventError(newer)
    for name in _TUPLES[kind]:
        if name in values:
            values[name] = tuple(map(tuple, values[name]) if name in _ROWS[kind] else values[name])
    for name in _SETTINGS[kind]:
        values[name] = read_hall(values[name], f"{kind} in the journal")
    return cls(at_ms=at_ms, **values)


def facts(event: Event) -> dict[str, Any]:
    """Every field of `event` but its time, defaults too, as JSON values: what `GET /journal` shows."""
    kind = type(event).__name__
    settings = _SETTINGS[kind]
    return {n: document_of(getattr(event, n)) if n in settings else getattr(event, n) for n in _NAMES[kind]}
