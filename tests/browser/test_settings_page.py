"""The manager's settings page: everything of a hall is set in forms, and nobody's change is lost."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hands import on
from playwright.sync_api import expect
from staff_desk import Desks, StaffHall

pytestmark = pytest.mark.browser


def test_settings_change_while_tickets_wait(hall: StaffHall, desks: Desks) -> None:
    old = hall.ticket()
    page = desks.open("boss", "/manager/settings")
    on(page, "edit-services-hukou").click()
    prefix = on(page, "input-services[0].prefix")
    prefix.fill("7")
    on(page, "input-services[0].target_wait_s").fill("0")
    expect(on(page, "mistake-services[0].prefix")).to_have_text("请填一个或两个字母（A–Z）")
    expect(on(page, "mistake-services[0].target_wait_s")).to_have_text("请填 1 到 1440 之间的整数")
    expect(on(page, "save")).to_be_disabled()
    prefix.fill("B")
    expect(on(page, "edit-services-social")).to_contain_text("有误")  # the second one with it is the mistaken one
    expect(on(page, "settings-wrong")).to_contain_text("业务“社保” · 号码字头")
    prefix.fill("H")
    on(page, "input-services[0].target_wait_s").fill("20")
    expect(on(page, "change-services[hukou].prefix")).to_contain_text("业务“户籍” · 号码字头")
    expect(on(page, "change-services[hukou].target_wait_s")).to_contain_text("20 分钟")

    # Somebody else saves first: nothing of theirs is lost, and nothing of ours.
    theirs = deepcopy(hall.manager.get("/settings").json())
    theirs["document"]["rules"]["requeue_after_n"] = 5
    hall.manager.post("/settings", theirs).raise_for_status()
    on(page, "save").click()
    expect(on(page, "settings-said")).to_contain_text("合并")
    expect(on(page, "change-services[hukou].prefix")).to_be_visible()
    on(page, "save").click()
    expect(on(page, "settings-said")).to_contain_text("已保存")
    now = hall.manager.get("/settings").json()["document"]
    assert (now["services"][0]["prefix"], now["services"][0]["target_wait_s"]) == ("H", 1200)
    assert now["rules"]["requeue_after_n"] == 5
    assert hall.read(old["ticket_id"])["label"] == "A001"
    assert hall.ticket()["label"] == "H001"

    on(page, "remove-services-hukou").click()
    on(page, "part-windows").click()
    expect(on(page, "settings-wrong")).to_be_visible()
    on(page, "edit-windows-2").click()
    expect(on(page, "mistake-windows[1].services")).to_have_text("没有这项业务")
    on(page, "discard").click()
    expect(on(page, "settings-wrong")).to_have_count(0)

    on(page, "part-history").click()
    on(page, "undo").click()
    expect(page.locator("dialog")).to_contain_text("号码字头")
    on(page, "dialog-yes").click()
    expect(on(page, "settings-said")).to_contain_text("已撤销")
    now = hall.manager.get("/settings").json()["document"]
    assert (now["services"][0]["prefix"], now["rules"]["requeue_after_n"]) == ("A", 5)
    assert hall.ticket()["label"] == "A002"
    with page.expect_download() as download:
        on(page, "download").click()
    assert 'id = "hukou"' in download.value.path().read_text(encoding="utf-8")


def test_hours_windows_and_words_are_edited_in_forms(hall: StaffHall, desks: Desks) -> None:
    page = desks.open("boss", "/manager/settings")
    on(page, "part-hours").click()
    on(page, "always-open").uncheck()
    on(page, "input-hours.weekly.monday").fill("8：30—12：00 11:00-13:00")
    expect(on(page, "mistake-hours.weekly.monday")).to_have_text("两段时间在 11:00 重叠")
    on(page, "input-hours.weekly.monday").fill("8：30—12：00，14:00-17:30")
    on(page, "input-hours.weekly.sunday").fill("09:00-11:30")
    on(page, "input-calendar.holidays").fill("2027-01-01")
    on(page, "add-calendar.holidays").click()
    on(page, "part-windows").click()
    on(page, "add-windows").click()
    expect(on(page, "mistake-windows[3].services")).to_have_text("这个窗口没有业务，请至少选一项")
    on(page, "window-4-serves-social").click()
    on(page, "window-4-then-hukou").click()
    on(page, "part-services").click()
    on(page, "add-services").click()
    on(page, "input-services[2].name.zh-CN").fill("医保")
    expect(on(page, "mistake-services[2].name.en")).to_have_text("请填写，不能空着")
    on(page, "input-services[2].name.en").fill("Medical insurance")
    on(page, "input-services[2].id").fill("medical")
    on(page, "part-words").click()
    on(page, "input-words.slip_footer.zh-CN").fill("请到二楼等候")
    on(page, "input-words.slip_footer.en").fill("Please wait upstairs")
    on(page, "input-words.marquee.zh-CN").fill("今天下午停电检修")
    expect(on(page, "slip")).to_contain_text("请到二楼等候")
    expect(on(page, "preview-wall")).to_contain_text("今天下午停电检修")
    on(page, "preview-en").click()
    expect(on(page, "slip")).to_contain_text("Please wait upstairs")
    on(page, "part-hall").click()
    on(page, "input-privacy.keep_days").fill("")
    expect(on(page, "mistake-privacy.keep_days")).to_be_visible()
    on(page, "input-privacy.keep_days").fill("20")
    expect(on(page, "change-services[medical].")).to_have_text("新增业务“医保”")
    expect(on(page, "change-windows[4].")).to_contain_text("4 号窗口")
    on(page, "save").click()
    expect(on(page, "settings-said")).to_contain_text("已保存")
    now = hall.manager.get("/settings").json()["document"]
    assert now["hours"]["weekly"]["monday"] == ["08:30-12:00", "14:00-17:30"]
    assert now["hours"]["weekly"]["sunday"] == ["09:00-11:30"]
    assert now["calendar"]["holidays"] == ["2027-01-01"]
    assert now["windows"][3] == {
        "id": 4, "name": {"zh-CN": "4 号窗口", "en": "Window 4"}, "services": ["social"], "then": ["hukou"],
    }  # fmt: skip
    assert (now["services"][2]["id"], now["services"][2]["prefix"]) == ("medical", "C")
    assert now["words"]["slip_footer"] == {"zh-CN": "请到二楼等候", "en": "Please wait upstairs"}
    assert now["privacy"]["keep_days"] == 20


def test_what_the_hall_can_do_more_is_set_in_forms(hall: StaffHall, desks: Desks) -> None:
    """Bookings and slots, zones and skills, numbers of kiosks: nothing is left to the file."""
    page = desks.open("boss", "/manager/settings")
    on(page, "part-zones").click()
    on(page, "add-zones").click()
    on(page, "input-zones[0].name.zh-CN").fill("二楼")
    on(page, "input-zones[0].name.en").fill("Second floor")
    on(page, "input-zones[0].id").fill("upstairs")
    on(page, "add-skills").click()
    on(page, "input-skills[0].name.zh-CN").fill("手语")
    on(page, "input-skills[0].name.en").fill("Sign language")
    on(page, "skill-skill-1-staff-zhang").click()
    on(page, "part-windows").click()
    on(page, "edit-windows-3").click()
    on(page, "window-3-zone-upstairs").click()
    on(page, "input-windows[2].place.zh-CN").fill("二楼东侧")
    on(page, "input-windows[2].place.en").fill("Upstairs, east")
    on(page, "part-services").click()
    on(page, "edit-services-hukou").click()
    on(page, "service-hukou-bookable").check()
    on(page, "input-services[0].slots.every_min").fill("3")
    expect(on(page, "mistake-services[0].slots.every_min")).to_have_text("请填 5 到 240 之间的整数")
    expect(on(page, "settings-wrong")).to_contain_text("业务“户籍” · 每个时段")
    on(page, "input-services[0].slots.every_min").fill("20")
    on(page, "service-hukou-skill-skill-1").click()
    on(page, "service-hukou-after-social").click()
    on(page, "part-appointments").click()
    expect(page.get_by_text("户籍：每 20 分钟 1 人")).to_be_visible()
    on(page, "input-appointments.cancel_before_s").fill("169")
    expect(on(page, "mistake-appointments.cancel_before_s")).to_have_text("请填 0 到 168 之间的整数")
    on(page, "input-appointments.cancel_before_s").fill("1")
    on(page, "part-offline").click()
    on(page, "add-offline").click()
    on(page, "add-offline").click()
    on(page, "offline-first-1").fill("850")
    expect(on(page, "mistake-offline.kiosk-2")).to_contain_text("与“kiosk-1”的号段重叠")
    on(page, "offline-first-1").fill("900")
    expect(on(page, "change-appointments.")).to_contain_text("开始接受预约")
    expect(on(page, "change-offline")).to_contain_text("kiosk-2 900-998")
    on(page, "save").click()
    expect(on(page, "settings-said")).to_contain_text("已保存")
    now = hall.manager.get("/settings").json()["document"]
    assert now["zones"] == [{"id": "upstairs", "name": {"zh-CN": "二楼", "en": "Second floor"}}]
    assert (now["skills"][0]["id"], now["skills"][0]["staff"]) == ("skill-1", ["zhang"])
    assert (now["windows"][2]["zone"], now["windows"][2]["place"]["en"]) == ("upstairs", "Upstairs, east")
    service = now["services"][0]
    assert (service["slots"], service["skill"], service["after"]) == (
        {"every_min": 20, "quota": 1}, "skill-1", ["social"],
    )  # fmt: skip
    assert (now["appointments"]["cancel_before_s"], now["appointments"]["late_s"]) == (3600, 600)
    assert now["offline"] == {"kiosk-1": "801-899", "kiosk-2": "900-998"}

    on(page, "part-zones").click()
    on(page, "edit-zones-upstairs").click()
    on(page, "remove-zones-upstairs").click()
    on(page, "part-windows").click()
    on(page, "edit-windows-3").click()
    expect(on(page, "mistake-windows[2].zone")).to_have_text("没有这个区域")
    on(page, "window-3-zone-upstairs").click()  # what is there no more can be taken out
    expect(on(page, "settings-wrong")).to_have_count(0)
