"""The files of a hall's nodes, kept at the server so that a spare fetches the settings of its place; no HTTP.

A file is what `kiosk-node run --config` or `display-node run --config` reads, without what each machine knows by
itself: the server's address, the place of its token and of its data.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update

from config.errors import ConfigError
from config.node import (
    DATA_VARIABLE,
    SERVER_VARIABLE,
    TOKEN_FILE_VARIABLE,
    DisplaySettings,
    KioskSettings,
    load_display,
    load_kiosk,
)

from .audit import AuditRow, record
from .database import Database
from .errors import BadNodeFile, FileChanged, UnknownNode
from .tables import nodes

FILE_MAX = 64 * 1024
_ID = re.compile(r"[a-z0-9-]{1,32}")
_LOAD: Mapping[str, Callable[..., KioskSettings | DisplaySettings]] = {"kiosk": load_kiosk, "display": load_display}
_ELSEWHERE = {SERVER_VARIABLE: "http://127.0.0.1:8080", TOKEN_FILE_VARIABLE: "token", DATA_VARIABLE: "data"}

_FIRST: Mapping[str, str] = {
    "kiosk": """# The kiosk {node}: put the addresses of its devices in; `hall-devices list` on the machine shows them.
[node]
id = "{node}"

[page]
host = "127.0.0.1"
port = 8081

[devices.printer]
driver = "escpos"
address = "serial:///dev/hall-printer?baud=9600"
width_mm = 80
""",
    "display": """# The display {node}: a wall. Speaker, pads, signs and lamps are added here; see docs/settings.md.
[node]
id = "{node}"

[page]
host = "127.0.0.1"
port = 8082
""",
}


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A node's place. `version` counts changes of `text` from 1."""

    node: str
    kind: str
    text: str
    version: int
    changed_ms: int


class NodeFiles:
    """The files of hall `hall`. Methods raise `NotDurable` or `NotReadable` when the store is gone."""

    def __init__(self, database: Database, hall: str) -> None:
        self._database, self._hall = database, hall

    def all(self) -> list[NodeFile]:
        """Every place by name."""
        rows = select(*_COLUMNS).where(nodes.c.hall == self._hall).order_by(nodes.c.id)
        with self._database.reading() as connection:
            return [NodeFile(*row) for row in connection.execute(rows)]

    def find(self, node: str) -> NodeFile | None:
        with self._database.reading() as connection:
            row = connection.execute(select(*_COLUMNS).where(self._this(node))).first()
        return None if row is None else NodeFile(*row)

    def add(self, node: str, kind: str, *, by: str) -> None:
        """A new place with a first file. Raises BadNodeFile for a name that is not [a-z0-9-]{1,32}."""
        if not _ID.fullmatch(node):
            raise BadNodeFile(["A node's name has 1 to 32 small letters, digits and hyphens."])
        values = {"kind": kind, "file": _FIRST[kind].format(node=node), "version": 1, "changed_ms": _now_ms()}
        with self._database.writing() as connection:
            connection.execute(insert(nodes).values(hall=self._hall, id=node, **values))
            record(connection, self._hall, AuditRow(_now_ms(), by, f"node add {node} {kind}", ""))

    def change(self, node: str, text: str, version: int, *, by: str) -> list[int]:
        """Replace a node's file, which was `version` when it was read; returns the windows it operates by it.

        Raises UnknownNode, FileChanged when somebody else was quicker, BadNodeFile with every mistake.
        """
        known = self.find(node)
        if known is None:
            raise UnknownNode(f"There is no place {node!r}.")
        windows = operated(node, known.kind, text)
        this = self._this(node) & (nodes.c.version == version)
        values = {"file": text, "version": version + 1, "changed_ms": _now_ms()}
        with self._database.writing() as connection:
            if not connection.execute(update(nodes).where(this).values(**values)).rowcount:
                raise FileChanged(f"The file of {node!r} was changed meanwhile; read it again.")
            record(connection, self._hall, AuditRow(_now_ms(), by, f"node file {node}", ""))
        return windows

    def remove(self, node: str, *, by: str) -> None:
        """Raises UnknownNode."""
        with self._database.writing() as connection:
            if not connection.execute(delete(nodes).where(self._this(node))).rowcount:
                raise UnknownNode(f"There is no place {node!r}.")
            record(connection, self._hall, AuditRow(_now_ms(), by, f"node remove {node}", ""))

    def _this(self, node: str) -> Any:
        return (nodes.c.hall == self._hall) & (nodes.c.id == node)


def operated(node: str, kind: str, text: str) -> list[int]:
    """The windows whose keys hang on the node by this file. Raises BadNodeFile with every mistake in it."""
    if len(text.encode()) > FILE_MAX:
        raise BadNodeFile([f"The file is longer than {FILE_MAX // 1024} KiB."])
    try:
        settings = _LOAD[kind](Path(f"{node}.toml"), _ELSEWHERE, text)
    except ConfigError as err:
        raise BadNodeFile([str(mistake) for mistake in err.mistakes]) from None
    if settings.node.id != node:
        raise BadNodeFile([f'[node] id is "{settings.node.id}", and this place is "{node}".'])
    return settings.operated() if isinstance(settings, DisplaySettings) else []


_COLUMNS = [nodes.c[name] for name in ("id", "kind", "file", "version", "changed_ms")]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
