"""Builds a hall server from its settings: `create_app` puts the parts together and nothing else does."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import gevent
from flask import Flask, Response
from flask_socketio import SocketIO
from gevent import get_hub
from werkzeug.exceptions import HTTPException

from config.settings import HallSettings
from queue_server.access import Access
from queue_server.database import Database, default_url
from queue_server.engine import Asked, Engine, Replies, Reply
from queue_server.enrolment import Enrolment
from queue_server.errors import BadCitizen, NotDurable
from queue_server.estimate.link import Link
from queue_server.hall.calendar import business_day
from queue_server.hall.commands import ChangeSettings
from queue_server.hall.opinion_rules import still_open
from queue_server.identity import Vault
from queue_server.journal_sql import SqlJournal
from queue_server.keys import load_key
from queue_server.language_packs import FOLDER
from queue_server.node_files import NodeFiles
from queue_server.phone_links import Links
from queue_server.phone_push import VapidKey
from queue_server.public_store import PublicStore
from queue_server.readers.views import Views
from queue_server.web import (
    appointment_api,
    citizen_api,
    hall_api,
    handover_api,
    health,
    help_api,
    language_files,
    node_api,
    offline_api,
    opinion_api,
    pages,
    phone_api,
    public_api,
    reading_api,
    remote_api,
    session_api,
    settings_api,
    staff_api,
    stage,
    ticket_api,
    whatif_api,
    whereabouts_api,
    window_api,
)
from queue_server.web.bridge import Bridge
from queue_server.web.estimating import Estimating
from queue_server.web.hall_server import HallServer
from queue_server.web.live import LiveFeed
from queue_server.web.metrics import Metrics
from queue_server.web.node_states import NodeStates
from queue_server.web.operations import register
from queue_server.web.phone_limits import Limits
from queue_server.web.phone_notices import Notices
from queue_server.web.problems import ProblemError, problem, response
from queue_server.web.public_words import PublicWords
from queue_server.web.sockets import SocketRepairs
from queue_server.web.spec import describe
from queue_server.web.whatif_process import WhatIfProcess
from queue_server.wire.contract import API

BODY_MAX_BYTES = 256 * 1024
HOUSEKEEPING_S = 3600
ANSWERS_KEPT_MS = 30 * 24 * 3600 * 1000
OPERATIONS = [
    *ticket_api.OPERATIONS,
    *offline_api.OPERATIONS,
    *window_api.OPERATIONS,
    *handover_api.OPERATIONS,
    *appointment_api.OPERATIONS,
    *citizen_api.OPERATIONS,
    *reading_api.OPERATIONS,
    *session_api.OPERATIONS,
    *settings_api.OPERATIONS,
    *staff_api.OPERATIONS,
    *hall_api.OPERATIONS,
    *help_api.OPERATIONS,
    *opinion_api.OPERATIONS,
    *whereabouts_api.OPERATIONS,
    *public_api.OPERATIONS,
    *whatif_api.OPERATIONS,
    *phone_api.OPERATIONS,
    *remote_api.OPERATIONS,
    *node_api.OPERATIONS,
]

log = logging.getLogger(__name__)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def create_app(
    settings: HallSettings,
    data: Path,
    *,
    file_digest: str = "",
    database_url: str | None = None,
    key_file: Path | None = None,
    clock_ms: Callable[[], int] = now_ms,
    estimates: bool = False,
) -> Flask:
    """One hall's server as a Flask application; `close(app)` ends it.

    estimates: whether a process of its own estimates waiting times.
    data: an existing folder for the database and the identity key. Raises DatabaseUnusable, KeyUnusable or NotDurable
    with one sentence each when it can't be used.
    """
    database = Database(database_url or default_url(data))
    journal = SqlJournal(database, settings.id)
    key = load_key(database, settings.id, key_file or data / "identity.key")
    views = Views(settings)
    bridge = Bridge(views)
    vault = Vault(database, settings.id, key, settings.privacy.keep, settings.privacy.keep_days)
    links = Links(key, views.hall)
    access, node_files = Access(database, settings.id, key), NodeFiles(database, settings.id)
    server = HallServer(
        journal=journal,
        engine=Engine(settings, journal, now_ms=clock_ms, deliver=bridge.deliver, replies=_replies()),
        views=views,
        bridge=bridge,
        vault=vault,
        access=access,
        node_files=node_files,
        enrolment=Enrolment(database, settings.id, access, node_files),
        metrics=Metrics(),
        nodes=NodeStates(clock_ms),
        links=links,
        limits=Limits(),
        public=PublicWords(views, PublicStore(database, settings.id)),
        notices=Notices(views, vault, links, VapidKey(key, settings.id)),
        whatif=WhatIfProcess(journal),
        data=data,
        file_digest=file_digest,
        now_ms=clock_ms,
    )
    bridge.on_event += [server.metrics.event, server.notices.note, server.public.note]
    server.public.start()
    for seq, event in server.engine.start():
        views.apply(event, seq)
    _take_over_file(server, settings)

    app = Flask("queue_server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
    app.extensions["hall_server"] = server
    app.extensions["database"] = database
    register(app, server, OPERATIONS)
    health.register(app, server)
    pages.register(app)
    language_files.register(app, data / FOLDER)
    stage.register(app)
    _describe(app)
    _handle_errors(app)
    socketio = SocketIO(
        app, async_mode="gevent", manage_session=False, http_compression=False, ping_interval=10, ping_timeout=10
    )
    app.extensions["live_feed"] = feed = LiveFeed(socketio, server)
    server.public.show = feed.refresh
    feed.start()
    server.metrics.watch("hall_pushes", "Phones that are told by Web Push", lambda: len(server.notices))
    server.notices.start()
    if estimates:
        _estimate(app, server, feed)
    app.extensions["housekeeping"] = gevent.spawn(_keep_house, server)
    app.wsgi_app = SocketRepairs(app.wsgi_app)  # type: ignore[method-assign]
    return app


def close(app: Flask) -> None:
    """End what `create_app` began: write what was asked, close the database."""
    server: HallServer = app.extensions["hall_server"]
    app.extensions["live_feed"].stop()
    server.notices.stop()
    server.public.stop()
    if "estimating" in app.extensions:
        app.extensions["estimating"].close()
    app.extensions["housekeeping"].kill()
    server.engine.stop()
    server.bridge.close()
    server.journal.close()
    app.extensions["database"].close()


def _estimate(app: Flask, server: HallServer, feed: LiveFeed) -> None:
    estimating = Estimating(server.views, feed.refresh)
    link = Link(server.views.hall.settings, server.journal, now_ms=server.now_ms, changed=estimating.changed)
    estimating.begin(link)
    server.bridge.on_event.append(lambda _kind: link.wake())
    app.extensions["estimating"] = estimating


def _take_over_file(server: HallServer, settings: HallSettings) -> None:
    """The TOML file wins when it was edited since this hall last read it; otherwise what the page changed stays."""
    hall = server.views.hall
    if hall.settings_version and hall.file_digest != server.file_digest:
        now = server.now_ms()
        command = ChangeSettings(
            command_id=f"file-{now}-{server.file_digest}",
            at_ms=now,
            settings=settings,
            source="file",
            file_digest=server.file_digest,
        )
        reply = server.bridge.ask(
            server.engine, lambda done: Asked(command, "file", lambda _hall, _decision: Reply(204, b""), done)
        )
        if reply.status != 204:
            log.warning("the settings of the edited file were not taken over")


def _replies() -> Replies:
    return Replies(not_durable=problem("not_durable"), key_reused=problem("key_reused"), failed=problem("internal"))


def _describe(app: Flask) -> None:
    @cache  # made when somebody asks: a hall seldom does, and starts without
    def document() -> bytes:
        return json.dumps(describe(OPERATIONS, version("hall-queue")), ensure_ascii=False).encode()

    @app.get(f"{API}/openapi.json")
    def openapi() -> Response:
        return Response(document(), content_type="application/json")


def _handle_errors(app: Flask) -> None:
    @app.errorhandler(ProblemError)
    def refused(err: ProblemError) -> Response:
        answer = response(problem(err.code, err.facts, err.fields))
        if answer.status_code == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        if "retry_after_s" in err.facts:
            answer.headers["Retry-After"] = str(err.facts["retry_after_s"])
        return answer

    @app.errorhandler(NotDurable)
    def not_durable(err: NotDurable) -> Response:
        log.warning("not durable: %s", err)
        return response(problem("not_durable"))

    @app.errorhandler(BadCitizen)
    def bad_citizen(err: BadCitizen) -> Response:
        return response(problem("invalid_values", {}, [{"field": f"citizen.{err.field}", "problem": err.problem}]))

    @app.errorhandler(HTTPException)
    def http(err: HTTPException) -> Response:
        known = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        answer = response(problem(known.get(err.code or 500, "malformed" if (err.code or 500) < 500 else "internal")))
        if err.code == 405 and getattr(err, "valid_methods", None):
            answer.headers["Allow"] = ", ".join(sorted(err.valid_methods))  # type: ignore[attr-defined]
        return answer

    @app.errorhandler(Exception)
    def failed(err: Exception) -> Response:
        # Places in our code, not the message: an exception may quote the request, and with it a citizen.
        places = "".join(traceback.format_tb(err.__traceback__))
        log.error("a request failed with %s:\n%s", type(err).__name__, places)
        return response(problem("internal"))


def forget_identities(server: HallServer) -> None:
    """Those whose time is over; what citizens said stays until `keep_days` after the answer."""
    hall = server.views.hall
    day = business_day(hall.settings.timezone, server.now_ms())
    get_hub().threadpool.apply(server.vault.purge, (day, still_open(hall)))


def _keep_house(server: HallServer) -> None:
    """Delete identities and answers whose time is over, every hour, away from the loop."""
    while True:
        try:
            forget_identities(server)
            get_hub().threadpool.apply(server.public.store.forget_pictures)
            get_hub().threadpool.apply(server.journal.forget_answers, (server.now_ms() - ANSWERS_KEPT_MS,))
        except OSError as err:  # a full disk does not stop the hall; the next hour tries again
            log.warning("housekeeping failed: %s", err)
        gevent.sleep(HOUSEKEEPING_S)
