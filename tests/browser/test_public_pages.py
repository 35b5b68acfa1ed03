"""The pages citizens see, in their sizes and modes: photographed, whole, large enough, and usable by keys alone.

Real nodes with simulated devices stand before a scripted hall, so that each state is there at once. HALL_PHOTOS names a
folder to keep the photographs in.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import page_checks
import page_scenes
import pytest
from page_stage import PageStage, moment
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

LANGUAGES = ("zh-CN", "en")
KIOSKS = {"portrait": (1080, 1920), "landscape": (1920, 1080), "10-inch": (1280, 800)}
WALLS = {"full-hd": (1920, 1080), "4k": (3840, 2160), "portrait": (1080, 1920)}
SIGNS = {"small": (480, 320), "middle": (800, 480), "television": (1920, 1080)}
TABLETS = {"landscape": (1024, 768), "portrait": (768, 1024)}
SCRIPTS_GZIP_BYTES = 120 * 1024


@pytest.fixture(scope="module")
def pages() -> Iterator[PageStage]:
    stage = PageStage()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def morning(pages: PageStage) -> None:
    """Every test begins with the same busy morning."""
    pages.clear()
    page_scenes.busy(pages)
    pages.fake.refuse = None


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("HALL_PHOTOS") or tmp_path_factory.mktemp("photos"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Look = Callable[[Page, str], None]


@pytest.fixture
def look(photos: Path) -> Look:
    """Photograph a page and hold it to what every page must keep to."""

    def looked(page: Page, name: str) -> None:
        whole(page, name)
        page.screenshot(path=photos / f"{name}.jpeg", type="jpeg", quality=88)

    return looked


def opened(open_page: Any, url: str, size: tuple[int, int], **options: Any) -> Page:
    """Without motion, because a photograph of a flash shows either half of it."""
    page: Page = open_page(url, *size, reduced_motion="reduce", **options)
    return page


def touch(page: Page, name: str) -> None:
    page.click(f"[data-test='{name}']")


def to_service(page: Page, service: str) -> None:
    """Touch a service, turning pages until it is there."""
    tile = page.locator(f"[data-test=service-{service}]")
    while not tile.is_visible():
        touch(page, "next-page")
    tile.click()


def to_item(page: Page, item: str) -> None:
    """Touch an item of a guide, or turn to it where there is no room for seven buttons."""
    if page.locator(f"[data-test=item-{item}]").is_visible():
        touch(page, f"item-{item}")
    while page.get_attribute("[data-item]", "data-item") != item:
        touch(page, "next-item")


def switch_on(page: Page, mode: str) -> None:
    """`mode`: normal, or large, low and contrast, several of them joined by "+"."""
    if mode != "normal":
        touch(page, "access")
        for each in mode.split("+"):
            touch(page, f"access-{each}")
        touch(page, "access-close")


def through_what_can_be_looked_up(page: Page, see: Callable[[str], None]) -> None:
    """The guide from home to paper, and back home."""
    touch(page, "look-guide")
    see("guide")
    touch(page, "search")
    touch(page, "letter-H")
    touch(page, "letter-J")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", "1")
    see("guide-search")
    touch(page, "guide-hukou")
    see("guide-service")
    to_item(page, "procedure")
    see("guide-procedure")
    to_item(page, "materials")
    expect(page.locator("[data-test=guide-materials]")).to_be_visible()
    see("guide-materials")
    touch(page, "guide-print")
    expect(page.locator("[data-test=guide-print-said].good")).to_be_visible()
    see("guide-printed")
    touch(page, "home")
    touch(page, "look-opinion")
    see("opinion")
    touch(page, "subject-complaint")
    touch(page, "about-waiting")
    see("opinion-about")
    touch(page, "opinion-more")
    see("opinion-words")
    touch(page, "opinion-next")
    touch(page, "opinion-digit-1")
    touch(page, "opinion-send")
    expect(page.locator("[data-test=opinion-wrong]")).to_be_visible()
    see("opinion-phone")
    touch(page, "home")


def through_the_kiosk(page: Page, see: Callable[[str], None]) -> None:
    """Every step from home to paper and what lies beside the way, with `see(name)` at each."""
    see("home")
    touch(page, "help")
    see("help")
    touch(page, "help-close")
    touch(page, "access")
    see("access")
    touch(page, "access-close")
    through_what_can_be_looked_up(page, see)
    touch(page, "take-card")
    see("card")
    touch(page, "back")
    touch(page, "take-phone")
    see("phone")
    touch(page, "home")
    touch(page, "take-number")
    see("services")
    touch(page, "search")
    touch(page, "letter-L")
    touch(page, "letter-D")
    expect(page.locator("[data-found]")).to_have_attribute("data-found", re.compile("^[123]$"))
    see("search")
    page.fill("[data-test=search-field]", "zzz")
    see("nothing-found")
    touch(page, "back")
    to_service(page, "residence")
    see("confirm")
    touch(page, "confirm")
    expect(page.locator("[data-test=print-printed]")).to_be_visible()
    see("result")
    touch(page, "done")


# Modes where their words are longest; in Chinese, and colours alone, once.
COMBINATIONS = [
    *((language, size, "normal") for language in LANGUAGES for size in KIOSKS),
    *(("en", size, mode) for size in KIOSKS for mode in ("large", "low")),
    *(("zh-CN", "portrait", mode) for mode in ("large", "low", "contrast", "large+low")),
]


@pytest.mark.parametrize(("language", "size", "mode"), COMBINATIONS)
def test_the_kiosk_is_whole_in_every_size_and_mode(
    pages: PageStage, open_page: Any, look: Look, language: str, size: str, mode: str
) -> None:
    page_scenes.some_closed(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    switch_on(page, mode)
    share = min(KIOSKS[size]) / 1080  # a 10″ kiosk is the same page, smaller

    def see(step: str) -> None:
        name = f"kiosk-{step}-{size}-{mode}-{language}"
        # A photograph takes longer than all the measuring; nobody looks at those of a test that passed.
        (whole if mode not in ("normal", "contrast") and "HALL_PHOTOS" not in os.environ else look)(page, name)
        assert page_checks.small_targets(page, 80 * share, 16 * share) == [], step
        if "low" in mode:
            name, top = page_checks.highest_target(page)
            assert top >= 0.4 * KIOSKS[size][1] - 1, f"{step}: {name} is too high for a wheelchair"

    through_the_kiosk(page, see)


@pytest.mark.parametrize("size", KIOSKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_may_grow_by_a_third_at_the_kiosk(pages: PageStage, browser: Browser, language: str, size: str) -> None:
    page = lengthened(browser, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    through_the_kiosk(page, lambda step: whole(page, f"{step} {size} {language}"))
    page.context.close()


def lengthened(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.add_init_script(page_checks.LONGER)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body[data-ready=true]", timeout=20_000)
    return page


def whole(page: Page, name: str) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page_checks.cut_off(page) == [], name
    assert page_checks.overlapping(page) == [], name


@pytest.mark.parametrize("mode", ["normal", "contrast"])
def test_axe_finds_nothing_at_the_kiosk(pages: PageStage, open_page: Any, mode: str) -> None:
    page_scenes.some_closed(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang=zh-CN", KIOSKS["portrait"])
    switch_on(page, mode)

    def see(step: str) -> None:
        assert page_checks.axe(page) == [], step

    through_the_kiosk(page, see)
    page_scenes.all_closed(pages)
    expect(page.locator("[data-test=hall-closed]")).to_be_visible()
    see("closed")


@pytest.mark.parametrize(
    ("language", "size", "mode"),
    [
        ("zh-CN", "portrait", "normal"),
        ("en", "portrait", "large+low"),
        ("en", "landscape", "large+low"),
        ("en", "10-inch", "large"),
    ],
)
def test_a_card_is_greeted_and_gives_priority_in_a_hall_with_departments(
    pages: PageStage, open_page: Any, look: Look, language: str, size: str, mode: str
) -> None:
    page_scenes.many_services(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    switch_on(page, mode)
    step = f"{size}-{mode}-{language}"
    touch(page, "take-card")
    with page.expect_response("**/api/card/start"):
        touch(page, "privacy-agree")
    look(page, f"kiosk-place-card-{step}")
    pages.reader.hold("elder")
    try:
        expect(page.locator("[data-test=greeting]")).to_contain_text("李*")
    finally:
        pages.reader.take()
    look(page, f"kiosk-departments-{step}")
    page.locator("[data-test^=department-]").nth(0).click()
    expect(page.locator("[data-test=greeting]")).to_be_visible()
    look(page, f"kiosk-greeting-{step}")
    to_service(page, "residence")
    expect(page.locator("[data-test=priority]")).to_be_checked()
    look(page, f"kiosk-priority-{step}")
    touch(page, "confirm")
    expect(page.locator("[data-test=result-label]")).to_be_visible()
    look(page, f"kiosk-result-with-card-{step}")
    assert pages.fake.requests[-1][2]["priority"] == "elderly"


def test_three_touches_from_home_to_paper(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, pages.kiosk, KIOSKS["portrait"])
    slips = pages.printer.slips()[0].n if pages.printer.slips() else 0  # of many, the twin keeps the newest
    page.evaluate("() => { window.touches = 0; addEventListener('click', () => window.touches++, true); }")
    touch(page, "take-number")
    touch(page, "service-hukou")
    touch(page, "confirm")
    expect(page.locator("[data-test=print-printed]")).to_be_visible()
    assert page.evaluate("() => window.touches") == 3
    assert pages.printer.slips()[0].n == slips + 1


def test_keys_alone_take_a_ticket(pages: PageStage, open_page: Any) -> None:
    """Arrows and Enter; then digits, as a key pad has them; Escape goes back."""
    page = opened(open_page, f"{pages.kiosk}/?lang=en", KIOSKS["portrait"])
    step = page.locator("main.step")
    page.keyboard.press("ArrowDown")
    ring = page.evaluate(
        """() => { const style = getComputedStyle(document.activeElement);
                   return [style.outlineWidth, style.outlineColor, style.boxShadow]; }"""
    )
    assert ring[:2] == ["4px", "rgb(255, 176, 0)"]
    assert "rgb(16, 35, 59) 0px 0px 0px 2px" in ring[2]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("data-step", "services")
    page.keyboard.press("Escape")
    expect(step).to_have_attribute("data-step", "home")
    page.keyboard.press("2")
    expect(step).to_have_attribute("data-step", "services")
    page.keyboard.press("4")
    expect(page.locator("[data-test=confirm-service]")).to_have_text("Medical insurance")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=result-label]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(step).to_have_attribute("data-step", "home")


def test_whoever_leaves_is_asked_and_then_forgotten(pages: PageStage, open_page: Any) -> None:
    """60 s without a touch: asked in the last ten, then home, in the hall's language and in ordinary text."""
    page = opened(open_page, pages.kiosk, KIOSKS["portrait"])
    page.clock.install()
    touch(page, "language")
    touch(page, "large-text")
    touch(page, "take-number")
    page.clock.run_for(49_000)
    expect(page.locator("[data-test=idle-stay]")).to_have_count(0)
    page.clock.run_for(3_000)
    touch(page, "idle-stay")
    page.clock.run_for(49_000)
    expect(page.locator("main.step")).to_have_attribute("data-step", "services")
    page.clock.run_for(12_000)
    expect(page.locator("main.step")).to_have_attribute("data-step", "home")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html[data-large]")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ldry", "residence"), ("liudong", "residence"), ("sb", "social-insurance"), ("shebao", "social-insurance"),
        ("tiaojie", "mediation"), ("户", "hukou"), ("救助", "civil-affairs"), ("Birth", "birth"),
        ("social ins", "social-insurance"), ("rh", "homestead"), ("gongan", "hukou"),
    ],
)  # fmt: skip
def test_search_reads_pinyin_initials_chinese_and_english(kiosk_search: Page, typed: str, first: str) -> None:
    kiosk_search.fill("[data-test=search-field]", typed)
    tile = kiosk_search.locator("[data-test^=service-]").first
    expect(tile).to_have_attribute("data-test", f"service-{first}")


