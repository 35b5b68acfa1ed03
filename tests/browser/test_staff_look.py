"""How the pages of staff, reception and manager look, in their sizes and languages, and that everybody can use them.

HALL_PHOTOS names a folder to keep the photographs in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import page_checks
import pytest
import socketio
from hands import on
from playwright.sync_api import Browser, Page
from staff_desk import Desks, StaffHall, staff_hall

pytestmark = pytest.mark.browser
LANGUAGES = ("zh-CN", "en")
DESK, TABLET, WIDE = (1366, 768), (1024, 768), (1920, 1080)


@dataclass(frozen=True)
class Look:
    """One page in one state: who opens it, in which sizes, and what is pressed or filled in before the photograph."""

    name: str
    staff: str
    path: str
    sizes: tuple[tuple[int, int], ...] = (DESK, TABLET)
    steps: tuple[str | tuple[str, str], ...] = field(default=())
    scrolls: bool = True


LOOKS = [
    Look("login", "desk", "/login"),
    Look("home-manager", "boss", "/"),
    Look("home-staff", "zhang", "/"),
    Look("console-called", "zhang", "/console/1", scrolls=False),
    Look("console-serving", "boss", "/console/3", scrolls=False),
    Look("console-closed", "boss", "/console/2", scrolls=False),
    Look("console-transfer", "zhang", "/console/1", steps=("action-transfer", "transfer-window"), scrolls=False),
    Look("console-pause", "boss", "/console/3", steps=("action-pause",), scrolls=False),
    Look("reception", "desk", "/reception", (DESK, TABLET, WIDE)),
    Look("reception-issue", "desk", "/reception", (DESK,), ("service-social", "priority-elderly")),
    Look("reception-ticket", "desk", "/reception", (DESK, TABLET), (("find", "3"), "found-A003")),
    Look("reception-slip", "desk", "/reception", (DESK,), (("find", "3"), "found-A003", "print")),
    Look("reception-cancel", "desk", "/reception", (DESK,), (("find", "3"), "found-A003", "cancel")),
    Look("emergency", "desk", "/reception", (DESK,), ("emergency", "emergency-leave", "emergency-next")),
    Look("live", "boss", "/manager", (DESK, TABLET, WIDE)),
    Look("live-whatif", "boss", "/manager", steps=("whatif", "whatif-2", "whatif-go", "whatif-answer")),
    Look("devices", "boss", "/manager/devices"),
    Look("settings-services", "boss", "/manager/settings", steps=("edit-services-hukou",)),
    Look("settings-wrong", "boss", "/manager/settings", (DESK,),
         ("edit-services-hukou", ("input-services[0].prefix", "7"), ("input-services[0].name.en", ""))),
    Look("settings-windows", "boss", "/manager/settings", (DESK,), ("part-windows", "edit-windows-1")),
    Look("settings-hours", "boss", "/manager/settings", (DESK,), ("part-hours", "always-open")),
    Look("settings-bookable", "boss", "/manager/settings", (DESK,),
         ("edit-services-hukou", "service-hukou-bookable", "service-hukou-slot-hours")),
    Look("settings-zones", "boss", "/manager/settings", steps=("part-zones", "add-zones")),
    Look("settings-appointments", "boss", "/manager/settings", steps=("part-appointments", "take-bookings")),
    Look("settings-remote", "boss", "/manager/settings", steps=("part-remote", "give-remote", "remote-hours")),
    Look("settings-offline", "boss", "/manager/settings", steps=("part-offline", "add-offline")),
    Look("settings-rules", "boss", "/manager/settings", (DESK,), ("part-rules", ("input-rules.call_gap_s", "20"))),
    Look("settings-words", "boss", "/manager/settings", (DESK,), ("part-words",)),
    Look("settings-hall", "boss", "/manager/settings", (DESK,), ("part-hall",)),
    Look("settings-history", "boss", "/manager/settings", (DESK,), ("part-history",)),
    Look("people", "boss", "/manager/people"),
    Look("people-add", "boss", "/manager/people", (DESK,), ("add-person",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffHall]:
    """A hall in the middle of the morning: every state that a page can show is somewhere in it."""
    words = '[words]\nmarquee = { zh-CN = "带齐材料，一次办好", en = "Bring all papers" }\n'
    with staff_hall(tmp_path_factory.mktemp("look"), f"[rules]\ncall_gap_s = 0\n{words}") as hall:
        tickets = [hall.ticket("hukou", priority="elderly" if n == 4 else None) for n in range(9)]
        for _ in range(6):
            hall.ticket("social")
        operate = hall.manager.post
        for window in (1, 3):
            operate(f"/windows/{window}/open", {"staff": "zhang"}).raise_for_status()
        operate("/windows/1/next")
        operate("/windows/1/park", {})
        operate("/windows/1/next")
        operate("/windows/3/next")
        operate("/windows/3/start")
        operate(f"/tickets/{tickets[8]['ticket_id']}/cancel")
        shown = hall.manager.get("/settings").json()
        shown["document"]["services"][0]["materials"] = [{"zh-CN": "居民身份证", "en": "Identity card"}]
        shown["document"]["services"][0]["target_wait_s"] = 60
        shown["document"]["services"][1]["slots"] = {"every_min": 20, "quota": 2}
        shown["document"]["zones"] = [
            {"id": "down", "name": {"zh-CN": "一楼", "en": "Ground floor"}},
            {"id": "up", "name": {"zh-CN": "二楼", "en": "Second floor"}},
        ]
        for window, zone in enumerate(("down", "down", "up")):
            shown["document"]["windows"][window]["zone"] = zone
        operate("/settings", shown).raise_for_status()
        since = (datetime.now(UTC) - timedelta(minutes=9)).isoformat()
        ill = {"printer": "paper_low", "idcard": "unplugged", "speaker": "ok"}
        health = {"ok": "ok", "paper_low": "warning"}
        facts = {
            "printer": {
                "driver": "escpos", "address": "usb://04b8:0202", "firmware": "TM-T88V 2.01 ESC/POS",
                "paper_left_percent": 9, "last_error": "cover_open", "last_error_at": since,
            },
            "idcard": {
                "driver": "sdt", "address": "serial:///dev/hall/serial-A50285BI?baud=115200",
                "serial": "05.01-20260101-0000000042-1234567890", "last_error": "unplugged", "last_error_at": since,
            },
            "speaker": {"driver": "speech", "address": "alsa://default"},
        }  # fmt: skip
        devices = [
            {
                "name": name,
                "kind": name,
                "health": health.get(code, "failed"),
                "facts": facts[name],
                "code": code,
                "detail": "",
                "since": since,
            }
            for name, code in ill.items()
        ]
        hall.node.post("/nodes/report", {"devices": devices}).raise_for_status()
        kiosk = socketio.Client()
        token = str(hall.node.session.headers["Authorization"]).removeprefix("Bearer ")
        kiosk.connect(hall.url, namespaces=["/live"], auth={"token": token})
        yield hall
        kiosk.disconnect()


@pytest.fixture(scope="module")
def everybody(browser: Browser, hall: StaffHall) -> Iterator[Desks]:
    desks = Desks(browser, hall.url, hall.cookie)
    yield desks
    desks.close()
    assert desks.said == []


def show(page: Page, hall: StaffHall, look: Look, language: str) -> None:
    page.goto(f"{hall.url}{look.path}?lang={language}")
    page.wait_for_selector("body[data-ready=true]")
    for step in look.steps:
        if isinstance(step, tuple):
            on(page, step[0]).fill(step[1])
        else:
            on(page, step).click()
    if look.name == "settings-wrong":
        on(page, "settings-wrong").wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")


def faults(page: Page, look: Look) -> list[str]:
    found = page_checks.cut_off(page) + page_checks.overlapping(page)
    wide, high = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    if wide > 0:
        found.append(f"scrolls sideways by {wide} px")
    if high > 0 and not look.scrolls:
        found.append(f"scrolls down by {high} px")
    return found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_photographed_whole_and_usable_by_everybody(look: Look, hall: StaffHall, everybody: Desks) -> None:
    found: dict[str, list[str]] = {}
    page = everybody.open(look.staff, look.path, look.sizes[0])
    for language in LANGUAGES:
        page.set_viewport_size({"width": look.sizes[0][0], "height": look.sizes[0][1]})
        show(page, hall, look, language)
        found[language] = page_checks.axe(page)
        for width, height in look.sizes:
            page.set_viewport_size({"width": width, "height": height})
            name = f"{look.name}-{width}x{height}-{language}"
            page_checks.photograph(page, f"{name}", animations="disabled")
            found[name] = faults(page, look)
    page.context.close()
    assert {name: list_ for name, list_ in found.items() if list_} == {}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_text_may_grow_by_30_percent(look: Look, hall: StaffHall, everybody: Desks) -> None:
    page = everybody.open(look.staff, look.path, look.sizes[0], script=page_checks.LONGER)
    show(page, hall, look, "en")
    page_checks.photograph(page, f"{look.name}-longer", animations="disabled")
    found = faults(page, look)
    page.context.close()
    assert found == []
