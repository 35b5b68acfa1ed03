"""The kiosk's one visit to a site at a time: what may be opened, how long, and that nothing stays; no HTTP."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from config.node import BrowserSettings
from kiosk.errors import BrowserFailed, NoBrowser, SiteClosed, UnknownSite
from kiosk.sites.devtools import remove
from kiosk.sites.touches import Answered, Event, Go, Keys, Size, Touch, Wheel
from kiosk.sites.visit import SiteVisit
from queue_server.wire.kiosk import GuideView, SiteView
from queue_server.wire.nodes import SiteScreen

LOOK_EVERY_S: Final = 0.5
GRACE_S: Final = 3.0
"""The page goes home by itself when nobody is there; only a page that does not is overtaken."""
PAGE_GONE_S: Final = 15.0
PATIENCE_S: Final = 5.0
LONGEST_PATH: Final = 44


def profiles(data: Path) -> Path:
    """Where visits lie while they last: in systemd's RuntimeDirectory, which is in memory, else in the node's folder.

    Chromium makes sockets there, whose paths Linux limits to 107 letters; for a long path it is a short one in /tmp.
    """
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    folder = Path(given or data) / "sites"
    if len(str(folder)) > LONGEST_PATH:
        return Path(tempfile.gettempdir()) / f"hall-sites-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    return folder


class SiteDesk:
    """folder: where each visit's profile lies while it lasts; what an earlier run left there is removed at once.

    guide(): what the hall offers. tell(screen): to our page. health(health, code, detail): of the browser.
    opened(site): somebody opened it. May be used from any thread.
    """

    def __init__(
        self,
        settings: BrowserSettings,
        folder: Path,
        guide: Callable[[], GuideView | None],
        tell: Callable[[SiteScreen], None],
        health: Callable[[str, str, str], None],
        opened: Callable[[str], None],
    ) -> None:
        self._settings, self._folder = settings, folder
        self._guide, self._tell, self._health, self._opened = guide, tell, health, opened
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._visit: SiteVisit | None = None
        self._site: SiteView | None = None
        self._session = ""
        self._begun_s = self._touched_s = self._looked_s = 0.0
        self._closing = threading.Event()
        remove(folder)

    def start(self) -> None:
        self.look()
        threading.Thread(target=self._watch, name="sites", daemon=True).start()

    def look(self) -> None:
        """Say how the browser is, where the hall offers a site at all."""
        if not self._sites():
            return
        if self._program() is None:
            detail = f"{self._settings.program} is not installed: apt-get install chromium"
            self._health("failed", "no_browser", detail)
        else:
            self._health("ok", "ok", "")

    def open(self, name: str, language: str, size: Size) -> str:
        """A visit of its own, and the end of the one before. Raises UnknownSite, NoBrowser."""
        site = next((each for each in self._sites() if each["site"] == name), None)
        if site is None:
            raise UnknownSite("the hall offers no such site")
        program = self._program()
        if program is None:
            self.look()
            raise NoBrowser("this kiosk has no browser for sites")
        with self._turn:
            self._end("")
            session = secrets.token_hex(6)
            visit = SiteVisit(session, site, language, (size.width, size.height, size.scale), self._tell)
            with self._lock:
                self._visit, self._site, self._session = visit, None, session
            try:
                visit.begin(program, self._settings.arguments, self._folder / session)
            except BrowserFailed as err:
                self._end(session)
                self._health("warning", "browser_failed", f"{err}.")
                raise
            with self._lock:
                self._site = site
                self._begun_s = self._touched_s = self._looked_s = time.monotonic()
        self.look()
        self._opened(name)
        return session

    def frame(self, session: str, after: int) -> tuple[int, bytes] | None:
        """The picture after that number, as soon as there is one, or None after a few seconds. Raises SiteClosed."""
        visit = self._of(session)
        self._looked_s = time.monotonic()
        return visit.frame(after, PATIENCE_S)

    def touch(self, session: str, events: list[Event]) -> None:
        """What was done, in its order. Raises SiteClosed."""
        visit = self._of(session)
        for event in events:
            if not isinstance(event, Size):
                self._touched_s = time.monotonic()
            match event:
                case Touch():
                    visit.touch(event)
                case Wheel(x, y, dx, dy):
                    visit.wheel(x, y, dx, dy)
                case Keys(keys):
                    for key in keys:
                        visit.key(key)
                case Size(width, height, scale):
                    visit.resize((width, height, scale))
                case Answered(ask, accepted, option):
                    visit.answer(ask, accepted, option)
                case Go("back"):
                    visit.go_back()
                case Go("start"):
                    visit.reload()

    def close(self, session: str) -> None:
        """Nothing of the visit is left when this returns. A session that is over already is none to close."""
        with self._turn:
            self._end(session)

    def shut_down(self) -> None:
        self._closing.set()
        with self._turn:
            self._end("")
            remove(self._folder)

    def _sites(self) -> list[SiteView]:
        guide = self._guide()
        return guide.get("sites", []) if guide else []  # one kept from an older server has none

    def _program(self) -> str | None:
        return shutil.which(self._settings.program) if self._settings.program else None

    def _of(self, session: str) -> SiteVisit:
        with self._lock:
            if self._visit is None or session != self._session:
                raise SiteClosed("this visit to a site is over")
            return self._visit

    def _end(self, session: str) -> None:
        """With the turn. session: "" for whichever there is."""
        with self._lock:
            if self._visit is None or session not in ("", self._session):
                return
            visit, self._visit, self._site, ended = self._visit, None, None, self._session
        visit.close()
        remove(self._folder / ended)
        self._tell(visit.screen())

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_EVERY_S):
            with self._lock:
                site, session, now_s = self._site, self._session, time.monotonic()
            if site is None:
                continue
            over = {
                "idle": now_s - self._touched_s > site["idle_s"] + GRACE_S,
                "time_over": now_s - self._begun_s > site["most_s"],
                "page_gone": now_s - self._looked_s > PAGE_GONE_S,
            }
            why = next((reason for reason, is_over in over.items() if is_over), None)
            if why is not None:
                structlog.get_logger().info("site_closed", reason=why)
                self.close(session)
