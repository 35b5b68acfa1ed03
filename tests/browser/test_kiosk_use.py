"""The kiosk as people use it: three touches, a card, keys alone, a search, and walking away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import touch
from kiosk_walk import KIOSKS, switch_on, to_service
from page_checks import opened, whole
from page_stage import PageStage
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "size", "mode"),
    [
        ("zh-CN", "portrait", "normal"),
        ("en", "portrait", "large+low"),
        ("en", "landscape", "large+low"),
        ("en", "10-inch", "large"),
    ],
)
def test_a_card_is_greeted_and_gives_priority_in_a_hall_with_departments(
    pages: PageStage, open_page: Any, language: str, size: str, mode: str
) -> None:
    page_scenes.many_services(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    switch_on(page, mode)
    step = f"{size}-{mode}-{language}"
    touch(page, "take-card")
    with page.expect_response("**/api/card/start"):
        touch(page, "privacy-agree")
    whole(page, f"kiosk-place-card-{step}")
    pages.reader.hold("elder")
    try:
        expect(page.locator("[data-test=greeting]")).to_contain_text("李*")
    finally:
        pages.reader.take()
    whole(page, f"kiosk-departments-{step}")
    page.locator("[data-test^=department-]").nth(0).click()
    expect(page.locator("[data-test=greeting]")).to_be_visible()
    whole(page, f"kiosk-greeting-{step}")
    to_service(page, "residence")
    expect(page.locator("[data-test=priority]")).to_be_checked()
    whole(page, f"kiosk-priority-{step}")
    touch(page, "confirm")
    expect(page.locator("[data-test=result-label]")).to_be_visible()
    whole(page, f"kiosk-result-with-card-{step}")
    assert pages.fake.requests[-1][2]["priority"] == "elderly"


def test_three_touches_from_home_to_paper(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, pages.kiosk, KIOSKS["portrait"])
    slips = pages.printer.slips()[0].n if pages.printer.slips() else 0  # of many, the twin keeps the newest
    page.evaluate("() => { window.touches = 0; addEventListener('click', () => window.touches++, true); }")
    touch(page, "take-number")
    touch(page, "service-hukou")
    touch(page, "confirm")
    expect(page.locator("[data-test=print-printed]")).to_be_visible()
    assert page.evaluate("() => window.touches") == 3
    assert pages.printer.slips()[0].n == slips + 1


def test_keys_alone_take_a_ticket(pages: PageStage, open_page: Any) -> None:
    """Arrows and Enter; then digits, as a key pad has them; Escape goes back."""
    page = opened(open_page, f"{pages.kiosk}/?lang=en", KIOSKS["portrait"])
    step = page.locator("main.step")
    page.keyboard.press("ArrowDown")
    ring = page.evaluate(
        """() => { const style = getComputedStyle(document.activeElement);
                   return [style.outlineWidth, style.outlineColor, style.boxShadow]; }"""
    )
    assert ring[:2] == ["4px", "rgb(255, 176, 0)"]
    assert "rgb(16, 35, 59) 0px 0px 0px 2px" in ring[2]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("data-step", "services")
    page.keyboard.press("Escape")
    expect(step).to_have_attribute("data-step", "home")
    page.keyboard.press("2")
    expect(step).to_have_attribute("data-step", "services")
    page.keyboard.press("4")
    expect(page.locator("[data-test=confirm-service]")).to_have_text("Medical insurance")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=result-label]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("data-step", "home")


def test_whoever_leaves_is_asked_and_then_forgotten(pages: PageStage, open_page: Any) -> None:
    """60 s without a touch: asked in the last ten, then home, in the hall's language and in ordinary text."""
    page = opened(open_page, pages.kiosk, KIOSKS["portrait"])
    page.clock.install()
    touch(page, "language")
    touch(page, "large-text")
    touch(page, "take-number")
    page.clock.run_for(49_000)
    expect(page.locator("[data-test=idle-stay]")).to_have_count(0)
    page.clock.run_for(3_000)
    touch(page, "idle-stay")
    page.clock.run_for(49_000)
    expect(page.locator("main.step")).to_have_attribute("data-step", "services")
    page.clock.run_for(12_000)
    expect(page.locator("main.step")).to_have_attribute("data-step", "home")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html[data-large]")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ldry", "residence"), ("liudong", "residence"), ("sb", "social-insurance"), ("shebao", "social-insurance"),
        ("tiaojie", "mediation"), ("户", "hukou"), ("救助", "civil-affairs"), ("Birth", "birth"),
        ("social ins", "social-insurance"), ("rh", "homestead"), ("gongan", "hukou"),
    ],
)  # fmt: skip
def test_search_reads_pinyin_initials_chinese_and_english(kiosk_search: Page, typed: str, first: str) -> None:
    kiosk_search.fill("[data-test=search-field]", typed)
    tile = kiosk_search.locator("[data-test^=service-]").first
    expect(tile).to_have_attribute("data-test", f"service-{first}")


@pytest.fixture(scope="module")
def kiosk_search(public_stage: PageStage, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1080, "height": 1920})
    page.goto(public_stage.kiosk)
    touch(page, "take-number")
    touch(page, "search")
    yield page
    page.close()
