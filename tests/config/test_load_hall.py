"""A hall's file: the contract's example loads, every form is read, and each mistake is named where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, time
from pathlib import Path

import pytest

from config.errors import ConfigError, Mistake
from config.load import RULE_BOUNDS, load_hall
from config.settings import HallSettings, Rules, Span

# API.md, "Hall configuration", the least that every server must accept.
CONTRACT = """
[hall]
id = "oubei"
name = "瓯北街道便民服务中心"
timezone = "Asia/Shanghai"
languages = ["zh-CN", "en"]

[hours]
weekly = ["08:30-12:00", "14:00-17:30"]
last_ticket_before_s = 600

[rules]
min_calls_before_no_show = 3
call_gap_s = 15
requeue_within_s = 1800
requeue_after_n = 3
priority_share = 3
one_waiting_per_citizen = true
daily_cap_per_citizen = 3
auto_start_s = 0

[[services]]
id = "hukou"
name = { zh-CN = "户籍", en = "Household registration" }
prefix = "A"
daily_quota = 0
target_wait_s = 900

[[windows]]
id = 1
name = "1号窗口"
services = ["hukou"]
then = []
"""

SMALL = """
[hall]
id = "small"
name = "小厅"
timezone = "Asia/Shanghai"
languages = ["zh-CN"]

[[services]]
id = "a"
name = "甲"
prefix = "A"

[[services]]
id = "b"
name = "乙"
prefix = "b"

