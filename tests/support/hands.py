"""Hands on a page: find what carries a name, touch it, or go there by keys alone; knows no page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def on(page: Page, name: str) -> Locator:
    """What carries this data-test name."""
    return page.locator(f"[data-test='{name}']")


def touch(page: Page, name: str) -> None:
    on(page, name).click()


def go_to(page: Page, name: str, steps: int = 120) -> None:
    """Tab until the focus is on something, as somebody without a mouse does."""
    for _ in range(steps):
        if page.evaluate("document.activeElement?.dataset.test ?? null") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name} by keys alone")


def choose(page: Page, name: str) -> None:
    """Go there and press it, by keys alone."""
    on(page, name).wait_for()
    go_to(page, name)
    page.keyboard.press("Enter")
