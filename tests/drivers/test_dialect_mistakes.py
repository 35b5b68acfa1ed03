"""Dialect files with mistakes: one line for each, also in files that nobody would write."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.dialect_file import load_dialect, read_dialect
from drivers.dialect_port import named_dialect
from drivers.errors import BadDialect, Unsupported

DIALECTS = Path(__file__).parents[2] / "config" / "dialects"
GOOD = """
name = "pad"
[[frames]]
name = "key"
direction = "in"
acknowledge = "taken"
fields = [{ const = "02", name = "stx" }, { u8 = "address" }, { u8 = "key" }, { check = "xor8", of = "address..key" }]
[[frames]]
name = "taken"
direction = "out"
fields = [{ const = "06" }, { u8 = "address" }]
[[frames]]
name = "lamp"
direction = "out"
fields = [{ const = "07" }, { u8 = "address" }, { u16 = "number" }, { bytes = "text", size = 2, preset = "00 00" }]
[[events]]
frame = "key"
field = "key"
map = { "01" = "next" }
[commands]
show = { frame = "lamp", field = "number", as = "number" }
[poll]
frame = "taken"
addresses = [1, 2]
every_ms = 50
"""


def test_a_good_file_is_good():
    dialect = read_dialect(GOOD, "pad.toml")
    assert [address for address, _ in dialect.questions()] == [1, 2]
    assert dialect.acknowledgement(bytes.fromhex("02 05 01 04")).hex(" ") == "06 05"
    assert dialect.read(bytes.fromhex("02 05 01 04")).event == "next"
    assert dialect.read(bytes.fromhex("02 05 02 07")) is None
    assert dialect.address_of(bytes.fromhex("02 05 02 07")) == 5
    assert dialect.read(b"?") is None
    assert dialect.acknowledgement(b"?") == b""
    assert dialect.address_of(b"?") is None
    assert dialect.command("show", "258", 9).hex(" ") == "07 09 01 02 00 00"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "pad"', 'name = "a pad"', "name: is 'a pad'; it must be letters"),
        ('name = "pad"', 'name = "pad"\nbuad = 9600', "buad: unknown key; did you mean baud"),
        ('name = "pad"', 'name = "pad"\nbaud = 5', "baud: is 5; it must be a number from 50"),
        ('name = "pad"', 'name = "pad"\nparity = "X"', "parity: is 'X'"),
        ('name = "pad"', 'name = "pad"\nmax_bytes = 2', r"frames\[1\]: may be 4 bytes long, and max_bytes is 2"),
        ('name = "key"', 'name = "Key"', r"frames\[1\]\.name: is 'Key'"),
        ('name = "taken"', 'name = "key"', r"frames\[2\]\.name: is 'key'; it must be a name of its own"),
        ('direction = "in"', 'direction = "up"', r"frames\[1\]\.direction: is 'up'"),
        ('acknowledge = "taken"', "acknowledge = 5", r"frames\[1\]\.acknowledge: is 5"),
        ('acknowledge = "taken"', 'acknowledge = "lmp"', "the frame key: acknowledge: is 'lmp'"),
        ('acknowledge = "taken"', 'acknowledge = "lamp"', "lamp needs number, which key has not"),
        ('{ const = "02", name = "stx" }', '{ const = "0", name = "stx" }', r"fields\[1\]\.const: is '0'"),
        ('{ const = "02", name = "stx" }', '{ cons = "02" }', r"fields\[1\]: must have exactly one of const"),
        ('{ u8 = "key" }', '{ u8 = "address" }', "the name 'address' is there twice"),
        ('{ u8 = "key" }', "{ u8 = 5 }", r"fields\[3\]\.u8: is 5"),
        ('{ u8 = "key" }', '{ u8 = "key", presett = 1 }', "presett: unknown key; did you mean preset"),
        ('{ u8 = "key" }', '{ u8 = "key", preset = 256 }', "preset: is 256; it must be a number from 0 to 255"),
        ('{ u8 = "key" }', '{ bytes = "key" }', "nothing tells where 'key' ends"),
        ('check = "xor8"', 'check = "sum9"', r"fields\[4\]\.check: is 'sum9'; it must be one of xor8"),
        ('check = "xor8"', "check = [1]", r"fields\[4\]\.check: is \[1\]"),
        ('of = "address..key"', 'of = "key..address"', r"fields\[4\]\.of: is 'key\.\.address'"),
        ('of = "address..key"', 'of = "address..check"', "reaches to the check itself"),
        ('{ u8 = "key" }', '{ len = "n", of = "key" }, { bytes = "key" }, { bytes = "more" }', "where 'more' ends"),
        ('{ u8 = "key" }', '{ bytes = "key" }, { len = "n", of = "key" }', "the length must come first"),
        (
            '{ u8 = "key" }',
            '{ len = "n", of = "key..more" }, { bytes = "key" }, { bytes = "more" }',
            "counts two fields that vary",
        ),
        ("fields = [{ const", "fields = 5\nx = [{ const", r"frames\[1\]\.fields: is 5"),
        ("[[events]]", "[escape]\nA5 = 'A6 02'\n[[events]]", "A6 begins an escape and must itself be escaped"),
        ("[[events]]", "[escape]\nA5 = 'A6'\n[[events]]", "one byte and the two that stand for it"),
        ("[[events]]", "[escape]\nA5 = 'xx'\n[[events]]", "escape.A5: is 'xx'"),
        ("[[events]]", "[escape]\nA5 = 'A6 02'\nA6 = 'A6 02'\n[[events]]", "two bytes have the same escape"),
        ("[[events]]", "[escape]\nA5 = 'A5 02'\n[[events]]", "begins and ends with a const"),
        ('frame = "key"', 'frame = "kye"', r"events\[1\]\.frame: is 'kye'; it must be one of key, taken, lamp"),
        ('frame = "key"', 'frame = "taken"', "a frame that comes from the device"),
        ('field = "key"', 'field = "code"', r"events\[1\]\.field: is 'code'"),
        ('field = "key"', "", r"events\[1\]\.field: is missing"),
        ('field = "key"', 'field = "key"\nevent = "next"', "either event or field and map"),
        ('field = "key"', 'field = "key"\nat_end = 1', "at_end: is 1"),
        ('map = { "01" = "next" }', 'event = "No"', "event: is 'No'"),
        ('"01" = "next"', '"01" = "Next!"', "the name of an event"),
        ('"01" = "next"', '"1" = "next"', r"events\[1\]\.map: is '1'"),
        ('{ frame = "lamp", field', '{ frame = "key", field', "a frame that goes to the device"),
        ('{ frame = "lamp", field', '{ frame = "lmp", field', "commands.show.frame: is 'lmp'"),
        ('field = "number", as = "number"', 'as = "number"', "field and as belong together"),
        ('field = "number", as = "number"', 'field = "no", as = "number"', "commands.show.field: is 'no'"),
        ('field = "number", as = "number"', 'field = "number", as = "ascii"', "number is u16"),
        ('field = "number", as = "number"', 'field = "number", as = "html"', "commands.show.as: is 'html'"),
        ('field = "number", as = "number"', "values = { number = 'x' }", "values.number: is 'x'"),
        ('field = "number", as = "number"', "values = { nr = 1 }", "values.nr: is 1"),
        (', field = "number", as = "number"', "", "number is missing; the frame lamp needs it"),
        ('show = { frame = "lamp", field = "number", as = "number" }', "show = 5", "commands.show: is 5"),
        ("addresses = [1, 2]", "addresses = [1, 1]", "poll.addresses: is"),
        ("every_ms = 50", "every_ms = 5", "poll.every_ms: is 5"),
        ('frame = "taken"\naddresses', 'frame = "lamp"\naddresses', "poll.frame: number has no value"),
        ('frame = "taken"\naddresses', 'frame = "key"\naddresses', "poll.frame: is 'key'"),
        ("[poll]", "[[poll]]", "poll: is"),
        ("[[events]]", "[events]", "events: is"),
    ],
)
def test_each_mistake_is_one_line(old, new, says):
    assert old in GOOD
    with pytest.raises(BadDialect) as caught:
        read_dialect(GOOD.replace(old, new, 1), "pad.toml")
    assert all(line.startswith("pad.toml: ") and "\n" not in line for line in caught.value.lines)
    assert any(re.search(says, line) for line in caught.value.lines), caught.value.lines


def test_several_mistakes_are_told_at_once():
    broken = GOOD.replace('direction = "in"', 'direction = "up"').replace('check = "xor8"', 'check = "x"')
    with pytest.raises(BadDialect) as caught:
        read_dialect(broken, "pad.toml")
    assert len(caught.value.lines) == 2


def test_files_that_cannot_be_read(tmp_path):
    for text, says in ((None, "cannot be read"), (b"\xff\xfe", "not UTF-8"), (b"name =", "is no TOML"), (b"", "name")):
        path = tmp_path / "d.toml"
        if text is not None:
            path.write_bytes(text)
        with pytest.raises(BadDialect, match=says):
            load_dialect(path)
    with pytest.raises(Unsupported, match="needs the path"):
        named_dialect("")
    with pytest.raises(BadDialect, match="at least one"):
        read_dialect('name = "x"', "d.toml")


def test_nothing_but_a_mistake_comes_of_a_strange_file():
    """Any value anywhere in a good file replaced by any other: a dialect or BadDialect, never another exception."""
    strange = (None, 5, -1, 1.5, True, "", "x", "FF", [], [5], [[]], {}, {"a": {}}, [{"a": 1}])

    def places(value, path=()):
        yield path
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in items:
            yield from places(inner, (*path, key))

    document = tomllib.loads(GOOD)
    for path in list(places(document))[1:]:
        for value in strange:
            changed = tomllib.loads(GOOD)
            at = changed
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = value
            with suppress(BadDialect):
                assert read_dialect(_toml(changed), "x").frames


def _toml(value) -> str:
    """Just enough TOML: every table inline at the top."""
    return "\n".join(f"{_key(key)} = {_inline(inner)}" for key, inner in value.items() if inner is not None)


def _inline(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(one) for one in value if one is not None) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _key(key: str) -> str:
    return f'"{key}"'
