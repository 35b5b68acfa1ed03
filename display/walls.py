"""What the walls of a display need besides the hall's board: how they look, and what is shown between calls.

It knows the folder and the settings; which call is shown when is the page's business.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request, send_from_directory

from config.node import DisplaySettings
from display.media import FILES, MediaFolder
from display.zones import unknown_zones
from queue_server.node_web import NodeState, ProblemError, Relay
from queue_server.wire.board import BoardView
from queue_server.wire.wall import MediaItem

NAMED_TROUBLES = 3


class Walls:
    """Publishes the view `wall`, serves /media/NAME, and says of the folder and the zones what is wrong with them."""

    def __init__(self, settings: DisplaySettings, app: Flask, relay: Relay, state: NodeState) -> None:
        self._wall, self._settings = settings.wall, settings.media
        self._relay, self._state = relay, state
        self._unknown: list[str] | None = None
        self._media = MediaFolder(settings.media.folder, self._media_changed) if settings.media.folder else None
        app.add_url_rule("/media/<name>", endpoint="media", view_func=self._get_media)
        app.add_url_rule("/api/media/trouble", endpoint="media-trouble", view_func=self._post_trouble, methods=["POST"])

    def start(self) -> None:
        self._tell([])
        if self._media is not None:
            self._media.start()

    def close(self) -> None:
        """May be called twice."""
        if self._media is not None:
            self._media.close()

    def board_changed(self, board: BoardView) -> None:
        """Warn of zones in our file that the hall does not have; they are left out of account meanwhile."""
        unknown = unknown_zones(self._wall.zones, board)
        if unknown == self._unknown or not self._wall.zones:
            return
        self._unknown = unknown
        if unknown:
            detail = f"The hall has no zone {', '.join(unknown)}; correct [wall] zones, or the hall's [[zones]]."
            self._state.device("wall", "wall", "warning", "zone_unknown", detail)
        else:
            self._state.device("wall", "wall", "ok", "ok", "The hall has the zones of this wall.")

    def _media_changed(self, items: list[MediaItem], troubles: dict[str, str]) -> None:
        self._tell(items)
        named = [f"{name}: {why}" for name, why in list(troubles.items())[:NAMED_TROUBLES]]
        if troubles:
            more = f"; and {len(troubles) - NAMED_TROUBLES} more" if len(troubles) > NAMED_TROUBLES else ""
            self._state.device("media", "media", "warning", "media_unreadable", "; ".join(named) + more)
        else:
            self._state.device("media", "media", "ok", "ok", f"{len(items)} of at most {FILES} files are shown.")

    def _tell(self, items: list[MediaItem]) -> None:
        wall, media = self._wall, self._settings
        view: dict[str, Any] = {
            "zones": list(wall.zones),
            "layout": wall.layout,
            "columns": wall.columns,
            "theme": wall.theme,
            "closed": wall.closed,
            "closed_after_s": wall.closed_after_s,
            "shift": wall.shift,
            "waits": wall.waits,
            "item_s": media.item_s,
            "between_s": media.between_s,
            "away_s": media.away_s,
            "media": items,
        }
        self._relay.tell("wall", view)

    def _get_media(self, name: str) -> Response:
        path = self._media.file(name) if self._media is not None else None
        if path is None:
            raise ProblemError(404, "unknown_file", "No such picture or video is shown here.")
        return send_from_directory(path.parent, path.name, conditional=True)

    def _post_trouble(self) -> tuple[str, int]:
        """A page tells that it cannot show a file of the folder."""
        body = request.get_json()
        name = body.get("name") if isinstance(body, dict) else None
        if self._media is None or not isinstance(name, str) or not self._media.refuse(name):
            raise ProblemError(404, "unknown_file", "No such picture or video is shown here.")
        return "", 204