[[windows]]
id = 1
name = "一号"
services = ["*"]
"""

Load = Callable[[str], HallSettings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> HallSettings:
        file = tmp_path / "hall.toml"
        file.write_text(text, encoding="utf-8")
        return load_hall(file)

    return load


def mistakes(load: Load, text: str) -> dict[str, Mistake]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    found = {mistake.key: mistake for mistake in caught.value.mistakes}
    assert len(found) == len(caught.value.mistakes), "one mistake, one line"
    assert all("\n" not in str(mistake) and "hall.toml" in str(mistake) for mistake in caught.value.mistakes)
    return found


def test_the_contract_s_example_loads(load: Load) -> None:
    hall = load(CONTRACT)
    assert (hall.id, hall.timezone, hall.languages) == ("oubei", "Asia/Shanghai", ("zh-CN", "en"))
    assert hall.name == {"zh-CN": "瓯北街道便民服务中心", "en": "瓯北街道便民服务中心"}, (
        "a plain name fills every language"
    )
    assert hall.services["hukou"].name["en"] == "Household registration"
    assert hall.windows[1].services == ("hukou",)
    assert hall.rules == Rules()


def test_what_is_left_out_takes_its_preset(load: Load) -> None:
    hall = load(SMALL)
    assert hall.hours is None, "no [hours]: always open"
    assert hall.rules == Rules()
    assert not hall.calendar.holidays
    assert hall.privacy.keep_days == 30
    assert hall.services["a"].weekly is None


def test_services_keep_their_order_and_prefixes_are_capitals(load: Load) -> None:
    hall = load(SMALL)
    assert [(service.id, service.prefix) for service in hall.services.values()] == [("a", "A"), ("b", "B")]


def test_a_list_of_hours_is_for_office_days_and_the_weekend_is_closed(load: Load) -> None:
    hours = load(SMALL + '[hours]\nweekly = ["14:00-17:30", "8:30-12:00"]\n').hours
    assert hours is not None
    morning, afternoon = Span(time(8, 30), time(12)), Span(time(14), time(17, 30))
    assert hours.weekly == ((morning, afternoon),) * 5 + ((), ())


def test_a_table_of_hours_names_the_open_days(load: Load) -> None:
    hours = load(SMALL + '[hours.weekly]\nmonday = ["00:00-24:00"]\nsunday = ["09:00-11:00"]\n').hours
    assert hours is not None
    assert hours.weekly == ((Span(time(0), time.max),), (), (), (), (), (), (Span(time(9), time(11)),))
    assert hours.last_ticket_before_s == 600


def test_a_weekday_may_have_its_short_name(load: Load) -> None:
    long = load(SMALL + '[hours.weekly]\nmonday = ["08:30-12:00"]\nsaturday = ["09:00-11:00"]\n').hours
    assert load(SMALL + '[hours.weekly]\nmon = ["08:30-12:00"]\nsat = ["09:00-11:00"]\n').hours == long


def test_a_service_may_have_hours_of_its_own(load: Load) -> None:
    text = SMALL.replace('prefix = "b"', 'prefix = "b"\nweekly = ["09:00-10:00"]')
    assert load(text).services["b"].weekly == ((Span(time(9), time(10)),),) * 5 + ((), ())


def test_special_days(load: Load) -> None:
    calendar = load(SMALL + '[calendar]\nholidays = [2026-10-01, "2026-10-02"]\nworkdays = [2026-10-10]\n').calendar
    assert calendar.holidays == {date(2026, 10, 1), date(2026, 10, 2)}
    assert calendar.workdays == {date(2026, 10, 10)}


@pytest.mark.parametrize(
    ("services", "then", "first", "later"),
    [
        ('["*"]', "[]", ("a", "b"), ()),
        ('["b", "*"]', "[]", ("b", "a"), ()),
        ('["b"]', '["*"]', ("b",), ("a",)),
        ('["b"]', '["a"]', ("b",), ("a",)),
        ("[]", '["*"]', (), ("a", "b")),
    ],
)
def test_a_star_stands_for_every_other_service(
    load: Load, services: str, then: str, first: tuple[str, ...], later: tuple[str, ...]
) -> None:
    window = load(SMALL.replace('services = ["*"]', f"services = {services}\nthen = {then}")).windows[1]
    assert (window.services, window.then) == (first, later)


def test_a_table_of_words_may_have_more_languages_than_the_hall(load: Load) -> None:
    assert load(SMALL.replace('name = "小厅"', 'name = { zh-CN = "小厅", fr = "Salle" }')).name["fr"] == "Salle"


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('id = "small"', 'id = "Small Hall"', "hall.id", "a–z"),
        ('id = "small"', "", "hall.id", "missing"),
        ('"Asia/Shanghai"', '"Asia/Shanghia"', "hall.timezone", 'did you mean "Asia/Shanghai"'),
        ('"Asia/Shanghai"', '"../etc/passwd"', "hall.timezone", "IANA"),
        ('["zh-CN"]', "[]", "hall.languages", "at least 1"),
        ('["zh-CN"]', '["zh-CN", "zh-CN"]', "hall.languages[1]", "already"),
        ('["zh-CN"]', '["zh-CN", "English"]', "hall.languages[1]", "language tag"),
        ('name = "小厅"', 'name = "  "', "hall.name", "empty"),
        ('name = "小厅"', 'name = "小\\n厅"', "hall.name", "one line"),
        ('name = "小厅"', f'name = "{"厅" * 61}"', "hall.name", "at most 60"),
        ('name = "小厅"', 'name = { en = "Hall" }', "hall.name", 'no words in "zh-CN"'),
        ('name = "小厅"', 'name = { zh-CN = "厅", en = 3 }', "hall.name.en", "quotes"),
        ('name = "小厅"', 'nmae = "x"\nname = "小厅"', "hall.nmae", 'did you mean "name"'),
        ('prefix = "b"', 'prefix = "a"', "services[1].prefix", 'service "a"'),
        ('prefix = "b"', 'prefix = "B1"', "services[1].prefix", "letters"),
        ('prefix = "b"', 'prefix = "ABC"', "services[1].prefix", "letters"),
        ('prefix = "b"', 'prefix = "b"\ndaily_quota = -1', "services[1].daily_quota", "0–99,999"),
        ('prefix = "b"', 'prefix = "b"\ntarget_wait_s = 0', "services[1].target_wait_s", "1–86,400"),
        ('prefix = "b"', 'prefix = "b"\nmaterials = ["卡", 3]', "services[1].materials[1]", "quotes"),
        ('prefix = "b"', 'prefix = "b"\nweekly = []', "services[1].weekly", "never open"),
        ('id = "b"', 'id = "a"', "services[1].id", "another service"),
        ("id = 1", "id = 0", "windows[0].id", "1–999"),
        ("id = 1", "id = 1000", "windows[0].id", "1–999"),
        ("id = 1", "id = true", "windows[0].id", "1–999"),
        ("id = 1", 'id = "1"', "windows[0].id", "without quotes"),
        ('["*"]', '["c"]', "windows[0].services[0]", "known here: a, b"),
        ('["*"]', '["a", "a"]', "windows[0].services[1]", "already"),
        ('["*"]', "[]", "windows[0].services", "serves nothing"),
        ('["*"]', '"a"', "windows[0].services", "list"),
        ('["*"]', '["a"]\nthen = ["a"]', "windows[0].then", "already"),
        ('["*"]', '["a"]\n[[windows]]\nid = 1\nname = "x"\nservices = ["b"]', "windows[1].id", "another window"),
        ('["*"]', '["*"]\n[hour]\n', "hour", 'did you mean "hours"'),
        ('["*"]', '["*"]\n[hours]\n', "hours.weekly", "missing"),
        ('["*"]', '["*"]\n[hours]\nweekly = []', "hours.weekly", "never open"),
        (
            '["*"]',
            '["*"]\n[hours.weekly]\nfriday = ["8:00-9:00"]\nmoday = []',
            "hours.weekly.moday",
            'did you mean "monday"',
        ),
        (
            '["*"]',
            '["*"]\n[hours.weekly]\nsun = ["8:00-9:00"]\nsunday = ["8:00-9:00"]',
            "hours.weekly.sun",
            "the same day",
        ),
        ('["*"]', '["*"]\n[hours]\nweekly = ["8-12"]', "hours.weekly[0]", "HH:MM-HH:MM"),
        ('["*"]', '["*"]\n[hours]\nweekly = ["24:00-24:00"]', "hours.weekly[0]", "HH:MM-HH:MM"),
        ('["*"]', '["*"]\n[hours]\nweekly = ["12:00-08:30"]', "hours.weekly[0]", "after the start"),
        ('["*"]', '["*"]\n[hours]\nweekly = ["08:00-12:00", "11:59-13:00"]', "hours.weekly", "overlap at 11:59"),
        ('["*"]', '["*"]\n[calendar]\nholidays = [2026-10-01T00:00:00]', "calendar.holidays[0]", "without a time"),
        ('["*"]', '["*"]\n[calendar]\nholidays = ["2026-02-30"]', "calendar.holidays[0]", "no such day"),
        (
            '["*"]',
            '["*"]\n[calendar]\nholidays = [2026-10-01]\nworkdays = [2026-10-01]',
            "calendar.workdays",
            "holiday too",
        ),
        ('["*"]', '["*"]\n[rules]\ncall_gap = 3', "rules.call_gap", 'did you mean "call_gap_s"'),
        ('["*"]', '["*"]\n[rules]\ncall_gap_s = true', "rules.call_gap_s", "0–300"),
        ('["*"]', '["*"]\n[rules]\ncall_gap_s = 1.0', "rules.call_gap_s", "0–300"),
        ('["*"]', '["*"]\n[rules]\none_waiting_per_citizen = 1', "rules.one_waiting_per_citizen", "true or false"),
        ('["*"]', '["*"]\n[privacy]\nkeep = ["nmae"]', "privacy.keep[0]", 'did you mean "name"'),
        ('["*"]', '["*"]\n[privacy]\nkeep_days = 366', "privacy.keep_days", "1–365"),
        ("[hall]", "rules = 3\n[hall]", "rules", "table"),
        ("[hall]", "hours = 3\n[hall]", "hours", "table"),
    ],
)
def test_one_mistake_is_one_line_with_key_value_and_what_is_right(
    load: Load, old: str, new: str, key: str, says: str
) -> None:
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    found = mistakes(load, text)
    assert list(found) == [key]
    assert says in found[key].message


@pytest.mark.parametrize("rule", RULE_BOUNDS)
def test_every_rule_is_refused_just_outside_its_bounds(load: Load, rule: str) -> None:
    low, high = RULE_BOUNDS[rule]
    for value in (low, high):
        assert getattr(load(f"{SMALL}[rules]\n{rule} = {value}\n").rules, rule) == value
    for value in (low - 1, high + 1):
        found = mistakes(load, f"{SMALL}[rules]\n{rule} = {value}\n")
        assert found[f"rules.{rule}"].value == value


def test_every_numeric_rule_has_bounds() -> None:
    assert set(RULE_BOUNDS) == {rule.name for rule in fields(Rules) if not isinstance(rule.default, bool)}


def test_all_mistakes_are_told_at_once(load: Load) -> None:
    text = SMALL.replace("small", "SMALL").replace('prefix = "A"', 'prefix = "1"').replace('["*"]', '["c"]')
    assert set(mistakes(load, text)) == {"hall.id", "services[0].prefix", "windows[0].services[0]"}


def test_a_hall_without_anything_says_what_to_write(load: Load) -> None:
    found = mistakes(load, "")
    assert set(found) == {"hall", "services", "windows"}
    assert "[[windows]]" in found["windows"].message


def test_tables_written_as_something_else(load: Load) -> None:
    text = 'services = ["a"]\n' + SMALL.split("[[services]]")[0] + "[windows]\nid = 1\n"
    found = mistakes(load, text)
    assert "[[services]]" in found["services"].message
    assert "[[windows]]" in found["windows"].message


def test_toml_that_cannot_be_read_names_the_line(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"hall\.toml, line 3: this is not TOML: "):
        load('[hall]\nid = "x"\nname = \n')
    with pytest.raises(ConfigError, match=r"hall\.toml, line 2: this is not TOML: "):
        load("[hall]\nid = [1,")


def test_files_that_are_no_text(load: Load, tmp_path: Path) -> None:
    (tmp_path / "gbk.toml").write_bytes("# 大厅".encode("gb18030"))
    for name, says in (("gbk.toml", "UTF-8"), ("none.toml", "no such file"), (".", "cannot be read")):
        with pytest.raises(ConfigError, match=says):
            load_hall(tmp_path / name)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_bytes(SMALL.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_hall(file).id == "small"


def test_long_values_are_cut(load: Load) -> None:
    line = str(mistakes(load, SMALL.replace('id = "small"', f'id = "{"x" * 500}"'))["hall.id"])
    assert "…" in line
    assert len(line) < 400


def test_a_skill_a_zone_and_an_order_of_services_name_what_there_is(load: Load) -> None:
    text = SMALL.replace('prefix = "A"', 'prefix = "A"\nskill = "seel"\nafter = ["b"]')
    text = text.replace('prefix = "b"', 'prefix = "b"\nafter = ["a"]').replace('["*"]', '["*"]\nzone = "cellar"')
    text += '[[zones]]\nid = "first"\nname = "一楼"\n[[skills]]\nid = "seal"\nname = "盖章"\n'
    found = mistakes(load, text)
    assert set(found) == {"services[0].skill", "services[1].after", "windows[0].zone"}
    assert 'did you mean "seal"' in str(found["services[0].skill"])
    assert "before itself" in str(found["services[1].after"])
    good = load(text.replace("seel", "seal").replace("cellar", "first").replace('after = ["a"]', ""))
    assert (good.services["a"].skill, good.services["a"].after, good.windows[1].zone) == ("seal", ("b",), "first")


SEVEN_BUT_MATERIALS = "".join(
    f'{item} = "说明"\n' for item in ("matter", "basis", "procedure", "conditions", "time_limit", "fees")
)


def test_a_guide_is_published_only_when_it_says_all_seven_items(load: Load) -> None:
    def hall(guide: str, materials: str = 'materials = ["身份证"]\n') -> str:
        return SMALL.replace('prefix = "A"\n', f'prefix = "A"\n{materials}[services.guide]\n{guide}')

    assert load(hall("published = false\n")).services["a"].guide is not None, "a draft may be incomplete"
    complete = load(hall(SEVEN_BUT_MATERIALS + "published = true\n")).services["a"].guide
    assert complete is not None
    assert complete.published
    lacking = SEVEN_BUT_MATERIALS.replace('basis = "说明"\n', "").replace('fees = "说明"', 'fees = " \\n "')
    found = mistakes(load, hall(lacking + "published = true\n", materials=""))
    assert set(found) == {f"services[0].guide.{item}" for item in ("basis", "fees", "published")}
    assert all("is missing" in found[f"services[0].guide.{item}"].message for item in ("basis", "fees"))
    assert "materials" in found["services[0].guide.published"].message
