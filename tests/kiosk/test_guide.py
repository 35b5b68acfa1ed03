"""The service guide at a kiosk: one list per tap, and all that is known is there without the server too."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import requests
from fake_hall import FakeHall
from live_page import LivePage
from waiting import wait_for

from config.node import KioskSettings
from drivers.simulated.printer import PrinterTwin
from kiosk.offline_memory import HallMemory

GUIDE = {
    "seq": 3,
    "services": [
        {
            "service": "shebao",
            "name": {"zh-CN": "社保", "en": "Social insurance"},
            "department": {},
            "windows": [2, 3],
            "matter": {"zh-CN": "参保登记", "en": "Enrolment"},
            "basis": {"zh-CN": "社会保险法", "en": "Social Insurance Law"},
            "procedure": {"zh-CN": "受理\n审核", "en": "Take in\nCheck"},
            "conditions": {"zh-CN": "年满16周岁", "en": "From the age of 16"},
            "materials": [{"zh-CN": "居民身份证", "en": "Identity card"}, {"zh-CN": "劳动合同", "en": "Contract"}],
            "time_limit": {"zh-CN": "即办", "en": "At once"},
            "fees": {"zh-CN": "不收费\n\n依据：某号文", "en": "None"},
        }
    ],
}


def ask(kiosk: Any, tap: str | None = None, **wish: Any) -> Any:
    return kiosk.post("/api/guide/print", {"tap_id": tap or uuid.uuid4().hex, "service": "shebao", **wish})


def test_one_tap_prints_what_to_bring_once(hall: FakeHall, kiosk: Any, printer: PrinterTwin) -> None:
    assert ask(kiosk).json()["code"] == "unknown_guide"
    hall.publish("guide", 3, GUIDE)
    wait_for(lambda: kiosk.node._memory.guide is not None)
    tap = uuid.uuid4().hex
    for _ in range(2):
        assert ask(kiosk, tap).json() == {"print": {"outcome": "printed", "code": "ok"}}
    assert ask(kiosk, tap, service="hukou").json()["code"] == "key_reused"
    wait_for(lambda: len(printer.slips()) == 1)
    text = printer.slips()[0].text
    for words in (
        "申报资料清单",
        "□ 1. 居民身份证",
        "□ 2. 劳动合同",
        "承诺时限：即办",
        "收费：不收费",
        "依据：某号文",
        "2、3 号窗口",
    ):
        assert words in text, text
    assert ask(kiosk, language="en").json()["print"]["outcome"] == "printed"
    wait_for(lambda: len(printer.slips()) == 2)
    english = next(slip.text for slip in printer.slips() if "Identity card" in slip.text)
    assert "□ 2. Contract" in english
    assert "Time limit: At once" in english


def test_the_guide_is_there_when_the_kiosk_starts_without_its_server(
    hall: FakeHall, settings: KioskSettings, open_kiosk: Callable[..., Any], printer: PrinterTwin
) -> None:
    memory = HallMemory(settings.node.data)
    settings.node.data.mkdir(parents=True)
    memory.heard_hall(hall.info)  # type: ignore[arg-type]
    memory.heard_guide(GUIDE)
    memory.save()
    hall.stop()
    kiosk = open_kiosk()
    with LivePage(kiosk.url) as page:
        assert page.follow("guide")["data"] == GUIDE
    wait_for(lambda: kiosk.device("printer") == "ok")
    assert ask(kiosk).json()["print"]["outcome"] == "printed"


NOTICE = {
    "notice": "dibao-11",
    "title": {"zh-CN": "低保公示", "en": "Social assistance"},
    "body": {"zh-CN": "本月三户\n\n联系电话：另附", "en": "Three households"},
    "first": "2026-11-01",
    "last": None,
    "picture": "ab" * 16,
    "wall": False,
    "printable": True,
}


def test_a_notice_on_paper_and_its_picture_kept(hall: FakeHall, kiosk: Any, printer: PrinterTwin) -> None:
    hall.pictures[NOTICE["picture"]] = b"\xff\xd8 a picture"
    long = {**NOTICE, "notice": "long", "printable": False, "last": "2026-11-30", "picture": None}
    hall.publish("guide", 3, {"seq": 3, "services": [], "notices": [NOTICE, long], "people": []})
    url = f"{kiosk.url}/pictures/{NOTICE['picture']}"
    wait_for(lambda: requests.get(url, timeout=10).status_code == 200)

    def ask_notice(notice: str, **wish: Any) -> Any:
        return kiosk.post("/api/notices/print", {"tap_id": uuid.uuid4().hex, "notice": notice, **wish}).json()

    assert ask_notice("dibao-11") == {"print": {"outcome": "printed", "code": "ok"}}
    assert ask_notice("long")["code"] == ask_notice("none")["code"] == "unknown_notice"
    wait_for(lambda: len(printer.slips()) == 1)
    for words in ("公示公告", "低保公示", "本月三户", "联系电话", "2026-11-01 起"):
        assert words in printer.slips()[0].text
    del hall.pictures[NOTICE["picture"]]
    answer = requests.get(url, timeout=10)
    assert (answer.content, answer.headers["Content-Type"]) == (b"\xff\xd8 a picture", "image/jpeg")
    hall.publish("guide", 4, {"seq": 4, "services": [], "notices": [], "people": []})
    wait_for(lambda: requests.get(url, timeout=10).status_code == 404, what="a picture that nothing shows is forgotten")
