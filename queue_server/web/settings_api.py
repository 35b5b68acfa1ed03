"""The operations on a hall's settings: read, try out, change, take back; knows neither the rules nor the file's layout.

The settings in force are the last ones changed, in the TOML file or here. The file is read at start: when it was edited
since this server last read it, it wins and is written to the history like any other change.
"""

from __future__ import annotations

from typing import Any, TypedDict

from flask import Response
from gevent import get_hub

from config.document import as_toml, changes, document_of
from config.errors import ConfigError
from config.load import read_hall
from config.settings import HallSettings
from queue_server.codec import decode
from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import rfc3339
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.rows import Entry
from queue_server.web import answers
from queue_server.web.bodies.hall import SettingsBody, UndoBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, refused, response
from queue_server.web.spec import Operation

HISTORY_SHOWN = 20


class SettingsView(TypedDict):
    """`version` 0: the file's settings, never changed here."""

    version: int
    document: dict[str, object]


class Change(TypedDict):
    key: str
    before: object
    after: object


class ChangesView(TypedDict):
    changes: list[Change]


class Version(TypedDict):
    """`source`: page, undo or file."""

    version: int
    at: str
    by: str
    source: str
    changes: list[Change]


def read_settings(call: Call) -> Response:
    return response(_shown(call.server.views.hall))


def settings_as_file(call: Call) -> Response:
    text = as_toml(document_of(call.server.views.hall.settings))
    return Response(text, content_type="application/toml; charset=utf-8")


def try_settings(call: Call) -> Response:
    body: SettingsBody = call.body
    before = document_of(call.server.views.hall.settings)
    return response(answers.said({"changes": changes(before, document_of(_checked(body.document)))}))


def change_settings(call: Call) -> Response:
    body: SettingsBody = call.body
    return _change(call, _checked(body.document), "page", body.version)


def undo_settings(call: Call) -> Response:
    """Take the last change back: the settings before it come into force again, as a new version."""
    body: UndoBody = call.body
    before = get_hub().threadpool.apply(_settings_before, (call,))
    if before is None:
        raise ProblemError("nothing_to_undo")
    return _change(call, before, "undo", body.version)


def settings_history(call: Call) -> Response:
    rows: list[Version] = get_hub().threadpool.apply(_history, (call,))
    return response(answers.said(list(rows)))


def _change(call: Call, settings: HallSettings, source: str, version: int) -> Response:
    return call.command(
        lambda command_id, at_ms: c.ChangeSettings(
            command_id=command_id,
            at_ms=at_ms,
            settings=settings,
            source=source,
            file_digest=call.server.file_digest,
            version=version,
        ),
        _answer,
    )


def _answer(hall: Hall, decision: Decision) -> Reply:
    return _shown(hall) if decision.refused is None else refused(decision.refused)


def _shown(hall: Hall) -> Reply:
    return answers.said({"version": hall.settings_version, "document": document_of(hall.settings)})


def _checked(document: dict[str, Any]) -> HallSettings:
    try:
        return read_hall(document)
    except ConfigError as err:
        raise ProblemError("invalid_values", [{"field": m.key, "problem": m.message} for m in err.mistakes]) from None


def _history(call: Call) -> list[Version]:
    """The newest changes first; each row says what it changed against the one before it."""
    versions: list[Version] = []
    row = _changed_at(call, call.server.views.hall.settings_row)
    while row is not None and len(versions) < HISTORY_SHOWN:
        entry, event = row
        row = _changed_at(call, event.previous)
        before = document_of(row[1].settings) if row is not None else None
        versions.append(
            {
                "version": event.version,
                "at": rfc3339(event.at_ms) or "",
                "by": entry.by,
                "source": event.source,
                "changes": changes(before, document_of(event.settings)) if before is not None else [],  # type: ignore[typeddict-item]
            }
        )
    return versions


def _settings_before(call: Call) -> HallSettings | None:
    last = _changed_at(call, call.server.views.hall.settings_row)
    before = _changed_at(call, last[1].previous) if last is not None else None
    return before[1].settings if before is not None else None


def _changed_at(call: Call, seq: int) -> tuple[Entry, e.SettingsChanged] | None:
    rows = call.server.journal.read(seq - 1, 1) if seq else []
    for row in rows:
        event = decode(row.kind, row.version, row.at_ms, row.data)
        if isinstance(event, e.SettingsChanged):
            return row, event
    return None


SETTINGS: dict[int, object] = {200: SettingsView}
IN_USE = ("settings_changed", "hall_id_fixed", "service_in_use", "window_in_use")
OPERATIONS = [
    Operation("GET", "/settings", read_settings, "The settings in force", "settings.read", SETTINGS),
    Operation("GET", "/settings/file", settings_as_file, "The same as a TOML file", "settings.read", {200: None}),
    Operation(
        "GET", "/settings/history", settings_history, "What was changed, newest first", "settings.read",
        {200: list[Version]},
    ),
    Operation(
        "POST", "/settings/try", try_settings, "Check settings and say what would change", "settings.change",
        {200: ChangesView}, SettingsBody,
    ),
    Operation(
        "POST", "/settings", change_settings, "Change the settings", "settings.change", SETTINGS, SettingsBody,
        refusals=IN_USE,
    ),
    Operation(
        "POST", "/settings/undo", undo_settings, "Take the last change back", "settings.change", SETTINGS, UndoBody,
        refusals=(*IN_USE, "nothing_to_undo"),
    ),
]  # fmt: skip
