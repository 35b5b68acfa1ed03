"""What a kiosk does besides tickets, in a whole hall: from the manager's form and the reception's bell to the glass."""

from __future__ import annotations

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
