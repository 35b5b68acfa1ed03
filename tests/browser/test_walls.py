"""Walls as a hall sets them up: layouts, floors, one voice and one picture, what is shown between calls, and at night.

Real display nodes before a scripted hall. HALL_PHOTOS names a folder to keep the photographs in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import page_checks
import page_scenes
import pytest
from page_stage import PageStage, View, moment
from PIL import Image
from playwright.sync_api import Page, expect

from config.wall import WallSettings

pytestmark = pytest.mark.browser

FULL_HD = (1920, 1080)
SIZES = {"full-hd": FULL_HD, "4k": (3840, 2160), "portrait": (1080, 1920)}
LAYOUTS = ("columns=2", "layout=big", "layout=split")
BAND = "[data-test=band-label]"
MEDIA = "[data-test=media]"


@pytest.fixture(scope="module")
def walls() -> Iterator[PageStage]:
    stage = PageStage(wall=WallSettings(closed="clock", closed_after_s=0))
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def morning(walls: PageStage) -> None:
    """Every test begins with the same busy morning, a silent node and an empty folder."""
    for file in walls.media.iterdir():
        file.unlink()
    in_the_folder(walls, 0)
    walls.be_silent()
    walls.clear()
    page_scenes.busy(walls)


def opened(open_page: Any, walls: PageStage, query: str = "", size: tuple[int, int] = FULL_HD) -> Page:
    page: Page = open_page(f"{walls.display}/wall{query}", *size, reduced_motion="reduce")
    return page


def with_a_clock_of_ours(page: Page) -> Page:
    page.clock.install()
    page.reload()
    page.wait_for_selector("body[data-ready=true]")
    return page


def spoken(walls: PageStage, label: str, **facts: Any) -> View:
    """The view of the newest call of `label` as the voice says it."""
    call = next(each for each in walls.view("board")["calls"] if each["label"] == label)
    words = f"请{label}号到{call['window']}号窗口办理"
    said = {"kind": "call", "seqs": [call["seq"]], "label": label, "window": call["window"], "zone": ""}
    return {**said, "language": "zh-CN", "text": words, **facts}


@pytest.mark.parametrize(
    ("language", "size"), [("zh-CN", "full-hd"), ("en", "full-hd"), ("en", "portrait"), ("zh-CN", "4k")]
)
def test_every_layout_is_whole_and_read_from_afar(walls: PageStage, open_page: Any, language: str, size: str) -> None:
    walls.say(spoken(walls, "C040", kind="recall"))
    scale = min(SIZES[size]) / 1080
    for layout in LAYOUTS:
        page = opened(open_page, walls, f"?{layout}&lang={language}", SIZES[size])
        expect(page.locator("[data-test=caption]")).to_have_text("请C040号到3号窗口办理")
        assert page_checks.cut_off(page) == [], layout
        assert page_checks.overlapping(page) == [], layout
        font = page.locator(BAND).first.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
        assert font >= 159 * scale, layout
        if size == "full-hd" and language == "zh-CN":
            assert page_checks.axe(page) == [], layout
        page_checks.photograph(page, f"wall-{layout}-{size}-{language}")
        page.context.close()


def test_thirty_windows_are_shown_in_turns(walls: PageStage, open_page: Any) -> None:
    board = walls.view("board")
    some = board["windows"][0]
    board["windows"] = [{**some, "window": n, "state": "open", "label": f"A{n:03}"} for n in range(1, 31)]
    walls.show("board", board)
    page = with_a_clock_of_ours(opened(open_page, walls, "?columns=2"))
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(16)
    first = {row.get_attribute("data-test") for row in rows.all()}
    page.clock.run_for(6_000)
    expect(rows).to_have_count(14)
    assert first.isdisjoint({row.get_attribute("data-test") for row in rows.all()})
    assert page_checks.cut_off(page) == []


# -- voice and picture -----------------------------------------------------------------------------------------------


def test_the_wall_shows_the_call_that_is_said_and_no_other(walls: PageStage, open_page: Any) -> None:
    page = with_a_clock_of_ours(opened(open_page, walls))
    sign = open_page(f"{walls.display}/sign/1", 800, 480, reduced_motion="reduce")
    walls.say(None)
    page_scenes.call(walls, "A099", 1)
    page_scenes.call(walls, "B098", 2)
    first, second = spoken(walls, "A099"), spoken(walls, "B098")
    both = [*first["seqs"], *second["seqs"]]
    walls.say(first, waiting=both)
    for each in (page.locator("[data-test=caption]"), sign.locator("[data-test=caption]")):
        expect(each).to_have_text("请A099号到1号窗口办理")
    expect(page.locator(BAND)).to_have_text("A099")
    page.clock.run_for(20_000)
    assert page.locator(BAND).inner_text() == "A099", "the second is not shown before it is said"
    walls.say({**first, "language": "en", "text": "Ticket A099, please go to window 1"}, waiting=both)
    expect(page.locator("[data-test=caption][lang=en]")).to_have_text("Ticket A099, please go to window 1")
    walls.say(second, waiting=second["seqs"])
    expect(page.locator(BAND)).to_have_text("B098")
    expect(sign.locator("[data-test=caption]")).to_have_count(0)
    walls.say(None)
    expect(page.locator("[data-test=caption]")).to_have_count(0)
    page.clock.run_for(20_000)
    assert page.locator(BAND).inner_text() == "B098", "nothing is shown twice"


def test_a_recall_is_said_to_be_one(walls: PageStage, open_page: Any) -> None:
    page = opened(open_page, walls)
    walls.say(spoken(walls, "C040", kind="recall"))
    expect(page.locator("[data-test=band]")).to_contain_text("再次呼叫")


def test_a_voice_that_fails_or_forgets_does_not_hold_the_wall_up(walls: PageStage, open_page: Any) -> None:
    page = with_a_clock_of_ours(opened(open_page, walls))
    walls.say(None, heard=1)
    page_scenes.call(walls, "A099", 1)
    expect(page.locator("[data-test=row-1]")).to_contain_text("A099")
    page.clock.run_for(15_000)
    expect(page.locator(BAND)).to_have_text("A099")  # the voice did not know it: after three seconds
    page_scenes.call(walls, "B098", 2)
    walls.say(None, waiting=spoken(walls, "B098")["seqs"])
    page_scenes.call(walls, "D097", 4)
    expect(page.locator("[data-test=row-4]")).to_contain_text("D097")
    walls.be_silent()
    expect(page.locator(BAND)).to_have_text("B098")  # in order, although the voice was done with the later one
    page.clock.run_for(5_000)
    expect(page.locator(BAND)).to_have_text("D097")


def test_an_emergency_covers_everything_and_a_call_is_shown_while_it_is_said(walls: PageStage, open_page: Any) -> None:
    (walls.media / "a.txt").write_text("notice", "utf-8")
    page = with_a_clock_of_ours(opened(open_page, walls, "?layout=split"))
    walls.say(None)
    page_scenes.emergency(walls, "请离开大厅")
    expect(page.locator("[data-test=emergency]")).to_contain_text("请离开大厅")
    page.clock.run_for(9_000)
    expect(page.locator(BAND)).to_have_count(0)
    assert page.locator(f"table, {MEDIA}").count() == 0
    page_scenes.call(walls, "A099", 1)
    walls.say(spoken(walls, "A099"))
    expect(page.locator(BAND)).to_have_text("A099")
    expect(page.locator("[data-test=emergency]")).to_be_visible()


# -- floors ----------------------------------------------------------------------------------------------------------


def two_floors(walls: PageStage) -> None:
    """Windows 1 to 8 below, the others above; window 3 is easily found."""
    board = walls.view("board")
    board["zones"] = [{"zone": f"f{n}", "name": {"zh-CN": f"{n}楼", "en": f"Floor {n}"}} for n in (1, 2)]
    for window in board["windows"]:
        window["zone"] = "f1" if window["window"] <= 8 else "f2"
    board["windows"][2]["place"] = {"zh-CN": "进门左手", "en": "left of the entrance"}
    for call in board["calls"]:
        call["zone"] = "f1" if call["window"] <= 8 else "f2"
    walls.show("board", board)


def test_a_wall_of_one_floor_shows_that_floor(walls: PageStage, open_page: Any) -> None:
    two_floors(walls)
    below, above = opened(open_page, walls, "?zone=f1"), opened(open_page, walls, "?zone=f2&lang=en")
    expect(below.locator(BAND)).to_have_text("C040")
    expect(below.locator("[data-test=band]")).to_contain_text("进门左手")
    expect(above.locator(BAND)).to_have_text("M049")  # the newest call up there
    expect(above.locator("footer")).to_contain_text("Floor 2")
    assert {row.get_attribute("data-test") for row in below.locator("tbody tr").all()} == {
        f"row-{n}" for n in range(1, 9)
    }
    services = {each["service"]: each["windows"] for each in walls.view("kiosk")["services"]}
    expect(above.locator("[data-test^=waiting-]").first).to_be_visible()
    for row in above.locator("[data-test^=waiting-]").all():
        assert any(n > 8 for n in services[(row.get_attribute("data-test") or "").removeprefix("waiting-")])
    page_checks.photograph(above, "wall-floor")
    walls.say(spoken(walls, "A038", zone="f1"))
    expect(below.locator(BAND)).to_have_text("A038")
    assert above.locator("[data-test=caption]").count() == 0
    everything = opened(open_page, walls, "?zone=no-such-floor&columns=2")
    expect(everything.locator("tbody tr")).to_have_count(16)


# -- between calls ---------------------------------------------------------------------------------------------------


def quiet(walls: PageStage) -> None:
    """The last call was made some time ago."""
    board = walls.view("board")
    for call in board["calls"]:
        call["at"] = moment(-300)
    walls.show("board", board)


def test_pictures_and_notices_take_turns_and_a_call_takes_them_away(walls: PageStage, open_page: Any) -> None:
    quiet(walls)
    page = with_a_clock_of_ours(opened(open_page, walls))
    split = with_a_clock_of_ours(opened(open_page, walls, "?layout=split"))
    Image.new("RGB", (320, 180), "teal").save(walls.media / "1.png")
    (walls.media / "2.txt").write_text("国庆放假\n10 月 1 日至 3 日放假。", "utf-8")
    in_the_folder(walls, 2)
    for each in (page, split):
        seen = turns(each, 2)
        assert sorted(seen) == ["1.png", "2.txt"]
        assert all(table == (each is split) for table in seen.values()), (
            "pictures take the table's place, or stand beside it"
        )
    page_checks.photograph(split, "wall-picture")
    page_scenes.call(walls, "A099", 1)
    for each in (page, split):
        expect(each.locator(BAND).first).to_have_text("A099")
        assert each.locator(MEDIA).count() == 0
        expect(each.locator("table")).to_be_visible()
        each.clock.run_for(4_000)
        assert each.locator(MEDIA).count() == 0, "the call has the screen to itself"
        assert turns(each, 1)


def in_the_folder(walls: PageStage, count: int) -> None:
    end = time.monotonic() + 20
    while len((walls.display_node._relay.newest("wall") or {"media": []})["media"]) != count:
        assert time.monotonic() < end
        time.sleep(0.05)


def turns(page: Page, count: int) -> dict[str, bool]:
    """The names of the next files shown, and whether there is a table beside each."""
    seen: dict[str, bool] = {}
    for _ in range(60):
        page.clock.run_for(500)
        now = page.evaluate(
            "() => [document.querySelector('[data-test=media]')?.dataset.name, !!document.querySelector('table')]"
        )
        if now[0]:
            seen[now[0]] = now[1]
        if len(seen) == count:
            break
    return seen


def test_a_file_that_the_screen_cannot_play_is_named_and_the_others_go_on(walls: PageStage, open_page: Any) -> None:
    quiet(walls)
    (walls.media / "1.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(2_000))
    (walls.media / "2.txt").write_text("办事指南", "utf-8")
    page = walls_page_that_may_move(open_page, walls)
    expect(page.locator(f"{MEDIA}[data-name='2.txt']")).to_be_visible(timeout=30_000)

    def trouble() -> str:
        devices = walls.display_node.state.view()["devices"]
        return next((each["detail"] for each in devices if each["name"] == "media"), "")

    end = time.monotonic() + 20
    while "1.mp4" not in trouble() and time.monotonic() < end:
        page.wait_for_timeout(100)
    assert "1.mp4" in trouble()


def walls_page_that_may_move(open_page: Any, walls: PageStage) -> Page:
    page: Page = open_page(f"{walls.display}/wall?layout=split", *FULL_HD)
    return page


# -- night -----------------------------------------------------------------------------------------------------------


def test_a_closed_hall_leaves_a_clock_and_the_first_window_wakes_the_wall(walls: PageStage, open_page: Any) -> None:
    page = opened(open_page, walls)
    page_scenes.all_closed(walls)
    board = walls.view("board")
    for window in board["windows"]:
        window.update(state="closed", label=None, ticket_state=None)
    walls.show("board", board)
    night = page.locator("[data-test=night]")
    expect(night).to_contain_text("大厅已下班")
    assert page_checks.axe(page) == []
    page_checks.photograph(page, "wall-night")
    page_scenes.emergency(walls, "漏水")
    expect(night).to_have_count(0)
    expect(page.locator("[data-test=emergency]")).to_be_visible()
    page_scenes.emergency(walls, None)
    expect(night).to_be_visible()
    board = walls.view("board")
    board["windows"][0].update(state="open")
    walls.show("board", board)
    expect(night).to_have_count(0)


def test_nothing_stands_in_one_place_for_long(walls: PageStage, open_page: Any) -> None:
    page = with_a_clock_of_ours(open_page(f"{walls.display}/wall", *FULL_HD))
    where = "() => JSON.stringify(document.querySelector('tbody th').getBoundingClientRect().toJSON())"
    places = set()
    for _ in range(8):
        place = json.loads(page.evaluate(where))
        places.add((round(place["x"], 1), round(place["y"], 1)))
        page.clock.run_for(60_000)
        page.evaluate("() => new Promise((done) => queueMicrotask(done))")
    assert len(places) >= 6
    xs, ys = [x for x, _ in places], [y for _, y in places]
    assert 4 <= max(xs) - min(xs) <= 16
    assert 4 <= max(ys) - min(ys) <= 16
