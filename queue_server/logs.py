"""Log lines as JSON on standard error, for journald and people with `jq`; knows nothing of what is logged.

Lines carry codes, ids of tickets and windows, and places in our code, never a request's values: an exception may quote
them, and with them a citizen (REQUIREMENTS.md 7).
"""

from __future__ import annotations

import logging
import sys

import structlog


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
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("engineio", "socketio", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
