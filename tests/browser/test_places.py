"""The maintainer lets a machine in, changes its file and lets a spare take its place, without leaving the page."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import requests
from hands import on
from page_checks import photograph
from playwright.sync_api import expect
from staff_desk import Desks, StaffHall

pytestmark = pytest.mark.browser


def _ask(hall: StaffHall, secret: str) -> dict[str, Any]:
    body = {"secret": secret, "kind": "kiosk", "host": "raspberrypi", "software": "0.1.0"}
    said: dict[str, Any] = requests.post(f"{hall.url}/api/v1/enrolments", json=body, timeout=10).json()
    return said


def test_a_machine_is_let_in_changed_and_replaced(hall: StaffHall, desks: Desks) -> None:
    first, spare = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    code = _ask(hall, first)["code"]
    page = desks.open("tech", "/manager/devices")
    expect(on(page, "machines")).to_contain_text("raspberrypi")
    expect(on(page, "place-accept")).to_be_disabled()
    on(page, "place-code").fill(f"{(int(code) + 1) % 10**6:06}")
    on(page, "place-node").fill("kiosk-1")
    on(page, "place-accept").click()
    expect(on(page, "place-refusal")).to_contain_text("没有设备显示这个代码")
    on(page, "place-code").fill(f"{code[:3]} {code[3:]}")
    on(page, "place-accept").click()
    expect(on(page, "places-said")).to_contain_text("kiosk-1 已加入")
    assert _ask(hall, first)["state"] == "accepted"

    on(page, "file-kiosk-1").click()
    text = on(page, "place-file").input_value()
    on(page, "place-file").fill(text.replace("width_mm", "widht_mm"))
    on(page, "file-save").click()
    expect(on(page, "file-refusal")).to_contain_text('did you mean "width_mm"')
    photograph(page, "places-file")
    on(page, "place-file").fill(text.replace("80\n", "58\n"))
    on(page, "file-save").click()
    expect(on(page, "places-said")).to_contain_text("已保存")
    assert "width_mm = 58" in hall.manager.get("/nodes/kiosk-1/file").json()["file"]

    code = _ask(hall, spare)["code"]
    on(page, "place-code").fill(code)
    on(page, "place-node").fill("kiosk-1")
    expect(on(page, "place-accept")).to_contain_text("替换")
    photograph(page, "places-replace", full_page=True)
    on(page, "place-accept").click()
    expect(on(page, "places-said")).to_contain_text("已加入")
    assert "width_mm = 58" in _ask(hall, spare)["file"]
    assert _ask(hall, first)["state"] == "waiting"

    on(page, "remove-kiosk-1").click()
    on(page, "dialog-yes").click()
    expect(on(page, "places-said")).to_contain_text("已移除")
    assert hall.manager.get("/nodes").json() == []
