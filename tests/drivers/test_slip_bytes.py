"""What a document looks like as bytes and as dots: golden vectors, columns, rare characters, and pieces at every
byte."""

from __future__ import annotations

import pytest

from drivers.document import Columns, Document, Feed, QrCode, TextLine
from drivers.fonts import load_cell_font
from drivers.printer_replies import (
    AutoStatus,
    Noise,
    PaperAnswer,
    PrinterStatus,
    Processed,
    ReplyParser,
    StatusByte,
)
from drivers.simulated.paper import MISSING, Cell, draw_cell
from drivers.simulated.printer import PrinterTwin
from drivers.slip_bytes import encode_slip
from drivers.textwidth import spread, text_columns, wrap


def printed(document: Document, width_dots: int = 576):
    """The slip a twin makes of `document`."""
    twin = PrinterTwin(width_dots)
    twin.feed(encode_slip(document, width_dots).data)
    (slip,) = twin.slips()
    assert slip.complete
    return slip


def test_golden_bytes_of_a_chinese_line():
    data = encode_slip(Document((TextLine("社保A：1", align="left"),)), 576).data
    assert data == bytes.fromhex("1b40 1c26 c9e7b1a3 41 a3ba 31 1c2e 0a 1b6406 1d5601")


def test_golden_bytes_of_the_label_and_the_symbol():
    data = encode_slip(Document((TextLine("A042", scale=4, bold=True), QrCode("hi", 5))), 384).data
    assert data.startswith(bytes.fromhex("1b40 1d2133 1b4501 1b6101 41303432 0a"))
    assert bytes.fromhex("1d286b 0400 3141 3200 1d286b 0300 3143 05 1d286b 0300 3145 31") in data
    assert bytes.fromhex("1d286b 0500 3150 30 6869 1d286b 0300 3151 30") in data


def test_only_what_changes_is_sent():
    lines = (TextLine("A", scale=2, bold=True), TextLine("B", scale=2), TextLine("C", align="left"), TextLine("D"))
    data = encode_slip(Document(lines), 384, cutter=False).data
    assert data == bytes.fromhex(
        "1b40 1d2111 1b4501 1b6101 41 0a 1b4500 42 0a 1d2100 1b6100 43 0a 1b6101 44 0a 1b6100 1b6406"
    )


def test_without_a_cutter_the_slip_is_only_fed():
    assert encode_slip(Document((TextLine("A"),)), 384, cutter=False).data.endswith(b"\x1bd\x06")


def test_a_text_ticket_with_symbol_stays_short():
    ticket = Document(
        (
            TextLine("瓯北街道便民服务中心"),
            TextLine("A042", scale=4),
            TextLine("可到 2、3 号窗口办理"),
            QrCode("https://h.example/t/k3J9"),
        )
    )
    assert len(encode_slip(ticket, 576).data) <= 450


def test_full_width_punctuation_dashes_and_rare_characters_come_out_right():
    slip = printed(Document((TextLine("瓯：，（）《》———“”·…？！、。éü①Ⅳ￥", align="left"), TextLine("姓名𠮷㐀"))))
    first, second = slip.text.splitlines()
    assert first == "瓯：，（）《》———“”·…？！、。éü①Ⅳ￥"
    assert second == "[image 96×30]"
    font = load_cell_font()
    drawn = slip.image()
    # The rare line is centred 96 dots wide: its third cell holds exactly the dots of 𠮷.
    left, top = (576 - 96) // 2 + 48, 30 + 6
    assert drawn.crop((left, top, left + 24, top + 24)).tobytes() == font.cell("𠮷", 2).tobytes()
    assert font.has("𠮷")


def test_chinese_without_its_switch_or_in_four_bytes_is_shown_wrong():
    """The twin is strict, so that a driver that forgets FS & or sends what the printer lacks is found out."""
    twin = PrinterTwin()
    twin.feed("社保".encode("gb18030") + b"\n\x1c&" + "𠮷".encode("gb18030") + b"\n")
    wrong, missing = twin.slips()[0].text.splitlines()
    assert "社" not in wrong
    assert missing == f"{MISSING}4{MISSING}5"


@pytest.mark.parametrize("ch", list("瓯号窗口请社保①：—"))
def test_glyphs_are_really_drawn(ch):
    box, blank, glyph = (draw_cell(Cell(c, 2, 1, 1, False)).tobytes() for c in (MISSING, "　", ch))
    assert load_cell_font().has(ch), "no font with Chinese characters: install fonts-noto-cjk"
    assert glyph not in (box, blank, load_cell_font().cell("\U0010fffd", 2).tobytes())


def test_two_glyphs_differ():
    assert draw_cell(Cell("瓯", 2, 1, 1, False)).tobytes() != draw_cell(Cell("欧", 2, 1, 1, False)).tobytes()


