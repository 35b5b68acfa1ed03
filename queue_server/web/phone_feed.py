"""Live views of tickets for the phones that hold their links: `ticket:LINK`; knows no staff view and no rights.

Hundreds of phones may follow a busy hall, and no call may come later for it. So a phone is told at once only what
happened to its own ticket; how many stand before it follows within `PATIENCE_S` when its turn is near, else within
`REFRESH_S`, one small message at a time, and the walls, consoles and requests of the hall always go first.
"""

from __future__ import annotations

import logging
import time
from typing import cast

import gevent
from flask_socketio import ConnectionRefusedError, SocketIO
from gevent.event import Event as Signal

from queue_server.phone_links import Linked
from queue_server.readers.phone import phone_view
from queue_server.web.hall_server import HallServer
from queue_server.wire.contract import LIVE_NAMESPACE, Follow

PREFIX = "ticket:"
PHONES_MAX = 2000
PER_LINK_MAX = 4  # a family's phones; more ask by polling
PATIENCE_S = 2.0
NEAR = 10  # so many before a ticket, or fewer, and its turn is near
OTHERS_KINDS = frozenset({"TicketIssued"})  # no phone can follow that ticket yet, and the others only change places
BREATH_S = 0.05  # the walls' publisher goes first
REFRESH_S = 10.0  # minutes pass, and a day ends, without an event
PAUSE_S = 0.002  # after each message: requests that came meanwhile are served

log = logging.getLogger(__name__)


class PhoneFeed:
    """The phones connected to `/live`, by the session ids that `LiveFeed` hands on."""

    def __init__(self, socketio: SocketIO, server: HallServer) -> None:
        self._socketio = socketio
        self._server = server
        self._links: dict[str, str] = {}  # session id -> link
        self._followers: dict[str, set[str]] = {}  # link -> session ids
        self._sent: dict[str, dict[str, object]] = {}
        self._moved = Signal()
        self._behind = False  # something happened that the phones were not all told of
        self._publisher: gevent.Greenlet | None = None
        server.bridge.on_event.append(self._note)
        server.metrics.watch("hall_live_phones", "Phones that follow their ticket", lambda: len(self._links))

    def start(self) -> None:
        self._publisher = gevent.spawn(self._publish_for_ever)

    def stop(self) -> None:
        if self._publisher is not None:
            self._publisher.kill()

    def knows(self, session: str) -> bool:
        return session in self._links

    def connect(self, session: str, link: str) -> None:
        """Raises ConnectionRefusedError `unknown_link`, or `slow_down` when too many are connected already."""
        if self._server.links.find(link) is None:
            raise ConnectionRefusedError("unknown_link")
        if len(self._links) >= PHONES_MAX or list(self._links.values()).count(link) >= PER_LINK_MAX:
            raise ConnectionRefusedError("slow_down")
        self._links[session] = link

    def leave(self, session: str) -> None:
        link = self._links.pop(session, None)
        if link is None:
            return
        followers = self._followers.get(link, set())
        followers.discard(session)
        if not followers:
            self._followers.pop(link, None)
            self._sent.pop(link, None)

    def follow(self, session: str, view: object) -> Follow | dict[str, object]:
        """A phone follows the one ticket it connected for."""
        link = self._links[session]
        if view != PREFIX + link:
            return {"view": view, "code": "forbidden"}
        found = self._server.links.find(link)
        if found is None:
            return {"view": view, "code": "unknown_link"}
        self._socketio.server.enter_room(session, PREFIX + link, namespace=LIVE_NAMESPACE)
        self._followers.setdefault(link, set()).add(session)
        data = self._sent[link] = self._view(found)
        return {"view": PREFIX + link, "seq": self._server.views.hall.seq, "data": data}

    # -- publishing ---------------------------------------------------------------------------------------------------

    def _note(self, kind: str) -> None:
        self._behind = True
        if kind not in OTHERS_KINDS:
            self._moved.set()

    def _publish_for_ever(self) -> None:
        near_told_s = all_told_s = time.monotonic()
        while True:
            self._moved.wait(PATIENCE_S)
            gevent.sleep(BREATH_S)
            now_s, moved = time.monotonic(), self._moved.is_set()
            everybody = now_s - all_told_s >= REFRESH_S
            near = everybody or (self._behind and now_s - near_told_s >= PATIENCE_S)
            self._moved.clear()
            if everybody:
                all_told_s = now_s
            if near:
                self._behind, near_told_s = False, now_s
            if near or moved:
                try:
                    self._publish(near=near, everybody=everybody)
                except Exception:
                    log.exception("the phones' views could not be made")  # those of the next round must still be told

    def _publish(self, *, near: bool, everybody: bool) -> None:
        """Tell whose own ticket moved; of their places those who are near their turn, or everybody."""
        for link in list(self._followers):
            found = self._server.links.find(link)
            if found is None:
                continue
            sent = self._sent.get(link)
            moved = sent is None or _moved(found, sent)
            if not moved and not near:
                continue
            data = self._view(found)
            if not moved and not everybody and _ahead(data) > NEAR:
                continue
            if sent is not None and {**sent, "seq": 0} == {**data, "seq": 0}:
                continue
            self._sent[link] = data
            message: Follow = {"view": PREFIX + link, "seq": self._server.views.hall.seq, "data": data}
            self._socketio.emit("view", message, namespace=LIVE_NAMESPACE, to=PREFIX + link)
            gevent.sleep(PAUSE_S)

    def _view(self, found: Linked) -> dict[str, object]:
        views, now_ms = self._server.views, self._server.now_ms()
        code = self._server.links.code(found.ticket.ticket_id)
        return dict(
            phone_view(views.hall, found.ticket, now_ms, found.day, views.estimates, over=found.over, code=code)
        )


def _ahead(data: dict[str, object]) -> int:
    return cast(int, data["ahead"])


def _moved(found: Linked, sent: dict[str, object]) -> bool:
    """Whether something happened to the ticket itself."""
    ticket, window = found.ticket, sent["window"]
    number = window["window"] if isinstance(window, dict) else None
    away = ticket.state == "waiting" and not ticket.here
    now = (ticket.state, ticket.calls, ticket.window, ticket.rated, found.over, away)
    before = (sent["state"], sent["calls"], number, sent["rated"], sent["over"], sent["check_in"] is not None)
    return now != before
