"""What a hall keeps of citizens, as staff and manager see it: whole for a moment and a reason, and gone when asked."""

from __future__ import annotations

import json

import page_checks
import pytest
from hands import choose, on
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text
from staff_desk import Desks, StaffHall
from waiting import wait_for

pytestmark = pytest.mark.browser
CITIZEN = {"id_number": "330324199001011239", "name": "张三丰", "phone": "13812341234"}
# Wherever a page could have kept something: what it shows and holds in fields, its storage, address and history.
LEFT = """() => [
  document.documentElement.outerHTML, ...[...document.querySelectorAll("input")].map((each) => each.value),
  JSON.stringify({ ...localStorage, ...sessionStorage, at: history.state }), location.href, document.cookie,
].join(" ")"""


def left(page: Page) -> list[str]:
    """Which of the citizen's fields the page still has somewhere."""
    everything = page.evaluate(LEFT)
    return [name for name, value in CITIZEN.items() if value in everything]


def audit(hall: StaffHall) -> list[tuple[str, str, str]]:
    engine = create_engine(f"sqlite:///{hall.process.data}/hall.db")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT who, what, reason FROM audit ORDER BY id")).all()
    engine.dispose()
    return [
        (row.who, row.what.split(" c_")[0], row.reason) for row in rows if "show" in row.what or "identity" in row.what
    ]


def look(page: Page, name: str) -> None:
    """In the language it has: photographed, nothing cut off, everybody can use it."""
    page_checks.photograph(page, name, animations="disabled")
    assert page_checks.cut_off(page) + page_checks.overlapping(page) + page_checks.axe(page) == []


def test_a_window_sees_its_citizen_whole_for_a_moment(hall: StaffHall, desks: Desks) -> None:
    ticket = hall.ticket("hukou", citizen=CITIZEN)
    hall.ticket("hukou")
    hall.manager.post("/windows/1/open", {}).raise_for_status()
    hall.manager.post("/windows/1/next").raise_for_status()
    page = desks.open("zhang", "/console/1?lang=en")
    page.clock.install()
    for language in ("en", "zh-CN"):
        page.goto(f"{hall.url}/console/1?lang={language}")
        expect(on(page, "citizen")).to_have_text("张* 330***********1239")
        look(page, f"console-citizen-masked-{language}")
        choose(page, "citizen-show")
        expect(on(page, "dialog-yes")).to_be_disabled()  # not without a reason
        choose(page, "reason-other")
        page.keyboard.type("n f ")  # in a dialog keys are words, not actions
        look(page, f"console-citizen-reason-{language}")
        choose(page, "reason-1")
        choose(page, "dialog-yes")
        for value in CITIZEN.values():
            expect(on(page, "citizen-whole")).to_contain_text(value)
        look(page, f"console-citizen-whole-{language}")
        if language == "en":
            page.clock.fast_forward(31_000)
        else:
            page.keyboard.press("s")
            expect(on(page, "action-finish")).to_be_enabled()
            expect(on(page, "citizen-whole")).to_be_visible()  # the same person still
            page.keyboard.press("f")
        expect(on(page, "citizen-whole")).to_have_count(0)
        assert left(page) == []
    assert hall.read(ticket["ticket_id"])["state"] == "finished"
    expect(on(page, "citizen")).to_have_count(0)
    reasons = ["To check who it is", "核对本人身份"]
    assert audit(hall) == [("staff:zhang", "show", reason) for reason in reasons]


def test_a_citizen_asks_what_is_kept_and_that_it_be_deleted(hall: StaffHall, desks: Desks) -> None:
    ticket = hall.ticket("hukou", citizen=CITIZEN)
    page = desks.open("boss", "/manager/citizens?lang=zh-CN")
    page.clock.install()
    for language in ("zh-CN", "en"):
        page.goto(f"{hall.url}/manager/citizens?lang={language}")
        page.evaluate("() => { window.print = () => (window.paper = document.querySelector('.sheet').textContent); }")
        look(page, f"manager-citizens-{language}")
        on(page, "citizen-phone").fill(CITIZEN["phone"])
        expect(on(page, "citizen-find")).to_be_disabled()  # not without a reason
        on(page, "reason-1").click()
        on(page, "reason-other").click()
        page.keyboard.type(f"asked in {language}")
        page.keyboard.press("Enter")
        expect(on(page, "kept")).to_contain_text("330***********1239")
        assert left(page) == ["phone"]  # as it was typed
        look(page, f"manager-citizens-masked-{language}")
        on(page, "kept-show").click()
        expect(on(page, "kept")).to_contain_text(CITIZEN["name"])
        look(page, f"manager-citizens-whole-{language}")
        page.clock.fast_forward(31_000)
        expect(on(page, "kept")).not_to_contain_text(CITIZEN["name"])
        on(page, "kept-print").click()
        wait_for(lambda: page.evaluate("window.paper"), what="the paper")
        assert all(value in page.evaluate("window.paper") for value in CITIZEN.values())
        page.emulate_media(media="print")
        page_checks.photograph(page, f"manager-citizens-paper-{language}")
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint')); window.paper = null")
        expect(on(page, "kept-sheet")).to_have_count(0)
        if language == "zh-CN":
            with page.expect_download() as download:
                on(page, "kept-save").click()
            saved = json.loads(download.value.path().read_text(encoding="utf-8"))
            assert [one["fields"] for one in saved["kept"]] == [CITIZEN]
            assert not [value for value in CITIZEN.values() if value in download.value.suggested_filename]
            page.clock.fast_forward(121_000)
            expect(on(page, "kept")).to_have_count(0)
            assert left(page) == []
    on(page, "kept-delete").click()
    expect(on(page, "dialog-yes")).to_be_disabled()  # not by a slip of the hand
    on(page, "kept-checked").check()
    look(page, "manager-citizens-delete")
    on(page, "dialog-yes").click()
    expect(on(page, "citizen-said")).to_have_text("1 record was deleted.")
    assert left(page) == []
    assert hall.manager.get(f"/tickets/{ticket['ticket_id']}/citizen").json() == dict.fromkeys(CITIZEN)
    find, masked = "identity find", "identity find, masked"
    looked = {"zh-CN": [masked, find, find, find], "en": [masked, find, find, "identity delete, 1 rows"]}
    assert audit(hall) == [
        ("manager:boss", what, f"asked in {language}") for language, all_ in looked.items() for what in all_
    ]