@pytest.mark.parametrize(("width_dots", "columns"), [(576, 48), (384, 32)])
def test_columns_fill_the_paper(width_dots, columns):
    slip = printed(Document((Columns("等候 5 人", "约 15 分"),)), width_dots)
    assert text_columns(slip.text) == columns
    drawn = slip.image().crop((0, 0, width_dots, 30)).convert("L").point(lambda v: 255 - v)
    left, _, right, _ = drawn.getbbox()
    assert left < 24
    assert right > width_dots - 24


def test_width_is_the_printers_not_the_screens():
    assert [text_columns(text) for text in ("A1", "号", "—", "·", "é", "𠮷", "～")] == [2, 2, 2, 2, 2, 2, 2]


def test_wrapping_keeps_words_and_punctuation_together():
    assert wrap("请到三号窗口，谢谢。", 12) == ["请到三号窗", "口，谢谢。"]
    assert wrap("please go to window three", 11) == ["please go", "to window", "three"]
    assert wrap("（重要）通知", 6) == ["（重", "要）通", "知"]
    assert wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap("", 10) == [""]
    assert all(text_columns(line) <= 6 for line in wrap("a，b。c！d？" * 9, 6))


def test_spread_gives_way_to_long_parts():
    assert spread("左", "右", 10) == ["左      右"]
    assert spread("左边很长", "右边", 10) == ["左边很长", "      右边"]
    assert all(text_columns(line) <= 10 for line in spread("左" * 9, "右" * 9, 10))


def test_no_name_can_carry_a_printer_command():
    data = encode_slip(Document((TextLine("A\x1bp\x00\n\x1dV\x00B"),)), 576).data
    assert b"\x1bp" not in data
    assert data.count(b"\x1dV") == 1


def test_the_twin_reads_any_split_alike():
    data = encode_slip(
        Document((TextLine("社保：𠮷"), TextLine("A001", scale=4), Columns("左", "右"), QrCode("abc"), Feed(2))), 576
    ).data
    whole = printed(
        Document((TextLine("社保：𠮷"), TextLine("A001", scale=4), Columns("左", "右"), QrCode("abc"), Feed(2)))
    )
    for at in range(len(data)):
        twin = PrinterTwin()
        twin.feed(data[:at])
        twin.feed(data[at:])
        assert twin.slips()[0].text == whole.text
        assert twin.slips()[0].complete
    twin = PrinterTwin()
    for byte in data:
        twin.feed(bytes((byte,)))
    assert twin.slips()[0].png() == whole.png()


def test_replies_are_told_apart_at_any_split():
    stream = bytes.fromhex("12 37 22 31323334 00 00 1a 10000c0f 03 37 72 0c ff")
    expected = [
        StatusByte(0x12),
        Processed(b"1234"),
        PaperAnswer(0),
        StatusByte(0x1A),
        AutoStatus(b"\x10\0\x0c\x0f"),
        PaperAnswer(3),
        Noise(0x37),
        StatusByte(0x72),
        PaperAnswer(0x0C),
        Noise(0xFF),
    ]
    for at in range(len(stream)):
        parser = ReplyParser()
        assert parser.feed(stream[:at]) + parser.feed(stream[at:]) == expected


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((0x12, 0x12, 0x12, 0x12), "ok"),
        ((0x1A, 0x32, 0x12, 0x7E), "paper_out"),
        ((0x1A, 0x16, 0x12, 0x12), "cover_open"),
        ((0x12, 0x12, 0x12, 0x1E), "paper_near_end"),
        ((0x1A, 0x52, 0x1A, 0x12), "printer_fault"),
        ((0x1A, 0x52, 0x32, 0x12), "printer_fault"),
        ((0x1A, 0x12, 0x12, 0x12), "offline"),
        ((None, 0x12, None, 0x12), "ok"),
    ],
)
def test_status_answers_are_named(answers, code):
    assert PrinterStatus(*answers).state.code == code


def test_a_status_question_is_answered_inside_half_a_picture():
    twin = PrinterTwin()
    twin.feed(b"\x1dv0\x00\x48\x00\x10\x00" + bytes(100))
    assert twin.feed(b"\x10\x04\x04") == b"\x12"


def test_automatic_status_tells_of_the_cover():
    twin = PrinterTwin()
    assert twin.feed(b"\x1da\x0e") == b"\x10\0\0\0"
    twin.set_cover(True)
    assert twin.feed(b"") == b"\x38\0\0\0"


def test_a_printer_switched_off_forgets():
    twin = PrinterTwin()
    twin.feed(b"\x1b@half")
    twin.switch_off_and_on()
    twin.feed(encode_slip(Document((TextLine("A001"),)), 576).data)
    assert twin.slips()[0].text == "A001"
