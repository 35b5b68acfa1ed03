"""The way through the kiosk's pages, from home to paper and beside it, with a look at each step; checks nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from hands import touch
from playwright.sync_api import Page, expect

KIOSKS = {"portrait": (1080, 1920), "landscape": (1920, 1080), "10-inch": (1280, 800)}


def to_service(page: Page, service: str) -> None:
    """Touch a service, turning pages until it is there."""
    tile = page.locator(f"[data-test=service-{service}]")
    while not tile.is_visible():
        touch(page, "next-page")
    tile.click()


def to_item(page: Page, item: str) -> None:
    """Touch an item of a guide, or turn to it where there is no room for seven buttons."""
    if page.locator(f"[data-test=item-{item}]").is_visible():
        touch(page, f"item-{item}")
    while page.get_attribute("[data-item]", "data-item") != item:
        touch(page, "next-item")


def switch_on(page: Page, mode: str) -> None:
    """`mode`: normal, or large, low and contrast, several of them joined by "+"."""
    if mode != "normal":
        touch(page, "access")
        for each in mode.split("+"):
            touch(page, f"access-{each}")
        touch(page, "access-close")


def through_what_can_be_looked_up(page: Page, see: Callable[[str], None]) -> None:
    """The guide from home to paper, and back home."""
    touch(page, "look-guide")
    see("guide")
    touch(page, "search")
    touch(page, "letter-H")
    touch(page, "letter-J")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", "1")
    see("guide-search")
    touch(page, "guide-hukou")
    see("guide-service")
    to_item(page, "procedure")
    see("guide-procedure")
    to_item(page, "materials")
    expect(page.locator("[data-test=guide-materials]")).to_be_visible()
    see("guide-materials")
    touch(page, "guide-print")
    expect(page.locator("[data-test=guide-print-said].good")).to_be_visible()
    see("guide-printed")
    touch(page, "home")
    touch(page, "look-opinion")
    see("opinion")
    touch(page, "subject-complaint")
    touch(page, "about-waiting")
    see("opinion-about")
    touch(page, "opinion-more")
    see("opinion-words")
    touch(page, "opinion-next")
    touch(page, "opinion-digit-1")
    touch(page, "opinion-send")
    expect(page.locator("[data-test=opinion-wrong]")).to_be_visible()
    see("opinion-phone")
    touch(page, "home")


def through_the_kiosk(page: Page, see: Callable[[str], None]) -> None:
    """Every step from home to paper and what lies beside the way, with `see(name)` at each."""
    see("home")
    touch(page, "help")
    see("help")
    touch(page, "help-close")
    touch(page, "access")
    see("access")
    touch(page, "access-close")
    through_what_can_be_looked_up(page, see)
    touch(page, "take-card")
    see("card")
    touch(page, "back")
    touch(page, "take-phone")
    see("phone")
    touch(page, "home")
    touch(page, "take-number")
    see("services")
    touch(page, "search")
    touch(page, "letter-L")
    touch(page, "letter-D")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", re.compile("^[123]$"))
    see("search")
    page.fill("[data-test=search-field]", "zzz")
    see("nothing-found")
    touch(page, "back")
    to_service(page, "residence")
    see("confirm")
    touch(page, "confirm")
    expect(page.locator("[data-test=print-printed]")).to_be_visible()
    see("result")
    touch(page, "done")