@pytest.fixture(scope="module")
def kiosk_search(pages: PageStage, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1080, "height": 1920})
    page.goto(pages.kiosk)
    touch(page, "take-number")
    touch(page, "search")
    yield page
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kiosk_says_why_not_and_what_to_do(pages: PageStage, browser: Browser, look: Look, language: str) -> None:
    page_scenes.some_closed(pages)
    # Not with `open_page`: the browser calls the refusal below an error on its console.
    page = browser.new_page(viewport={"width": 1080, "height": 1920}, reduced_motion="reduce")
    page.goto(f"{pages.kiosk}/?lang={language}")
    touch(page, "take-number")
    for service, said in (("business", r"\d\d:\d\d"), ("social-insurance", r"\S"), ("medical-insurance", "4.*15.*16")):
        to_service(page, service)
        expect(page.locator("[data-test=service-closed]")).to_contain_text(re.compile(said))
        look(page, f"kiosk-closed-{service}-{language}")
        touch(page, "service-closed-ok")
    pages.fake.refuse = (409, "already_waiting", {"label": "A017", "ticket_id": "t-17"})
    to_service(page, "hukou")
    touch(page, "confirm")
    expect(page.locator("[data-test=refusal]")).to_contain_text("A017")
    look(page, f"kiosk-already-waiting-{language}")
    touch(page, "refusal-home")
    page_scenes.all_closed(pages)
    expect(page.locator("[data-test=hall-closed]")).to_be_visible()
    look(page, f"kiosk-hall-closed-{language}")
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_paper_the_kiosk_still_gives_numbers_and_says_so(
    pages: PageStage, open_page: Any, look: Look, language: str
) -> None:
    pages.printer.set_paper(False)
    try:
        page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS["10-inch"])
        touch(page, "take-number")
        to_service(page, "hukou")
        touch(page, "confirm")
        expect(page.locator("[data-test=print-not_printed]")).to_be_visible()
        look(page, f"kiosk-not-printed-{language}")
        touch(page, "done")
        expect(page.locator("[data-test=printer-failed]")).to_be_visible()
        look(page, f"kiosk-no-paper-{language}")
    finally:
        pages.printer.set_paper(True)


