"""All pages that citizens see: light, and honest while the server is away."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from hands import touch
from page_checks import opened, whole
from page_stage import PageStage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FULL_HD = (1920, 1080)
SCRIPTS_GZIP_BYTES = 120 * 1024


@pytest.mark.parametrize("page_name", ["kiosk", "wall", "sign", "tablet"])
def test_the_scripts_are_light(pages: PageStage, open_page: Any, page_name: str) -> None:
    """120 KB gzip each, all scripts of the page together, the search of the kiosk too."""
    address = {"kiosk": pages.kiosk, "wall": f"{pages.display}/wall"}.get(page_name, f"{pages.display}/{page_name}/1")
    page = opened(open_page, address, (1280, 800))
    if page_name == "kiosk":
        touch(page, "take-number")
        with page.expect_response(re.compile(r"/static/assets/.*\.js")):
            touch(page, "search")
    scripts = page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.endsWith('.js'))"
    )
    assert scripts
    size = sum(len(gzip.compress(page.request.get(script).body(), 9)) for script in set(scripts))
    assert size <= SCRIPTS_GZIP_BYTES, f"{page_name}: {size:,} bytes"


def test_every_page_says_that_the_server_is_away_and_comes_back(pages: PageStage, open_page: Any) -> None:
    wall = opened(open_page, f"{pages.display}/wall", FULL_HD)
    sign = opened(open_page, f"{pages.display}/sign/3", (800, 480))
    tablet = opened(open_page, f"{pages.display}/tablet/1", (1024, 768))
    kiosk = opened(open_page, pages.kiosk, (1080, 1920))
    pages.fake.stop()
    try:
        for page, name in ((wall, "wall"), (sign, "sign"), (tablet, "tablet")):
            expect(page.locator("[data-test=away]")).to_contain_text(re.compile(r"\d\d:\d\d"), timeout=15_000)
            whole(page, f"{name}-server-away")
        expect(kiosk.locator("[data-test=no-server]")).to_contain_text(re.compile(r"\d\d:\d\d"), timeout=15_000)
        whole(kiosk, "kiosk-server-away")
        kiosk.click("[data-test=help]")
        expect(kiosk.locator("[data-test=help-away]")).to_be_visible()
        whole(kiosk, "kiosk-help-away")
        kiosk.click("[data-test=help-close]")
        expect(wall.locator("[data-test=band-label]")).to_have_text("C040")
    finally:
        pages.fake.start()
    for page in (wall, sign, tablet):
        expect(page.locator("[data-test=away]")).to_have_count(0, timeout=15_000)
    expect(kiosk.locator("[data-test=no-server]")).to_have_count(0, timeout=15_000)
    expect(kiosk.locator("[data-test=take-number]")).to_be_enabled()
