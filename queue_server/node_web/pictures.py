"""Pictures of people and notices at a node: fetched from the server once, kept for when it is away; knows no page."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response

from queue_server.client import HallClient, HallError
from queue_server.node_web.problems import ProblemError

_ID = re.compile(r"[0-9a-f]{32}")


class Pictures:
    """May be used from any thread. folder: keeps pictures as ID.jpg; an id is of these bytes and no others."""

    def __init__(self, client: HallClient, folder: Path) -> None:
        self._client, self._folder = client, folder
        self._lock = threading.Lock()
        self._wanted: set[str] | None = None
        self._fetching: threading.Thread | None = None

    def register(self, app: Flask) -> None:
        def picture(name: str) -> Response:
            data = self.get(name)
            if data is None:
                raise ProblemError(404, "unknown_picture", "There is no such picture, or the server is away.")
            answer = Response(data, content_type="image/jpeg")
            answer.headers["Cache-Control"] = "max-age=86400, immutable"
            return answer

        app.add_url_rule("/pictures/<name>", view_func=picture)

    def keep(self, guide: Mapping[str, Any]) -> None:
        """Fetch every picture that the view `guide` names, and forget the others: what is not shown is not kept."""
        people, notices = guide.get("people", ()), guide.get("notices", ())
        wanted = {*_ids(people, "photo"), *_ids(notices, "picture")}
        with self._lock:
            self._wanted = wanted
            self._forget_others(wanted)
            if any(not self._path(each).exists() for each in wanted) and not self._is_fetching():
                self._fetching = threading.Thread(target=self._fetch_all, name="pictures", daemon=True)
                self._fetching.start()

    def get(self, picture: str) -> bytes | None:
        """As it is kept, else as the server has it; None when neither has."""
        if not _ID.fullmatch(picture):
            return None
        try:
            return self._path(picture).read_bytes()
        except OSError:
            return self._fetch(picture)

    def _is_fetching(self) -> bool:
        return self._fetching is not None and self._fetching.is_alive()

    def _fetch_all(self) -> None:
        tried: set[str] = set()
        while True:
            with self._lock:
                missing = [p for p in self._wanted or () if p not in tried and not self._path(p).exists()]
                if not missing:
                    self._fetching = None
                    return
            tried.add(missing[0])  # what fails now is fetched when a page asks for it, or with the next view
            self._fetch(missing[0])

    def _fetch(self, picture: str) -> bytes | None:
        try:
            data = self._client.picture(picture)
        except HallError as err:
            structlog.get_logger().warning("picture_not_fetched", reason=str(err))
            return None
        draft = self._path(picture).with_suffix(f".{threading.get_ident()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(self._path(picture))
        except OSError as err:
            structlog.get_logger().warning("picture_not_kept", reason=str(err))
        return data

    def _forget_others(self, wanted: set[str]) -> None:
        try:
            for path in self._folder.iterdir():
                if path.stem not in wanted:
                    path.unlink(missing_ok=True)
        except OSError as err:
            structlog.get_logger().debug("no_pictures_yet", reason=err.strerror)

    def _path(self, picture: str) -> Path:
        return self._folder / f"{picture}.jpg"


def _ids(rows: Iterable[Mapping[str, Any]], field: str) -> set[str]:
    return {each[field] for each in rows if isinstance(each.get(field), str) and _ID.fullmatch(each[field])}
