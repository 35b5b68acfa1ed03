"""The kiosk's page when the server is away, or when nobody knows what became of the paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import page_scenes
import pytest
from hands import on
from page_checks import small_targets, whole
from page_stage import PageStage
from playwright.sync_api import Page, Route, expect
from waiting import wait_for

pytestmark = pytest.mark.browser

SIZES = {"portrait": (1080, 1920), "10-inch": (1280, 800)}


@pytest.fixture(scope="module")
def stage() -> Iterator[PageStage]:
    made = PageStage(own_numbers=True)
    page_scenes.busy(made)
    yield made
    made.close()


def look(page: Page, name: str) -> None:
    whole(page, name)
    if "portrait" in name:
        assert small_targets(page, 80, 16) == [], name


def to_confirm(page: Page) -> None:
    on(page, "take-number").click()
    to_service(page)


def to_service(page: Page) -> None:
    tile = on(page, "service-hukou")
    while not tile.is_visible():
        on(page, "next-page").click()
    tile.click()
    expect(on(page, "confirm")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_without_the_server_the_page_gives_numbers_and_says_what_nobody_knows(
    stage: PageStage, open_page: Any, language: str, size: str
) -> None:
    page = open_page(f"{stage.kiosk}/?lang={language}", *SIZES[size], reduced_motion="reduce")
    slips = len(stage.printer.slips())
    stage.fake.stop()
    try:
        expect(on(page, "own-tickets")).to_be_visible(timeout=20_000)
        look(page, f"own-home-{language}-{size}")
        to_confirm(page)
        expect(on(page, "may-be-later")).to_be_visible()
        look(page, f"own-confirm-{language}-{size}")
        on(page, "confirm").click()
        expect(on(page, "result-own")).to_be_visible(timeout=20_000)
        assert (on(page, "result-label").text_content() or "").startswith("A8")
        expect(on(page, "print-printed")).to_be_visible()
        look(page, f"own-result-{language}-{size}")
        slip = stage.printer.slips()[0].text
        assert len(stage.printer.slips()) == slips + 1
        assert ("叫号可能晚一些" if language == "zh-CN" else "call may come later") in slip
        on(page, "done").click()
        on(page, "take-appointment").click()
        look(page, f"own-appointment-{language}-{size}")
        on(page, "check-in-code").click()
        for digit in "04718293":
            on(page, f"digit-{digit}").click()
        on(page, "code-next").click()
        to_service(page)
        expect(on(page, "code-kept")).to_contain_text("04718293")
        look(page, f"own-code-{language}-{size}")
        on(page, "confirm").click()
        expect(on(page, "result-own")).to_be_visible(timeout=20_000)
    finally:
        stage.fake.start()
    on(page, "done").click()
    expect(on(page, "own-tickets")).to_have_count(0, timeout=20_000)
    wait_for(lambda: "04718293" in [each.get("appointment") for each in stage.fake.tickets.values()])


def doubtful(page: Page, outcomes: list[str]) -> None:
    """The printer says of each slip in turn what stands here; all else is the real node's answer."""

    def answer(route: Route) -> None:
        real = route.fetch()
        content = real.json()
        content["print"] = {"outcome": outcomes.pop(0), "code": "mute"}
        route.fulfill(response=real, body=json.dumps(content))

    page.route("**/api/tickets", answer)
    page.route("**/api/tickets/*/reprint", answer)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_a_doubtful_slip_asks_the_citizen_and_a_no_prints_once_more(
    stage: PageStage, open_page: Any, language: str, size: str
) -> None:
    page = open_page(f"{stage.kiosk}/?lang={language}", *SIZES[size], reduced_motion="reduce")
    doubtful(page, ["unconfirmed", "unconfirmed"])
    to_confirm(page)
    on(page, "confirm").click()
    expect(on(page, "print-unconfirmed")).to_be_visible(timeout=20_000)
    look(page, f"paper-asked-{language}-{size}")
    slips = len(stage.printer.slips())
    on(page, "paper-no").click()
    expect(on(page, "print-unconfirmed").locator("p")).to_be_visible(timeout=20_000)
    assert len(stage.printer.slips()) == slips + 1
    assert ("补打" if language == "zh-CN" else "Reprint") in stage.printer.slips()[0].text
    expect(on(page, "reprint")).to_have_count(0)  # a third slip would not help: a person does
    page.wait_for_function("() => document.querySelector('[data-test=result-code]').naturalWidth > 0")
    look(page, f"paper-missing-{language}-{size}")
    on(page, "done").click()


def test_a_yes_is_the_end_of_it(stage: PageStage, open_page: Any) -> None:
    page = open_page(f"{stage.kiosk}/?lang=zh-CN", *SIZES["portrait"], reduced_motion="reduce")
    doubtful(page, ["unconfirmed"])
    to_confirm(page)
    on(page, "confirm").click()
    on(page, "paper-yes").click()
    expect(on(page, "paper-there")).to_be_visible()
    expect(on(page, "reprint")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
def test_without_paper_the_number_and_its_code_are_shown_and_printed_later(
    stage: PageStage, open_page: Any, size: str
) -> None:
    page = open_page(f"{stage.kiosk}/?lang=zh-CN", *SIZES[size], reduced_motion="reduce")
    stage.printer.set_paper(False)
    try:
        to_confirm(page)
        on(page, "confirm").click()
        expect(on(page, "print-not_printed")).to_be_visible(timeout=20_000)
        page.wait_for_function("() => document.querySelector('[data-test=result-code]').naturalWidth > 0")
        look(page, f"paper-out-{size}")
    finally:
        stage.printer.set_paper(True)
    on(page, "reprint").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=20_000)
    assert any("补打" in slip.text for slip in stage.printer.slips()[:2])
