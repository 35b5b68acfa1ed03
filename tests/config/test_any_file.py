"""Whatever stands in a file, it is read or its mistakes are named, one line each: no other error ever comes out."""

from __future__ import annotations

import copy
import datetime
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import ConfigError
from config.load import load_hall
from config.node import load_display, load_kiosk

EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
LOADERS: dict[str, Callable[[Path], object]] = {
    "village.toml": load_hall,
    "village-kiosk.toml": lambda path: load_kiosk(path, {}),
    "township-display.toml": lambda path: load_display(path, {}),
}

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["", "*", "24:00-24:00", "serial://[", "http://[::1", "socket://a:b", "Asia/", "/etc", "\n", "08:00-09:00", "zh-CN"]
)
LEAVES = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)


def toml(value: Any) -> str:
    """A value in TOML's inline form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        # JSON writes what lies beyond U+FFFF as two halves, TOML as itself; both escape what is below U+0020.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return repr(value)


def places(values: Any) -> list[tuple[Any, Any]]:
    """Every container with every key or index in it."""
    keys = list(values) if isinstance(values, dict) else list(range(len(values))) if isinstance(values, list) else []
    return [(values, key) for key in keys] + [place for key in keys for place in places(values[key])]


@pytest.mark.parametrize("example", LOADERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_anything_in_one_place(example: str, tmp_path: Path, data: st.DataObject) -> None:
    values = copy.deepcopy(tomllib.loads((EXAMPLES / example).read_text(encoding="utf-8")))
    container, key = data.draw(st.sampled_from(places(values)), label="place")
    container[key] = data.draw(VALUES, label="value")
    if isinstance(container, dict):
        container[data.draw(WORDS, label="unknown key")] = container[key]
    file = tmp_path / "file.toml"
    file.write_text("\n".join(f"{toml(name)} = {toml(item)}" for name, item in values.items()), encoding="utf-8")
    lines = mistakes_of(LOADERS[example], file)
    assert not any("\n" in line for line in lines)
    assert not any("this is not TOML" in line for line in lines), "the test wrote it wrong"


def mistakes_of(load: Callable[[Path], object], file: Path) -> list[str]:
    try:
        load(file)
    except ConfigError as error:
        return [str(mistake) for mistake in error.mistakes]
    return []


@pytest.mark.parametrize("text", ["a = " + "9" * 5_000, "a = " + "[" * 5_000, "\x00", "a = 1\na = 2"])
def test_a_file_that_tomllib_stumbles_over(text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match="not TOML"):
        load_hall(file)
