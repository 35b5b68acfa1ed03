"""The citizen's page on a phone: from the link on a slip through every state, live, without a connection, by keys."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_checks
import pytest
from hall_process import Client, HallProcess
from hands import choose, on
from page_checks import fits_a_phone
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SMALL, LARGE = (360, 640), (430, 932)
LANGUAGES = ("zh-CN", "en")
EXTRA = """
[rules]
call_gap_s = 0
min_calls_before_no_show = 1
requeue_after_n = 2
"""
MATERIALS = """
materials = [
    { zh-CN = "身份证原件", en = "Identity card" },
    { zh-CN = "户口簿", en = "Household register" },
]
"""


class Hall:
    """A hall whose slips carry links, and what happens in it beside the phones."""

    def __init__(self, process: HallProcess) -> None:
        self.process = process
        self.node: Client = process.client("node")
        self.manager: Client = process.client("manager")
        self.manager.post("/windows/2/open", {})

    def ticket(self, **body: Any) -> dict[str, Any]:
        ticket: dict[str, Any] = self.node.post("/tickets", {"service": "hukou", **body}).json()
        return ticket

    def do(self, what: str) -> None:
        self.manager.post(f"/windows/2/{what}", {}).raise_for_status()

    def serve_all(self) -> None:
        self.manager.post("/windows/2/start", {})
        while self.manager.post("/windows/2/next").status_code == 200:
            self.do("start")

    def url(self, ticket: dict[str, Any]) -> str:
        return f"{self.process.url}/t/{ticket['link'].rpartition('/')[2]}"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder = tmp_path_factory.mktemp("phone")
    process = HallProcess(folder, extra='public_url = "https://number.example.org"\n' + EXTRA)
    text = process.config.read_text(encoding="utf-8")
    process.config.write_text(text.replace('prefix = "A"', f'prefix = "A"\n{MATERIALS}'), encoding="utf-8")
    process.start()
    yield Hall(process)
    process.close()


class Phones:
    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.said: list[str] = []

    def open(self, url: str, language: str = "zh-CN", size: tuple[int, int] = SMALL, **options: Any) -> Page:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, device_scale_factor=2, has_touch=True, locale=language,
            bypass_csp=True, **options,
        )  # fmt: skip
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        page.goto(url)
        page.wait_for_selector("body[data-ready=true]", timeout=20_000)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def phones(browser: Browser) -> Iterator[Phones]:
    phones = Phones(browser)
    yield phones
    phones.close()
    usual = ("Failed to load resource", "WebSocket connection", "ERR_INTERNET_DISCONNECTED")
    assert [line for line in phones.said if not any(part in line for part in usual)] == []


def state(page: Page, name: str) -> None:
    expect(on(page, f"state-{name}")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ticket_from_the_line_to_the_rating(hall: Hall, phones: Phones, language: str) -> None:
    hall.serve_all()
    others = [hall.ticket() for _ in range(4)]
    mine = hall.ticket(priority=None)
    page = phones.open(hall.url(mine), language)
    expect(on(page, "label")).to_have_text(mine["label"])
    expect(on(page, "ahead")).to_contain_text("4")
    fits_a_phone(page, f"phone-waiting-{language}")
    hall.do("next")
    expect(on(page, "ahead")).to_contain_text("3", timeout=20_000)
    fits_a_phone(page, f"phone-soon-{language}")
    for _ in others[1:]:
        hall.do("start")
        hall.do("next")
    hall.do("start")
    expect(on(page, "state-waiting").locator("h2")).not_to_contain_text("1", timeout=20_000)
    hall.do("next")
    state(page, "called")
    expect(on(page, "window")).to_contain_text("2")
    fits_a_phone(page, f"phone-called-{language}")
    hall.do("start")
    state(page, "serving")
    fits_a_phone(page, f"phone-serving-{language}")
    hall.do("finish")
    state(page, "finished")
    fits_a_phone(page, f"phone-finished-{language}")
    on(page, "grade-2").tap()
    on(page, "reason-214").tap()
    on(page, "text").fill("等得有点久")
    fits_a_phone(page, f"phone-rating-{language}")
    on(page, "send").tap()
    expect(on(page, "thanks")).to_be_visible()
    fits_a_phone(page, f"phone-rated-{language}")
    rated = [e for e in hall.manager.get("/journal?limit=1000").json()["events"] if e["kind"] == "Rated"][-1]
    assert (rated["data"]["grade"], rated["data"]["reasons"], rated["data"]["channel"]) == (2, ["214"], "phone")
    assert rated["by"] == "citizen:phone"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missed_call_more_time_and_giving_back_by_keys_alone(hall: Hall, phones: Phones, language: str) -> None:
    hall.serve_all()
    mine = hall.ticket()
    for _ in range(2):
        hall.ticket()
    page = phones.open(hall.url(mine), language)
    choose(page, "remind")
    expect(on(page, "reminding")).to_be_visible()
    fits_a_phone(page, f"phone-reminding-{language}")
    choose(page, "later")
    expect(on(page, "said")).to_be_visible()
    expect(on(page, "ahead")).to_contain_text("2")
    fits_a_phone(page, f"phone-later-{language}")
    for _ in range(2):
        hall.do("next")
        hall.do("no-show")
    hall.do("next")
    hall.do("no-show")
    state(page, "no_show")
    fits_a_phone(page, f"phone-no-show-{language}")
    choose(page, "later")
    state(page, "waiting")
    choose(page, "cancel")
    fits_a_phone(page, f"phone-cancel-sure-{language}")
    choose(page, "cancel-no")
    state(page, "waiting")
    choose(page, "cancel")
    choose(page, "cancel-yes")
    state(page, "cancelled")
    fits_a_phone(page, f"phone-cancelled-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_connection_it_says_since_when_and_recovers(hall: Hall, phones: Phones, language: str) -> None:
    hall.serve_all()
    hall.ticket()
    mine = hall.ticket()
    page = phones.open(hall.url(mine), language, LARGE)
    expect(on(page, "ahead")).to_contain_text("1")
    page.context.set_offline(True)
    hall.process.kill()  # a socket that stands is not cut by Chromium's "offline"
    expect(on(page, "offline")).to_be_visible(timeout=30_000)
    fits_a_phone(page, f"phone-offline-{language}")
    hall.process.start()
    page.context.set_offline(False)
    expect(on(page, "offline")).to_have_count(0, timeout=30_000)
    hall.do("open")
    hall.do("next")
    hall.do("start")
    hall.do("next")
    state(page, "called")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_that_is_over_says_so(hall: Hall, phones: Phones, language: str) -> None:
    page = phones.open(f"{hall.process.url}/t/{'A' * 22}", language)
    expect(on(page, "gone")).to_be_visible()
    fits_a_phone(page, f"phone-gone-{language}")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_large_text_is_not_cut_off(hall: Hall, phones: Phones, size: tuple[int, int]) -> None:
    hall.serve_all()
    for _ in range(4):
        hall.ticket()
    mine = hall.ticket(priority="elderly")
    page = phones.open(hall.url(mine), "en", size)
    page.add_style_tag(content=":root { font-size: 130% !important; }")
    page.evaluate(page_checks.LONGER)
    fits_a_phone(page, f"phone-longer-{size[0]}")


def test_old_browsers_get_javascript_they_read_and_little_of_it() -> None:
    static = ROOT / "queue_server" / "web" / "phone" / "static"
    scripts = list(static.rglob("*.js"))
    assert scripts
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 120 * 1024
    text = "".join(script.read_text(encoding="utf-8") for script in scripts)
    assert not re.search(r"AbortSignal\.timeout|\.at\(-1\)|\?\?=|structuredClone|\.replaceAll\(", text)


def test_a_push_is_shown_and_leads_back(hall: Hall, phones: Phones) -> None:
    mine = hall.ticket()
    page = phones.open(hall.url(mine), permissions=["notifications"])
    page.evaluate("navigator.serviceWorker.register('/t/sw.js', { scope: '/t/' })")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: registrations.extend(said["registrations"]))
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(0)
    origin = hall.process.url
    message = json.dumps({"title": "A042 快到了", "body": "前面还有 3 人", "tag": "A042", "url": "/t/x"})
    deadline = time.monotonic() + 20
    shown: list[Any] = []
    while not shown and time.monotonic() < deadline:
        for registration in registrations[:1]:
            session.send(
                "ServiceWorker.deliverPushMessage",
                {"origin": origin, "registrationId": registration["registrationId"], "data": message},
            )
        shown = page.evaluate(
            "navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.map(n => [n.title, n.tag]))"
        )
        page.wait_for_timeout(100)
    assert shown == [["A042 快到了", "A042"]]
