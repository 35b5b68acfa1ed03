"""The whole story with real processes: a touch becomes paper, a call, a service, a rating and a journal."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from waiting import wait_for

pytestmark = pytest.mark.browser


def touch(page: Page, name: str) -> None:
    page.click(f"[data-test='{name}']")


def sign_in(page: Page, password: str) -> None:
    page.fill("[data-test=name]", "demo")
    page.fill("[data-test=password]", password)
    touch(page, "submit")
    page.wait_for_url(lambda url: "/login" not in url)


def test_from_the_tap_to_the_rating(stage: Any, open_page: Any, manager_token: str) -> None:
    wall = open_page(stage.wall, 1920, 1080)
    kiosk = open_page(stage.kiosk, 1080, 1920)
    tablet = open_page(f"{stage.display}/tablet/1", 1024, 768)
    staff = open_page(f"{stage.server}/login", 1366, 768)
    sign_in(staff, stage.demo.password)
    staff.goto(f"{stage.server}/console/1")
    touch(staff, "action-open")
    expect(staff.locator("[data-test=action-next]")).to_be_enabled()

    touch(kiosk, "take-number")
    if kiosk.locator("[data-test^=department-]").count():
        kiosk.locator("[data-test^=department-]", has_text="公安").click()
    touch(kiosk, "service-hukou")
    touch(kiosk, "confirm")
    shown = kiosk.locator("[data-test=result-label]").inner_text()
    expect(kiosk.locator("[data-test=print-printed]")).to_be_visible()
    slip = wait_for(lambda: stage.twin("printer")["slips"], what="a slip")[0]
    assert slip["complete"]
    printed = re.search(r"\bA\d{3}\b", slip["text"])
    assert printed is not None, slip["text"]
    label = printed.group()
    assert label in shown
    assert "示例街道便民服务中心" in slip["text"]
    assert "户籍" in slip["text"]

    touch(staff, "action-next")
    expect(wall.locator("[data-test=band-label]")).to_contain_text(label)
    expect(wall.locator("[data-test=band-window]")).to_contain_text("1")
    said = wait_for(lambda: stage.twin("speaker")["said"], what="an announcement")[-1]
    assert said["tokens"] == ["chime", "please", *label, "number", "to", "1", "window", "service"]
    expect(staff.locator("[data-test=ticket-label]")).to_contain_text(label)
    touch(staff, "action-start")
    expect(staff.locator("[data-test=action-finish]")).to_be_enabled()
    touch(staff, "action-finish")

    tablet.locator("[data-test=grade-5]").click(timeout=20_000)
    touch(tablet, "reason-517")
    touch(tablet, "send")
    expect(tablet.locator("[data-test=thanks]")).to_be_visible()

    wait_for(lambda: stage.journal(manager_token)[-1]["kind"] == "Rated", what="the rating")
    events = stage.journal(manager_token)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    # The nodes' printers, readers and pads tell how they are in the same journal; the story is all the rest.
    events = [event for event in events if event["kind"] != "DeviceChanged"]
    assert [event["kind"] for event in events] == [
        "DayOpened", "WindowOpened", "TicketIssued", "TicketCalled", "ServingStarted", "ServingFinished", "Rated",
    ]  # fmt: skip
    assert events[2]["data"]["label"] == label
    assert (events[6]["data"]["grade"], events[6]["data"]["reasons"]) == (5, ["517"])
    assert events[6]["data"]["ticket_id"] == events[2]["data"]["ticket_id"]


def test_chinese_glyphs_are_really_drawn(stage: Any, open_page: Any) -> None:
    """Without a CJK font every character is the same empty box."""
    page = open_page(stage.kiosk, 1080, 1920)
    drawn = page.evaluate(
        """() => ["瓯", "北", "户", "\\uffff"].map((letter) => {
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 64;
            const pen = canvas.getContext("2d");
            pen.font = "48px " + getComputedStyle(document.body).fontFamily;
            pen.fillText(letter, 4, 52);
            return Array.from(pen.getImageData(0, 0, 64, 64).data).filter((_, i) => i % 4 === 3).join();
        })"""
    )
    assert len(set(drawn)) == len(drawn), "some characters are drawn alike: are CJK fonts installed?"
