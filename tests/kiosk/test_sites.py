"""A visit to a web site in the real Chromium: what it may do, what it may not, and that nothing of it is left."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_hall import FakeHall
from PIL import Image
from site_server import ROW_PX, ROWS, SANDBOX, Site, site
from waiting import wait_for

from config.node import BrowserSettings
from kiosk.errors import NoBrowser, SiteClosed, UnknownSite
from kiosk.sites import count as count_module
from kiosk.sites import desk as desk_module
from kiosk.sites import devtools as profile
from kiosk.sites.count import SiteCount
from kiosk.sites.desk import SiteDesk, profiles
from kiosk.sites.hosts import Hosts
from kiosk.sites.proxy import Proxy
from kiosk.sites.touches import Answered, Go, Keys, Size, Touch
from queue_server.client import HallClient
from queue_server.wire.kiosk import GuideView, SiteView
from queue_server.wire.nodes import SiteScreen

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
NODE_OF_ITS_OWN = """
import sys, time
from pathlib import Path
from kiosk.sites.devtools import DevTools
tools = DevTools(sys.argv[1], sys.argv[3:], Path(sys.argv[2]), lambda *event: None, lambda: None)
tools.call("Browser.getVersion")
print(tools._pid, flush=True)
time.sleep(60)
"""
SIZE = Size(1000, 800, 1.0)


class Kiosk:
    """A desk, what it told, and one visitor's fingers."""

    def __init__(self, folder: Path, site_view: SiteView) -> None:
        self.folder, self.told, self.health, self.opened = folder, [], [], []  # type: ignore[var-annotated]
        guide: GuideView = {"seq": 1, "services": [], "opinions": False, "maps": [], "sites": [site_view]}  # type: ignore[typeddict-item]
        self.desk = SiteDesk(
            BrowserSettings("chromium", SANDBOX), folder, lambda: guide, self.told.append,
            lambda *how: self.health.append(how), self.opened.append,
        )  # fmt: skip
        self.desk.start()
        self.session = ""

    def open(self) -> None:
        self.session = self.desk.open("portal", "zh-CN", SIZE)
        wait_for(lambda: self.screen()["state"] == "open" and not self.screen()["loading"], what="an open site")

    def screen(self) -> SiteScreen:
        screen: SiteScreen = self.told[-1]
        return screen

    def tap(self, row: str) -> None:
        at = (50.0, ROWS.index(row) * ROW_PX + ROW_PX / 2)
        self.desk.touch(self.session, [Touch("touchStart", (at,)), Touch("touchEnd", ())])

    def colour(self) -> tuple[int, ...]:
        """In the middle of the newest picture."""
        found = self.desk.frame(self.session, 0)
        if found is None:
            return ()
        pixel: Any = Image.open(io.BytesIO(found[1])).getpixel((SIZE.width // 2, SIZE.height - 100))
        return tuple(round(part / 64) for part in pixel)


@pytest.fixture
def visited() -> Iterator[Site]:
    with site() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return profiles(tmp_path)


@pytest.fixture
def kiosk(visited: Site, folder: Path) -> Iterator[Callable[..., Kiosk]]:
    made: list[Kiosk] = []

    def make(path: str = "", **more: Any) -> Kiosk:
        view: Any = {
            "site": "portal", "name": {"zh-CN": "网"}, "letter": "", "url": visited.url + path, "hosts": [],
            "idle_s": 60, "most_s": 900, **more,
        }  # fmt: skip
        made.append(Kiosk(folder, view))
        return made[-1]

    yield make
    for each in made:
        each.desk.shut_down()


def seen_nobody(visited: Site, before: int) -> bool:
    return "/seen?%7C%7C" in visited.asked[before:]


def closed(here: Kiosk) -> bool:
    return here.screen()["state"] == "closed"


def asked(visited: Site, path: str) -> Callable[[], bool]:
    return lambda: path in visited.asked


def test_a_site_is_seen_and_touched_and_stays_within_its_hosts(kiosk: Any, visited: Site) -> None:
    here = kiosk()
    here.open()
    assert here.opened == ["portal"]
    assert here.health[-1][0] == "ok"
    here.tap("field")
    wait_for(lambda: here.screen()["writes"], what="a field that wants a keyboard")
    here.desk.touch(here.session, [Keys(("a", "中", "Backspace", "b"))])
    wait_for(asked(visited, "/wrote?ab"), what="what was typed")
    here.tap("list")
    wait_for(lambda: here.screen()["ask"], what="a list to choose from")
    ask = here.screen()["ask"]
    assert [option["words"] for option in ask["options"]] == ["first", "second", "third"]
    here.desk.touch(here.session, [Answered(ask["id"], True, 1)])
    wait_for(asked(visited, "/chose?second"), what="the choice")
    here.tap("ask")
    wait_for(lambda: here.screen()["ask"], what="a question")
    assert here.screen()["ask"]["words"] == "Really?"
    here.desk.touch(here.session, [Answered(here.screen()["ask"]["id"], True, None)])
    wait_for(asked(visited, "/asked?true"), what="the answer")
    here.tap("print")
    wait_for(asked(visited, "/printed"), what="a page that goes on after it printed nothing")
    here.tap("elsewhere")
    wait_for(lambda: here.screen()["notice"] == "not_offered", what="a word that this leads elsewhere")
    here.tap("download")
    wait_for(lambda: here.screen()["notice"] == "no_downloads", what="a word that nothing is kept here")
    here.tap("window")
    wait_for(asked(visited, "/at-popped"), what="the window's page in ours")
    wait_for(lambda: here.colour() == (0, 2, 0), what="the window's page on the glass")
    here.desk.touch(here.session, [Go("back")])
    wait_for(lambda: not here.screen()["back"] and not here.screen()["loading"], what="the first page")
    wait_for(lambda: here.colour() != (0, 2, 0), what="the first page on the glass")
    here.tap("file")
    wait_for(asked(visited, "/at-file?" + visited.url + "file"), what="a page that a file was refused to")
    assert all(path.startswith("/") for path in visited.asked)


def test_nothing_of_one_visitor_is_left_for_the_next(kiosk: Any, visited: Site) -> None:
    here = kiosk()
    for _ in range(2):
        before = len(visited.asked)
        here.open()
        wait_for(partial(seen_nobody, visited, before), what="a site that knows nobody")
        assert list(here.folder.iterdir())
        here.desk.close(here.session)
        assert list(here.folder.iterdir()) == []
        assert here.screen()["state"] == "closed"
        with pytest.raises(SiteClosed):
            here.desk.frame(here.session, 0)


def test_windows_that_nobody_asked_for_are_closed(kiosk: Any, visited: Site) -> None:
    here = kiosk("open-at-once")
    here.desk._settings = BrowserSettings("chromium", (*SANDBOX, "--disable-popup-blocking"))
    here.session = here.desk.open("portal", "zh-CN", SIZE)
    visit = here.desk._visit
    assert visit is not None
    visit._touched_s = float("-inf")
    wait_for(asked(visited, "/opened-at-once"), what="a site that opened a window")
    wait_for(
        lambda: [t for t in visit._tools.call("Target.getTargets")["targetInfos"] if t["type"] == "page"
                 and t.get("browserContextId") == visit._context and t["targetId"] != visit._target] == [],
        what="no other window",
    )  # fmt: skip
    assert here.screen()["state"] == "open"


def test_who_walks_away_and_who_stays_too_long_is_ended(
    kiosk: Any, visited: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "GRACE_S", 0.0)
    for limits in ({"idle_s": 2}, {"most_s": 2}):
        here = kiosk(**limits)
        here.open()
        wait_for(partial(closed, here), what=f"the end of {limits}")
        assert list(here.folder.iterdir()) == []


def test_a_site_that_is_not_there_is_said_to_be_away(kiosk: Any) -> None:
    here = kiosk(url="http://127.0.0.1:1/")
    here.desk.open("portal", "zh-CN", SIZE)
    wait_for(lambda: here.screen()["state"] == "failed", what="a failure that is said")
    assert here.screen()["code"] == "site_unreachable"
    with pytest.raises(UnknownSite):
        here.desk.open("other", "zh-CN", SIZE)


def test_a_kiosk_without_chromium_says_so(kiosk: Any) -> None:
    here = kiosk()
    here.desk._settings = BrowserSettings("no-such-chromium")
    with pytest.raises(NoBrowser):
        here.desk.open("portal", "zh-CN", SIZE)
    assert here.health[-1][:2] == ("failed", "no_browser")


def test_what_a_killed_node_left_is_removed_at_the_next_start(kiosk: Any, folder: Path) -> None:
    left = folder / "0123"
    left.mkdir(parents=True)
    (left / "Cookies").write_text("who=li", "utf-8")
    kiosk()
    assert not left.exists()


def test_an_opened_site_is_counted_once_also_when_the_server_was_away(
    hall: FakeHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_module, "AGAIN_S", 0.1)
    hall.stop()
    count = SiteCount(HallClient(hall.url, "secret", deadline_s=0.2))
    count.start()
    count.opened("portal")
    count.opened("portal")
    hall.start()
    wait_for(lambda: len(hall.by_key) == 2, what="two counts")
    wait_for(lambda: not count._kept, what="nothing more to tell")
    assert len(hall.by_key) == 2
    count.close()


def test_the_browser_ends_with_its_node_also_when_that_is_killed(folder: Path) -> None:
    node = subprocess.Popen(
        [sys.executable, "-c", NODE_OF_ITS_OWN, shutil.which("chromium") or "", str(folder / "visit"), *SANDBOX],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert node.stdout is not None
    browser = int(node.stdout.readline())
    os.kill(browser, 0)
    node.kill()
    node.wait()
    wait_for(lambda: not Path(f"/proc/{browser}/exe").exists(), what="the end of the browser")
    node.stdout.close()
    profile.remove(folder)


def test_the_way_out_leads_to_the_sites_hosts_and_nowhere_else(visited: Site) -> None:
    hosts = Hosts(visited.url, ("*.example.org", "img.example.net"))
    assert hosts.allow("a.b.example.org", 443)
    assert hosts.allow("IMG.example.net.", 80)
    assert not any(
        hosts.allow(*there)
        for there in (("example.org", 443), ("notexample.org", 443), ("img.example.net", 22), ("127.0.0.1", 22))
    )
    assert not any(map(hosts.allow_address, ("file:///etc/passwd", "chrome://version", "http://[", "javascript:1")))
    way_out = Proxy(hosts)

    def ask(request: str) -> bytes:
        with socket.create_connection(("127.0.0.1", way_out.port), timeout=10) as way:
            way.sendall(f"{request}\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n".encode())
            return b"".join(iter(lambda: way.recv(4096), b""))

    with site() as elsewhere:
        assert ask(f"GET {visited.url}second?a=b HTTP/1.1").startswith(b"HTTP/1.0 200")
        assert visited.asked == ["/second?a=b"]
        assert ask(f"GET {elsewhere.url} HTTP/1.1") == b""
        assert ask(f"CONNECT 127.0.0.1:{elsewhere.server_port} HTTP/1.1").startswith(b"HTTP/1.1 403")
        assert ask("CONNECT img.example.net:8443 HTTP/1.1").startswith(b"HTTP/1.1 403")
        assert elsewhere.asked == []
    way_out.close()
    with pytest.raises(OSError, match="refused"):
        ask(f"GET {visited.url} HTTP/1.1")
