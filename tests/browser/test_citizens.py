"""Whose data a hall keeps, as staff and manager see it: whole for a moment and a reason; and what citizens may ask for."""

from __future__ import annotations

import page_checks
import pytest
from hands import choose, on
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text
from staff_desk import Desks, StaffHall

pytestmark = pytest.mark.browser
CITIZEN = {"id_number": "330324199001011239", "name": "张三丰", "phone": "13812341234"}
# Wherever a page could have kept something: what it shows and holds in fields, its storage, address and history.
LEFT = """() => [document.documentElement.outerHTML, ...[...document.querySelectorAll("input")].map((each) => each.value),
  JSON.stringify({ ...localStorage, ...sessionStorage }), location.href, document.cookie, JSON.stringify(history.state)].join(" ")"""


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
