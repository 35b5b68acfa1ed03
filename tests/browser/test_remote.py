"""Taking a number on a phone at home, and checking it in at the hall: the page, the kiosk's node, the reception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hall_process import HallProcess
from hands import on
from page_checks import fits_a_phone
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
SMALL, LARGE = (360, 740), (430, 932)
HERE, NEAR, FAR = (28.0, 120.65), (28.0, 120.67), (28.1, 120.65)
EXTRA = """public_url = "https://number.example.org"
[rules]
call_gap_s = 0
[remote]
max_distance_m = 3000
latitude = 28.0
longitude = 120.65
per_day = 20
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    hall = HallProcess(tmp_path_factory.mktemp("remote"), extra=EXTRA)
    hall.start()
    yield hall
    hall.close()


def stand(page: Page, where: tuple[float, float]) -> None:
    page.context.set_geolocation({"latitude": where[0], "longitude": where[1]})


@pytest.mark.parametrize(("language", "size"), [("zh-CN", SMALL), ("en", LARGE)])
def test_from_home_to_the_window(hall: HallProcess, browser: Browser, language: str, size: tuple[int, int]) -> None:
    manager, node = hall.client("manager"), hall.client("node")
    manager.post("/windows/2/open", {})
    manager.post("/windows/2/start")
    while manager.post("/windows/2/next").status_code == 200:
        manager.post("/windows/2/start")
    others = [node.post("/tickets", {"service": "hukou"}).json() for _ in range(2)]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=2, has_touch=True, locale=language,
        permissions=["geolocation"], bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    stand(page, FAR)
    page.goto(f"{hall.url}/r")
    page.wait_for_selector("body[data-ready=true]", timeout=20_000)
    fits_a_phone(page, f"remote-form-{language}")
    on(page, "take").tap()
    expect(on(page, "problem")).to_be_visible()
    on(page, "service-hukou").check()
    on(page, "phone").fill("138 0000 7531" if language == "en" else "13900007531")
    on(page, "take").tap()
    expect(on(page, "problem")).to_contain_text("11", timeout=20_000)
    fits_a_phone(page, f"remote-too-far-{language}")
    stand(page, NEAR)
    on(page, "take").tap()
    page.wait_for_url("**/t/*", timeout=20_000)
    expect(on(page, "check-in")).to_be_visible(timeout=20_000)
    expect(on(page, "ahead")).to_contain_text(str(len(others)))
    label, code = on(page, "label").inner_text(), on(page, "check-in-code").inner_text().replace(" ", "")
    page.wait_for_function("document.querySelector('.picture').naturalWidth > 0", timeout=20_000)
    fits_a_phone(page, f"remote-away-{language}")
    manager.post("/windows/2/next").raise_for_status()
    after = node.post("/tickets", {"service": "hukou"}).json()
    for _ in range(2):
        manager.post("/windows/2/start")
        called: dict[str, Any] = manager.post("/windows/2/next").json()
    assert called["label"] == after["label"], "who is not here was passed over"
    expect(on(page, "check-in")).to_have_class("check-in urgent", timeout=20_000)
    fits_a_phone(page, f"remote-passed-{language}")
    on(page, "arrive").tap()
    expect(on(page, "problem")).to_contain_text("2000", timeout=20_000)
    if language == "en":
        stand(page, HERE)
        on(page, "arrive").tap()
    else:
        assert node.post("/tickets", {"appointment": code}).json()["label"] == label
    expect(on(page, "check-in")).to_have_count(0, timeout=20_000)
    expect(on(page, "problem")).to_have_count(0)
    fits_a_phone(page, f"remote-arrived-{language}")
    page.goto(f"{hall.url}/r")
    expect(on(page, "mine")).to_contain_text(label, timeout=20_000)
    fits_a_phone(page, f"remote-again-{language}")
    manager.post("/windows/2/start")
    assert manager.post("/windows/2/next").json()["label"] == label
    manager.post("/windows/2/start")
    manager.post("/windows/2/finish")
    context.close()
    assert said == []


def test_who_says_no_to_the_position_is_told_why(hall: HallProcess, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="en")
    page = context.new_page()
    page.goto(f"{hall.url}/r")
    on(page, "service-hukou").check(timeout=20_000)
    on(page, "phone").fill("13700007531")
    on(page, "take").tap()
    expect(on(page, "problem")).to_contain_text("position", timeout=25_000)
    assert page.url.endswith("/r")
    context.close()


def test_a_hall_that_gives_none_says_so(tmp_path: Path, browser: Browser) -> None:
    plain = HallProcess(tmp_path)
    plain.start()
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(f"{plain.url}/r")
        expect(on(page, "off")).to_be_visible(timeout=20_000)
        fits_a_phone(page, "remote-off")
    finally:
        context.close()
        plain.close()
