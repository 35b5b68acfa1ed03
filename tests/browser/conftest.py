"""Debian's Chromium and a whole hall of real processes, for tests that use pages as people do."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_scenes
import pytest
import requests
from hall_process import make_token
from page_stage import PageStage
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from staff_desk import Desks, StaffHall, staff_hall

from queue_server.demo import Demo
from queue_server.demo import hall as demo_hall

CHROMIUM = shutil.which("chromium")
# Chromium looks for its maker's servers at every start; these flags keep it on this machine.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
PORTS = 8
RULES = "[rules]\ncall_gap_s = 0\nmin_calls_before_no_show = 2\nout_of_turn_needs_reason = true\n"


def _free_ports() -> int:
    """The first of some free ports in a row."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])  # two workers must not look at the same ports
    for first in range(21000 + 4000 * worker, 25000 + 4000 * worker, PORTS):
        probes = [socket.socket() for _ in range(PORTS)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + offset))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no free ports")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class HallOnStage:
    """A running demo hall, with its addresses and a look at its simulated devices and journal."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.server = f"http://127.0.0.1:{demo.port}"
        self.kiosk = demo.url("kiosk")
        self.wall = demo.url("wall")
        self.display = self.wall.removesuffix("/wall")
        self.panel = demo.url("devices")

    def twin(self, kind: str) -> dict[str, Any]:
        """The state of the first simulated device of a kind."""
        twins = requests.get(f"{self.panel}api/twins", timeout=10).json()
        state: dict[str, Any] = next(twin["state"] for twin in twins if twin["kind"] == kind)
        return state

    def press(self, name: str, action: str, **body: object) -> None:
        requests.post(f"{self.panel}api/twins/{name}/{action}", json=body, timeout=10).raise_for_status()

    def journal(self, token: str) -> list[dict[str, Any]]:
        answer = requests.get(
            f"{self.server}/api/v1/journal?limit=1000", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        events: list[dict[str, Any]] = answer.json()["events"]
        return events


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallOnStage]:
    """The 14-window township hall, as `make run` starts it."""
    with demo_hall(EXAMPLES / "township.toml", tmp_path_factory.mktemp("stage"), _free_ports()) as demo:
        yield HallOnStage(demo)


@pytest.fixture(scope="module")
def public_stage() -> Iterator[PageStage]:
    """A kiosk and a display before a scripted hall."""
    stage = PageStage()
    yield stage
    stage.close()


@pytest.fixture
def pages(public_stage: PageStage) -> PageStage:
    """The same, with the busy morning that every test begins with."""
    public_stage.clear()
    page_scenes.busy(public_stage)
    public_stage.fake.refuse = None
    return public_stage


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page of its own size as a person of its own; its console must stay silent."""
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def opened(url: str, width: int, height: int, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(f"{url}: {error}"))
        page.on("console", lambda line: said.append(f"{url}: {line.text}") if line.type == "error" else None)
        page.goto(url)
        page.wait_for_selector("body[data-ready=true]", timeout=20_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="module")
def manager_token(stage: HallOnStage) -> str:
    """A manager's token of the hall on stage."""
    return make_token(stage.demo.config, stage.demo.data, "manager")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[StaffHall]:
    """A bare hall with an account for each role, for one test; a file may have a hall of its own."""
    with staff_hall(tmp_path, RULES) as made:
        yield made


@pytest.fixture
def desks(browser: Browser, hall: StaffHall) -> Iterator[Desks]:
    """The desks of that hall's people."""
    opened = Desks(browser, hall.url, hall.cookie)
    yield opened
    opened.close()
    assert opened.said == []
