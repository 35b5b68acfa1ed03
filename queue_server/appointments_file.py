"""Hands a file of bookings to a hall: to its running server, or to the hall itself when none runs; knows no rule.

Either way it is one request of the API, so that a file and a program are checked alike. The token it needs lives as
long as the command.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings import HallSettings
from queue_server.access import Access
from queue_server.database import Database, default_url
from queue_server.errors import QueueServerError
from queue_server.hall.refusal import REFUSALS
from queue_server.request_keys import new_key
from queue_server.wire.contract import API, IDEMPOTENCY_HEADER

# What the file itself can have wrong; the rest are the rules' own words.
WORDS = {
    **REFUSALS,
    "no_columns": "The first line must name the columns service, day, time and id_number or phone.",
    "not_csv": "This is no CSV: a quotation mark is open.",
    "too_many_lines": "The file has more than 5,000 lines: cut it in two.",
    "no_service": "The service is missing.",
    "no_day": "The day is missing or is none: write 2026-11-20.",
    "no_time": "The time is missing or is none: write 09:30.",
    "no_citizen": "An ID number or a phone number is needed.",
    "bad_citizen": "The name or a number is too long.",
}
PATH = f"{API}/import/appointments"


class CannotImport(QueueServerError):  # noqa: N818 - named like the others of this tree
    """The file could not be handed over; the sentence says why, and that nothing was booked."""

    code = "cannot_import"


@dataclass(frozen=True, slots=True)
class Imported:
    """booked: how many. wrong: line and code of every line that can't be booked; then nothing was."""

    booked: int
    wrong: tuple[tuple[int, str], ...]


def read_text(file: Path) -> str:
    """UTF-8, with or without its mark, or GB 18030 as spreadsheets in China save it. Raises CannotImport."""
    data = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotImport(f"{file}: this is no text in UTF-8 or GB 18030: save it as CSV. Nothing was booked.")


def hand_over(
    settings: HallSettings, config: Path, data: Path, file: Path, server: str, database: str | None = None
) -> Imported:
    """Book the file. server: "http://host:port", asked when a server has the data folder. Raises CannotImport, or what
    the database raises."""
    body = {"csv": read_text(file)}
    with _token(settings, data, database) as token, _folder(data) as free:
        if free:
            digest = hashlib.sha256(config.read_bytes()).hexdigest()
            status, content = _here(settings, data, digest, database, token, body)
        else:
            status, content = _ask(server, token, body)
    if status == 201:
        return Imported(len(content["booked"]), ())
    if content.get("code") == "import_refused":
        return Imported(0, tuple((line["line"], line["code"]) for line in content["facts"]["lines"]))
    raise CannotImport(f"{content.get('detail', status)} Nothing was booked.")


@contextmanager
def _token(settings: HallSettings, data: Path, database: str | None) -> Iterator[str]:
    opened = Database(database or default_url(data))
    access, name = Access(opened, settings.id), f"import-{secrets.token_hex(4)}"
    try:
        yield access.create_token("manager", (), name)
    finally:
        access.revoke_tokens_named(name)
        opened.close()


@contextmanager
def _folder(data: Path) -> Iterator[bool]:
    """Whether no server has the folder; then nobody else can take it either until this is done."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        free = True
    except BlockingIOError:
        free = False
    try:
        yield free
    finally:
        os.close(folder)


def _here(
    settings: HallSettings, data: Path, digest: str, database: str | None, token: str, body: dict[str, str]
) -> tuple[int, Any]:
    from queue_server.web.app import close, create_app

    app = create_app(settings, data, file_digest=digest, database_url=database)
    try:
        answer = app.test_client().post(PATH, json=body, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_json()
    finally:
        close(app)


def _ask(server: str, token: str, body: dict[str, str]) -> tuple[int, Any]:
    import requests  # the other commands start without it

    headers = {"Authorization": f"Bearer {token}", IDEMPOTENCY_HEADER: new_key()}
    try:
        answer = requests.post(server.rstrip("/") + PATH, json=body, headers=headers, timeout=60)
        return answer.status_code, answer.json()
    except (requests.RequestException, json.JSONDecodeError):
        raise CannotImport(
            f"A server has the data folder, but none answers at {server}: name its address with --server."
        ) from None
