"""The virtual hall: kiosk, wall, window and devices on one screen, and a busy morning at one click."""

from __future__ import annotations

import re
from typing import Any

import page_checks
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
LANGUAGES = ("zh-CN", "en")


def _virtual_hall(stage: Any, open_page: Any, language: str, **options: Any) -> Page:
    page: Page = open_page(f"{stage.server}/login", 1920, 1080, **options)
    page.fill("[data-test=name]", "demo")
    page.fill("[data-test=password]", stage.demo.password)
    page.click("[data-test=submit]")
    page.wait_for_url(f"{stage.server}/")
    page.goto(f"{stage.server}/virtual?lang={language}")
    page.wait_for_selector("body[data-ready=true]")
    return page


def test_a_busy_morning_at_one_click(stage: Any, open_page: Any) -> None:
    page = _virtual_hall(stage, open_page, "zh-CN")
    for frame in (stage.kiosk, stage.wall, stage.panel):
        expect(page.frame_locator(f"iframe[src='{frame}']").locator("body[data-ready=true]")).to_be_visible()
    page.click("[data-test=morning]")
    wall = page.frame_locator(f"iframe[src='{stage.wall}']")
    expect(wall.locator("[data-test=band-label]")).to_have_text(re.compile(r"[A-Z]\d{3}"), timeout=30_000)
    page.click("[data-test=morning]")
    expect(page.locator("[data-test=problem]")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_virtual_hall_is_whole_and_usable_by_everybody(stage: Any, open_page: Any, language: str) -> None:
    page = _virtual_hall(stage, open_page, language, bypass_csp=True)  # axe-core is brought in from outside
    for frame in (stage.kiosk, stage.wall, stage.panel):
        expect(page.frame_locator(f"iframe[src='{frame}']").locator("body[data-ready=true]")).to_be_visible()
    page_checks.photograph(page, f"virtual-{language}")
    assert page_checks.cut_off(page) == []
    assert page_checks.axe(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_devices_page_is_whole_and_usable_by_everybody(stage: Any, open_page: Any, language: str) -> None:
    page = open_page(f"{stage.panel}?lang={language}", 1400, 900, bypass_csp=True)
    page_checks.photograph(page, f"devices-{language}", full_page=True)
    assert page_checks.cut_off(page) == []
    assert page_checks.axe(page) == []
