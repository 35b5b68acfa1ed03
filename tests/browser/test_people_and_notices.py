"""People and notices as citizens see them: at the kiosk, on a screen of their own, at a window, between calls.

HALL_PHOTOS names a folder to keep the photographs in.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import page_scenes
import pytest
from hands import on, touch
from kiosk_walk import KIOSKS, switch_on
from page_checks import LANGUAGES, axe, highest_target, opened, small_targets, whole
from page_stage import PageStage
from playwright.sync_api import Page, expect
from waiting import wait_for

pytestmark = pytest.mark.browser

FULL_HD = (1920, 1080)
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def people(pages: PageStage) -> PageStage:
    page_scenes.people_and_notices(pages)
    return pages


@pytest.mark.parametrize(
    ("language", "size", "mode"),
    [
        ("zh-CN", "portrait", "normal"),
        ("en", "landscape", "normal"),
        ("en", "portrait", "large"),
        ("en", "landscape", "large"),
        ("zh-CN", "portrait", "large+low"),
        ("zh-CN", "landscape", "low"),
    ],
)
def test_a_kiosk_shows_people_and_notices_in_every_mode(
    people: PageStage, open_page: Any, language: str, size: str, mode: str
) -> None:
    page = opened(open_page, f"{people.kiosk}/?lang={language}", KIOSKS[size])
    switch_on(page, mode)
    share = min(KIOSKS[size]) / 1080

    def see(step: str) -> None:
        whole(page, f"kiosk-{step}-{size}-{mode}-{language}")
        assert small_targets(page, 80 * share, 16 * share) == [], step
        if "low" in mode:
            name, top = highest_target(page)
            assert top >= 0.4 * KIOSKS[size][1] - 1, f"{step}: {name} is too high for a wheelchair"

    touch(page, "look-staff")
    expect(on(page, "person").first).to_contain_text("赵样本" if language == "zh-CN" else "Sample Person 1")
    see("staff")
    assert axe(page) == []
    shown = on(page, "person").count()
    while on(page, "next-page").count() and on(page, "next-page").is_enabled():
        touch(page, "next-page")
        shown += on(page, "person").count()
    assert shown == 11, "everybody is on some page"
    touch(page, "back")
    touch(page, "look-notices")
    expect(on(page, "notice-over")).to_have_count(0)
    see("notices")
    touch(page, "notice-short")
    see("notice")
    assert axe(page) == []
    touch(page, "notice-look")
    wait_for(lambda: on(page, "notice-picture").evaluate("image => image.naturalWidth"), what="the original")
    see("notice-original")
    touch(page, "back")
    touch(page, "notice-long")
    see("notice-long")
    assert int(on(page, "paged-text").get_attribute("data-pages") or 0) > 1
    expect(on(page, "notice-print")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tree_of_people_and_notices(people: PageStage, open_page: Any, language: str) -> None:
    """What a screen reader is told; HALL_GOLDEN=write writes the files anew."""
    page = opened(open_page, f"{people.kiosk}/?lang={language}", KIOSKS["portrait"])
    told: list[str] = []
    for step in ("look-staff", "back", "look-notices", "notice-short"):
        touch(page, step)
        if step != "back":
            tree = re.sub(r"(预计 |Back ).*?\d\d:\d\d", r"\1HH:MM", page.locator("main").aria_snapshot())
            told.append(f"# {step}\n{tree}\n")
    file, now = GOLDEN / f"aria-people-{language}.yaml", "\n".join(told)
    if os.environ.get("HALL_GOLDEN") == "write":
        file.write_text(now, "utf-8")
    assert now == file.read_text("utf-8")


def test_by_keys_alone_to_a_notice_on_paper(people: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{people.kiosk}/?lang=zh-CN", KIOSKS["portrait"])
    slips = len(people.printer.slips())

    def press_choice(name: str) -> None:
        at = page.evaluate(
            "name => [...document.querySelectorAll('[data-choice]')].findIndex((each) => each.dataset.test === name)",
            name,
        )
        page.keyboard.press(str(at + 1))

    press_choice("look-notices")
    expect(on(page, "notice-short")).to_be_visible()
    press_choice("notice-short")
    expect(on(page, "notice-text")).to_be_visible()
    press_choice("notice-print")
    expect(on(page, "notice-print-said")).to_contain_text("公示已打印")
    wait_for(lambda: len(people.printer.slips()) == slips + 1)
    assert "十一月最低生活保障对象公示" in people.printer.slips()[0].text
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(on(page, "look-staff")).to_be_visible()


def test_what_is_known_of_people_stays_while_the_server_is_away(people: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{people.kiosk}/?lang=en", KIOSKS["portrait"])
    board = opened(open_page, f"{people.display}/staff-board?lang=en", FULL_HD)
    touch(page, "look-staff")
    wait_for(lambda: _photo_is_shown(board))
    people.fake.stop()
    try:
        expect(on(page, "staff-old")).to_contain_text("Whereabouts as of", timeout=15_000)
        expect(on(board, "away")).to_be_visible(timeout=15_000)
        for shown in (page, board):
            shown.reload()
            expect(on(shown, "person").first).to_be_visible() if shown is board else touch(shown, "look-staff")
            wait_for(lambda shown=shown: _photo_is_shown(shown), what="a photo that the node keeps")
    finally:
        people.fake.start()
    expect(on(board, "away")).to_have_count(0, timeout=15_000)


def _photo_is_shown(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('.person img')?.naturalWidth > 0"))


@pytest.mark.parametrize(
    ("language", "size"), [("zh-CN", FULL_HD), ("en", (1080, 1920)), ("en", FULL_HD), ("zh-CN", (3840, 2160))]
)
def test_the_board_of_staff(people: PageStage, open_page: Any, language: str, size: tuple[int, int]) -> None:
    page = opened(open_page, f"{people.display}/staff-board?lang={language}", size)
    expect(on(page, "person").first).to_be_visible()
    whole(page, f"staff-board-{language}-{size[0]}")
    assert axe(page) == []
    guide = people.view("guide")
    guide["people"][0]["where"] = "meeting"
    people.show("guide", guide)
    expect(on(page, "person").first).to_have_attribute("data-where", "meeting")
    people.show("guide", {**guide, "people": guide["people"][:2]})
    expect(on(page, "person")).to_have_count(2)
    whole(page, f"staff-board-two-{language}-{size[0]}")


def test_a_sign_names_who_sits_there_and_a_wall_shows_notices(people: PageStage, open_page: Any) -> None:
    person = {"name": {"zh-CN": "赵样本", "en": "Sample Person"}, "title": {"zh-CN": "组长"}, "number": "01"}
    facts = {"state": "open", "label": "A042", "ticket_state": "called", "staff": "zhao"}
    for size in ((480, 320), (1080, 1920)):
        sign = opened(open_page, f"{people.display}/sign/3?lang=zh-CN", size)
        people.show("window:3", people.window_view(3, **facts, person={**person, "photo": page_scenes.PHOTO}))
        expect(on(sign, "person")).to_contain_text("赵样本")
        whole(sign, f"sign-person-{size[0]}")
        people.show("window:3", people.window_view(3, **facts, person=None))
        expect(on(sign, "person")).to_have_count(0)
        assert "zhao" not in sign.inner_text("body"), "a login name is nobody's business"
    wall = opened(open_page, f"{people.display}/wall?layout=split&lang=zh-CN", FULL_HD)
    wall.clock.install()
    wall.reload()
    notice = on(wall, "media")
    on(wall, "band-label").wait_for()
    wall.clock.run_for(20_000)  # the call of the busy morning is shown first
    expect(notice).to_have_attribute("data-name", "!short")
    expect(notice).to_contain_text("十一月最低生活保障对象公示")
    whole(wall, "wall-notice")
    wall.clock.run_for(3_500)
    expect(notice).to_have_attribute("data-name", "!short.jpg")
    people.show("guide", {**people.view("guide"), "notices": []})
    expect(notice).to_have_count(0)
