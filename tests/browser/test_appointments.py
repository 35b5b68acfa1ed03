"""Appointments as people meet them: checked in at the kiosk by card and by keys alone, and kept at the reception."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from booking_hall import booking_hall, noon_zone
from hall_process import Client, HallProcess, free_port, make_token
from hands import on
from page_checks import axe, cut_off, overlapping, small_targets
from playwright.sync_api import Browser, Page, expect
from staff_desk import Desks, StaffHall

from drivers.simulated.people import with_check_digit
from queue_server.demo import Demo, hall

pytestmark = pytest.mark.browser
EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
KIOSK = (1080, 1920)
CARD = {"id_number": with_check_digit("99999919900101000"), "name": "张示例"}  # of the simulated reader


@pytest.fixture(scope="module")
def noon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, Client]]:
    """A whole township hall at noon, whatever the time is, and its manager."""
    folder = tmp_path_factory.mktemp("noon")
    for file in EXAMPLES.glob("township*.toml"):
        shutil.copy(file, folder)
    config = folder / "township.toml"
    config.write_text(config.read_text("utf-8").replace("Asia/Shanghai", noon_zone()), "utf-8")
    port = next(first for first in iter(free_port, 0) if first < 65_000)
    with hall(config, folder / "data", port) as demo:
        manager = Client(f"http://127.0.0.1:{demo.port}", make_token(demo.config, demo.data, "manager"))
        yield demo, manager
        manager.close()


def book(manager: Client, service: str, citizen: dict[str, str], n: int = 0) -> dict[str, Any]:
    found = manager.get("/appointments/slots", params={"service": service}).json()
    slot = [slot["slot"] for slot in found if slot["free"]][n]
    answer = manager.post("/appointments", {"service": service, "slot": slot, "citizen": citizen})
    assert answer.status_code == 201, answer.text
    booked: dict[str, Any] = answer.json()
    return booked


def fit(page: Page, least_px: float = 80) -> None:
    """Nothing is cut off or overlaps, everything can be touched, and everybody can use it."""
    assert cut_off(page) == []
    assert overlapping(page) == []
    assert small_targets(page, least_px, 8) == []
    assert axe(page) == []


def kiosk_page(open_page: Callable[..., Page], demo: Demo, language: str) -> Page:
    page = open_page(f"{demo.url('kiosk')}?lang={language}", *KIOSK, reduced_motion="reduce")
    expect(on(page, "take-appointment")).to_be_enabled(timeout=20_000)
    return page


def test_a_card_that_is_laid_for_a_number_is_told_of_its_appointment(
    noon: tuple[Demo, Client], open_page: Callable[..., Page]
) -> None:
    demo, manager = noon
    booked = book(manager, "hukou", CARD, 2)
    page = kiosk_page(open_page, demo, "zh-CN")
    on(page, "take-card").click()
    on(page, "privacy-agree").click()
    requests.post(f"{demo.url('devices')}api/twins/{_reader(demo)}/hold", json={"sample": "citizen"}, timeout=10)
    expect(on(page, "check-in-hukou")).to_contain_text("户籍")
    expect(on(page, "check-in-hukou")).to_contain_text(booked["time"])
    fit(page)
    on(page, "check-in-hukou").click()
    expect(on(page, "print-printed")).to_be_visible(timeout=20_000)
    expect(on(page, "result-due")).to_contain_text(booked["time"])
    fit(page)
    label = on(page, "result-label").inner_text()
    shown = manager.get(f"/appointments/{booked['code']}").json()
    assert (shown["state"], shown["label"], shown["masked_name"]) == ("checked_in", label, "张*")
    slips = next(twin["state"]["slips"] for twin in _twins(demo) if twin["kind"] == "printer")
    assert label in slips[0]["text"]
    assert f"预约 {booked['time']}，到时叫号" in slips[0]["text"]


def test_a_code_by_keys_alone_in_english(
    noon: tuple[Demo, Client], browser: Browser, request: pytest.FixtureRequest
) -> None:
    demo, manager = noon
    booked = book(manager, "social-insurance", {"phone": "13800000001"})
    context = browser.new_context(viewport={"width": KIOSK[0], "height": KIOSK[1]}, reduced_motion="reduce")
    request.addfinalizer(context.close)  # no `open_page`: the browser notes the refusal that this page is to show
    page = context.new_page()
    page.goto(f"{demo.url('kiosk')}?lang=en")
    expect(on(page, "take-appointment")).to_be_enabled(timeout=20_000)
    fit(page)
    page.keyboard.press("4")  # the fourth of the ways
    expect(on(page, "check-in-code")).to_be_visible()
    fit(page)
    page.keyboard.press("1")
    page.keyboard.type("12345678")
    page.keyboard.press("Enter")
    expect(on(page, "refusal")).to_contain_text("Nothing was found for this code")
    fit(page)
    page.keyboard.press("Escape")
    page.keyboard.type(booked["code"])
    expect(on(page, "code-digits")).to_have_text(f"{booked['code'][:4]} {booked['code'][4:]}")
    page.keyboard.press("Enter")
    expect(on(page, "result-due")).to_contain_text(booked["time"], timeout=20_000)
    assert manager.get(f"/appointments/{booked['code']}").json()["state"] == "checked_in"


def test_a_phone_number_without_an_appointment_gets_an_ordinary_number(
    noon: tuple[Demo, Client], open_page: Callable[..., Page]
) -> None:
    page = kiosk_page(open_page, noon[0], "zh-CN")
    on(page, "take-appointment").click()
    on(page, "check-in-phone").click()
    page.keyboard.type("13900000000")
    on(page, "phone-next").click()
    expect(on(page, "none-booked")).to_be_visible()
    fit(page)
    on(page, "other-service").click()
    expect(page.locator("main")).to_have_attribute("data-step", "services")


def test_the_reception_books_moves_checks_in_and_cancels(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    process = HallProcess(tmp_path, booking_hall(tmp_path))
    request.addfinalizer(process.close)
    process.start()
    staff = StaffHall(process)
    desks = Desks(browser, staff.url, staff.cookie)
    request.addfinalizer(desks.close)
    page = desks.open("desk", "/reception?lang=zh-CN", reduced_motion="reduce")
    on(page, "side-appointments").click()
    codes = []
    for n, phone in enumerate(("13800000011", "13800000012")):
        on(page, "appt-book").click()
        page.locator("button[data-test^=slot-]").nth(n).click()
        on(page, "book-name").fill("赵示例")
        on(page, "book-phone").fill(phone)
        assert axe(page) == []
        on(page, "book-now").click()
        codes.append(on(page, "booked-code").inner_text().replace(" ", ""))
        on(page, "booked-close").click()
        expect(on(page, f"appt-{codes[n]}")).to_contain_text("赵*")
    on(page, f"appt-{codes[0]}").click()
    assert cut_off(page) == []
    assert axe(page) == []
    on(page, "appt-move").click()
    slot = page.locator("button[data-test^=slot-]").nth(4)
    time = slot.locator("strong").inner_text()
    slot.click()
    on(page, "dialog-yes").click()
    expect(on(page, f"appt-{codes[0]}")).to_contain_text(time)
    on(page, "appt-check-in").click()
    expect(on(page, "ticket-label")).to_have_text("A001")
    expect(on(page, "ticket-place")).to_contain_text(time)
    expect(on(page, f"appt-{codes[0]}")).to_contain_text("A001")
    on(page, f"appt-{codes[1]}").click()
    on(page, "appt-cancel").click()
    on(page, "dialog-yes").click()
    expect(on(page, f"appt-{codes[1]}")).to_contain_text("已取消")
    assert [event["kind"] for event in staff.journal() if event["kind"].startswith("Appointment")] == [
        "AppointmentBooked", "AppointmentBooked", "AppointmentMoved", "AppointmentCheckedIn", "AppointmentCancelled",
    ]  # fmt: skip
    assert desks.said == []


def _twins(demo: Demo) -> list[dict[str, Any]]:
    twins: list[dict[str, Any]] = requests.get(f"{demo.url('devices')}api/twins", timeout=10).json()
    return twins


def _reader(demo: Demo) -> str:
    name: str = next(twin["name"] for twin in _twins(demo) if twin["kind"] == "idcard")
    return name


@pytest.mark.parametrize(("size", "mode"), [(KIOSK, "large"), (KIOSK, "large+low"), ((1920, 1080), "low")])
def test_the_way_of_an_appointment_is_whole_in_every_mode(
    noon: tuple[Demo, Client], open_page: Callable[..., Page], size: tuple[int, int], mode: str
) -> None:
    page = open_page(f"{noon[0].url('kiosk')}?lang=en", *size, reduced_motion="reduce")
    on(page, "access").click()
    for each in mode.split("+"):
        on(page, f"access-{each}").click()
    on(page, "access-close").click()
    fit(page)
    on(page, "take-appointment").click()
    fit(page)
    on(page, "check-in-code").click()
    page.keyboard.type("48217797")
    fit(page)
    on(page, "home").click()
    on(page, "take-appointment").click()
    on(page, "check-in-phone").click()
    page.keyboard.type("13900000000")
    on(page, "phone-next").click()
    expect(on(page, "none-booked")).to_be_visible()
    fit(page)
