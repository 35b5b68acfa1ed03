"""A bare hall with staff accounts, and their desks in a browser: who sits where, with which page; knows no test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from hall_process import Client, HallProcess
from playwright.sync_api import Browser, BrowserContext, Page

PASSWORD = "four-words-for-tests"
DESK = (1366, 768)
WAIT_S = 20
# A request that is refused, or that a killed server does not answer, is noted by the browser by itself.
EXPECTED = ("Failed to load resource", "WebSocket connection to", "net::ERR_")
PEOPLE = (
    {"staff": "boss", "name": "王主任", "role": "manager"},
    {"staff": "desk", "name": "李导服", "role": "reception"},
    {"staff": "zhang", "name": "张三", "role": "staff", "window": 1},
    {"staff": "tech", "name": "赵维护", "role": "maintainer"},
)


class StaffHall:
    """A hall with an account for each role, and clients for what tests do beside the pages."""

    def __init__(self, process: HallProcess) -> None:
        self.process = process
        self.url = process.url
        self.manager: Client = process.client("manager")
        for person in PEOPLE:
            self.manager.post("/staff", {**person, "password": PASSWORD}).raise_for_status()

    @cached_property
    def node(self) -> Client:
        return self.process.client("node")

    def ticket(self, service: str = "hukou", **body: Any) -> dict[str, Any]:
        answer = self.manager.post("/tickets", {"service": service, **body})
        answer.raise_for_status()
        ticket: dict[str, Any] = answer.json()
        return ticket

    def read(self, ticket_id: str) -> dict[str, Any]:
        ticket: dict[str, Any] = self.manager.get(f"/tickets/{ticket_id}").json()
        return ticket

    def journal(self, after: int = 0) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.manager.get(f"/journal?after={after}&limit=1000").json()["events"]
        return events

    @property
    def seq(self) -> int:
        seq: int = self.manager.get("/hall").json()["seq"]
        return seq

    def cookie(self, staff: str) -> str:
        answer = requests.post(f"{self.url}/api/v1/session", json={"name": staff, "password": PASSWORD}, timeout=10)
        answer.raise_for_status()
        return answer.cookies["session"]


@contextmanager
def staff_hall(folder: Path, extra: str = "") -> Iterator[StaffHall]:
    process = HallProcess(folder, extra=extra)
    process.start()
    try:
        yield StaffHall(process)
    finally:
        process.close()


class Desks:
    """Opens pages as people who are signed in; a page's console must stay silent, but for refusals it shows anyway."""

    def __init__(self, browser: Browser, url: str, cookie: Callable[[str], str]) -> None:
        self._browser, self._url, self._cookie = browser, url, cookie
        self._contexts: list[BrowserContext] = []
        self._cookies: dict[str, str] = {}
        self.said: list[str] = []

    def open(
        self, staff: str, path: str, size: tuple[int, int] = DESK, *, script: str | None = None, **options: Any
    ) -> Page:
        if staff not in self._cookies:
            self._cookies[staff] = self._cookie(staff)
        context = self._browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        context.add_cookies([{"name": "session", "value": self._cookies[staff], "url": self._url}])
        if script is not None:
            context.add_init_script(script)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.said.append(f"{path}: {error}"))
        page.on("console", lambda line: self._hear(path, line.type, line.text))
        page.goto(self._url + path)
        page.wait_for_selector("body[data-ready=true]", timeout=WAIT_S * 1000)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _hear(self, path: str, kind: str, text: str) -> None:
        if kind == "error" and not any(part in text for part in EXPECTED):
            self.said.append(f"{path}: {text}")
