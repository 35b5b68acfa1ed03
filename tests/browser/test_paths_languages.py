"""A third language, from one file, on every page that citizens see; here one that is written from right to left.

HALL_PHOTOS names a folder for photographs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_checks
import page_scenes
import pytest
from hands import on
from page_stage import PageStage, moment
from playwright.sync_api import Page, expect
from pseudo_language import TAG, pseudo, pseudo_pack

pytestmark = pytest.mark.browser

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
# English that comes from our words; a label, a hall's own words and the switch of languages are none.
ENGLISH = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    made = PageStage()
    made.fake.packs[TAG] = pseudo_pack()
    page_scenes.busy(made)
    view = made.view("kiosk")
    view["languages"] = ["zh-CN", "en", TAG]
    made.show("kiosk", view)
    made.fake.info["languages"] = view["languages"]
    for name in ("board", *(f"window:{n}" for n in range(1, 17))):
        shown = made.view(name)
        for text in (shown.get("hall"), shown.get("name")):
            if text:
                text[TAG] = pseudo(text["en"])
        made.show(name, shown)
    yield made
    made.close()


def look(page: Page, name: str) -> None:
    page_checks.whole(page, f"rtl-{name}")
    main = page.locator("main, dialog[open], .wall, #app").first.inner_text()
    assert ENGLISH.findall(main) == [], name


@pytest.mark.parametrize("size", SIZES)
def test_the_kiosk_speaks_it_from_right_to_left(stage: PageStage, open_page: Any, size: str) -> None:
    page = open_page(stage.kiosk, *SIZES[size], reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(on(page, "language")).to_contain_text("عر")
    on(page, "language").click()
    on(page, "language").click()
    expect(page.locator("html")).to_have_attribute("lang", TAG)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    look(page, f"home-{size}")
    back, home = on(page, "back").bounding_box(), on(page, "home").bounding_box()
    assert back["x"] > home["x"]
    on(page, "access").click()
    look(page, f"access-{size}")
    on(page, "access-large").click()
    on(page, "access-close").click()
    look(page, f"home-large-{size}")
    on(page, "large-text").click()
    for way, step in (("take-card", "card"), ("take-phone", "phone")):
        on(page, way).click()
        look(page, f"{step}-{size}")
        on(page, "home").click()
    on(page, "take-number").click()
    look(page, f"services-{size}")
    on(page, "search").click()
    look(page, f"search-{size}")
    on(page, "back").click()
    tile = on(page, "service-hukou")
    # Arrows go where they point, whichever way the words run.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    first = page.evaluate("() => document.activeElement.getBoundingClientRect().right")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.getBoundingClientRect().right") > first
    tile.click()
    look(page, f"confirm-{size}")
    slips = len(stage.printer.slips())
    on(page, "confirm").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=15_000)
    look(page, f"result-{size}")
    assert len(stage.printer.slips()) == slips + 1
    slip = stage.printer.slips()[0].text
    assert "[image" in slip  # letters that the printer has not
    assert "ahead of you" not in slip
    assert page_checks.axe(page) == []


@pytest.mark.parametrize(
    ("path", "size"),
    [("wall", (1920, 1080)), ("wall", (1080, 1920)), ("sign/3", (800, 480)), ("sign/13", (480, 320))],
)
def test_screens_speak_it_too(stage: PageStage, open_page: Any, path: str, size: tuple[int, int]) -> None:
    page = open_page(f"{stage.display}/{path}?lang={TAG}", *size, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("dir", "rtl", timeout=15_000)
    look(page, f"{path.replace('/', '-')}-{size[0]}")


def test_the_tablet_speaks_it_too(stage: PageStage, open_page: Any) -> None:
    page = open_page(f"{stage.display}/tablet/1?lang={TAG}", 1024, 768, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("dir", "rtl", timeout=15_000)
    rate = {"ticket_id": "ticket-rtl", "label": "A041", "finished_at": moment()}
    view = stage.view("window:1")
    stage.show("window:1", {**view, "state": "open", "rate": rate})
    expect(on(page, "grade-5")).to_be_visible()
    look(page, "tablet")


def test_what_a_pack_lacks_is_said_in_the_halls_first_language(stage: PageStage, open_page: Any) -> None:
    pack = pseudo_pack()
    pack["words"] = {"kiosk": {"home_title": pack["words"]["kiosk"]["home_title"]}, "slip": {"footer": "{oops"}}
    stage.fake.packs["fr"] = {**pack, "language": "fr", "name": {"short": "FR", "long": "Français"}, "direction": "ltr"}
    view = stage.view("kiosk")
    stage.show("kiosk", {**view, "languages": ["en", "fr"]})
    page = open_page(f"{stage.kiosk}/?lang=fr", *SIZES["portrait"], reduced_motion="reduce")
    expect(page.locator("h2")).to_have_text(pseudo("How would you like to take a number?"), timeout=15_000)
    expect(on(page, "take-number")).to_contain_text("Without a card")
    on(page, "take-number").click()
    on(page, "service-hukou").click()
    on(page, "confirm").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=15_000)
    assert "请在休息区等候" in stage.printer.slips()[0].text  # as `GET /hall` named the hall's first language
    stage.show("kiosk", view)


def test_public_pages_use_no_side_of_the_page_by_name() -> None:
    """Left and right are where a language begins and ends: styles say start and end."""
    root = Path(__file__).parents[2]
    sided = re.compile(r"^\s*((margin|padding|border)-(left|right)|left|right|float|text-align: (left|right))\b", re.M)
    allowed = {"ClosedScreen.vue"}  # drifts over the whole glass, whatever is written on it
    folders = ("kiosk/web", "display/web", "queue_server/web/shared", "queue_server/web/phone")
    for path in (file for folder in folders for file in (root / folder).rglob("*") if file.suffix in {".vue", ".css"}):
        text = path.read_text(encoding="utf-8")
        style = text[text.find("<style") :] if path.suffix == ".vue" else text
        if "static" not in path.parts and path.name not in allowed:
            assert [found[0].strip() for found in sided.finditer(style)] == [], path
