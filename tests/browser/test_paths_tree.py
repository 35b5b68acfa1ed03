"""What a screen reader is told on the way to a ticket, step by step, as a tree that a person can read and compare.

HALL_GOLDEN=write writes the files anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_scenes
import pytest
from page_stage import PageStage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    made = PageStage(aids=True)
    page_scenes.busy(made)
    yield made
    made.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_tree_of_the_ticket_flow(stage: PageStage, open_page: Any, language: str) -> None:
    page = open_page(f"{stage.kiosk}/?lang={language}", 1080, 1920, reduced_motion="reduce")
    told: list[str] = []

    def tell(step: str) -> None:
        tree = page.locator("dialog[open], .kiosk").last.aria_snapshot()
        tree = re.sub(r"\b\d\d:\d\d\b", "HH:MM", re.sub(r"\b[A-Z]\d{3}\b", "A000", tree))
        seconds = r"(剩余 |)\d+( 秒| seconds left| s left)" if language == "zh-CN" else r"\b\d+( seconds? left| s left)"
        told.append(f"# {step}\n{re.sub(seconds, 'N s', tree)}\n")

    def touch(name: str) -> None:
        page.click(f"[data-test='{name}']")

    tell("home")
    touch("access")
    tell("access")
    touch("access-close")
    touch("take-card")
    tell("card: what is read")
    touch("privacy-agree")
    tell("card: waiting")
    touch("home")
    touch("take-phone")
    tell("phone number")
    touch("home")
    touch("take-number")
    tell("services")
    touch("service-hukou")
    tell("confirm")
    touch("confirm")
    expect(page.locator("[data-test=print-printed]")).to_be_visible(timeout=15_000)
    tell("result")
    touch("done")
    touch("look-map")
    touch("map-window-3")
    tell("map")
    touch("home")
    touch("look-sites")
    tell("web sites")

    file, now = GOLDEN / f"aria-{language}.yaml", "\n".join(told)
    if os.environ.get("HALL_GOLDEN") == "write":
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")
