"""The map of windows and web sites at the kiosk, by touch and by keys; Chromium runs twice, ours and the site's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hands import choose, go_to, on, touch
from page_checks import opened, whole
from page_stage import PageStage
from playwright.sync_api import Page, expect
from site_server import ROW_PX, ROWS, Site, site
from waiting import wait_for

from kiosk.sites.desk import profiles

pytestmark = pytest.mark.browser
PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
SCALE = 1.5


@pytest.fixture
def visited(pages: PageStage) -> Iterator[Site]:
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with site() as server:
        offer(pages, server)
        yield server
        pages.clear()


def offer(pages: PageStage, server: Site, **more: Any) -> None:
    guide = pages.view("guide")
    pages.show("guide", {**guide, "sites": [{**guide["sites"][0], "url": server.url, "hosts": [], **more}]})


def tap(page: Page, row: str) -> None:
    middle = (ROWS.index(row) * ROW_PX + ROW_PX / 2) * SCALE
    on(page, "site-glass").click(position={"x": 75, "y": middle})


def opened_site(page: Page) -> None:
    page.wait_for_selector(".site[data-state=open]")
    wait_for(lambda: on(page, "site-glass").get_attribute("height") not in (None, "150"), what="the first picture")


def test_a_site_is_used_by_touch_and_nothing_of_it_stays(pages: PageStage, open_page: Any, visited: Site) -> None:
    page = opened(open_page, f"{pages.kiosk}?lang=zh-CN", PORTRAIT)
    touch(page, "look-sites")
    whole(page, "kiosk-sites-zh-CN")
    touch(page, "site-portal")
    opened_site(page)
    tap(page, "elsewhere")
    expect(on(page, "site-notice")).to_be_visible()
    whole(page, "kiosk-site-zh-CN")
    tap(page, "field")
    expect(on(page, "site-keyboard")).to_be_visible()
    for key in ("a", "b"):
        touch(page, f"site-key-{key}")
    wait_for(lambda: "/wrote?ab" in visited.asked, what="what was typed on the screen")
    whole(page, "kiosk-site-keyboard-zh-CN")
    folder = profiles(pages.kiosk_node.settings.node.data)
    assert list(folder.iterdir())
    touch(page, "home")
    wait_for(lambda: list(folder.iterdir()) == [], what="a visit of which nothing is left")
    offer(pages, visited, idle_s=8)
    touch(page, "look-sites")
    touch(page, "site-portal")
    wait_for(lambda: list(folder.iterdir()), what="another visit")
    expect(page.locator("dialog[open]")).to_be_visible()
    expect(page.locator("[data-step=home]")).to_be_visible(timeout=20_000)
    wait_for(lambda: list(folder.iterdir()) == [], what="a visit that ended by itself")


def test_a_site_is_used_by_keys_alone(pages: PageStage, open_page: Any, visited: Site) -> None:
    page = opened(open_page, f"{pages.kiosk}?lang=en", LANDSCAPE)
    choose(page, "look-sites")
    choose(page, "site-portal")
    opened_site(page)
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.type("yes")
    wait_for(lambda: "/wrote?yes" in visited.asked, what="what was typed on a keyboard")
    expect(on(page, "site-keyboard")).to_be_visible()
    whole(page, "kiosk-site-keyboard-en")
    page.keyboard.press("Escape")
    expect(on(page, "site-portal")).to_be_visible()
    visited.asked.clear()
    page.keyboard.press("Escape")
    pages.show("guide", {**pages.view("guide"), "sites": []})
    expect(on(page, "look-sites")).to_have_count(0)


def test_a_site_that_is_away_is_said_in_a_sentence(pages: PageStage, open_page: Any, visited: Site) -> None:
    offer(pages, visited, url="http://127.0.0.1:1/")
    page = opened(open_page, f"{pages.kiosk}?lang=en", LANDSCAPE)
    touch(page, "look-sites")
    touch(page, "site-portal")
    expect(on(page, "site-failed")).to_contain_text("cannot be reached")
    whole(page, "kiosk-site-away-en")
    touch(page, "site-leave")
    expect(page.locator("[data-step=home]")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), [("zh-CN", PORTRAIT), ("en", LANDSCAPE)])
def test_the_map_shows_where_a_window_is_and_how_it_is(
    pages: PageStage, open_page: Any, language: str, size: tuple[int, int]
) -> None:
    page = opened(open_page, f"{pages.kiosk}?lang={language}", size)
    choose(page, "look-guide")
    choose(page, "guide-hukou")
    choose(page, "guide-where")
    expect(page.locator("h2")).to_contain_text("1")
    expect(on(page, "map-window-1")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".item.marked").count() == 3
    shown = next(window for window in pages.view("board")["windows"] if window["label"])
    go_to(page, f"map-window-{shown['window']}")
    page.keyboard.press("Enter")
    expect(on(page, "map-called")).to_contain_text(shown["label"])
    whole(page, f"kiosk-map-{language}")
    page.keyboard.press("Escape")
    expect(on(page, "guide-where")).to_be_visible()
