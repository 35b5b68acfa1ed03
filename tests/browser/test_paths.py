"""Every path at the kiosk without a touch: the keys of its pad, what is held before its scanner, and its voice.

A pad of numbers, wired to the node: the browser never sees its keys. HALL_PHOTOS names a folder for photographs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import on
from page_checks import axe, whole
from page_stage import PageStage
from playwright.sync_api import Page, expect
from waiting import wait_for

pytestmark = pytest.mark.browser

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


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


def at(page: Page, step: str) -> None:
    expect(page.locator("main.step")).to_have_attribute("data-step", step, timeout=10_000)


# Where the focus is, whether it is to be seen, and whether all of it is.
_FOCUS = """() => {
  const on = document.activeElement;
  if (!on.matches("button, input, a[href]")) return { name: "", ring: "", whole: true };
  const style = getComputedStyle(on);
  const box = on.getBoundingClientRect();
  return {
    name: on.dataset.test ?? on.innerText.trim(),
    ring: `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`,
    whole: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1,
  };
}"""


class Pad:
    """Fingers on the number pad. Each key waits until the page has taken it, as a person sees before the next one."""

    def __init__(self, stage: PageStage, page: Page) -> None:
        self._stage, self._page = stage, page
        page.evaluate(
            "() => { window.pressed = 0; addEventListener('keydown', () => window.pressed++, true);"
            " window.pointed = 0; addEventListener('pointerdown', () => window.pointed++, true); }"
        )
        self._keys = 0

    def press(self, keys: str) -> None:
        for key in keys:
            self._stage.keypad.enter("") if key == "\n" else self._stage.keypad.type(key)
            self._keys += 1
            self._page.wait_for_function(f"() => window.pressed >= {self._keys}", timeout=10_000)
            self._page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def focus(self) -> str:
        seen = self._page.evaluate(_FOCUS)
        assert seen["whole"], seen
        assert seen["name"] == "" or seen["ring"] == "solid 4px rgb(255, 176, 0)", seen
        return str(seen["name"])

    def walk(self, to: str) -> list[str]:
        """Plus, until `to` has the focus; every focus on the way is seen. Returns the way."""
        way: list[str] = []
        while to not in way:
            self.press("+")
            way.append(self.focus())
            assert len(way) < 60, way
        return way


def opened(open_page: Any, stage: PageStage, size: str, language: str = "zh-CN") -> tuple[Page, Pad]:
    page: Page = open_page(f"{stage.kiosk}/?lang={language}", *SIZES[size], reduced_motion="reduce")
    stage.printer.set_paper(True)  # whatever the test before left behind
    return page, Pad(stage, page)


@pytest.mark.parametrize("size", SIZES)
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


# -- scanner ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
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


# -- paper -----------------------------------------------------------------------------------------------------------


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


# -- voice -----------------------------------------------------------------------------------------------------------


def heard(stage: PageStage, what: str = "speaker") -> list[str]:
    """What was said, oldest first."""
    twin = stage.speaker if what == "speaker" else stage.headphones
    return [said.tokens[0] for said in reversed(twin.said())]


def test_a_blind_citizen_is_led_from_the_first_key_to_the_paper(stage: PageStage, open_page: Any) -> None:
    page, pad = opened(open_page, stage, "portrait")
    caption = on(page, "caption")
    pad.press("2")
    expect(caption).to_have_count(0)
    pad.press("\b")
    assert heard(stage) == []  # off by default
    pad.press("*")
    expect(caption).to_contain_text("语音导航已打开")
    expect(caption).to_contain_text("请选择取号方式")
    expect(caption).to_contain_text("2, 直接取号")
    wait_for(lambda: any("语音导航已打开" in said for said in heard(stage)), 30)
    whole(page, "speech-home-portrait")
    pad.press("++")
    expect(caption).to_have_text(re.compile("直接取号.*第 2 项，共"))
    wait_for(lambda: any("直接取号" in said and "第 2 项" in said for said in heard(stage)), 30)
    pad.press("\n")
    expect(caption).to_contain_text("请选择要办的业务")
    whole(page, "speech-services-portrait")
    pad.press("1")
    at(page, "confirm")
    pad.press("\n")
    expect(caption).to_contain_text("取号成功", timeout=15_000)
    expect(caption).to_contain_text("请取走您的号票")
    label = on(page, "result-label").text_content() or ""
    expect(caption).to_contain_text(" ".join(label))
    wait_for(lambda: any(" ".join(label) in said for said in heard(stage)), 30)
    said = stage.speaker.said()[0].n
    pad.press("/")
    wait_for(lambda: any("取号成功" in again.tokens[0] for again in stage.speaker.said() if again.n > said), 30)
    whole(page, "speech-result-portrait")
    pad.press("\n")
    expect(caption).to_have_count(0)
    wait_for(lambda: not stage.kiosk_node._relay.newest("guidance")["on"])


def test_a_name_is_heard_in_headphones_only_and_guidance_ends_with_its_citizen(
    stage: PageStage, open_page: Any
) -> None:
    page, pad = opened(open_page, stage, "landscape", "en")
    for way, keys in (("speaker", "*"), ("headphones", None)):
        if keys:
            pad.press(keys)
        else:
            stage.keypad.hold(185)  # F15: the jack noticed a plug
            stage.keypad.release(185)
            wait_for(lambda: stage.kiosk_node._relay.newest("guidance")["private"])
        expect(on(page, "caption")).to_be_visible()
        pad.press("1")
        at(page, "card")
        pad.press("\n")
        stage.reader.hold("elder")
        try:
            at(page, "services")
        finally:
            stage.reader.take()
        expect(on(page, "caption")).to_contain_text("Choose your service")
        wait_for(lambda way=way: any("Choose your service" in said for said in heard(stage, way)), 30)
        name = on(page, "greeting").text_content() or ""
        assert "李*" in name
        assert any("李*" in said for said in heard(stage, way)) == (way == "headphones")
        assert not any("李*" in said for said in heard(stage, "speaker"))
        on(page, "home").click()
        pad.press("3")
        at(page, "phone")
        pad.press("139")
        if way == "headphones":
            wait_for(lambda: any("1 3 9" in said for said in heard(stage, "headphones")), 30)
        pad.walk("digit-4")
        assert not any("1 3 9" in said or said.strip() == "4" for said in heard(stage, "speaker"))
        on(page, "home").click()
    page.clock.install()
    page.clock.run_for(1_000)
    pad.press("2")
    page.clock.run_for(178_000)
    expect(on(page, "caption")).to_be_visible()
    for _ in range(20):  # in steps: a request in a leap of time would be given up before it is answered
        page.clock.run_for(300)
        page.wait_for_timeout(50)
    expect(on(page, "caption")).to_have_count(0)
    wait_for(lambda: not stage.kiosk_node._relay.newest("guidance")["on"])


def test_the_switch_stands_with_the_other_modes_where_there_is_a_speaker(stage: PageStage, open_page: Any) -> None:
    page, _ = opened(open_page, stage, "landscape", "en")
    on(page, "access").click()
    on(page, "access-speech").click()
    expect(on(page, "access-speech")).to_have_attribute("aria-pressed", "true")
    expect(on(page, "caption")).to_contain_text("Spoken guidance is on")
    whole(page, "speech-switch-landscape")
    assert axe(page) == []
    on(page, "access-speech").click()
    expect(on(page, "caption")).to_have_count(0)
