"""States of a hall that pages must show well: a busy morning, pauses, an emergency, closed services; knows no page."""

from __future__ import annotations

import io

from page_stage import PageStage, View, moment
from PIL import Image

PHOTO, ORIGINAL = "a" * 32, "b" * 32

LONG_EMERGENCY = (
    "因消防演练，请所有群众跟随工作人员由东侧安全出口有序离开大厅，号码保留，演练后继续办理。"
    "Fire drill: please leave by the east exit together with staff; your number is kept."
)


def busy(stage: PageStage) -> None:
    """Twelve windows at work, two paused, two closed; people wait for most services; A042 was called just now."""
    board = stage.view("board")
    labels = {n: f"{'ABCDEFGHJKLMNP'[n - 1]}{37 + n:03}" for n in range(1, 13)}
    for window in board["windows"]:
        n = window["window"]
        if n in labels:
            window.update(state="open", label=labels[n], ticket_state="called" if n == 3 else "serving")
    board["windows"][4].update(label=None, ticket_state=None)  # free
    board["windows"][12].update(state="paused", pause_reason="lunch", back_at=moment(1800))
    board["windows"][13].update(state="paused", pause_reason="documents")
    board["calls"] = [
        {
            "seq": 100 + n,
            "at": moment(-300 if n != 3 else -1),
            "kind": "call",
            "label": label,
            "window": n,
            "window_name": {},
            "service": "hukou",
        }
        for n, label in sorted(labels.items(), key=lambda one: one[0] == 3)
    ]
    board["calls"][-1]["seq"] = 200
    board["calls"].reverse()
    for n, each in enumerate(board["waiting"]):
        each["waiting"] = (n * 7) % 12
        each["next"] = [f"{'ABCDEFGHJKLMNP'[n]}{60 + k:03}" for k in range(min(3, each["waiting"]))]
        each["estimate"] = {"p50_s": 400.0 * n, "p90_s": 700.0 * n} if n % 3 else None
    stage.show("board", board)
    view = stage.view("kiosk")
    for n, service in enumerate(view["services"]):
        service["waiting"] = (n * 7) % 12
    view["waiting"] = sum(service["waiting"] for service in view["services"])
    stage.show("kiosk", view)
    for window in board["windows"]:
        facts = {key: window[key] for key in ("state", "label", "ticket_state", "pause_reason", "back_at")}
        stage.show(f"window:{window['window']}", stage.window_view(window["window"], **facts, staff="1024"))


def some_closed(stage: PageStage) -> None:
    """One service opens later today, one is over for today, one has no numbers left."""
    view = stage.view("kiosk")
    view["services"][1].update(closed="service_closed", opens_at=moment(3600))
    view["services"][2].update(closed="service_closed", opens_at=None)
    view["services"][3].update(closed="quota_used", opens_at=None)
    stage.show("kiosk", view)


def many_services(stage: PageStage) -> None:
    """Twenty services: too many for one page, so that departments come first."""
    view = stage.view("kiosk")
    for service in view["services"][:6]:
        name = {"zh-CN": service["name"]["zh-CN"] + "变更", "en": "Changes of " + service["name"]["en"].lower()}
        view["services"].append({**service, "service": f"{service['service']}-2", "name": name})
    stage.show("kiosk", view)


def all_closed(stage: PageStage) -> None:
    view = stage.view("kiosk")
    for service in view["services"]:
        service.update(closed="hall_closed", opens_at=moment(20 * 3600))
    stage.show("kiosk", view)


def emergency(stage: PageStage, text: str | None) -> None:
    board = stage.view("board")
    board["emergency"] = {"text": text, "at": moment(-60)} if text else None
    stage.show("board", board)


def call(stage: PageStage, label: str, window: int) -> None:
    """The newest call; the window has that ticket in hand."""
    board = stage.view("board")
    board["calls"].insert(0, one_call(board, label, window))
    board["windows"][window - 1].update(state="open", label=label, ticket_state="called")
    stage.show("board", board)


def one_call(board: View, label: str, window: int) -> View:
    newest = max((each["seq"] for each in board["calls"]), default=500)
    return {
        "seq": max(newest, board["seq"]) + 1,
        "at": moment(),
        "kind": "call",
        "label": label,
        "window": window,
        "window_name": {},
        "service": "hukou",
    }


def people_and_notices(stage: PageStage) -> None:
    """Eleven people of whom some are away, one with a photo; a short notice with its original, a long one, one over."""
    stage.fake.pictures[PHOTO] = stage.fake.pictures[ORIGINAL] = _picture()
    places = ("on_duty", "meeting", "on_duty", "leave", "business_trip", "out", "other")
    people = [
        {
            "name": {"zh-CN": f"{'赵钱孙李周吴郑王冯陈褚'[n]}样本", "en": f"Sample Person {n + 1}"},
            "title": {"zh-CN": "综合受理岗（组长）", "en": "Front desk, team leader"} if n % 3 == 0 else {},
            "number": f"{n + 1:02}" if n % 4 else "",
            "photo": PHOTO if n == 0 else None,
            "window": n + 1 if n < 10 else None,
            "services": [{"zh-CN": "社会保险", "en": "Social insurance"}] if n < 10 else [],
            "where": places[n % len(places)],
            "back_at": moment(7200) if n % 2 else None,
            "stand_in": {"zh-CN": "赵样本", "en": "Sample Person 1"} if n % 4 == 1 else None,
        }
        for n in range(11)
    ]
    short = {
        "notice": "short",
        "title": {"zh-CN": "十一月最低生活保障对象公示", "en": "Social assistance in November"},
        "body": {
            "zh-CN": "拟确认以下家庭。\n如有异议，请到民政窗口反映。",
            "en": "Three households.\nObject at window 12.",
        },
        "first": "2026-01-01",
        "last": "2099-12-31",
        "picture": ORIGINAL,
        "wall": True,
        "printable": True,
    }
    words = {"zh-CN": "热情接待，一次告知，限时办结。\n" * 60, "en": "Be kind and tell everything at once.\n" * 60}
    long = {"notice": "long", "title": {"zh-CN": "服务公约", "en": "Charter"}, "body": words, "last": None}
    long = {**short, **long, "picture": None, "wall": False, "printable": False}
    over = {**short, "notice": "over", "last": "2026-01-02"}
    stage.show("guide", {**stage.view("guide"), "people": people, "notices": [short, long, over]})


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "#9bb7d4").save(out, "JPEG")
    return out.getvalue()
