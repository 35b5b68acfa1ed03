"""What a kiosk does besides tickets, in a whole hall: from the manager's form and the reception's bell to the glass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import page_checks
import pytest
import requests
from hands import on
from playwright.sync_api import Browser, Page, expect
from staff_desk import DESK, PASSWORD, PEOPLE, Desks
from waiting import wait_for

pytestmark = pytest.mark.browser
COUNT_TONES = """(() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
})();"""


@pytest.fixture(scope="module")
def desks(browser: Browser, stage: Any, manager_token: str) -> Iterator[Desks]:
    api = f"{stage.server}/api/v1"
    for person in PEOPLE:
        auth = {"Authorization": f"Bearer {manager_token}"}
        requests.post(
            f"{api}/staff", json={**person, "password": PASSWORD}, headers=auth, timeout=10
        ).raise_for_status()

    def cookie(staff: str) -> str:
        answer = requests.post(f"{api}/session", json={"name": staff, "password": PASSWORD}, timeout=10)
        answer.raise_for_status()
        return answer.cookies["session"]

    desks = Desks(browser, stage.server, cookie)
    yield desks
    desks.close()
    assert desks.said == []


def seen(page: Page, name: str) -> None:
    """Whole, and without anything that axe finds."""
    page_checks.photograph(page, name)
    assert page_checks.cut_off(page) == [], name
    assert page_checks.axe(page) == [], name


def test_help_rings_at_the_reception_until_somebody_goes(
    stage: Any, desks: Desks, open_page: Callable[..., Page]
) -> None:
    kiosk = open_page(f"{stage.kiosk}/?lang=en", 1080, 1920)
    reception = desks.open("desk", "/reception?lang=en", script=COUNT_TONES)
    reception.click("h2 >> nth=0")  # a browser lets no page sound before somebody touched it
    on(kiosk, "help").click()
    on(kiosk, "help-ring").click()
    expect(on(kiosk, "help-rings")).to_be_visible()
    seen(kiosk, "help-rings-en")
    expect(on(reception, "help-kiosk-1")).to_be_visible()
    seen(reception, "reception-help-en")
    wait_for(lambda: reception.evaluate("window.tones") >= 4, what="a bell that rings on")
    on(reception, "help-take-kiosk-1").click()
    expect(on(kiosk, "help-coming")).to_be_visible()
    expect(on(reception, "help-kiosk-1")).to_have_count(0)
    seen(kiosk, "help-coming-en")
    on(kiosk, "help-close").click()
    on(kiosk, "help").click()
    expect(on(kiosk, "help-ring")).to_be_enabled()
    on(kiosk, "help-ring").click()
    expect(on(reception, "help-kiosk-1")).to_be_visible()
    on(kiosk, "help-withdraw").click()
    expect(on(reception, "help-kiosk-1")).to_have_count(0)
    live = desks.open("boss", "/manager", DESK)
    expect(on(live, "figure-assisted")).to_have_text("1")


def test_an_opinion_goes_from_the_kiosk_to_the_manager_and_no_further(
    stage: Any, desks: Desks, open_page: Callable[..., Page], manager_token: str
) -> None:
    kiosk = open_page(f"{stage.kiosk}/?lang=en", 1920, 1080)
    for key in ("look-opinion", "subject-complaint", "about-waiting", "about-told"):
        on(kiosk, key).click()
    on(kiosk, "opinion-more").click()
    kiosk.fill("[data-test=opinion-words]", "Li at window 3")
    on(kiosk, "opinion-next").click()
    for digit in "13800138000":
        on(kiosk, f"opinion-digit-{digit}").click()
    on(kiosk, "opinion-send").click()
    expect(on(kiosk, "opinion-thanks")).to_be_visible()
    expect(on(kiosk, "opinion-number")).to_have_text(re.compile("Reference [A-Z2-7]{4}-[A-Z2-7]{4}"))
    seen(kiosk, "opinion-thanks-en")
    on(kiosk, "opinion-done").click()
    on(kiosk, "look-opinion").click()
    on(kiosk, "subject-complaint").click()
    on(kiosk, "opinion-more").click()
    expect(on(kiosk, "opinion-words")).to_have_value("")
    page = desks.open("boss", "/manager/opinions?lang=zh-CN")
    expect(page.locator(".text")).to_have_text("等候时间、一次告知：Li at window 3")
    expect(on(page, "opinion-number")).to_have_text("138****8000")
    seen(page, "manager-opinions")
    on(page, "opinion-show").click()
    page.fill("[data-test=opinion-words]", "回访")
    on(page, "opinion-go").click()
    expect(on(page, "opinion-number")).to_have_text("13800138000")
    on(page, "opinion-answer").click()
    page.fill("[data-test=opinion-words]", "已核实并改进")
    on(page, "opinion-go").click()
    expect(on(page, "opinion-state")).to_contain_text("已答复")
    seen(page, "manager-opinions-answered")

    desk = desks.open("desk", "/reception?lang=zh-CN")
    on(desk, "side-opinion").click()
    on(desk, "opinion-praise").click()
    expect(on(desk, "opinion-enter")).to_be_disabled()
    desk.fill("[data-test=opinion-words]", "Li at window 3 又快又好")
    desk.fill("[data-test=opinion-phone]", "not a number")
    seen(desk, "reception-opinion")
    on(desk, "opinion-enter").click()
    expect(on(desk, "opinion-refusal")).to_be_visible()
    desk.fill("[data-test=opinion-phone]", "")
    on(desk, "opinion-enter").click()
    number = desk.locator("[data-test=opinion-receipt] .number").inner_text()
    seen(desk, "reception-opinion-receipt")
    desk.emulate_media(media="print")
    expect(on(desk, "opinion-sheet")).to_be_visible()
    expect(on(desk, "opinion-sheet")).to_contain_text(number)
    page_checks.photograph(desk, "reception-opinion-paper")
    desk.emulate_media(media="screen")
    page.reload()
    expect(on(page, "opinion-of").first).to_have_text(number)
    assert all("Li at" not in str(event) and "13800138000" not in str(event) for event in stage.journal(manager_token))


def test_a_manager_writes_a_guide_and_the_kiosk_shows_it_at_once(
    stage: Any, desks: Desks, open_page: Callable[..., Page]
) -> None:
    kiosk = open_page(f"{stage.kiosk}/?lang=zh-CN", 1920, 1080)
    page = desks.open("boss", "/manager/settings?lang=zh-CN", (1366, 1000))
    on(page, "edit-services-medical-insurance").click()
    form = on(page, "guide-services[3].guide")
    form.locator("summary").click()
    on(page, "publish-services[3].guide").check()
    for item in ("matter", "basis", "procedure", "conditions", "time_limit"):
        for tag in ("zh-CN", "en"):
            page.fill(f"[data-test='input-services[3].guide.{item}.{tag}']", "一、受理\n二、办结")
    expect(form.locator("[data-test=guide-missing]")).to_contain_text("收费标准及依据")
    expect(on(page, "mistake-services[3].guide.fees").or_(form.locator(".mistakes")).first).to_be_visible()
    seen(page, "settings-guide")
    for tag in ("zh-CN", "en"):
        page.fill(f"[data-test='input-services[3].guide.fees.{tag}']", "不收费")
    expect(form.locator("[data-test=guide-missing]")).to_have_count(0)
    on(page, "save").click()
    on(kiosk, "look-guide").click()
    expect(on(kiosk, "guide-medical-insurance")).to_be_visible()
    on(kiosk, "guide-medical-insurance").click()
    on(kiosk, "item-procedure").click()
    expect(on(kiosk, "guide-text").locator("p")).to_have_text(["一、受理", "二、办结"])


def test_a_person_is_shown_once_the_manager_says_so_and_says_where_they_are(
    stage: Any, desks: Desks, open_page: Callable[..., Page], manager_token: str
) -> None:
    kiosk = open_page(f"{stage.kiosk}/?lang=zh-CN", 1080, 1920)
    board = open_page(f"{stage.display}/staff-board?lang=zh-CN", 1920, 1080)
    expect(on(board, "nobody")).to_be_visible()
    expect(on(kiosk, "look-staff")).to_have_count(0)
    page = desks.open("boss", "/manager/whereabouts?lang=zh-CN", DESK)
    on(page, "card-zhang").click()
    page.fill("[data-test='card-name-zh-CN']", "张样本")
    page.fill("[data-test='card-title-zh-CN']", "户籍登记")
    photo = page.evaluate("""async () => {
      const canvas = new OffscreenCanvas(3000, 4000);
      canvas.getContext("2d").fillRect(0, 0, 3000, 4000);
      return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())];
    }""")
    on(page, "card-photo-file").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": bytes(photo)})
    expect(on(page, "card-photo-shown")).to_be_visible()
    seen(page, "manager-card")
    on(page, "card-shown").check()
    on(page, "card-save").click()
    on(kiosk, "look-staff").click()
    expect(on(kiosk, "person")).to_contain_text("张样本")
    expect(on(board, "person")).to_have_attribute("data-where", "on_duty")
    wait_for(lambda: board.evaluate("document.querySelector('.person img')?.naturalWidth") == 450, what="the photo")
    console = desks.open("zhang", "/console/1?lang=zh-CN", DESK)
    on(console, "own-whereabouts").click()
    seen(console, "console-whereabouts")
    on(console, "where-meeting").click()
    expect(on(console, "own-whereabouts")).to_have_text("开会")
    for public in (board, kiosk):
        expect(on(public, "person")).to_have_attribute("data-where", "meeting")
    on(console, "action-open").click()
    expect(on(console, "own-whereabouts")).to_have_text("去向")
    expect(on(board, "person")).to_have_attribute("data-where", "on_duty")
    desk = desks.open("desk", "/manager/whereabouts?lang=zh-CN", DESK)
    expect(on(desk, "card-zhang")).to_have_count(0)
    on(desk, "say-zhang").click()
    on(desk, "back-30").click()
    on(desk, "where-out").click()
    expect(on(board, "person")).to_contain_text("回来")
    seen(desk, "reception-whereabouts")
    assert all("张样本" not in str(event) for event in stage.journal(manager_token))


def test_a_notice_is_up_until_it_is_taken_down(stage: Any, desks: Desks, open_page: Callable[..., Page]) -> None:
    kiosk = open_page(f"{stage.kiosk}/?lang=en", 1920, 1080)
    page = desks.open("boss", "/manager/notices?lang=en", (1366, 1000))
    on(page, "add-notice").click()
    page.fill("[data-test='notice-title-zh-CN']", "放假通知")
    page.fill("[data-test='notice-title-en']", "Closed on Friday")
    page.fill("[data-test='notice-body-en']", "Open again on Monday.")
    page.fill("[data-test='notice-last']", "2020-01-01")
    on(page, "notice-save").click()
    expect(on(page, "notice-refusal")).to_be_visible()
    seen(page, "manager-notice-en")
    page.fill("[data-test='notice-last']", "")
    on(page, "notice-save").click()
    expect(page.locator("[data-test^=change-]")).to_have_count(1)
    seen(page, "manager-notices-en")
    on(kiosk, "look-notices").click()
    kiosk.get_by_text("Closed on Friday").click()
    expect(on(kiosk, "notice-text")).to_have_text("Open again on Monday.")
    page.locator("[data-test^=remove-]").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("[data-test^=change-]")).to_have_count(0)
    expect(on(kiosk, "notice-text")).to_have_count(0)
    expect(on(kiosk, "look-notices")).to_have_count(0)
