"""Dialect files: exact bytes for devices that are known, one line for each mistake, and parsers that nothing stalls."""

from __future__ import annotations

import os
import random
import re
import textwrap
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.checks import crc16, sum8, sum16hex, xor8
from drivers.dialect_file import load_dialect, read_dialect
from drivers.dialect_port import named_dialect
from drivers.errors import BadDialect, Unsupported
from drivers.ff68 import Ff68Parser

ROOT = Path(__file__).parents[2]
DIALECTS = ROOT / "config" / "dialects"
SHIPPED = sorted(path.stem for path in DIALECTS.glob("*.toml"))
FUZZ_BYTES = int(os.environ.get("HALL_FUZZ_BYTES", "2000000"))

ONBON = """
name = "escaped"
[[frames]]
name = "area"
fields = [
    { const = "A5 A5" }, { len = "length", of = "text..check", size = 2 }, { bytes = "text", max = 40 },
    { check = "crc16", of = "length..text" }, { const = "5A" },
]
[escape]
A5 = "A6 02"
A6 = "A6 01"
5A = "5B 02"
5B = "5B 01"
[[events]]
frame = "area"
event = "heard"
"""


def shipped(name: str):
    return load_dialect(DIALECTS / f"{name}.toml")


def spaced(data: bytes) -> str:
    return data.hex(" ").upper()


def test_checks():
    assert xor8(bytes.fromhex("00 03 20 01")) == b"\x22"
    assert sum8(bytes.fromhex("05 03 E7")) == b"\xef"
    assert sum16hex(bytes.fromhex("02 41 41 1B 20 62 41 30 30 31 03")) == b"01F6"
    assert crc16(b"123456789") == bytes.fromhex("37 4B")


@pytest.mark.parametrize(
    ("name", "command", "text", "address", "golden"),
    [
        ("ff68", "show", "001", 3, "FF 68 08 08 68 03 02 0A 0A 0A 00 00 01 24 16"),
        ("ff68", "waiting", "012", 3, "FF 68 08 08 68 03 02 00 01 02 0A 0A 0A 26 16"),
        ("ff68", "beep", "", 3, "FF 68 02 02 68 03 03 06 16"),
        ("ff68", "open_rating", "", 3, "FF 68 03 03 68 03 01 0B 0F 16"),
        ("kanban", "show", "999", 5, "05 03 E7 EF"),
        (
            "alpha",
            "show",
            "A001",
            0,
            "00 00 00 00 00 01 5A 30 30 02 41 41 1B 20 62 41 30 30 31 03 30 31 46 36 04",
        ),
        ("sdt-framing", "find", "", 0, "AA AA AA 96 69 00 03 20 01 22"),
        ("sdt-framing", "select", "", 0, "AA AA AA 96 69 00 03 20 02 21"),
        ("sdt-framing", "status", "", 0, "AA AA AA 96 69 00 03 11 FF ED"),
    ],
)
def test_golden_commands(name, command, text, address, golden):
    assert spaced(shipped(name).command(command, text, address)) == golden


@pytest.mark.parametrize(
    ("name", "heard", "event", "address", "value"),
    [
        ("ff68", "FF 68 03 03 68 03 01 0C 10 16", "next", 3, None),
        ("ff68", "FF 68 03 03 68 03 11 02 16 16", "grade", 3, 2),
        ("ff68", "FF 68 04 04 68 07 01 06 0F 1D 16", "no_show", 7, None),
        ("sdt-framing", "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97", "card_found", 0, None),
        ("sdt-framing", "AA AA AA 96 69 00 04 00 00 80 84", "no_card", 0, None),
        ("sdt-framing", "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", "done", 0, None),
    ],
)
def test_golden_events(name, heard, event, address, value):
    dialect, data = shipped(name), bytes.fromhex(heard)
    told = dialect.read(data)
    assert (told.event, told.address, told.value, told.frame) == (event, address, value, data)
    assert dialect.parser().feed(data, 1.0) == [data]


def test_line_settings_of_a_dialect():
    alpha = shipped("alpha")
    assert (alpha.baud, alpha.line) == (9600, {"bits": "7", "parity": "E"})


