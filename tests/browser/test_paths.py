"""Every path at the kiosk without a touch: the keys of its pad, what is held before its scanner, and its paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import on
from number_pad import KIOSKS, at, opened
from page_checks import whole
from page_stage import PageStage
from playwright.sync_api import expect
from waiting import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    made = PageStage(own_numbers=True, aids=True)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def morning(stage: PageStage) -> None:
    stage.clear()
    page_scenes.busy(stage)
    stage.fake.refuse = None
    stage.fake.answer = {}


@pytest.mark.parametrize("size", KIOSKS)
def test_a_number_pad_alone_goes_every_way_of_taking_a_ticket(stage: PageStage, open_page: Any, size: str) -> None:
    page, pad = opened(open_page, stage, size)
    # Without a card: walk there, go back, choose by number, turn pages if need be.
    pad.walk("take-number")
    pad.press("\n")
    at(page, "services")
    pad.press("\b")
    at(page, "home")
    pad.press("2")
    at(page, "services")
    pad.walk("service-residence")
    pad.press("\n")
    at(page, "confirm")
    pad.press("\n")
    at(page, "result")
    expect(on(page, "print-printed")).to_be_visible()
    pad.press("\n")
    at(page, "home")
    # By phone: digits are typed, Backspace takes back, and goes back when there is nothing left.
    pad.press("3")
    at(page, "phone")
    pad.press("13\b\b\b")
    at(page, "home")
    pad.press("3139001380009\b0\n")
    at(page, "services")
    pad.press("1")
    at(page, "confirm")
    pad.press("\n")
    at(page, "result")
    assert stage.fake.requests[-1][2]["citizen"]
    pad.press("\n")
    # With a card.
    pad.press("1")
    at(page, "card")
    pad.press("\n")
    stage.reader.hold("elder")
    try:
        at(page, "services")
    finally:
        stage.reader.take()
    pad.press("1")
    at(page, "confirm")
    assert on(page, "priority").is_checked()
    pad.walk("priority")
    pad.press("\n")
    assert not on(page, "priority").is_checked()
    pad.walk("confirm")
    pad.press("\n")
    at(page, "result")
    assert stage.fake.requests[-1][2].get("priority") is None
    assert page.evaluate("() => window.pointed") == 0
    pad.press("\n")


def test_the_pad_reaches_everything_around_a_step_too(stage: PageStage, open_page: Any) -> None:
    page, pad = opened(open_page, stage, "portrait")
    way = pad.walk("take-card") + pad.walk("access")
    assert {"take-number", "take-phone", "large-text", "access"} <= set(way)
    pad.press("\n")
    expect(on(page, "access-dialog")).to_be_visible()
    pad.walk("access-contrast")
    pad.press("\n")
    expect(page.locator("html[data-contrast]")).to_have_count(1)
    pad.press("\b")
    expect(on(page, "access-dialog")).to_have_count(0)
    pad.walk("language")
    pad.press("\n")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    pad.walk("help")
    pad.press("\n")
    pad.walk("help-close")
    pad.press("\n")
    expect(page.locator("dialog")).to_have_count(0)
    # The search has letters on the screen, and a field that must not keep the focus.
    pad.press("2")
    pad.walk("search")
    pad.press("\n")
    at(page, "search")
    pad.walk("letter-L")
    pad.press("\n")
    expect(on(page, "search-field")).to_have_value("l")
    assert page.evaluate("() => window.pointed") == 0


@pytest.mark.parametrize("size", KIOSKS)
def test_a_slip_before_the_scanner_shows_its_ticket_and_prints_it_again(
    stage: PageStage, open_page: Any, size: str
) -> None:
    page, pad = opened(open_page, stage, size)
    pad.press("2")
    at(page, "services")
    pad.press("1")
    at(page, "confirm")
    pad.press("\n")
    at(page, "result")
    label = on(page, "result-label").text_content()
    ticket = next(each for each in stage.fake.tickets.values() if each["label"] == label)
    pad.press("\n")
    stage.scanner.enter(ticket["ticket_id"])
    at(page, "scanned")
    expect(on(page, "scanned-label")).to_have_text(label or "")
    whole(page, f"scanned-waiting-{size}")
    slips = len(stage.printer.slips())
    pad.press("1")
    expect(on(page, "reprint-printed")).to_be_visible()
    assert len(stage.printer.slips()) == slips + 1
    assert "补打" in stage.printer.slips()[0].text
    for state, words in (("called", "3 号窗口"), ("no_show", "导服台"), ("finished", "重新取号")):
        ticket.update(state=state, window=3)
        pad.press("\n")
        at(page, "home")
        stage.scanner.enter(ticket["ticket_id"])
        at(page, "scanned")
        expect(on(page, "scanned-place")).to_contain_text(words)
    whole(page, f"scanned-finished-{size}")
    expect(on(page, "reprint")).to_have_count(0)
    stage.scanner.enter("http://hall.example.org/t/AAAAAAAAAAAAAAAAAAAAAA")
    at(page, "refused")
    expect(on(page, "refusal")).to_contain_text("没有查到这张号票")
    stage.scanner.enter("6901234567892")
    expect(on(page, "refusal")).to_contain_text("不是号票")
    whole(page, f"scanned-unknown-{size}")
    assert stage.kiosk_node._relay.newest("scan")["scan"] is None


def test_an_appointments_code_before_the_scanner_checks_in(stage: PageStage, open_page: Any) -> None:
    page, pad = opened(open_page, stage, "portrait")
    stage.fake.answer = {"appointment": "01JD5Q8V3W4X5Y6Z7A8B9C0001"}
    stage.scanner.enter("04821779")
    at(page, "result")
    assert stage.fake.requests[-1][2]["appointment"] == "04821779"
    pad.press("\n")
    stage.fake.refuse = (404, "unknown_appointment", {})
    stage.fake.answer = {}
    page.context.close()


def test_whoever_is_about_to_confirm_is_not_disturbed(stage: PageStage, open_page: Any) -> None:
    page, pad = opened(open_page, stage, "portrait")
    pad.press("2")
    at(page, "services")
    pad.press("1")
    at(page, "confirm")
    stage.scanner.enter("04821779")
    wait_for(lambda: (view := stage.kiosk_node._relay.newest("scan")) and view["scan"] is None)
    at(page, "confirm")
    pad.press("\b")
    stage.scanner.enter("6901234567892")
    wait_for(lambda: stage.kiosk_node._relay.newest("scan")["scan"] is None)
    at(page, "services")


def test_a_slip_that_the_paper_interrupted_comes_out_by_itself_and_the_page_says_so(
    stage: PageStage, open_page: Any
) -> None:
    page, pad = opened(open_page, stage, "portrait")
    pad.press("2")
    at(page, "services")
    pad.press("1")
    at(page, "confirm")
    stage.printer.paper_ends_after(200)
    pad.press("\n")
    expect(on(page, "paper-waits")).to_be_visible(timeout=20_000)
    whole(page, "paper-waits")
    stage.printer.set_paper(True)
    expect(on(page, "print-printed")).to_be_visible(timeout=20_000)
    assert stage.printer.slips()[0].complete
    pad.press("\n")
