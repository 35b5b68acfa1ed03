"""The virtual hall: kiosk, wall, window and devices on one screen, and a busy morning at one click."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_busy_morning_at_one_click(stage: Any, open_page: Any) -> None:
    page = open_page(f"{stage.server}/login?next=/virtual", 1920, 1080)
    page.fill("[data-test=name]", "demo")
    page.fill("[data-test=password]", stage.demo.password)
    page.click("[data-test=submit]")
    page.wait_for_url("**/virtual")
    for frame in (stage.kiosk, stage.wall, stage.panel):
        expect(page.frame_locator(f"iframe[src='{frame}']").locator("body[data-ready=true]")).to_be_visible()
    page.click("[data-test=morning]")
    wall = page.frame_locator(f"iframe[src='{stage.wall}']")
    expect(wall.locator("[data-test=band-label]")).to_have_text(re.compile(r"[A-Z]\d{3}"), timeout=30_000)
    page.click("[data-test=morning]")
    expect(page.locator("[data-test=problem]")).to_have_count(0)
