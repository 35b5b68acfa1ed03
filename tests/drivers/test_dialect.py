"""Dialect files: exact bytes for devices that are known, the page about them, and parsers that nothing stalls."""

from __future__ import annotations

import os
import random
import re
import textwrap
from pathlib import Path

import pytest

from drivers.checks import crc16, sum8, sum16hex, xor8
from drivers.dialect_file import load_dialect, read_dialect
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


def test_shipped_dialects():
    assert SHIPPED == ["alpha", "ff68", "kanban", "sdt-framing"]
    for name in SHIPPED:
        assert shipped(name).name == name


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
