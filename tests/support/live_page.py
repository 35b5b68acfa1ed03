"""A page's live connection to the server or a node: it follows views and keeps what is sent; shows nothing."""

from __future__ import annotations

from typing import Any

import socketio
from waiting import wait_for

ANSWER_S = 15


class LivePage:
    """A connection as whoever holds the token or the slip's link; `views` holds every message, oldest first."""

    def __init__(self, url: str, token: str | None = None, *, link: str | None = None, **headers: str) -> None:
        auth = {"token": token} if token else {"link": link} if link else None
        self.views: list[dict[str, Any]] = []
        self._read = 0
        self.io = socketio.Client(reconnection=False, handle_sigint=False)
        self.io.on("view", self.views.append, namespace="/live")
        self.io.connect(
            url, auth=auth, headers=headers, namespaces=["/live"], transports=["websocket"], wait_timeout=ANSWER_S
        )

    def __enter__(self) -> LivePage:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self.io.disconnect()

    def follow(self, view: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.io.call("follow", {"view": view}, namespace="/live", timeout=ANSWER_S)
        return answer

    def next(self) -> dict[str, Any]:
        """The next message that was not read yet."""
        wait_for(lambda: len(self.views) > self._read)
        self._read += 1
        return self.views[self._read - 1]

    def until(self, wanted: Any) -> dict[str, Any]:
        """The first message that is `wanted`, of those that were not read yet."""
        while not wanted(message := self.next()):
            continue
        return message
