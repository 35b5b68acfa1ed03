"""Every path at the kiosk by ear: guidance from the first key to the paper, and what only headphones are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import on
from number_pad import at, opened
from page_checks import axe, whole
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
