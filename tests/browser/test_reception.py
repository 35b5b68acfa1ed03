"""The reception's page, used as people use it, against a real server."""

from __future__ import annotations

import time

import pytest
from hands import choose, on
from playwright.sync_api import expect
from staff_desk import Desks, StaffHall
from waiting import wait_for

pytestmark = pytest.mark.browser


def test_a_day_at_the_reception(hall: StaffHall, desks: Desks) -> None:
    page = desks.open("desk", "/reception", script="window.prints = 0; window.print = () => { window.prints += 1; };")
    on(page, "service-social").click()
    page.keyboard.type("张阿婆")  # the first field has the focus
    on(page, "citizen-phone").fill("13800001234")
    on(page, "priority-elderly").click()
    page.keyboard.press("Tab")
    on(page, "issue").click()
    expect(on(page, "ticket-label")).to_have_text("B001")
    expect(on(page, "ticket-priority")).to_have_text("老年人优先")
    expect(on(page, "ticket-place")).to_contain_text("前面没有人等候")
    expect(on(page, "citizen-name")).to_have_count(0)  # nothing of the person stays on the page
    assert hall.journal()[-1]["by"] == "reception:desk"
    assert "13800001234" not in str(hall.journal())

    on(page, "print").click()
    expect(page.locator("dialog [data-test=slip]")).to_contain_text("B001")
    expect(page.locator("dialog [data-test=slip]")).not_to_contain_text("补打")
    on(page, "print-now").click()
    on(page, "print").click()
    page.emulate_media(media="print")
    paper = page.locator("[data-test=printed]")
    expect(paper).to_contain_text("补打")
    expect(paper).to_contain_text("过号 30 分钟内可到导服台恢复")
    assert paper.locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth > 0)")
    expect(page.locator("#app")).to_be_hidden()
    assert 70 <= paper.evaluate("box => box.getBoundingClientRect().height") * 25.4 / 96 <= 110, "mm of paper"
    page.emulate_media(media="screen")
    on(page, "slip-en").click()
    expect(page.locator("dialog [data-test=slip]")).to_contain_text("Reprint")
    on(page, "print-now").click()
    assert page.evaluate("window.prints") == 2

    on(page, "service-social").click()
    on(page, "citizen-phone").fill("13800001234")
    on(page, "issue").click()
    expect(on(page, "issue-refusal")).to_contain_text("B001")
    other = hall.ticket("hukou")
    on(page, "find").fill("01")
    on(page, "found-A001").click()
    on(page, "priority").click()
    page.locator("dialog [data-test=priority-own]").fill("带婴儿")
    expect(page.locator("dialog")).to_contain_text("李导服")
    on(page, "dialog-yes").click()
    expect(on(page, "ticket-priority")).to_have_text("带婴儿")
    on(page, "look-known").click()
    expect(on(page, "ticket-label")).to_have_text("B001")

    on(page, "found-B001").click()
    on(page, "cancel").click()
    on(page, "dialog-yes").click()
    expect(on(page, "ticket-state")).to_have_text("已取消")
    on(page, "requeue").click()
    expect(on(page, "ticket-state")).to_have_text("等候中")
    hall.manager.post("/windows/3/open", {})
    called = {"ticket_id": hall.journal()[-2]["data"]["ticket_id"], "reason": "test"}
    hall.manager.post("/windows/3/call", called).raise_for_status()
    expect(on(page, "ticket-state")).to_have_text("已叫号")  # by itself
    expect(on(page, "ticket-place")).to_have_text("在 3 号窗口")

    shown = hall.manager.get("/settings").json()
    shown["document"]["rules"]["requeue_within_s"] = 1
    hall.manager.post("/settings", shown).raise_for_status()
    on(page, "find").fill("A001")
    on(page, "found-A001").click()
    on(page, "cancel").click()
    on(page, "dialog-yes").click()
    expect(on(page, "ticket-state")).to_have_text("已取消")
    cancelled_s = time.time()
    wait_for(lambda: time.time() > cancelled_s + 1.2, what="the end of the second in which it could come back")
    on(page, "requeue").click()
    expect(on(page, "ticket-refusal")).to_contain_text("重新取号")
    on(page, "again").click()
    on(page, "issue").click()
    expect(on(page, "ticket-label")).to_have_text("A002")
    assert hall.read(other["ticket_id"])["state"] == "cancelled"
    on(page, "find").fill("Z999")
    expect(page.get_by_text("今天没有这个号码")).to_be_visible()


def test_an_emergency_is_raised_in_two_steps_and_seen_by_staff(hall: StaffHall, desks: Desks) -> None:
    page = desks.open("desk", "/reception")
    console = desks.open("zhang", "/console/1")
    choose(page, "emergency")
    choose(page, "emergency-leave")
    choose(page, "emergency-next")
    assert hall.manager.get("/board").json()["emergency"] is None
    choose(page, "dialog-yes")
    for each in (page, console):
        expect(on(each, "emergency-up")).to_contain_text("安全出口")
    assert hall.manager.get("/board").json()["emergency"]["text"] == "请有序从最近的安全出口离开大厅"
    choose(page, "emergency-clear")
    choose(page, "dialog-yes")
    for each in (page, console):
        expect(on(each, "emergency-up")).to_have_count(0)
    assert hall.manager.get("/board").json()["emergency"] is None
