"""Every slip of the kiosk, byte for byte as a printer gets it; a difference is shown as commands and text.

`HALL_GOLDEN=write` writes the files anew: look at the difference in git, and at the paper, before they are committed.
"""

from __future__ import annotations

import difflib
import os
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from drivers.document import Document, TextLine
from drivers.fonts import load_cell_font
from drivers.simulated.escpos import EscposParser
from drivers.simulated.paper import MISSING
from drivers.simulated.printer import PrinterTwin
from drivers.slip_bytes import encode_slip
from kiosk.slip import HallWords, slip

FOLDER = Path(__file__).parent
DOTS = {58: 384, 80: 576}
HALL = HallWords(
    name={"zh-CN": "瓯北街道便民服务中心", "en": "Oubei Service Hall"},
    timezone="Asia/Shanghai",
    languages=("zh-CN", "en"),
    services={"shebao": ({"zh-CN": "社保", "en": "Social insurance"}, (2, 3))},
    requeue_within_s=1800,
)
TICKET: dict[str, Any] = {
    "ticket_id": "Zt4q-x1_y7PzQw2K",
    "label": "A042",
    "serial": "20261120-000137",
    "service": "shebao",
    "state": "waiting",
    "priority": None,
    "ahead": 5,
    "estimate": {"p50_s": 480.0, "p90_s": 900.0},
    "for_window": None,
    "issued_at": "2026-11-20T02:24:05.123Z",
    "channel": "kiosk",
    "link": "https://h.example/t/Zt4q-x1_y7PzQw2K",
}
MARKS: dict[str, tuple[dict[str, Any], bool]] = {
    "plain": ({}, False),
    "priority": ({"priority": "aged", "ahead": 0}, False),
    "appointment": ({"appointment": "ap_2k", "due_at": "2026-11-20T02:45:00.000Z", "for_window": 3}, False),
    "reprint": ({"priority": "aged", "appointment": "ap_2k", "state": "called"}, True),
}
CASES = list(product(("zh-CN", "en"), DOTS, MARKS))


def document_of(language: str, mark: str) -> Document:
    change, reprint = MARKS[mark]
    ticket: Any = {**TICKET, **change}
    return slip(ticket, HALL, language, reprint=reprint)


def readable(data: bytes) -> list[str]:
    """A slip's bytes as lines: `GS ! 33`, and text between quotes, Chinese as it will be read."""
    lines: list[str] = []
    text = bytearray()
    for command in EscposParser().feed(data):
        if command.name == "text":
            text += command.data
            continue
        if text:
            lines.append(f'"{text.decode("gb18030", "backslashreplace")}"')
            text.clear()
        lines.append(f"{command.name} {command.data.hex(' ').upper()}".strip())
    return [*lines, f'"{text.decode("gb18030", "backslashreplace")}"'] if text else lines


@pytest.mark.parametrize(("language", "width_mm", "mark"), CASES)
def test_every_slip_is_byte_for_byte_the_same(language: str, width_mm: int, mark: str) -> None:
    path = FOLDER / f"slip-{language}-{width_mm}mm-{mark}.bin"
    data = encode_slip(document_of(language, mark), DOTS[width_mm]).data
    if os.environ.get("HALL_GOLDEN") == "write":
        path.write_bytes(data)
    golden = path.read_bytes()
    if data != golden:
        pytest.fail("\n".join(difflib.unified_diff(readable(golden), readable(data), "golden", "now", lineterm="")))


@pytest.mark.parametrize(("language", "width_mm", "mark"), CASES)
def test_every_slip_reads_well_and_is_short(language: str, width_mm: int, mark: str) -> None:
    data = (FOLDER / f"slip-{language}-{width_mm}mm-{mark}.bin").read_bytes()
    twin = PrinterTwin(DOTS[width_mm])
    twin.feed(data)
    (paper,) = twin.slips()
    assert paper.complete
    assert not twin.ignored
    assert MISSING not in paper.text
    assert paper.qr_codes == ["https://h.example/t/Zt4q-x1_y7PzQw2K"]
    assert "A042" in paper.text.splitlines()
    assert paper.text.endswith("No. 20261120-000137")
    assert len(data) <= 450
    assert len(data) * 10 / 9600 <= 0.5, "the cut comes later than half a second after the tap at 9600 baud"


def test_no_slip_is_forgotten() -> None:
    assert {path.name for path in FOLDER.glob("slip-*.bin")} == {f"slip-{a}-{b}mm-{c}.bin" for a, b, c in CASES}


def test_a_difference_is_readable() -> None:
    lines = readable(encode_slip(Document((TextLine("社保：", scale=2),)), 384).data)
    assert [line for line in lines if not line.startswith(("GS !", "ESC E", "ESC a", "FS W"))] == [
        "ESC @",
        "FS &",
        '"社保："',
        "FS .",
        "LF",
        "ESC d 06",
        "GS V 01",
    ]
    assert "GS ! 11" in lines
    assert readable(b"A") == ['"A"']


@pytest.mark.parametrize(
    "text",
    ["𠮷田㐀", "䶮", "丂（𬎆）：瓯——北", "é·—～", "，。、；：？！“”‘’（）《》【】…￥", "－－ ——", "①②Ⅳ℃", "囍龘"],
)
def test_rare_names_punctuation_and_dashes_come_out(text: str) -> None:
    """As the interpreter of the printer's bytes sees them: as text in the printer's font, or as the font's own dots."""
    twin = PrinterTwin(576)
    twin.feed(encode_slip(Document((TextLine(text, align="left"),)), 576).data)
    (paper,) = twin.slips()
    if not paper.text.startswith("[image"):
        assert paper.text == text
        return
    font, picture, left = load_cell_font(), paper.image(), 0
    for ch in text:
        assert font.has(ch), f"the font draws {ch} as a box"
        glyph = font.cell(ch, 2)
        assert glyph.getextrema()[0] == 0, f"{ch} is blank"
        assert picture.crop((left, 6, left + 24, 30)).tobytes() == glyph.tobytes(), ch
        left += 24
