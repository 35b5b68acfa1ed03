"""The wall, the signs over windows and the list that leads to them: whole in every size, and read from afar."""

from __future__ import annotations

import re
from typing import Any

import page_scenes
import pytest
from page_checks import LANGUAGES, axe, lengthened, opened, whole
from page_stage import PageStage, moment
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

WALLS = {"full-hd": (1920, 1080), "4k": (3840, 2160), "portrait": (1080, 1920)}
SIGNS = {"small": (480, 320), "middle": (800, 480), "television": (1920, 1080)}


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [
        *((language, size, "light") for language in LANGUAGES for size in WALLS),
        ("zh-CN", "full-hd", "dark"),
        ("en", "portrait", "dark"),
    ],
)
def test_the_wall_is_whole_and_an_emergency_covers_its_table(
    pages: PageStage, open_page: Any, language: str, size: str, theme: str
) -> None:
    page = opened(open_page, f"{pages.display}/wall?lang={language}&theme={theme}", WALLS[size])
    whole(page, f"wall-{size}-{theme}-{language}")
    if size == "full-hd":
        assert axe(page) == []
    page_scenes.emergency(pages, page_scenes.LONG_EMERGENCY)
    expect(page.locator("[data-test=emergency]")).to_contain_text("east exit")
    expect(page.locator("table")).to_have_count(0)
    whole(page, f"wall-emergency-{size}-{theme}-{language}")
    if size == "full-hd":
        assert axe(page) == []
    page_scenes.emergency(pages, None)
    expect(page.locator("table")).to_be_visible()


def test_the_wall_is_read_from_afar(pages: PageStage, open_page: Any) -> None:
    """Sizes of UX.md at 1080 lines, with digits of equal width so that labels do not dance."""
    page = opened(open_page, f"{pages.display}/wall", WALLS["full-hd"])
    least_px = {"band-label": 160, "row-3": 80, "marquee": 56}
    for name, px in least_px.items():
        text = page.locator(f"[data-test={name}]").first
        part = text.locator("td.label") if name.startswith("row") else text
        style = part.evaluate("(each) => [getComputedStyle(each).fontSize, getComputedStyle(each).fontVariantNumeric]")
        assert float(style[0].removesuffix("px")) >= px - 0.01, name
        assert style[1] == "tabular-nums"


def test_sixteen_windows_turn_pages_and_the_call_stays(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{pages.display}/wall", WALLS["full-hd"])
    rows = page.locator("tbody tr")
    first = rows.first.get_attribute("data-test")
    expect(rows).to_have_count(8)
    expect(page.locator("[data-test=row-13]")).to_contain_text("午休", timeout=9000)
    expect(page.locator("[data-test=row-13]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert [row.get_attribute("data-test") for row in rows.all()][-4:] == ["row-13", "row-14", "row-15", "row-16"]
    expect(page.locator("[data-test=band-label]")).to_have_text("C040")
    assert first == "row-3"
    page_scenes.call(pages, "A099", 1)
    expect(page.locator("[data-test=band-label]")).to_have_text("A099", timeout=12_000)


@pytest.mark.parametrize("size", WALLS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_may_grow_by_a_third_on_wall_and_sign(
    pages: PageStage, browser: Browser, language: str, size: str
) -> None:
    page = lengthened(browser, f"{pages.display}/wall?lang={language}", WALLS[size])
    whole(page, "wall")
    page.context.close()
    sign = list(SIGNS.values())[list(WALLS).index(size)]
    for window in (3, 13, 15):
        page = lengthened(browser, f"{pages.display}/sign/{window}?lang={language}", sign)
        whole(page, f"sign {window}")
        page.context.close()


@pytest.mark.parametrize("size", SIGNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_says_whose_turn_it_is_or_where_to_go(
    pages: PageStage, open_page: Any, language: str, size: str
) -> None:
    board = pages.view("board")
    board["windows"][15].update(state="open")
    pages.show("board", board)
    page = opened(open_page, f"{pages.display}/sign/3?lang={language}&staff", SIGNS[size])
    expect(page.locator("[data-test=sign-label]")).to_have_text("C040")
    expect(page.locator("[data-test=services]")).to_have_text({"zh-CN": "社保", "en": "Social insurance"}[language])
    expect(page.locator("[data-test=staff]")).to_contain_text("1024")
    whole(page, f"sign-called-{size}-{language}")
    pages.show("window:3", pages.window_view(3, state="paused", pause_reason="lunch", back_at=moment(1800)))
    expect(page.locator("[data-test=elsewhere]")).to_contain_text("16")
    expect(page.locator("[data-test=why]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    whole(page, f"sign-paused-{size}-{language}")
    assert axe(page) == []
    board["windows"][15].update(state="closed")
    pages.show("board", board)
    expect(page.locator("[data-test=nowhere]")).to_be_visible()
    pages.show("window:3", pages.window_view(3, state="open"))
    expect(page.locator("main")).to_have_attribute("data-state", "open")
    whole(page, f"sign-free-{size}-{language}")
    page_scenes.emergency(pages, page_scenes.LONG_EMERGENCY)
    expect(page.locator("[data-test=emergency]")).to_be_visible()
    whole(page, f"sign-emergency-{size}-{language}")
    assert axe(page) == []


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_leads_to_every_screen(pages: PageStage, open_page: Any, language: str, size: tuple[int, int]) -> None:
    page = opened(open_page, f"{pages.display}/?lang={language}", size)
    links = {link.get_attribute("href") for link in page.locator("a").all()}
    assert {"/wall", "/wall?theme=dark", "/wall?layout=split", "/sign/1", "/tablet/16"} <= links
    whole(page, f"screens-{size[0]}-{language}")
    assert axe(page) == []
