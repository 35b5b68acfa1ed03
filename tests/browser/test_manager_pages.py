"""The manager's other pages: accounts, what each role may open, and what needs attention."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hands import on
from playwright.sync_api import Browser, expect
from staff_desk import PASSWORD, Desks, StaffHall

pytestmark = pytest.mark.browser


def test_accounts_are_kept_in_the_page(hall: StaffHall, desks: Desks, browser: Browser) -> None:
    page = desks.open("boss", "/manager/people")
    expect(on(page, "remove-boss")).to_be_disabled()
    on(page, "add-person").click()
    on(page, "person-staff").fill("qian")
    on(page, "person-name").fill("钱四")
    on(page, "person-window").select_option("2")
    on(page, "person-password").fill("12345678")
    on(page, "person-save").click()
    expect(on(page, "person-refusal")).to_have_text("这个密码太容易猜，请换一个")
    on(page, "person-password").fill(PASSWORD)
    on(page, "person-save").click()
    expect(on(page, "row-qian")).to_contain_text("2 号窗口")
    theirs = desks.open("qian", "/")
    expect(on(theirs, "console-2")).to_be_visible()
    expect(on(theirs, "console-1")).to_have_count(0)
    on(theirs, "console-2").click()
    expect(on(theirs, "action-open")).to_be_enabled()
    on(page, "sign-out-qian").click()
    on(page, "dialog-yes").click()
    expect(on(page, "people-said")).to_contain_text("钱四")
    on(theirs, "action-open").click()  # the session has ended, so this leads to the sign-in page
    theirs.wait_for_url("**/login?next=%2Fconsole%2F2")
    on(page, "remove-qian").click()
    on(page, "dialog-yes").click()
    expect(on(page, "row-qian")).to_have_count(0)
    assert "qian" not in hall.manager.get("/staff").text


def test_each_role_is_shown_what_it_may_open(hall: StaffHall, desks: Desks) -> None:
    places = {"reception": "/reception", "live": "/manager", "devices": "/manager/devices",
              "settings": "/manager/settings", "people": "/manager/people"}  # fmt: skip
    offered: dict[str, list[str]] = {}
    for staff in ("boss", "desk", "zhang", "tech"):
        page = desks.open(staff, "/")
        offered[staff] = [name for name in places if on(page, f"open-{name}").count()]
        expect(on(page, "logout")).to_be_visible()
        for name in offered[staff]:
            page.goto(hall.url + places[name])
            page.wait_for_selector("body[data-ready=true]")
            expect(page.locator("main h1")).to_have_count(1)
            expect(on(page, "forbidden")).to_have_count(0)
            expect(on(page, "logout")).to_be_visible()
    assert offered == {
        "boss": list(places),
        "desk": ["reception", "live", "devices"],
        "zhang": ["reception"],
        "tech": ["live", "devices", "settings"],
    }
    page = desks.open("tech", "/manager/settings")
    on(page, "edit-services-hukou").click()
    expect(on(page, "input-services[0].prefix")).to_be_disabled()
    page.goto(f"{hall.url}/manager/people")
    expect(on(page, "forbidden")).to_be_visible()
    on(page, "logout").click()
    page.wait_for_url("**/login")


def test_the_manager_sees_what_needs_attention(hall: StaffHall, desks: Desks) -> None:
    page = desks.open("boss", "/manager")
    expect(page.get_by_text("一切正常")).to_be_visible()
    hall.ticket("social")
    expect(on(page, "concern-unserved-social")).to_contain_text("1 人等候")
    expect(on(page, "figure-waiting")).to_have_text("1")
    hall.manager.post("/windows/3/open", {})
    expect(on(page, "concern-unserved-social")).to_have_count(0)
    hall.ticket("hukou", taken_at="2020-01-01T00:00:00Z")  # a day before today counts from now
    now_s = time.time()
    printer = {"name": "printer", "kind": "printer", "health": "failed", "code": "paper_out", "detail": "No paper.",
               "since": "2026-11-20T02:24:05.000Z"}  # fmt: skip
    hall.node.post("/nodes/report", {"devices": [printer]}).raise_for_status()
    expect(page.locator("[data-test^=concern-node-]")).to_contain_text("没有连接")
    hall.manager.post(
        "/windows/3/pause", {"reason": "away", "back_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_s - 60))}
    )
    expect(on(page, "concern-pause-3")).to_be_visible()
    with page.expect_download() as download:
        on(page, "csv-waiting").click()
    rows: list[Any] = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("业务,等候")
    assert len(rows) == 3
    filters = page.get_by_placeholder("筛选")
    filters.first.fill("社保")
    expect(on(page, "row-hukou")).to_have_count(0)
    expect(on(page, "row-social")).to_be_visible()
