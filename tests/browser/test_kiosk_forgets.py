"""Nothing of a citizen is left in the kiosk's page once they have gone: what they typed, and the name on their card.

The whole heap of the page is read as a memory dump would be, after its garbage was collected. What is still there
while they stand before it shows that the search would find it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import on, touch
from number_pad import at
from page_checks import opened
from page_stage import PageStage
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PHONE = "13900138642"
NAME = "李*"


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    made = PageStage()
    yield made
    made.close()


def heap(page: Page) -> str:
    """All that the page's JavaScript holds, its strings among it."""
    debugger = page.context.new_cdp_session(page)
    pieces: list[str] = []
    debugger.on("HeapProfiler.addHeapSnapshotChunk", lambda event: pieces.append(event["chunk"]))
    debugger.send("HeapProfiler.enable")
    debugger.send("HeapProfiler.collectGarbage")
    debugger.send("HeapProfiler.takeHeapSnapshot")
    debugger.detach()
    return "\n".join(json.loads("".join(pieces))["strings"])


def test_what_a_citizen_typed_and_their_name_go_with_them(stage: PageStage, open_page: Any) -> None:
    page_scenes.busy(stage)
    page = opened(open_page, f"{stage.kiosk}/?lang=zh-CN", (1080, 1920))
    touch(page, "take-phone")
    page.keyboard.type(PHONE)
    touch(page, "phone-next")
    at(page, "services")
    assert PHONE in heap(page)
    touch(page, "service-residence")
    touch(page, "confirm")
    expect(on(page, "print-printed")).to_be_visible()
    touch(page, "done")
    at(page, "home")

    # Another goes away without a ticket.
    touch(page, "take-card")
    touch(page, "privacy-agree")
    stage.reader.hold("elder")
    try:
        at(page, "services")
    finally:
        stage.reader.take()
    on(page, "greeting").wait_for()
    assert NAME in heap(page)  # not asked of the page: what the debugger was answered lies in the heap as well
    touch(page, "home")
    at(page, "home")

    # One citizen later: what a page keeps for its newest event is nobody's any more.
    touch(page, "take-number")
    touch(page, "home")
    at(page, "home")
    left = heap(page)
    assert PHONE not in left
    assert NAME not in left