# -- wall ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [
        *((language, size, "light") for language in LANGUAGES for size in WALLS),
        ("zh-CN", "full-hd", "dark"),
        ("en", "portrait", "dark"),
    ],
)
def test_the_wall_is_whole_and_an_emergency_covers_its_table(
    pages: PageStage, open_page: Any, look: Look, language: str, size: str, theme: str
) -> None:
    page = opened(open_page, f"{pages.display}/wall?lang={language}&theme={theme}", WALLS[size])
    look(page, f"wall-{size}-{theme}-{language}")
    if size == "full-hd":
        assert page_checks.axe(page) == []
    page_scenes.emergency(pages, page_scenes.LONG_EMERGENCY)
    expect(page.locator("[data-test=emergency]")).to_contain_text("east exit")
    expect(page.locator("table")).to_have_count(0)
    look(page, f"wall-emergency-{size}-{theme}-{language}")
    if size == "full-hd":
        assert page_checks.axe(page) == []
    page_scenes.emergency(pages, None)
    expect(page.locator("table")).to_be_visible()


def test_the_wall_is_read_from_afar(pages: PageStage, open_page: Any) -> None:
    """Sizes of UX.md at 1080 lines, with digits of equal width so that labels do not dance."""
    page = opened(open_page, f"{pages.display}/wall", WALLS["full-hd"])
    least_px = {"band-label": 160, "row-3": 80, "marquee": 56}
    for name, px in least_px.items():
        text = page.locator(f"[data-test={name}]").first
        part = text.locator("td.label") if name.startswith("row") else text
        style = part.evaluate("(each) => [getComputedStyle(each).fontSize, getComputedStyle(each).fontVariantNumeric]")
        assert float(style[0].removesuffix("px")) >= px - 0.01, name
        assert style[1] == "tabular-nums"


