"""The live feed: who follows which view, and one publisher that sends whole views in the journal's order.

A client joins a view's room first and gets the view as it is then, so that nothing falls between; later it keeps the
highest `seq` and drops the rest. One greenlet sends everything: emitting from request handlers would reorder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import gevent
from flask import request
from flask_socketio import ConnectionRefusedError, SocketIO, join_room
from gevent.event import Event as Signal

from queue_server.access import Principal, allowed
from queue_server.errors import NotReadable
from queue_server.hall.refusal import Refused
from queue_server.readers.views import parse
from queue_server.web.credentials import COOKIE, principal_of_session
from queue_server.web.hall_server import HallServer
from queue_server.web.phone_feed import PhoneFeed
from queue_server.web.problems import ProblemError
from queue_server.wire.contract import LIVE_NAMESPACE, Follow

# Tickets pour in; that one more person waits may be shown a little later. Everything else is shown at once.
PATIENT_KINDS = frozenset({"TicketIssued"})
PATIENCE_S = 0.2
REFRESH_S = 15.0  # some of a view changes with the time of day alone: a service opens, a pause should be over

ASK_AGAIN_S = 5.0

log = logging.getLogger(__name__)


class LiveFeed:
    """Serves `/live` on `socketio`; `start` begins to publish, `stop` ends it."""

    def __init__(self, socketio: SocketIO, server: HallServer) -> None:
        self._socketio = socketio
        self._server = server
        self._askers: dict[str, Principal] = {}
        self._following: dict[str, set[str]] = {}  # view -> session ids
        self._sent: dict[str, dict[str, object]] = {}
        self._urgent = Signal()
        self._credentials: dict[str, tuple[str | None, bool]] = {}  # session id -> token or cookie, is it a token
        self._phones = PhoneFeed(socketio, server)
        self._workers: list[gevent.Greenlet] = []
        server.bridge.on_event.append(self._note)
        server.nodes.changed = self.refresh
        server.metrics.live_clients.set_function(lambda: len(self._askers))
        for name, handler in (("connect", self._connect), ("disconnect", self._leave), ("follow", self._follow)):
            socketio.on_event(name, handler, namespace=LIVE_NAMESPACE)

    def start(self) -> None:
        self._workers = [gevent.spawn(self._publish_for_ever), gevent.spawn(self._ask_again_for_ever)]
        self._phones.start()

    def stop(self) -> None:
        self._phones.stop()
        gevent.killall(self._workers)

    # -- clients ------------------------------------------------------------------------------------------------------

    def _connect(self, auth: Any = None) -> None:
        link = auth.get("link") if isinstance(auth, dict) else None
        if isinstance(link, str):
            self._phones.connect(_session(), link)
            return
        credential = auth.get("token") if isinstance(auth, dict) else None
        is_token = isinstance(credential, str)
        try:
            asker = self._asker(credential if is_token else request.cookies.get(COOKIE), is_token)
        except ProblemError as problem:
            raise ConnectionRefusedError(problem.code) from None
        if not allowed(asker, "board.read", None):
            raise ConnectionRefusedError("forbidden")
        self._askers[_session()] = asker
        self._credentials[_session()] = (credential if is_token else request.cookies.get(COOKIE), is_token)
        if asker.role == "node":
            self._server.nodes.connected(asker.id)

    def _asker(self, credential: str | None, is_token: bool) -> Principal:
        """Whose token or cookie it is. Raises ProblemError when it is nobody's, or not any more."""
        if credential is None:
            raise ProblemError("unauthenticated")
        if not is_token:
            return principal_of_session(self._server, credential)
        asker = self._server.access.principal_of_token(credential)
        if asker is None:
            raise ProblemError("unauthenticated")
        return asker

    def _ask_again_for_ever(self) -> None:
        """A token or session that was revoked must not go on seeing the hall through a connection it once made."""
        while True:
            gevent.sleep(ASK_AGAIN_S)
            known: dict[tuple[str | None, bool], Principal | None] = {}
            try:
                for credential in set(self._credentials.values()):
                    known[credential] = self._still(credential)
            except NotReadable:  # the store is away for a moment: nobody is sent away for that
                continue
            for session, credential in list(self._credentials.items()):
                if known.get(credential) != self._askers.get(session):
                    self._socketio.server.disconnect(session, namespace=LIVE_NAMESPACE)

    def _still(self, credential: tuple[str | None, bool]) -> Principal | None:
        try:
            return self._asker(*credential)
        except ProblemError:
            return None

    def _leave(self, *_reason: object) -> None:
        self._phones.leave(_session())
        self._credentials.pop(_session(), None)
        asker = self._askers.pop(_session(), None)
        for name, followers in self._following.items():
            if _session() in followers:
                followers.discard(_session())
                if name.startswith("console:"):
                    self.refresh()
        if asker is not None and asker.role == "node":
            self._server.nodes.disconnected(asker.id)

    def _follow(self, wish: Any = None) -> Follow | dict[str, object]:
        name = wish.get("view") if isinstance(wish, dict) else None
        if self._phones.knows(_session()):
            return self._phones.follow(_session(), name)
        asker = self._askers.get(_session())
        try:
            kind, window = parse(name if isinstance(name, str) else "")
        except KeyError:
            return {"view": name, "code": "unknown_view"}
        if asker is None or not allowed(asker, RIGHTS[kind], window):
            return {"view": name, "code": "forbidden"}
        followers = self._following.setdefault(str(name), set())
        join_room(name)
        followers.add(_session())
        try:
            data = self._view(str(name))
        except Refused as refusal:
            followers.discard(_session())
            return {"view": name, "code": refusal.code}
        if kind == "console":
            self.refresh()  # the others learn that somebody joined them
        return {"view": str(name), "seq": self._server.views.hall.seq, "data": data}

    # -- publishing ---------------------------------------------------------------------------------------------------

    def _note(self, kind: str) -> None:
        if kind not in PATIENT_KINDS:
            self._urgent.set()

    def _publish_for_ever(self) -> None:
        changed = self._server.bridge.changed
        while True:
            changed.wait(REFRESH_S)
            self._urgent.wait(PATIENCE_S)
            changed.clear()
            self._urgent.clear()
            self._publish()

    def _publish(self) -> None:
        for name, followers in list(self._following.items()):
            if not followers:
                del self._following[name]
                self._sent.pop(name, None)
                continue
            try:
                seq, data = self._server.views.hall.seq, self._view(name)
            except Refused:  # a window that the settings no longer name: its pages keep what they show
                continue
            except Exception:
                log.exception("the view %s could not be made", name)  # the others must still be sent
                continue
            if _same(self._sent.get(name), data):
                continue
            self._sent[name] = data
            message: Follow = {"view": name, "seq": seq, "data": data}
            self._socketio.emit("view", message, namespace=LIVE_NAMESPACE, to=name)
            gevent.sleep(0)  # let requests in between two views

    def refresh(self) -> None:
        """Something changed that is in no journal: who follows, which device is well, how long people wait."""
        self._urgent.set()
        self._server.bridge.changed.set()

    def _view(self, name: str) -> dict[str, object]:
        data = self._server.views.view(name, self._server.now_ms())
        if name == "hall":
            data["nodes"] = self._server.nodes.shown(self._server.views.hall)
        elif name.startswith("console:"):
            data["consoles"] = len(self._following.get(name, ()))
        return data


RIGHTS = {
    "board": "board.read",
    "kiosk": "view.kiosk",
    "guide": "view.guide",
    "window": "view.window",
    "console": "view.console",
    "hall": "view.hall",
}


def _same(one: dict[str, object] | None, other: dict[str, object]) -> bool:
    """Whether two views differ in nothing but `seq`: such a change is not worth sending."""
    return one is not None and {**one, "seq": 0} == {**other, "seq": 0}


def _session() -> str:
    sid: Callable[[], str] | str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it
    return str(sid)
