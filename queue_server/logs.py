"""Log lines as JSON on standard error, for journald and people with `jq`; knows nothing of what is logged.

Lines carry codes, ids of tickets and windows, and places in our code, never a request's values: an exception may quote
them, and with them a citizen (REQUIREMENTS.md 7).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# The link of a ticket is a credential: in an address, in the name of a live view, in whatever quotes one of them.
_LINK = re.compile(r"(/t/|/phone/|ticket:)[A-Za-z0-9_-]{22}")


def without_links(text: str) -> str:
    return _LINK.sub(r"\1***", text)


def _hide_links(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, said in line.items():
        if isinstance(said, str):
            line[name] = without_links(said)
    return line


class LinksHidden(logging.Formatter):
    """For what has handlers of its own, as gunicorn does: its lines as they are, but for links."""

    def __init__(self, formatter: logging.Formatter | None) -> None:
        super().__init__()
        self._formatter = formatter or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return without_links(self._formatter.format(record))


def configure(level: int = logging.INFO) -> None:
    """Send everything that Python's logging gets to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _hide_links,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("engineio", "socketio", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