def test_sixteen_windows_turn_pages_and_the_call_stays(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{pages.display}/wall", WALLS["full-hd"])
    rows = page.locator("tbody tr")
    first = rows.first.get_attribute("data-test")
    expect(rows).to_have_count(8)
    expect(page.locator("[data-test=row-13]")).to_contain_text("午休", timeout=9000)
    expect(page.locator("[data-test=row-13]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    assert [row.get_attribute("data-test") for row in rows.all()][-4:] == ["row-13", "row-14", "row-15", "row-16"]
    expect(page.locator("[data-test=band-label]")).to_have_text("C040")
    assert first == "row-3"
    page_scenes.call(pages, "A099", 1)
    expect(page.locator("[data-test=band-label]")).to_have_text("A099", timeout=12_000)


@pytest.mark.parametrize("size", WALLS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_may_grow_by_a_third_on_wall_and_sign(
    pages: PageStage, browser: Browser, language: str, size: str
) -> None:
    page = lengthened(browser, f"{pages.display}/wall?lang={language}", WALLS[size])
    whole(page, "wall")
    page.context.close()
    sign = list(SIGNS.values())[list(WALLS).index(size)]
    for window in (3, 13, 15):
        page = lengthened(browser, f"{pages.display}/sign/{window}?lang={language}", sign)
        whole(page, f"sign {window}")
        page.context.close()


# -- sign ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIGNS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_says_whose_turn_it_is_or_where_to_go(
    pages: PageStage, open_page: Any, look: Look, language: str, size: str
) -> None:
    board = pages.view("board")
    board["windows"][15].update(state="open")
    pages.show("board", board)
    page = opened(open_page, f"{pages.display}/sign/3?lang={language}&staff", SIGNS[size])
    expect(page.locator("[data-test=sign-label]")).to_have_text("C040")
    expect(page.locator("[data-test=services]")).to_have_text({"zh-CN": "社保", "en": "Social insurance"}[language])
    expect(page.locator("[data-test=staff]")).to_contain_text("1024")
    look(page, f"sign-called-{size}-{language}")
    pages.show("window:3", pages.window_view(3, state="paused", pause_reason="lunch", back_at=moment(1800)))
    expect(page.locator("[data-test=elsewhere]")).to_contain_text("16")
    expect(page.locator("[data-test=why]")).to_contain_text(re.compile(r"\d\d:\d\d"))
    look(page, f"sign-paused-{size}-{language}")
    assert page_checks.axe(page) == []
    board["windows"][15].update(state="closed")
    pages.show("board", board)
    expect(page.locator("[data-test=nowhere]")).to_be_visible()
    pages.show("window:3", pages.window_view(3, state="open"))
    expect(page.locator("main")).to_have_attribute("data-state", "open")
    look(page, f"sign-free-{size}-{language}")
    page_scenes.emergency(pages, page_scenes.LONG_EMERGENCY)
    expect(page.locator("[data-test=emergency]")).to_be_visible()
    look(page, f"sign-emergency-{size}-{language}")
    assert page_checks.axe(page) == []


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_leads_to_every_screen(
    pages: PageStage, open_page: Any, look: Look, language: str, size: tuple[int, int]
) -> None:
    page = opened(open_page, f"{pages.display}/?lang={language}", size)
    links = {link.get_attribute("href") for link in page.locator("a").all()}
    assert {"/wall", "/wall?theme=dark", "/wall?layout=split", "/sign/1", "/tablet/16"} <= links
    look(page, f"screens-{size[0]}-{language}")
    assert page_checks.axe(page) == []


# -- tablet ----------------------------------------------------------------------------------------------------------


def offer(pages: PageStage, ticket: str) -> None:
    rate = {"ticket_id": ticket, "label": "A041", "finished_at": moment()}
    pages.show("window:1", pages.window_view(1, state="open", rate=rate))


@pytest.mark.parametrize("longer", [False, True], ids=["", "longer"])
@pytest.mark.parametrize("size", TABLETS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tablet_asks_for_a_grade_and_its_reasons(
    pages: PageStage, browser: Browser, open_page: Any, look: Look, language: str, size: str, longer: bool
) -> None:
    url = f"{pages.display}/tablet/1?lang={language}"
    page = lengthened(browser, url, TABLETS[size]) if longer else opened(open_page, url, TABLETS[size])

    def see(step: str) -> None:
        if longer:
            whole(page, step)
        else:
            look(page, f"tablet-{step}-{size}-{language}")
            assert page_checks.axe(page) == [], step

    see("idle")
    offer(pages, f"ticket-{language}-{size}-{longer}")
    expect(page.locator("[data-test^=grade-]")).to_have_count(5)
    see("grades")
    for grade in (2, 5):
        touch(page, f"grade-{grade}")
        chips = page.locator("[data-test^=reason-]")
        expect(chips).to_have_count(8)
        assert all((chip.get_attribute("data-test") or "").startswith(f"reason-{grade}") for chip in chips.all())
        for n in range(3):
            chips.nth(n).click()
        expect(chips.nth(3)).to_be_disabled()
        see(f"reasons-{grade}")
        if grade == 2:
            touch(page, "change")
    touch(page, "send")
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    see("thanks")
    assert (pages.fake.ratings[-1]["grade"], len(pages.fake.ratings[-1]["reasons"])) == (5, 3)
    if longer:
        page.context.close()


def test_keys_alone_rate_a_service(pages: PageStage, open_page: Any) -> None:
    page = opened(open_page, f"{pages.display}/tablet/1", TABLETS["landscape"])
    offer(pages, "ticket-keys")
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.keyboard.press("4")
    expect(page.locator("[data-test^=reason-4]").first).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("[data-test^=reason-4][aria-pressed=true]")).to_have_count(1)
    page.clock.install()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    assert (pages.fake.ratings[-1]["grade"], len(pages.fake.ratings[-1]["reasons"])) == (4, 1)
    page.clock.run_for(2_500)
    expect(page.locator("[data-test=thanks]")).to_be_visible()
    page.clock.run_for(1_000)
    expect(page.locator("[data-test=idle]")).to_be_visible()


def test_no_answer_is_no_grade(pages: PageStage, open_page: Any) -> None:
    """60 s after the service the question goes, and nothing is sent."""
    ratings = len(pages.fake.ratings)
    page = opened(open_page, f"{pages.display}/tablet/1", TABLETS["landscape"])
    page.clock.install()
    offer(pages, "ticket-silent")
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.clock.run_for(59_000)
    expect(page.locator("[data-test=grade-5]")).to_be_visible()
    page.clock.run_for(2_000)
    expect(page.locator("[data-test=idle]")).to_be_visible()
    assert len(pages.fake.ratings) == ratings


# -- all -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page_name", ["kiosk", "wall", "sign", "tablet"])
def test_the_scripts_are_light(pages: PageStage, open_page: Any, page_name: str) -> None:
    """120 KB gzip each, all scripts of the page together, the search of the kiosk too."""
    address = {"kiosk": pages.kiosk, "wall": f"{pages.display}/wall"}.get(page_name, f"{pages.display}/{page_name}/1")
    page = opened(open_page, address, (1280, 800))
    if page_name == "kiosk":
        touch(page, "take-number")
        with page.expect_response(re.compile(r"/static/assets/.*\.js")):
            touch(page, "search")
    scripts = page.evaluate(
        "() => performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.endsWith('.js'))"
    )
    assert scripts
    size = sum(len(gzip.compress(page.request.get(script).body(), 9)) for script in set(scripts))
    assert size <= SCRIPTS_GZIP_BYTES, f"{page_name}: {size:,} bytes"


def test_every_page_says_that_the_server_is_away_and_comes_back(pages: PageStage, open_page: Any, look: Look) -> None:
    wall = opened(open_page, f"{pages.display}/wall", WALLS["full-hd"])
    sign = opened(open_page, f"{pages.display}/sign/3", SIGNS["middle"])
    tablet = opened(open_page, f"{pages.display}/tablet/1", TABLETS["landscape"])
    kiosk = opened(open_page, pages.kiosk, KIOSKS["portrait"])
    pages.fake.stop()
    try:
        for page, name in ((wall, "wall"), (sign, "sign"), (tablet, "tablet")):
            expect(page.locator("[data-test=away]")).to_contain_text(re.compile(r"\d\d:\d\d"), timeout=15_000)
            look(page, f"{name}-server-away")
        expect(kiosk.locator("[data-test=no-server]")).to_contain_text(re.compile(r"\d\d:\d\d"), timeout=15_000)
        look(kiosk, "kiosk-server-away")
        expect(wall.locator("[data-test=band-label]")).to_have_text("C040")
    finally:
        pages.fake.start()
    for page in (wall, sign, tablet):
        expect(page.locator("[data-test=away]")).to_have_count(0, timeout=15_000)
    expect(kiosk.locator("[data-test=no-server]")).to_have_count(0, timeout=15_000)
    expect(kiosk.locator("[data-test=take-number]")).to_be_enabled()
