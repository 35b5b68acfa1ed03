"""[[maps]] and [[sites]]: what is drawn and offered, and every mistake said where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load_hall
from config.settings import HallMap, MapItem, Site

HALL = """
[hall]
id = "h"
name = "厅"
timezone = "Asia/Shanghai"
languages = ["zh-CN"]
[[services]]
id = "a"
name = "甲"
prefix = "A"
[[windows]]
id = 1
name = "1号"
services = ["a"]
ZONE1
[[windows]]
id = 2
name = "2号"
services = ["a"]
ZONE2
"""


def load(tmp_path: Path, text: str, zones: bool = False) -> tuple[dict[str, HallMap], dict[str, Site]]:
    hall = HALL.replace("ZONE1", 'zone = "f1"' if zones else "").replace("ZONE2", 'zone = "f2"' if zones else "")
    if zones:
        hall += "".join(f'[[zones]]\nid = "{zone}"\nname = "层"\n' for zone in ("f1", "f2"))
    file = tmp_path / "hall.toml"
    file.write_text(hall + text, encoding="utf-8")
    settings = load_hall(file)
    return dict(settings.maps), dict(settings.sites)


def mistakes(tmp_path: Path, text: str, zones: bool = False) -> str:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text, zones)
    return "\n".join(str(mistake) for mistake in refused.value.mistakes)


def plan(*items: str, name: str = "hall") -> str:
    return f'[[maps]]\nid = "{name}"\nwidth = 10\nheight = 5\nitems = [{", ".join(items)}]\n'


def test_a_plan_is_read_as_it_is_written(tmp_path: Path) -> None:
    maps, _ = load(
        tmp_path,
        plan(
            '{ kind = "window", at = [8, 0], size = [2, 1], window = 2 }', '{ kind = "room", at = [0, 4], name = "库" }'
        ),
    )
    assert maps["hall"] == HallMap(
        "hall", 10, 5, (MapItem("window", (8, 0), (2, 1), window=2), MapItem("room", (0, 4), name={"zh-CN": "库"}))
    )


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ('{ kind = "windw", at = [0, 0] }', 'did you mean "window"'),
        ('{ kind = "window", at = [0, 0] }', "write the number of this window"),
        ('{ kind = "window", at = [0, 0], window = 9 }', "no window has this number"),
        ('{ kind = "lift", at = [0, 0], window = 1 }', "leave it out here"),
        ('{ kind = "lift", at = [0, 0], node = "k" }', "only a kiosk has one"),
        ('{ kind = "lift", at = [9, 0], size = [2, 1] }', "it ends at 11, outside the map, whose width is 10"),
        ('{ kind = "lift", at = [0, 5] }', "whose height is 5"),
        ('{ kind = "lift", at = [0] }', "column and row of its corner"),
        ('{ kind = "lift", at = [0, 1.5] }', "column and row of its corner"),
        ('{ kind = "room", at = [0, 0] }', 'say what this "room" is'),
        ('{ kind = "lift", at = [0, 0], colour = "red" }', "unknown key"),
        ('{ kind = "window", at = [0, 0], window = 1 }, { kind = "window", at = [3, 0], window = 1 }', "already"),
        (
            '{ kind = "window", at = [0, 0], size = [2, 2], window = 1 }, { kind = "window", at = [1, 1], window = 2 }',
            "window 2 would lie over window 1",
        ),
    ],
)
def test_mistakes_of_an_item_are_said_where_they_are(tmp_path: Path, item: str, said: str) -> None:
    told = mistakes(tmp_path, plan(item))
    assert said in told
    assert "maps[0].items[" in told


def test_a_plan_belongs_to_a_zone(tmp_path: Path) -> None:
    first = '{ kind = "window", at = [0, 0], window = 1 }'
    assert set(load(tmp_path, plan(first, name="f1") + plan('{ kind = "lift", at = [0, 0] }', name="f2"), True)[0]) == {
        "f1",
        "f2",
    }
    assert "no zone has this id" in mistakes(tmp_path, plan(first), True)
    assert 'this window stands in zone "f1"' in mistakes(tmp_path, plan(first, name="f2"), True)
    assert "draw each zone once" in mistakes(tmp_path, plan(first, name="f1") * 2, True)
    assert "has one map" in mistakes(tmp_path, plan(first) + plan(first, name="two"))
    assert "a map shows something" in mistakes(tmp_path, plan())


def site(**more: object) -> str:
    keys = {"id": '"portal"', "name": '"网"', "url": '"https://www.example.org/a?b=1"', **more}
    return "[[sites]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


def test_a_site_is_read_with_its_presets(tmp_path: Path) -> None:
    _, sites = load(tmp_path, site(hosts='["*.example.net", "img.example.com"]'))
    assert sites["portal"] == Site(
        "portal", {"zh-CN": "网"}, "https://www.example.org/a?b=1", ("*.example.net", "img.example.com")
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"url": '"file:///etc/passwd"'}, "where the site begins"),
        ({"url": '"javascript:alert(1)"'}, "where the site begins"),
        ({"url": '"https://u:p@www.example.org/"'}, "where the site begins"),
        ({"url": '"https://www.example.org/ x"'}, "where the site begins"),
        ({"url": '"https://[::1"'}, "where the site begins"),
        ({"hosts": '["*"]'}, "the name of a host"),
        ({"hosts": '["192.0.2.1"]'}, "not an address"),
        ({"hosts": '["localhost"]'}, "the name of a host"),
        ({"letter": '"政务"'}, "at most 1 characters"),
        ({"idle_s": "10"}, "20–600"),
        ({"idle_s": "300", "most_s": "200"}, "shorter than idle_s"),
    ],
)
def test_mistakes_of_a_site_are_said(tmp_path: Path, keys: dict[str, object], said: str) -> None:
    assert said in mistakes(tmp_path, site(**keys))


def test_two_sites_have_two_names(tmp_path: Path) -> None:
    assert "another site has this id" in mistakes(tmp_path, site() + site())
