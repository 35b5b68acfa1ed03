"""The place a node was given, on its disk: name, token and file, replaced all at once; knows no server and no page."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """`version` is that of `file`, the node's TOML text."""

    node: str
    token: str = field(repr=False)
    file: str
    version: int


class PlaceStore:
    """Keeps the place in `folder`/place.json and this machine's secret beside it, both for our user's eyes only.

    Raises OSError when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._place, self._secret = folder / "place.json", folder / "enrolment.secret"

    def read(self) -> Place | None:
        """None before the first place, and when the file is damaged: then the machine asks for its place again."""
        try:
            return Place(**json.loads(self._place.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, place: Place) -> None:
        _replace(self._place, json.dumps(asdict(place), ensure_ascii=False))

    def forget(self) -> None:
        """The place was given to another machine: ask anew, under a new secret."""
        self._secret.unlink(missing_ok=True)
        self._place.unlink(missing_ok=True)

    def secret(self) -> str:
        """What this machine proves itself with until it has a token; made once."""
        try:
            secret = self._secret.read_text("utf-8").strip()
        except OSError:
            secret = ""
        if not secret:
            secret = secrets.token_urlsafe(32)
            _replace(self._secret, secret)
        return secret


def _replace(path: Path, text: str) -> None:
    """Durably and as a whole: after a power cut there is the old file or the new one."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
