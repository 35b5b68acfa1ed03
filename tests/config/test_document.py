"""Settings as tables and as TOML come back equal, and what changed is said key by key."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from pathlib import Path

import pytest

from config.document import as_toml, changes, document_of
from config.errors import ConfigError
from config.load import load_hall, read_hall

EXAMPLES = sorted(
    path
    for path in (Path(__file__).parents[2] / "config" / "examples").glob("*.toml")
    if not any(part in path.stem for part in ("kiosk", "display", "twins", "node"))
)
FULL = """
[hall]
id = "full"
name = { zh-CN = "带\\"引号\\"的厅", en = "A \\\\ hall" }
timezone = "Asia/Shanghai"
languages = ["zh-CN", "en"]
[hours]
weekly = { monday = ["08:30-12:00", "14:00-24:00"], sunday = ["09:00-10:00"] }
last_ticket_before_s = 60
[calendar]
holidays = [2026-10-01]
workdays = [2026-10-10]
[words]
marquee = "欢迎"
[opinions]
due_days = 7
[remote]
weekly = ["08:30-11:00"]
services = ["a"]
max_distance_m = 3000
latitude = 30
longitude = 120.25
[[services]]
id = "a"
name = "甲"
prefix = "A"
weekly = ["08:30-11:00"]
materials = ["身份证"]
department = "公安"
skill = "seal"
after = ["b"]
[services.slots]
weekly = { monday = ["09:00-10:00"] }
[services.guide]
matter = "首次申请\\n\\n\\"换证\\""
basis = { zh-CN = "办法第三条 \\\\ 第四条", en = "Article 3" }
procedure = '''
一、受理
二、审核
'''
conditions = "年满十八周岁"
time_limit = { zh-CN = "即办", en = "At once" }
fees = "不收费"
published = true
[[services]]
id = "b"
name = "乙"
prefix = "B"
pick_up = true
[[windows]]
id = 1
name = "1号窗口"
services = []
then = ["*"]
zone = "first"
place = { zh-CN = "东侧", en = "East side" }
[[zones]]
id = "first"
name = "一楼"
[[maps]]
id = "first"
width = 10
height = 6
items = [
    { kind = "window", at = [0, 0], size = [2, 1], window = 1 },
    { kind = "kiosk", at = [5, 5], node = "kiosk-1" },
    { kind = "room", at = [8, 4], size = [2, 2], name = { zh-CN = "档案室", en = "Archive" } },
]
[[sites]]
id = "portal"
name = { zh-CN = "政务服务网", en = "Portal" }
url = "https://www.example.org/hall?x=1"
hosts = ["*.example.org"]
letter = "政"
most_s = 600
[[skills]]
id = "seal"
name = "盖章"
staff = ["li", "wang"]
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_comes_back_equal(path: Path) -> None:
    settings = load_hall(path)
    document = document_of(settings)
    assert read_hall(document) == settings
    assert read_hall(tomllib.loads(as_toml(document))) == settings


def test_a_hall_with_everything_comes_back_equal(tmp_path: Path) -> None:
    file = tmp_path / "full.toml"
    file.write_text(FULL, encoding="utf-8")
    settings = load_hall(file)
    assert settings.hours is not None
    file.write_text(as_toml(document_of(settings)), encoding="utf-8")
    assert load_hall(file) == settings


def test_changes_are_said_key_by_key() -> None:
    before = document_of(load_hall(EXAMPLES[0]))
    after = deepcopy(before)
    assert changes(before, after) == []
    after["rules"]["call_gap_s"] = 30
    first = after["services"][0]
    first["name"] = {**first["name"], "en": "Another name"}
    gone = after["windows"].pop()
    said = {row["key"]: (row["before"], row["after"]) for row in changes(before, after)}
    assert said["rules.call_gap_s"] == (15, 30)
    assert said[f"services[{first['id']}].name"][1]["en"] == "Another name"
    assert said[f"windows[{gone['id']}].name"][1] is None
    assert not [key for key in said if key.startswith("windows") and f"[{gone['id']}]" not in key]


def test_a_document_from_a_page_is_checked_like_the_file() -> None:
    document = document_of(load_hall(EXAMPLES[0]))
    document["services"][0]["prefix"] = "A1"
    document["rules"]["call_gap"] = 3
    with pytest.raises(ConfigError) as refused:
        read_hall(document)
    assert {mistake.key for mistake in refused.value.mistakes} == {"services[0].prefix", "rules.call_gap"}
