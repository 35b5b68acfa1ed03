"""What the printer twin makes of commands that our driver does not send, so that other software can be tried on it
too."""

from __future__ import annotations

import random

import pytest

from drivers.simulated.escpos import EscposParser
from drivers.simulated.paper import Cell, Slip
from drivers.simulated.printer import PrinterTwin


def slip(data: bytes, width_dots: int = 384) -> Slip:
    """The newest piece of paper after `data`."""
    twin = PrinterTwin(width_dots)
    twin.feed(data)
    return twin.slips()[0]


def cells(data: bytes) -> list[tuple[int, Cell]]:
    """The characters of the first line and their left edges in dots."""
    return list(slip(data).strips[0].cells)


def test_sizes_by_every_command():
    for size in (b"\x1d!\x11", b"\x1b!\x30"):
        cell = cells(size + b"A\n")[0][1]
        assert (cell.wide, cell.high) == (2, 2)
    chinese = b"\x1c&" + "号".encode("gb18030")
    for size, expected in (
        (b"\x1cW\x01", (2, 2)),
        (b"\x1c!\x04", (2, 1)),
        (b"\x1c!\x08", (1, 2)),
        (b"\x1d!\x33", (4, 4)),
    ):
        cell = cells(size + chinese + b"\n")[0][1]
        assert (cell.wide, cell.high) == expected
    last = cells(b"\x1d!\x33\x1cW\x01" + chinese + b"\n")[0][1]
    assert (last.wide, last.high) == (2, 2), "of GS ! and FS W the last one counts"


def test_bold_and_alignment():
    assert cells(b"\x1bE\x01A\n")[0][1].bold
    assert cells(b"\x1bG\x01A\n")[0][1].bold
    assert cells(b"\x1b!\x08A\n")[0][1].bold
    assert [cells(b"\x1ba" + how + b"AB\n")[0][0] for how in (b"\x00", b"\x01", b"2")] == [0, 180, 360]


def test_tabs_carriage_returns_and_long_lines():
    assert slip(b"AB\tC\r\n").text == "AB      C"
    assert slip(b"x" * 40 + b"\n").text == "x" * 32 + "\n" + "x" * 8


def test_line_spacing_and_feeds():
    assert slip(b"\x1b3\x40A\n").height_dots == 64
    assert slip(b"\x1b3\x40\x1b2A\n").height_dots == 30
    assert slip(b"A\x1bd\x02").height_dots == 90
    assert slip(b"A\x1bJ\x0a").height_dots == 40


@pytest.mark.parametrize("cut", [b"\x1dV\x00", b"\x1dV\x01", b"\x1dVA\x10", b"\x1dVB\x00", b"\x1bi", b"\x1bm"])
def test_every_cut_ends_the_slip(cut):
    one = slip(b"\x1b@A" + cut)
    assert (one.text, one.complete) == ("A", True)


def test_a_picture_is_drawn_at_its_place_and_scale():
    square = bytes([0xFF] * 8)
    one = slip(b"\x1ba\x01\x1dv0\x03\x01\x00\x08\x00" + square)
    assert one.text == "[image 16×16]"
    dark = [x for x in range(384) if one.image().getpixel((x, 5)) == 0]
    assert (dark[0], dark[-1]) == (184, 199)


def test_what_it_does_not_draw_is_remembered():
    twin = PrinterTwin()
    twin.feed(b"\x1dk\x04ABC\x00\x1dkI\x03ABC\x1b*\x21\x02\x00" + bytes(6) + b"\x1bD\x08\x10\x00\x1bp\x00\x19\x19A\n")
    assert twin.slips()[0].text == "A"
    assert twin.ignored == {"GS k", "ESC *", "ESC D", "ESC p"}


def test_forgetting_what_waits():
    twin = PrinterTwin()
    twin.set_cover(True)
    twin.feed(b"\x1b@old\n\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
    twin.set_cover(False)
    twin.feed(b"new\n")
    assert twin.slips()[0].text == "new"


def test_a_full_buffer_loses_what_comes_and_not_the_printer():
    twin = PrinterTwin()
    twin.set_cover(True)
    for _ in range(60):
        twin.feed(b"x" * 1000)
    assert twin.feed(b"\x10\x04\x02") == b"\x16"
    twin.set_cover(False)
    assert set(twin.slips()[0].text) == {"x", "\n"}


def test_random_bytes_never_break_it():
    noise = random.Random(11)
    parser = EscposParser()
    for _ in range(300):
        parser.feed(noise.randbytes(400))
        assert len(parser._held) < 1_100_000
    for seed in range(60):
        twin = PrinterTwin()
        twin.feed(random.Random(seed).randbytes(3000))
        assert len(twin.slips()) <= 50


def test_a_symbol_that_is_too_long_is_not_printed():
    long = 3000
    head = b"\x1d(k" + (long + 3).to_bytes(2, "little") + b"1P0"
    assert slip(head + b"x" * long + b"\x1d(k\x03\x001Q0A\n").text == "A"


def test_without_a_font_the_text_is_right_and_the_picture_has_boxes(monkeypatch):
    import drivers.fonts

    monkeypatch.delenv("HALL_CJK_FONT", raising=False)
    monkeypatch.setattr(drivers.fonts, "FONT_PATHS", ())
    one = slip(b"A\x1c&" + "瓯欧".encode("gb18030") + b"\n")
    assert one.text == "A瓯欧"
    picture = one.image()
    assert picture.crop((12, 0, 36, 30)).tobytes() == picture.crop((36, 0, 60, 30)).tobytes()
    assert picture.crop((0, 0, 12, 30)).getextrema()[0] == 0
