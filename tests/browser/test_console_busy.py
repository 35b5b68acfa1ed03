"""The console on a crowded morning: ten services, two hundred who wait, appointments, a note, several services on one
ticket. HALL_PHOTOS names a folder to keep the photographs in."""

from __future__ import annotations

from collections.abc import Iterator

import page_checks
import pytest
from booking_hall import noon_zone
from hands import on
from playwright.sync_api import expect
from staff_desk import DESK, Desks, StaffHall, staff_hall

pytestmark = pytest.mark.browser
CROWD = 200
NOTE = "A017 缺的户口簿复印件已经补齐，放在抽屉第二格；打印机换过纸。\n" * 9  # as long as a note may be


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffHall]:
    with staff_hall(tmp_path_factory.mktemp("busy"), "[rules]\ncall_gap_s = 0\n") as hall:
        shown = hall.manager.get("/settings").json()
        document = shown["document"]
        document["hall"]["timezone"] = noon_zone()
        document["services"] += [
            {"id": f"extra-{n}", "prefix": chr(ord("C") + n),
             "name": {"zh-CN": f"第{n + 3}项业务办理与咨询", "en": f"Service number {n + 3}, with advice"}}
            for n in range(8)
        ]  # fmt: skip
        for service in document["services"][:2]:
            service["slots"] = {"every_min": 30, "quota": 3}
        document["windows"][2]["services"] = [service["id"] for service in document["services"]]
        hall.manager.post("/settings", shown).raise_for_status()
        yield hall


def check_in(hall: StaffHall, service: str, phone: str) -> str:
    """Somebody who booked the next free slot of today and has come; returns the label."""
    slots = hall.manager.get("/appointments/slots", params={"service": service}).json()
    slot = next(each["slot"] for each in slots if each["free"])
    booked = hall.manager.post("/appointments", {"service": service, "slot": slot, "citizen": {"phone": phone}})
    booked.raise_for_status()
    label: str = hall.ticket(service, appointment=booked.json()["appointment_id"])["label"]
    return label


def test_a_colleague_leaves_a_note_and_the_next_one_takes_it_down(hall: StaffHall, desks: Desks) -> None:
    theirs = desks.open("zhang", "/console/1")
    on(theirs, "handover-write").click()
    expect(on(theirs, "handover-ok")).to_be_disabled()
    on(theirs, "handover-text").fill("n r f ")  # keys typed into a field are no actions
    on(theirs, "handover-text").fill("B001 下午来取件")
    on(theirs, "handover-ok").click()
    expect(on(theirs, "handover")).to_contain_text("zhang 的交接留言")
    ours = desks.open("boss", "/console/1")
    expect(on(ours, "handover")).to_contain_text("B001 下午来取件")
    assert "下午来取件" not in str(hall.journal())
    on(ours, "handover-done").click()
    for page in (ours, theirs):
        expect(on(page, "handover")).to_have_count(0)
        expect(on(page, "handover-write")).to_be_visible()


def test_going_on_serves_the_next_matter_of_a_citizen_without_another_call(hall: StaffHall, desks: Desks) -> None:
    ticket = hall.manager.post("/tickets", {"services": ["hukou", "social", "extra-0"]}).json()
    hall.manager.post("/windows/1/open", {}).raise_for_status()
    page = desks.open("zhang", "/console/1")
    page.keyboard.press(" ")
    expect(on(page, "why")).to_have_text("按承诺时间等得最久")
    expect(on(page, "go-on-social")).to_have_count(0)  # nothing is in hand yet
    page.keyboard.press("s")
    expect(on(page, "go-on-social")).to_have_text("在这里接着办：社保")
    expect(on(page, "go-on-extra-0")).to_have_count(0)  # this window does not serve it
    before = hall.seq
    on(page, "go-on-social").click()
    expect(on(page, "go-on-social")).to_have_count(0)
    expect(on(page, "ticket-label")).to_have_text(ticket["label"])
    assert "TicketCalled" not in {event["kind"] for event in hall.journal(before)}
    now = hall.read(ticket["ticket_id"])
    assert (now["service"], now["state"], now["calls"]) == ("social", "serving", 1)
    page.keyboard.press("f")
    expect(on(page, "ticket-label")).to_have_count(0)
    assert hall.read(ticket["ticket_id"])["service"] == "extra-0"
    hall.manager.post("/windows/1/close", {}).raise_for_status()


def test_a_crowd_fits_on_one_screen_with_next_the_biggest(hall: StaffHall, desks: Desks) -> None:
    labels = [check_in(hall, service, f"1380000{n:04d}") for n, service in enumerate(("hukou", "social", "hukou"))]
    services = [service["id"] for service in hall.manager.get("/settings").json()["document"]["services"]]
    for n in range(CROWD):
        hall.ticket(services[n % len(services)], priority="elderly" if n % 20 == 7 else None)
    hall.manager.post("/windows/3/open", {}).raise_for_status()
    hall.manager.post("/windows/3/handover", {"text": NOTE[:300]}).raise_for_status()
    found: dict[str, list[str]] = {}
    page = desks.open("boss", "/console/3", DESK)
    for state, change, languages in (
        ("free", None, ("en",)), ("called", "next", ("zh-CN",)), ("serving", "start", ("zh-CN", "en")),
    ):  # fmt: skip
        if change is not None:
            hall.manager.post(f"/windows/3/{change}", {}).raise_for_status()
        for language in languages:
            page.goto(f"{hall.url}/console/3?lang={language}")
            page.wait_for_selector("body[data-ready=true]")
            on(page, "handover").wait_for()
            page.evaluate("document.fonts.ready.then(() => true)")
            page_checks.photograph(page, f"console-busy-{state}-{language}", animations="disabled")
            scroll = page.evaluate("document.documentElement.scrollHeight - innerHeight")
            name = f"{state} {language}"
            found[name] = page_checks.cut_off(page)
            found[name] += page_checks.overlapping(page) + page_checks.axe(page) if state == "serving" else []
            found[name] += [f"scrolls by {scroll} px"] if scroll > 0 else []
            heights = page.evaluate(
                "Object.fromEntries([...document.querySelectorAll('[data-test^=action-]')]"
                ".map((each) => [each.dataset.test, each.getBoundingClientRect().height]))"
            )
            rest = [height for action, height in heights.items() if action != "action-next"]
            found[name] += [] if heights["action-next"] > max(rest) else ["next is not the biggest"]
            lowest = page.evaluate(
                "Math.max(...[...document.querySelectorAll('[data-test^=action-]')]"
                ".map((each) => each.getBoundingClientRect().bottom - document.querySelector('footer').offsetTop))"
            )
            found[name] += [f"an action lies {lowest} px below the fold"] if lowest > 0 else []
    assert {name: list_ for name, list_ in found.items() if list_} == {}
    expect(on(page, "waiting-more")).to_have_count(1)  # a view carries the first two hundred
    for label in labels:
        on(page, "search").fill(label)
        expect(on(page, f"due-{label}")).to_contain_text(":")
