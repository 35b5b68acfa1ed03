"""The rating tablet at a window: it asks once, by touch or keys, and no answer is no grade."""

from __future__ import annotations

from typing import Any

import pytest
from hands import touch
from page_checks import LANGUAGES, axe, lengthened, opened, whole
from page_stage import PageStage, moment
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

TABLETS = {"landscape": (1024, 768), "portrait": (768, 1024)}


def offer(pages: PageStage, ticket: str) -> None:
    rate = {"ticket_id": ticket, "label": "A041", "finished_at": moment()}
    pages.show("window:1", pages.window_view(1, state="open", rate=rate))


@pytest.mark.parametrize("longer", [False, True], ids=["", "longer"])
@pytest.mark.parametrize("size", TABLETS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tablet_asks_for_a_grade_and_its_reasons(
    pages: PageStage, browser: Browser, open_page: Any, language: str, size: str, longer: bool
) -> None:
    url = f"{pages.display}/tablet/1?lang={language}"
    page = lengthened(browser, url, TABLETS[size]) if longer else opened(open_page, url, TABLETS[size])

    def see(step: str) -> None:
        if longer:
            whole(page, step)
        else:
            whole(page, f"tablet-{step}-{size}-{language}")
            assert axe(page) == [], step

    see("idle")
    offer(pages, f"ticket-{language}-{size}-{longer}")
    expect(page.locator("[data-test^=grade-]")).to_have_count(5)
    see("grades")
    for grade in (2, 5):
        touch(page, f"grade-{grade}")
        chips = page.locator("[data-test^=reason-]")
        expect(chips).to_have_count(8)
        assert all((chip.get_attribute("data-test") or "").startswith(f"reason-{grade}") for chip in chips.all())
        for n in range(3):
            chips.nth(n).click()
        expect(chips.nth(3)).to_be_disabled()
        see(f"reasons-{grade}")
        if grade == 2:
            touch(page, "change")
    touch(page, "send")
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    see("thanks")
    assert (pages.fake.ratings[-1]["grade"], len(pages.fake.ratings[-1]["reasons"])) == (5, 3)
    if longer:
        page.context.close()


def test_keys_alone_rate_a_service(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{pages.display}/tablet/1", TABLETS["landscape"])
    offer(pages, "ticket-keys")
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator("[data-test^=reason-4]").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("[data-test^=reason-4][aria-pressed=true]")).to_have_count(1)
    page.clock.install()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    assert (pages.fake.ratings[-1]["grade"], len(pages.fake.ratings[-1]["reasons"])) == (4, 1)
    page.clock.run_for(2_500)
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    page.clock.run_for(1_000)
    expect(page.locator("[data-test=idle]")).to_be_visible()


def test_no_answer_is_no_grade(pages: PageStage, open_page: Any) -> None:
    """60 s after the service the question goes, and nothing is sent."""
    ratings = len(pages.fake.ratings)
    page = opened(open_page, f"{pages.display}/tablet/1", TABLETS["landscape"])
    page.clock.install()
    offer(pages, "ticket-silent")
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.clock.run_for(59_000)
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.clock.run_for(2_000)
    expect(page.locator("[data-test=idle]")).to_be_visible()
    assert len(pages.fake.ratings) == ratings
