"""A machine without a place: asks the server for one and shows its code until it has it; knows no kiosk, no display."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from html import escape
from importlib.metadata import version
from pathlib import Path

import structlog
from flask import Flask, Response

from queue_server.client import HallClient, HallError, HallRefused
from queue_server.node_web.app import NodePages, create_node_app
from queue_server.node_web.place import Place, PlaceStore

ASK_EVERY_S = 3.0
DEADLINE_S = 5.0
SOON_S = 2.0

_PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/enrol.css">
<main>
<h1>{title}<small lang="en">{title_en}</small></h1>
<p class="code" aria-live="polite">{code}</p>
<p>{what}<small lang="en">{what_en}</small></p>
<p class="where">{server}</p>
</main>
</html>
"""
_STYLE = """
html { background: #fff; color: #16202c;
  font: 400 clamp(1rem, 2.4vmin, 2rem)/1.5 system-ui, "Noto Sans CJK SC", sans-serif; }
body { margin: 0; }
main { display: grid; place-content: center; justify-items: center; gap: 1.5em; min-height: 100vh; padding: 1em;
  box-sizing: border-box; text-align: center; }
h1 { margin: 0; font-size: 1.6em; }
p { margin: 0; max-width: 34em; }
small { display: block; font-size: .8em; font-weight: 400; color: #45525f; }
.code { font-size: clamp(4rem, 18vmin, 12rem); font-weight: 700; letter-spacing: .08em; line-height: 1; color: #00429b;
  font-variant-numeric: tabular-nums; min-height: 1em; }
.where { color: #45525f; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
"""


class Enroller:
    """Asks until there is a place, then calls `found` once. `app` shows the code and whether the server answers."""

    def __init__(self, kind: str, server: str, host: str, store: PlaceStore, found: Callable[[Place], None]) -> None:
        self._kind, self._server, self._store, self._found = kind, server, store, found
        self._client = HallClient(server, "", deadline_s=DEADLINE_S)
        self._code, self._answers = "", True
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="enroller", daemon=True)
        self.app = self._make_app(host)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)
        self._client.close()

    def _run(self) -> None:
        log = structlog.get_logger()
        body = {
            "secret": self._store.secret(),
            "kind": self._kind,
            "host": socket.gethostname()[:64] or "unknown",
            "software": version("hall-queue")[:32],
        }
        while not self._closing.is_set():
            try:
                said = self._client.command("POST", "/enrolments", body)
            except HallError as err:
                self._code = ""
                if self._answers or isinstance(err, HallRefused):
                    log.warning("no_place_yet", reason=str(err))
                self._answers = False
            else:
                self._answers, self._code = True, said["code"] or ""
                if said["state"] == "accepted":
                    place = Place(said["node"], said["token"], said["file"], said["version"])
                    self._store.write(place)
                    log.info("place_given", node=place.node)
                    self._found(place)
                    return
            self._closing.wait(ASK_EVERY_S)

    def _make_app(self, host: str) -> Flask:
        app, _ = create_node_app("enrol", NodePages(Path(__file__).parent, {}), host, self._health)
        app.add_url_rule("/", endpoint="code", view_func=self._page)
        app.add_url_rule("/<path:_>", endpoint="anywhere", view_func=self._page)
        app.add_url_rule("/enrol.css", endpoint="style", view_func=lambda: Response(_STYLE, content_type="text/css"))
        return app

    def _health(self) -> dict[str, object]:
        return {"enrolled": False, "server": self._answers}

    def _page(self, _: str = "") -> str:
        if self._answers:
            words = {
                "title": "请给这台设备分配位置",
                "title_en": "This machine waits for its place in the hall",
                "what": "在服务器网页“管理—设备”中输入上面的代码，并选择位置。",
                "what_en": "Type this code on the server's page, Manager – Devices, and choose a place.",
            }
        else:
            words = {
                "title": "连接不上大厅服务器",
                "title_en": "The hall server does not answer",
                "what": "请检查网线和下面的地址。连上后这里会显示代码。",
                "what_en": "Check the network cable and the address below. A code appears here once it answers.",
            }
        code = f"{self._code[:3]} {self._code[3:]}" if self._code else "— — —"
        return _PAGE.format(code=code, server=escape(self._server), **words)


class FileWatch:
    """Looks every `every_s` whether the server has a newer file for this place, or gave the place away.

    changed is called with the new place, or None when the token is refused for good; it says whether the watch is over.
    """

    REFUSED_IN_A_ROW = 2  # one refusal may be a server that is being restored

    def __init__(
        self, client: HallClient, place: Place, changed: Callable[[Place | None], bool], every_s: float = 10.0
    ) -> None:
        self._client, self._place, self._changed, self._every_s = client, place, changed, every_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)
        self._client.close()

    def _run(self) -> None:
        refused, version_known = 0, self._place.version
        while True:
            try:
                said = self._client.command("GET", "/nodes/own-file")
            except HallRefused as err:
                refused = refused + 1 if err.status == 401 else 0
            except HallError:
                refused = 0
            else:
                refused = 0
                if said["version"] != version_known:
                    version_known = said["version"]
                    if self._changed(Place(self._place.node, self._place.token, said["file"], version_known)):
                        return
            if refused >= self.REFUSED_IN_A_ROW and self._changed(None):
                return
            if self._closing.wait(SOON_S if refused else self._every_s):
                return
