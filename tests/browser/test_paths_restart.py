"""A visit during which the kiosk's node or the hall's server is killed: the page goes on, and there is one slip."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_scenes
import pytest
from hands import on
from node_process import start_node
from page_stage import PageStage
from playwright.sync_api import Page, expect
from waiting import wait_for

pytestmark = pytest.mark.browser


class Kiosk:
    """A kiosk's node in a process of its own, before the scripted hall and the simulated printer of a stage."""

    def __init__(self, folder: Path) -> None:
        self.stage = PageStage(own_numbers=False)
        self.stage.kiosk_node.close()  # it had the printer
        page_scenes.busy(self.stage)
        self.node = start_node("kiosk", folder, self.stage.fake.url)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self.node.wait_until_connected()
        wait_for(lambda: self.node.device("printer") == "ok", 30)

    def start(self) -> None:
        self.node.start()
        self.wait_until_ready()

    def close(self) -> None:
        self.node.close()
        self.stage.close()


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with tempfile.TemporaryDirectory(prefix="hall-restart-") as folder:
        made = Kiosk(Path(folder))
        yield made
        made.close()


@pytest.fixture
def page(kiosk: Kiosk, browser: Any) -> Iterator[Page]:
    """Its console may say that nobody answers: that is what happens here."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(kiosk.node.url)
    page.wait_for_selector("body[data-ready=true]", timeout=20_000)
    yield page
    context.close()


def to_confirm(page: Page) -> None:
    on(page, "take-number").click()
    on(page, "service-hukou").click()
    expect(on(page, "confirm")).to_be_visible()


def test_the_node_is_killed_before_the_tap(kiosk: Kiosk, page: Page) -> None:
    slips = len(kiosk.stage.printer.slips())
    to_confirm(page)
    kiosk.node.kill()
    kiosk.start()
    on(page, "confirm").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=20_000)
    assert len(kiosk.stage.printer.slips()) == slips + 1
    on(page, "done").click()
    expect(on(page, "take-number")).to_be_enabled(timeout=20_000)  # its live views are back by themselves


def test_the_node_is_killed_while_the_hall_decides(kiosk: Kiosk, page: Page) -> None:
    """The tap has its name: the page repeats it, the hall knows it, and the citizen gets one number and one slip."""
    stage = kiosk.stage
    slips, tickets = len(stage.printer.slips()), len(stage.fake.tickets)
    to_confirm(page)
    stage.fake.faults.append("late")
    on(page, "confirm").click()
    wait_for(lambda: len(stage.fake.tickets) == tickets + 1)
    kiosk.node.kill()
    stage.fake.release.set()
    kiosk.start()
    expect(on(page, "print-printed")).to_be_visible(timeout=30_000)
    assert (len(stage.fake.tickets), len(stage.printer.slips())) == (tickets + 1, slips + 1)
    stage.fake.release.clear()
    on(page, "done").click()


def test_the_server_goes_in_the_middle_of_a_visit_and_comes_back(kiosk: Kiosk, page: Page) -> None:
    stage = kiosk.stage
    slips = len(stage.printer.slips())
    to_confirm(page)
    stage.fake.stop()
    on(page, "confirm").click()
    expect(on(page, "refusal")).to_have_attribute("data-code", "server_unreachable", timeout=40_000)
    stage.fake.start()
    on(page, "try-again").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=30_000)
    assert len(stage.printer.slips()) == slips + 1
    on(page, "done").click()
