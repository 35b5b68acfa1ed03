"""The pages of staff, reception and manager, used as people use them, against a real server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from staff_desk import PASSWORD, Desks, StaffHall, choose, go_to, on, staff_hall
from waiting import wait_for

pytestmark = pytest.mark.browser
RULES = "[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 2\nout_of_turn_needs_reason = true\n"


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffHall]:
    with staff_hall(tmp_path_factory.mktemp("staff"), RULES) as hall:
        yield hall


@pytest.fixture
def desks(browser: Browser, hall: StaffHall) -> Iterator[Desks]:
    desks = Desks(browser, hall.url, hall.cookie)
    yield desks
    desks.close()
    assert desks.said == []


def in_hand(page: Page, label: str, action: str) -> None:
    """Wait until the console shows this ticket and lets `action` be done."""
    expect(on(page, "ticket-label")).to_have_text(label)
    expect(on(page, f"action-{action}")).to_be_enabled()


def serve(page: Page, label: str) -> None:
    """Call the next one, who must be `label`, and begin."""
    page.keyboard.press(" ")
    in_hand(page, label, "start")
    page.keyboard.press("s")
    in_hand(page, label, "finish")


def test_a_morning_by_keys_alone(hall: StaffHall, desks: Desks) -> None:
    """Twelve tickets and everything that happens to tickets; the journal is exactly the script."""
    tickets = [hall.ticket("hukou") for _ in range(8)] + [hall.ticket("social") for _ in range(4)]
    assert [ticket["label"] for ticket in tickets] == [
        *(f"A00{n}" for n in range(1, 9)),
        *(f"B00{n}" for n in range(1, 5)),
    ]
    ids = {ticket["label"]: ticket["ticket_id"] for ticket in tickets}
    before = hall.seq
    page = desks.open("zhang", "/console/1")
    reception = desks.open("desk", "/reception")
    choose(page, "action-open")
    expect(on(page, "action-next")).to_be_enabled()

    serve(page, "A001")
    expect(on(page, "why")).not_to_be_empty()
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()
    hall.manager.post(f"/tickets/{ids['A001']}/rating", {"grade": 5}).raise_for_status()

    page.keyboard.press(" ")
    in_hand(page, "A002", "recall")
    page.keyboard.press("n")  # too early: the page says why instead of doing it
    expect(on(page, "note-no_show")).to_contain_text("2")
    page.keyboard.press("r")
    in_hand(page, "A002", "no_show")
    page.keyboard.press("n")
    expect(on(page, "action-next")).to_be_enabled()

    go_to(reception, "find")
    reception.keyboard.type("a002")
    expect(on(reception, "found-A002")).to_be_visible()
    reception.keyboard.press("Enter")
    choose(reception, "requeue")
    expect(on(reception, "ticket-state")).to_have_text("等候中")

    serve(page, "A003")
    page.keyboard.press("p")
    expect(on(page, "parked-A003")).to_be_visible()

    page.keyboard.press(" ")
    in_hand(page, "A004", "transfer")
    page.keyboard.press("t")
    choose(page, "transfer-window")
    choose(page, "to-window-2")
    choose(page, "transfer-ok")
    expect(on(page, "action-next")).to_be_enabled()

    choose(page, "call-B002")
    expect(on(page, "call-ok")).to_be_disabled()  # this hall wants a reason
    choose(page, "reason-mobility")
    choose(page, "call-ok")
    in_hand(page, "B002", "start")
    page.keyboard.press("s")
    in_hand(page, "B002", "finish")
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()

    choose(page, "take-up-A003")
    in_hand(page, "A003", "start")
    page.keyboard.press("s")
    in_hand(page, "A003", "finish")
    page.keyboard.press("f")
    expect(on(page, "action-pause")).to_be_enabled()

    choose(page, "action-pause")
    choose(page, "pause-lunch")
    choose(page, "back-15")
    choose(page, "pause-ok")
    expect(on(page, "window-state")).to_contain_text("午休")
    page.keyboard.press(" ")
    expect(on(page, "note-next")).to_be_visible()
    choose(page, "action-resume")
    expect(on(page, "action-next")).to_be_enabled()

    rest = ["A005", "A002", "A006", "A007", "A008", "B001", "B003", "B004"]
    for label in rest:
        serve(page, label)  # the next one finishes the one before
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()
    page.keyboard.press(" ")
    expect(on(page, "note-next")).to_have_text("现在没有人等候")
    choose(page, "action-close")
    expect(on(page, "window-state")).to_have_text("未开放")

    labels = {ticket_id: label for label, ticket_id in ids.items()}
    happened = [
        (event["kind"], labels.get(event["data"].get("ticket_id", ""), event["data"].get("reason") or ""))
        for event in hall.journal(before)
    ]
    served = [(kind, label) for label in rest for kind in ("TicketCalled", "ServingStarted", "ServingFinished")]
    assert happened == [
        ("WindowOpened", ""),
        ("TicketCalled", "A001"), ("ServingStarted", "A001"), ("ServingFinished", "A001"), ("Rated", "A001"),
        ("TicketCalled", "A002"), ("TicketRecalled", "A002"), ("TicketMarkedNoShow", "A002"),
        ("TicketRequeued", "A002"),
        ("TicketCalled", "A003"), ("ServingStarted", "A003"), ("TicketParked", "A003"),
        ("TicketCalled", "A004"), ("TicketTransferred", "A004"),
        ("TicketCalled", "B002"), ("ServingStarted", "B002"), ("ServingFinished", "B002"),
        ("TicketCalled", "A003"), ("ServingStarted", "A003"), ("ServingFinished", "A003"),
        ("WindowPaused", "lunch"), ("WindowResumed", ""),
        *served,
        ("WindowClosed", ""),
    ]  # fmt: skip
    called = next(
        event for event in hall.journal(before) if event["data"].get("reason") and event["kind"] == "TicketCalled"
    )
    assert called["data"]["reason"] == "行动不便"


def test_two_consoles_of_one_window_know_of_each_other(hall: StaffHall, desks: Desks) -> None:
    hall.manager.post("/windows/1/open", {})
    first = desks.open("zhang", "/console/1")
    expect(on(first, "second-console")).to_have_count(0)
    second = desks.open("boss", "/console/1")
    expect(on(first, "second-console")).to_be_visible()
    expect(on(second, "second-console")).to_be_visible()
    hall.ticket()
    hall.ticket()
    for page in (first, second):
        expect(on(page, "waiting-total")).to_have_text("2")
    before = hall.seq
    both = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}))"
    first.evaluate(both)
    second.evaluate(both)
    for page in (first, second):
        in_hand(page, "A001", "recall")
    assert [event["kind"] for event in hall.journal(before)] == ["TicketCalled"]
    second.close()
    expect(on(first, "second-console")).to_have_count(0)


def lose_first_answer(page: Page, path: str) -> list[str]:
    """The server does what is asked, but its first answer never arrives; returns the keys of all tries as they come."""
    keys: list[str] = []

    def handle(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(path, handle)
    return keys


def test_a_lost_answer_does_nothing_twice(hall: StaffHall, desks: Desks) -> None:
    hall.ticket()
    hall.manager.post("/windows/1/open", {})
    hall.manager.post("/windows/1/next")
    console = desks.open("zhang", "/console/1")
    reception = desks.open("desk", "/reception")
    recalls = lose_first_answer(console, "**/recall")
    tickets = lose_first_answer(reception, "**/tickets")
    before = hall.seq
    console.keyboard.press("r")
    on(reception, "service-social").click()
    on(reception, "issue").click()
    expect(on(reception, "ticket-label")).to_have_text("B001")
    expect(on(console, "calls")).to_have_text("2 次")
    for keys in (recalls, tickets):
        wait_for(lambda keys=keys: len(keys) == 2, what="the second try")
        assert keys[0] == keys[1]
    expect(on(console, "action-recall")).not_to_have_attribute("aria-busy", "true")
    assert sorted(event["kind"] for event in hall.journal(before)) == ["TicketIssued", "TicketRecalled"]


COUNT_TONES = """(() => {
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
})()"""


def test_somebody_who_comes_to_an_empty_window_is_heard_and_seen(hall: StaffHall, desks: Desks) -> None:
    hall.manager.post("/windows/1/open", {})
    loud = desks.open("zhang", "/console/1", script=COUNT_TONES)
    mute = desks.open("zhang", "/console/1", script=COUNT_TONES)
    still = desks.open("zhang", "/console/1", script=COUNT_TONES, reduced_motion="reduce")
    choose(mute, "mute")
    for page in (loud, still):
        page.mouse.click(5, 400)  # browsers let a page sound once somebody has touched it
    hall.ticket()
    for page in (loud, mute):
        expect(page).to_have_title("● 有 1 人等候")
    expect(on(still, "waiting-total")).to_have_text("1")
    assert loud.evaluate("window.tones") == 2
    assert (mute.evaluate("window.tones"), still.evaluate("window.tones")) == (0, 0)
    expect(still).to_have_title("(1)  1 号窗口")
    hall.ticket()
    expect(on(loud, "waiting-total")).to_have_text("2")
    assert loud.evaluate("window.tones") == 2  # only the first one is news
    loud.keyboard.press("Shift")
    expect(loud).to_have_title("(2)  1 号窗口")


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


def test_settings_change_while_tickets_wait(hall: StaffHall, desks: Desks) -> None:
    old = hall.ticket()
    page = desks.open("boss", "/manager/settings")
    on(page, "edit-services-hukou").click()
    prefix = on(page, "input-services[0].prefix")
    prefix.fill("7")
    on(page, "input-services[0].target_wait_s").fill("0.5")
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
