"""One visit to a site: a fresh browser, what it shows, what is touched there; knows no HTTP of ours and no citizen."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, Literal

from kiosk.errors import BrowserFailed
from kiosk.sites.devtools import Answer, DevTools
from kiosk.sites.hosts import Hosts
from kiosk.sites.proxy import Proxy
from kiosk.sites.touches import KEYS, Touch
from queue_server.wire.kiosk import SiteView
from queue_server.wire.nodes import SiteAsk, SiteScreen

BESIDE_PAGES: Final = (Path(__file__).parent / "page.js").read_text("utf-8")
WORLD: Final = "hall"
BINDING: Final = "hallKiosk"
JPEG_QUALITY: Final = 82
POP_UP_AFTER_TOUCH_S: Final = 3.0
WORDS: Final = 500


class SiteVisit:
    """Opens on `begin`; everything of it is gone after `close`. May be used from any thread.

    tell(screen): how it stands, after each change. size: width and height of its place on our page in pixels, and how
    many of them are one of the site's.
    """

    def __init__(
        self,
        session: str,
        site: SiteView,
        language: str,
        size: tuple[int, int, float],
        tell: Callable[[SiteScreen], None],
    ) -> None:
        self._site, self._language, self._size, self._tell = site, language, size, tell
        self._hosts = Hosts(site["url"], site["hosts"])
        self._changed = threading.Condition()
        self._frame: tuple[int, bytes] = (0, b"")
        self._screen: SiteScreen = {
            "session": session, "site": site["site"], "state": "opening", "code": None, "loading": True, "back": False,
            "writes": False, "ask": None, "notice": None, "notices": 0,
        }  # fmt: skip
        self._tools: DevTools | None = None
        self._proxy: Proxy | None = None
        self._context = ""
        self._target = ""
        self._page = ""
        self._sessions: set[str] = set()
        self._casting = False
        self._list: tuple[str, int] | None = None
        self._asked = 0
        self._touched_s = time.monotonic()
        self._agent: dict[str, Any] = {}

    # -- from beginning to end ---------------------------------------------------------------------------------------

    def begin(self, program: str, arguments: tuple[str, ...], profile: Path) -> None:
        """Start the browser and open the site; takes a second or two. Raises BrowserFailed."""
        try:
            self._proxy = Proxy(self._hosts)
        except OSError as err:
            raise BrowserFailed("no free port for the site's way out") from err
        ways = (f"--proxy-server=http://127.0.0.1:{self._proxy.port}", "--proxy-bypass-list=<-loopback>")
        self._tools = tools = DevTools(
            program, [*ways, "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE 127.0.0.1", *arguments], profile,
            self._heard, lambda: self._fail("site_failed"),
        )  # fmt: skip
        agent = tools.call("Browser.getVersion")["userAgent"].replace("HeadlessChrome", "Chrome")
        self._agent = {"userAgent": agent, "acceptLanguage": self._language}
        self._context = tools.call("Target.createBrowserContext")["browserContextId"]
        nothing = {"behavior": "deny", "browserContextId": self._context, "eventsEnabled": True}
        tools.call("Browser.setDownloadBehavior", nothing)
        target = {"url": "about:blank", "browserContextId": self._context}
        self._target = tools.call("Target.createTarget", target)["targetId"]
        self._page = tools.call("Target.attachToTarget", {"targetId": self._target, "flatten": True})["sessionId"]
        for answer in self._prepare(self._page):
            answer.exception(timeout=5)  # what this Chromium does not know is done without
        tools.call("Target.setDiscoverTargets", {"discover": True})
        self._lay_out()
        tools.send("Page.navigate", {"url": self._site["url"]}, self._page).add_done_callback(self._navigated)

    def close(self) -> None:
        """May be called twice."""
        with self._changed:
            self._screen = {**self._screen, "state": "closed", "ask": None}
            self._frame = (self._frame[0] + 1, b"")
            self._changed.notify_all()
        if self._proxy is not None:
            self._proxy.close()
        if self._tools is not None:
            self._tools.close()

    def screen(self) -> SiteScreen:
        with self._changed:
            return self._screen.copy()

    def frame(self, after: int, patience_s: float) -> tuple[int, bytes] | None:
        """The newest picture (JPEG) with a number above `after`, or None when there is none in time or any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame[0] > after or self._screen["state"] == "closed", patience_s)
            number, picture = self._frame
            return (number, picture) if picture and number > after else None

    # -- what the citizen does ---------------------------------------------------------------------------------------

    def resize(self, size: tuple[int, int, float]) -> None:
        self._size = size
        self._lay_out()
        self._stop_cast()
        self._cast()

    def touch(self, touch: Touch) -> None:
        self._touched_s = time.monotonic()
        scale = self._size[2]
        points = [{"x": x / scale, "y": y / scale, "id": n} for n, (x, y) in enumerate(touch.points)]
        self._send("Input.dispatchTouchEvent", {"type": touch.kind, "touchPoints": points})

    def wheel(self, x: float, y: float, dx: float, dy: float) -> None:
        scale = self._size[2]
        where = {"x": x / scale, "y": y / scale, "deltaX": dx / scale, "deltaY": dy / scale}
        self._send("Input.dispatchMouseEvent", {"type": "mouseWheel", **where})

    def key(self, key: str) -> None:
        """One of KEYS, or a single letter."""
        self._touched_s = time.monotonic()
        code, text = KEYS.get(key, (0, key))
        what = {"key": key, "code": key if key in KEYS else "", "windowsVirtualKeyCode": code}
        self._send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, "unmodifiedText": text, **what})
        self._send("Input.dispatchKeyEvent", {"type": "keyUp", **what})

    def go_back(self) -> None:
        """One page back within the site; nothing on its first page."""
        self._later("Page.getNavigationHistory", self._step_back)

    def reload(self) -> None:
        self._send("Page.navigate", {"url": self._site["url"]})

    def answer(self, ask: int, accepted: bool, option: int | None) -> None:
        """To what the site asked; a late answer to an older question changes nothing."""
        asked = self.screen()["ask"]
        if asked is None or asked["id"] != ask:
            return
        self._change(ask=None)
        if asked["kind"] != "list":
            self._send("Page.handleJavaScriptDialog", {"accept": accepted})
        elif option is not None and self._list is not None:
            session, context = self._list
            wish = {"expression": f"hallChoose({option})", "contextId": context}
            self._send("Runtime.evaluate", wish, session)

    # -- what the browser tells --------------------------------------------------------------------------------------

    def _heard(self, method: str, params: dict[str, Any], session: str) -> None:
        on_page = session == self._page
        if method == "Page.screencastFrame" and on_page:
            self._show(params)
        elif method == "Fetch.requestPaused":
            self._let_through(params, session)
        elif method == "Target.attachedToTarget" and session in self._sessions:
            self._prepare(params["sessionId"])
            self._send("Runtime.runIfWaitingForDebugger", {}, params["sessionId"])
        elif method in ("Target.targetCreated", "Target.targetInfoChanged"):
            self._other_window(params["targetInfo"])
        elif method == "Page.frameNavigated" and on_page and "parentId" not in params["frame"]:
            self._arrived(params["frame"])
        elif method in ("Page.loadEventFired", "Page.frameStoppedLoading") and on_page:
            self._cast()
            self._change(loading=False)
            self._later("Page.getNavigationHistory", lambda history: self._change(back=history["currentIndex"] > 1))
        elif method == "Page.javascriptDialogOpening":
            self._asks(params)
        elif method == "Page.javascriptDialogClosed":
            self._change(ask=None)
        elif method == "Runtime.bindingCalled" and params.get("name") == BINDING:
            self._told_by_page(params, session)
        elif method == "Browser.downloadWillBegin":
            self._note("no_downloads")
        elif method == "Inspector.targetCrashed" and on_page:
            self._fail("site_failed")

    def _prepare(self, session: str) -> list[Future[Answer]]:
        """A page or a frame of another site: what is limited and what is listened to, before anything of it runs."""
        self._sessions.add(session)
        frames = [{"type": "iframe", "exclude": False}]
        steps: list[tuple[str, dict[str, Any]]] = [
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            ("Runtime.addBinding", {"name": BINDING, "executionContextName": WORLD}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": BESIDE_PAGES, "worldName": WORLD}),
            ("Page.setInterceptFileChooserDialog", {"enabled": True, "cancel": True}),
            ("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]}),
            ("Network.setUserAgentOverride", self._agent),
            (
                "Target.setAutoAttach",
                {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": frames},
            ),
        ]
        return [self._send(method, params, session) for method, params in steps]

    def _let_through(self, params: dict[str, Any], session: str) -> None:
        """A page that may not be opened is not begun: what is there stays, and the citizen is told."""
        request = {"requestId": params["requestId"]}
        if self._hosts.allow_address(params["request"]["url"]):
            self._send("Fetch.continueRequest", request, session)
            return
        self._send("Fetch.failRequest", {**request, "errorReason": "Aborted"}, session)
        if params.get("frameId") == self._target:
            self._change(loading=False)
            self._note("not_offered")

    def _other_window(self, info: dict[str, Any]) -> None:
        """A window of its own has no place here: what somebody's touch opened goes on in ours, the rest is closed."""
        if info["type"] != "page" or info["targetId"] == self._target or info.get("browserContextId") != self._context:
            return
        address = info.get("url", "")
        touched = time.monotonic() - self._touched_s < POP_UP_AFTER_TOUCH_S
        if touched and address in ("", "about:blank"):
            return  # where to is told in a moment
        self._send("Target.closeTarget", {"targetId": info["targetId"]}, "")
        self._send("Page.bringToFront")
        if touched and self._hosts.allow_address(address):
            self._send("Page.navigate", {"url": address})
        elif touched:
            self._note("not_offered")

    def _arrived(self, frame: dict[str, Any]) -> None:
        self._list = None
        self._cast()
        if frame.get("unreachableUrl"):
            self._fail("site_unreachable")
            return
        self._change(state="open", loading=True, writes=False, ask=None)

    def _asks(self, params: dict[str, Any]) -> None:
        if params["type"] == "beforeunload":
            self._send("Page.handleJavaScriptDialog", {"accept": True})
            return
        kind: Literal["tell", "confirm"] = "tell" if params["type"] == "alert" else "confirm"
        self._ask({"id": 0, "kind": kind, "words": str(params.get("message", ""))[:WORDS], "options": [], "chosen": -1})

    def _told_by_page(self, params: dict[str, Any], session: str) -> None:
        """From our script; a site cannot call it, and what it says of the site is taken as words only."""
        told = json.loads(params["payload"])
        if told["kind"] == "field":
            self._change(writes=bool(told["writes"]))
        elif told["kind"] == "list":
            self._list = (session, params["executionContextId"])
            self._ask({"id": 0, "kind": "list", "words": "", "options": told["options"], "chosen": told["chosen"]})

    def _ask(self, ask: SiteAsk) -> None:
        self._asked += 1
        self._change(ask={**ask, "id": self._asked})

    # -- the picture -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        width, height, scale = self._size
        self._send(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": round(width / scale),
                "height": round(height / scale),
                "deviceScaleFactor": scale,
                "mobile": True,
            },
        )
        self._send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def _cast(self) -> None:
        """A page that is not there yet can't be shown: it is tried again at each step of its way."""
        if self._casting:
            return
        self._casting = True
        width, height, _ = self._size
        wish = {"format": "jpeg", "quality": JPEG_QUALITY, "maxWidth": width, "maxHeight": height}
        self._send("Page.startScreencast", wish).add_done_callback(self._cast_begun)

    def _cast_begun(self, answer: Future[Answer]) -> None:
        self._casting = answer.exception() is None

    def _stop_cast(self) -> None:
        self._send("Page.stopScreencast")
        self._casting = False

    def _show(self, params: dict[str, Any]) -> None:
        self._send("Page.screencastFrameAck", {"sessionId": params["sessionId"]})
        picture = base64.b64decode(params["data"])
        with self._changed:
            if self._screen["state"] != "closed":
                self._frame = (self._frame[0] + 1, picture)
                self._changed.notify_all()

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _send(self, method: str, params: dict[str, Any] | None = None, session: str | None = None) -> Future[Answer]:
        if self._tools is None:
            nothing: Future[Answer] = Future()
            nothing.set_exception(BrowserFailed("not begun"))
            return nothing
        return self._tools.send(method, params, self._page if session is None else session)

    def _later(self, method: str, then: Callable[[Answer], None]) -> None:
        def done(answer: Future[Answer]) -> None:
            if answer.exception() is None:
                then(answer.result())

        self._send(method).add_done_callback(done)

    def _step_back(self, history: Answer) -> None:
        index = history["currentIndex"] - 1
        if index > 0:  # the first entry is the empty page that every visit begins with
            self._send("Page.navigateToHistoryEntry", {"entryId": history["entries"][index]["id"]})

    def _navigated(self, answer: Future[Answer]) -> None:
        error = answer.exception() or answer.result().get("errorText")
        if error:
            self._fail("site_unreachable")

    def _note(self, code: str) -> None:
        self._change(notice=code, notices=self.screen()["notices"] + 1)

    def _fail(self, code: str) -> None:
        if self.screen()["state"] not in ("failed", "closed"):
            self._change(state="failed", code=code, loading=False, ask=None)

    def _change(self, **now: Any) -> None:
        with self._changed:
            before = self._screen
            if before["state"] == "closed":
                return
            if before["state"] == "failed":
                now.pop("state", None)
            self._screen = {**before, **now}  # type: ignore[typeddict-item]
            if self._screen != before:
                self._tell(self._screen.copy())
