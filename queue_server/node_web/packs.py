"""Language packs at a node: fetched from the server when a page or a slip wants one, kept for when it is away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import structlog
from flask import Flask, Response

from queue_server.language_packs import LARGEST_BYTES, TAG
from queue_server.node_web.problems import ProblemError

BUILT_IN = ("zh-CN", "en")
FRESH_S = 60.0
PATIENCE_S = 2.0


class Packs:
    """May be used from any thread. folder: where packs are kept, as TAG.words.json."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server, self._folder = server.rstrip("/"), folder
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, dict[str, Any] | None]] = {}

    def register(self, app: Flask) -> None:
        def language_pack(tag: str) -> Response:
            pack = self.pack(tag)
            if pack is None:
                raise ProblemError(404, "not_found", "The hall has no words in that language.")
            return Response(json.dumps(pack, ensure_ascii=False), content_type="application/json")

        app.add_url_rule("/words/<tag>.json", view_func=language_pack)

    def section(self, tag: str, name: str) -> Mapping[str, str]:
        """The words of one section of a pack; empty for a built-in language and without such a pack."""
        # Nobody at a printer waits for the server: what is known will do, however old.
        with self._lock:
            _, known = self._known.get(tag, (0.0, None))
        pack = None if tag in BUILT_IN else known or self.pack(tag)
        section = pack.get("words", {}).get(name, {}) if pack else {}
        return section if isinstance(section, dict) else {}

    def pack(self, tag: str) -> dict[str, Any] | None:
        """The pack as the server has it now, else as it was kept; asked for at most once in a minute."""
        if not TAG.fullmatch(tag) or tag in BUILT_IN:
            return None
        with self._lock:
            at_s, known = self._known.get(tag, (float("-inf"), None))
            if time.monotonic() - at_s < FRESH_S:
                return known
            pack = self._fetch(tag)
            if pack is None:
                pack = known or self._kept(tag)
            else:
                self._keep(tag, pack)
            self._known[tag] = (time.monotonic(), pack)
            return pack

    def _fetch(self, tag: str) -> dict[str, Any] | None:
        try:
            answer = requests.get(f"{self._server}/words/{tag}.json", timeout=PATIENCE_S)
            if answer.status_code != 200 or len(answer.content) > LARGEST_BYTES:
                return None
            pack = answer.json()
        except (requests.RequestException, ValueError):
            return None
        return pack if isinstance(pack, dict) else None

    def _kept(self, tag: str) -> dict[str, Any] | None:
        try:
            pack = json.loads(self._path(tag).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return pack if isinstance(pack, dict) else None

    def _keep(self, tag: str, pack: dict[str, Any]) -> None:
        draft = self._path(tag).with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(pack, ensure_ascii=False), "utf-8")
            draft.replace(self._path(tag))
        except OSError as err:
            structlog.get_logger().warning("pack_not_kept", reason=str(err))

    def _path(self, tag: str) -> Path:
        return self._folder / f"{tag}.words.json"