def test_a_dialect_says_what_it_cannot():
    with pytest.raises(Unsupported, match="no command dance"):
        shipped("kanban").command("dance")
    with pytest.raises(Unsupported, match=r"'A' \(U\+0041\)"):
        shipped("kanban").command("show", "A001", 5)
    with pytest.raises(Unsupported, match="from 0 to 65535"):
        shipped("kanban").command("show", "70000", 5)
    with pytest.raises(Unsupported, match="number"):
        shipped("kanban").command("show", "", 5)
    with pytest.raises(Unsupported, match="请"):
        shipped("alpha").command("show", "请")
    with pytest.raises(Unsupported, match="0 to 125 bytes"):
        shipped("alpha").command("show", "x" * 126)


def test_frames_refuse_wrong_values():
    frame = shipped("ff68").frames["rating_taken"]
    for values, says in (
        ({}, "needs a value for address"),
        ({"address": 1, "colour": 2}, "no field colour"),
        ({"address": b"\1"}, "is a number"),
        ({"address": 256}, "from 0 to 255"),
    ):
        with pytest.raises(Unsupported, match=says):
            frame.build(values)
    show = shipped("ff68").frames["show"]
    with pytest.raises(Unsupported, match="takes 3 bytes, not 2"):
        show.build({"address": 1, "ticket": b"12"})
    with pytest.raises(Unsupported, match="is bytes"):
        show.build({"address": 1, "ticket": 12})


def test_the_ff68_file_hears_what_the_driver_hears():
    """Two ways to say one protocol agree on any stream."""
    noise = random.Random(68)
    dialect = shipped("ff68")
    native, filed = Ff68Parser(), dialect.parser()
    filed.silence_s = native.silence_s
    press = bytes.fromhex("FF 68 03 03 68 03 11 00 14 16")
    heard: tuple[list[bytes], list[bytes]] = ([], [])
    for n in range(300):
        piece = noise.choice((press, noise.randbytes(7), press[:5], press[5:], b"\xff\x68"))
        now_s = n * 0.05 + (n % 40 == 0)
        heard[0].extend(native.feed(piece, now_s))
        heard[1].extend(filed.feed(piece, now_s))
    assert len(heard[0]) > 50
    assert [one for one in heard[0] if one == press] == [one for one in heard[1] if one == press]


# -- escapes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "00", "A5 5A A6 5B", "A6 A6 01 02 5B 02", "31 A5 32"])
def test_escapes_go_both_ways(text):
    dialect = read_dialect(ONBON, "onbon")
    data = bytes.fromhex(text)
    frame = dialect.frames["area"].build({"text": data})
    assert b"\x5a" not in frame[:-1]
    assert b"\xa5" not in frame[2:]
    assert dialect.frames["area"].values(frame) == {"text": data}
    for at in range(len(frame)):
        parser = dialect.parser()
        assert parser.feed(b"\x5a\x11\xa5" + frame[:at], 1.0) + parser.feed(frame[at:], 1.0) == [frame]


def test_a_wrong_escape_is_no_frame():
    dialect = read_dialect(ONBON, "onbon")
    good = dialect.frames["area"].build({"text": b"1"})
    assert dialect.parser().feed(b"\xa5\xa5\xa6\x03\x5a" + good, 1.0) == [good]
    assert dialect.parser().feed(b"\xa5\xa5" + b"1" * 200 + good, 1.0) == [good]


# -- nothing stalls a parser -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ff68", "sdt-framing", "escaped"])
def test_noise_never_stalls_nor_fills_a_parser(name):
    dialect = read_dialect(ONBON, name) if name == "escaped" else shipped(name)
    frame = {
        "ff68": bytes.fromhex("FF 68 03 03 68 03 01 0C 10 16"),
        "sdt-framing": bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84"),
        "escaped": dialect.frames[next(iter(dialect.frames))].build({"text": b"1"}) if name == "escaped" else b"",
    }[name]
    heads = (frame[:2], frame[:5], frame[:6], frame[:-1])
    noise = random.Random(4)
    parser = dialect.parser()
    limit = max(one.longest for one in dialect.incoming)
    now_s, fed = 0.0, 0
    while fed < FUZZ_BYTES:
        piece = noise.randbytes(noise.randrange(1, 800)) + noise.choice(heads)
        parser.feed(piece, now_s)
        assert len(parser._held) <= limit
        fed, now_s = fed + len(piece), now_s + 0.02
    assert parser.noise_bytes > FUZZ_BYTES / 2
    assert frame in parser.feed(b"", now_s + 9.0) + parser.feed(frame, now_s + 9.0)


