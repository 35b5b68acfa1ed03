"""The server is killed while every page is open: each says so, recovers by itself, and no press is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hall_process import HallProcess
from hands import on
from playwright.sync_api import Browser, Page, expect
from staff_desk import Desks

pytestmark = pytest.mark.browser
RECOVERED_MS = 5000


@pytest.fixture
def server(stage: Any, tmp_path: Path) -> Iterator[HallProcess]:
    """The hall's own server process, so that it can be killed and started again with the same data and address."""
    server = HallProcess(tmp_path, config=stage.demo.config)
    server.data, server.port, server.url = stage.demo.data, stage.demo.port, stage.server
    server.process = next(process for name, process in stage.demo._parts if name == "server")
    yield server
    server.close()


@pytest.fixture
def desks(browser: Browser, stage: Any) -> Iterator[Desks]:
    def cookie(staff: str) -> str:
        who = {"name": staff, "password": stage.demo.password}
        return str(requests.post(f"{stage.server}/api/v1/session", json=who, timeout=10).cookies["session"])

    desks = Desks(browser, stage.server, cookie)
    yield desks
    desks.close()
    assert desks.said == []


def elsewhere(desks: Desks, url: str, size: tuple[int, int]) -> Page:
    """A page that a node serves, which asks for no sign-in."""
    page = desks.open("demo", "/login", size)
    page.goto(url)
    page.wait_for_selector("body[data-ready=true]")
    return page


def test_killed_while_every_page_is_open(stage: Any, server: HallProcess, desks: Desks) -> None:
    manager = server.client("manager")
    manager.post("/windows/1/open", {})
    label = manager.post("/tickets", {"service": "hukou"}).json()["label"]
    manager.post("/windows/1/next")
    console = desks.open("demo", "/console/1")
    reception = desks.open("demo", "/reception")
    live = desks.open("demo", "/manager")
    devices = desks.open("demo", "/manager/devices")
    settings = desks.open("demo", "/manager/settings")
    kiosk = elsewhere(desks, stage.kiosk, (1080, 1920))
    wall = elsewhere(desks, stage.wall, (1920, 1080))
    says = {console: "away", reception: "away", live: "away", devices: "away", settings: "away"}
    says |= {kiosk: "own-tickets", wall: "away"}
    expect(on(console, "ticket-label")).to_have_text(label)
    expect(devices.locator("[data-test*=printer]").first).to_be_visible()
    on(reception, "service-hukou").click()
    on(settings, "part-rules").click()
    before = manager.get("/hall").json()["seq"]

    server.kill()
    for page, name in says.items():
        expect(on(page, name)).to_be_visible(timeout=15_000)
    expect(on(console, "ticket-label")).to_have_text(label)  # what was true last stays in sight
    console.keyboard.press("s")
    expect(on(console, "action-start")).to_contain_text("正在重试")
    console.keyboard.press("p")
    expect(on(console, "note-park")).to_contain_text("还在处理")  # said, not lost silently
    on(reception, "issue").click()
    expect(on(reception, "issue")).to_contain_text("正在重试")

    server.start()
    for page, name in says.items():
        expect(on(page, name)).to_have_count(0, timeout=RECOVERED_MS)
    expect(on(console, "action-finish")).to_be_enabled(timeout=RECOVERED_MS)
    expect(on(reception, "ticket-label")).to_have_text("A002", timeout=RECOVERED_MS)
    expect(on(live, "figure-waiting")).to_have_text("1", timeout=RECOVERED_MS)
    kinds = [event["kind"] for event in manager.get(f"/journal?after={before}").json()["events"]]
    assert [kind for kind in kinds if kind != "DeviceChanged"] in (
        ["ServingStarted", "TicketIssued"],
        ["TicketIssued", "ServingStarted"],
    )
    on(settings, "input-rules.call_gap_s").fill("20")
    on(settings, "save").click()
    expect(on(settings, "settings-said")).to_contain_text("已保存")
