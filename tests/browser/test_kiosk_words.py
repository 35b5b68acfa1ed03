"""The kiosk's pages with longer words, for everybody (axe), and when they must say no."""

from __future__ import annotations

import re
from typing import Any

import page_scenes
import pytest
from hands import touch
from kiosk_walk import KIOSKS, switch_on, through_the_kiosk, to_service
from page_checks import LANGUAGES, axe, lengthened, opened, whole
from page_stage import PageStage
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", KIOSKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_may_grow_by_a_third_at_the_kiosk(pages: PageStage, browser: Browser, language: str, size: str) -> None:
    page = lengthened(browser, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    through_the_kiosk(page, lambda step: whole(page, f"{step} {size} {language}"))
    page.context.close()


@pytest.mark.parametrize("mode", ["normal", "contrast"])
def test_axe_finds_nothing_at_the_kiosk(pages: PageStage, open_page: Any, mode: str) -> None:
    page_scenes.some_closed(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang=zh-CN", KIOSKS["portrait"])
    switch_on(page, mode)

    def see(step: str) -> None:
        assert axe(page) == [], step

    through_the_kiosk(page, see)
    page_scenes.all_closed(pages)
    expect(page.locator("[data-test=hall-closed]")).to_be_visible()
    see("closed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kiosk_says_why_not_and_what_to_do(pages: PageStage, browser: Browser, language: str) -> None:
    page_scenes.some_closed(pages)
    # Not with `open_page`: the browser calls the refusal below an error on its console.
    page = browser.new_page(viewport={"width": 1080, "height": 1920}, reduced_motion="reduce")
    page.goto(f"{pages.kiosk}/?lang={language}")
    touch(page, "take-number")
    for service, said in (("business", r"\d\d:\d\d"), ("social-insurance", r"\S"), ("medical-insurance", "4.*15.*16")):
        to_service(page, service)
        expect(page.locator("[data-test=service-closed]")).to_contain_text(re.compile(said))
        whole(page, f"kiosk-closed-{service}-{language}")
        touch(page, "service-closed-ok")
    pages.fake.refuse = (409, "already_waiting", {"label": "A017", "ticket_id": "t-17"})
    to_service(page, "hukou")
    touch(page, "confirm")
    expect(page.locator("[data-test=refusal]")).to_contain_text("A017")
    whole(page, f"kiosk-already-waiting-{language}")
    touch(page, "refusal-home")
    page_scenes.all_closed(pages)
    expect(page.locator("[data-test=hall-closed]")).to_be_visible()
    whole(page, f"kiosk-hall-closed-{language}")
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_paper_the_kiosk_still_gives_numbers_and_says_so(
    pages: PageStage, open_page: Any, language: str
) -> None:
    pages.printer.set_paper(False)
    try:
        page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS["10-inch"])
        touch(page, "take-number")
        to_service(page, "hukou")
        touch(page, "confirm")
        expect(page.locator("[data-test=print-not_printed]")).to_be_visible()
        whole(page, f"kiosk-not-printed-{language}")
        touch(page, "done")
        expect(page.locator("[data-test=printer-failed]")).to_be_visible()
        whole(page, f"kiosk-no-paper-{language}")
    finally:
        pages.printer.set_paper(True)