def test_a_false_header_is_given_up_after_a_silence():
    parser = shipped("ff68").parser()
    frame = bytes.fromhex("FF 68 03 03 68 03 01 0C 10 16")
    assert parser.feed(bytes.fromhex("FF 68 1F 1F 68 03 01"), 1.0) == []
    assert parser.feed(frame, 1.1) == [], "the false frame may still be going on"
    assert parser.feed(b"", 1.5) == [frame]


# -- mistakes ----------------------------------------------------------------------------------------------------------

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
    assert spaced(dialect.acknowledgement(bytes.fromhex("02 05 01 04"))) == "06 05"
    assert dialect.read(bytes.fromhex("02 05 01 04")).event == "next"
    assert dialect.read(bytes.fromhex("02 05 02 07")) is None
    assert dialect.address_of(bytes.fromhex("02 05 02 07")) == 5
    assert dialect.read(b"?") is None
    assert dialect.acknowledgement(b"?") == b""
    assert dialect.address_of(b"?") is None
    assert spaced(dialect.command("show", "258", 9)) == "07 09 01 02 00 00"


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


def test_shipped_dialects():
    assert SHIPPED == ["alpha", "ff68", "kanban", "sdt-framing"]
    for name in SHIPPED:
        assert shipped(name).name == name


# -- the page ----------------------------------------------------------------------------------------------------------


def page_blocks() -> list[str]:
    page = (ROOT / "docs" / "dialects.md").read_text("utf-8")
    return [textwrap.dedent(block) for block in re.findall(r"```toml\n(.*?)\n *```", page, re.DOTALL)]


def test_the_example_of_the_page_is_short_and_right():
    text = page_blocks()[0]
    assert len(text.splitlines()) < 40
    dialect = read_dialect(text, "example.toml")
    page = (ROOT / "docs" / "dialects.md").read_text("utf-8")
    heard = [bytes.fromhex(line) for line in re.findall(r"^ *< ([0-9A-F ]+?)  \|", page, re.MULTILINE)]
    assert [(dialect.read(one).event, dialect.read(one).address) for one in heard] == [
        ("next", 0x31),
        ("recall", 0x31),
        ("next", 0x32),
    ]
    assert spaced(dialect.acknowledgement(heard[0])) == "06 31"
    assert spaced(dialect.command("show", "42", 0x31)) == "07 31 20 04 02"


def test_the_polling_of_the_page_is_right():
    ask = '\n[[frames]]\nname = "ask"\ndirection = "out"\nfields = [{ const = "05" }, { u8 = "address" }]\n'
    dialect = read_dialect(page_blocks()[0] + ask + page_blocks()[1], "example.toml")
    assert [spaced(question) for _, question in dialect.questions()] == ["05 01", "05 02", "05 03"]
    assert dialect.question_every_s == 0.1


TEXT = """
name = "text"
max_bytes = 16
[[frames]]
name = "line"
fields = [{ const = "02" }, { bytes = "text", min = 1, max = 8 }, { const = "0D 0A" }]
"""


def test_a_field_that_ends_with_a_constant():
    dialect = read_dialect(TEXT, "text.toml")
    frame = dialect.frames["line"].build({"text": b"A01"})
    assert frame == b"\x02A01\r\n"
    for at in range(len(frame)):
        parser = dialect.parser()
        assert parser.feed(b"\x02" + b"x" * 12 + frame[:at], 1.0) + parser.feed(frame[at:], 1.01) == [frame]
    assert dialect.parser().feed(b"\x02\r\n" + frame, 1.0) == [frame], "an empty text is too short"
    assert dialect.parser().feed(b"\x02" + b"x" * 30 + frame, 1.0) == [frame], "an endless one too long"
    with pytest.raises(BadDialect, match="may be"):
        read_dialect(TEXT.replace("max = 8", "max = 14"), "text.toml")
