"""The paper of the printer twin: characters, symbols and rasters laid out dot for dot, as text and as a picture.

It knows no bytes of the host beyond single characters; it obeys a size, a weight and an alignment as a real head does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime

import qrcode  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont
from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]

from drivers.errors import FontMissing
from drivers.fonts import CELL_DOTS, CellFont, load_cell_font

MISSING = "\ufffd"
"""Stands in a slip's text for a byte or character that the printer's own font does not have."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as it was printed; scales 1–8."""

    ch: str
    columns: int
    wide: int
    high: int
    bold: bool

    @property
    def width_dots(self) -> int:
        return self.columns * CELL_DOTS // 2 * self.wide


@dataclass(frozen=True, slots=True)
class Strip:
    """What came out at once: a line, a symbol, a raster or a feed; `parts` are images with their left edge."""

    height_dots: int
    text: str | None
    cells: tuple[tuple[int, Cell], ...] = ()
    image: tuple[int, Image.Image] | None = None


@dataclass(slots=True)
class Slip:
    """One piece of paper. complete: it began at a clean edge, was never interrupted, and was cut."""

    n: int
    at: datetime
    width_dots: int
    complete: bool = False
    cut: bool = False
    whole_start: bool = True
    strips: list[Strip] = field(default_factory=list)

    @property
    def height_dots(self) -> int:
        return sum(strip.height_dots for strip in self.strips)

    @property
    def text(self) -> str:
        """What a person reads on it, a line per printed line; a symbol is `[QR …]`, a raster `[image W×H]`."""
        return "\n".join(strip.text for strip in self.strips if strip.text is not None)

    @property
    def qr_codes(self) -> list[str]:
        """Contents of the QR symbols, from top to bottom."""
        return [strip.text[4:-1] for strip in self.strips if strip.text is not None and strip.text.startswith("[QR ")]

    def image(self) -> Image.Image:
        """The paper at its true dot width, black on white, one pixel a dot."""
        picture = Image.new("1", (self.width_dots, max(1, self.height_dots)), 1)
        top = 0
        for strip in self.strips:
            for left, cell in strip.cells:
                glyph = draw_cell(cell)
                picture.paste(glyph, (left, top + strip.height_dots - glyph.height))
            if strip.image is not None:
                picture.paste(strip.image[1], (strip.image[0], top))
            top += strip.height_dots
        return picture

    def png(self) -> bytes:
        """`image` as a PNG file."""
        out = io.BytesIO()
        self.image().save(out, "PNG", optimize=True)
        return out.getvalue()


def qr_image(data: str, module_dots: int, level: int) -> Image.Image | None:
    """The symbol that a printer draws for `data`, None when it is too long for one.

    No quiet zone, `module_dots` a module; level 48–51 as in GS ( k 69.
    """
    levels = {
        48: qrcode.constants.ERROR_CORRECT_L,
        49: qrcode.constants.ERROR_CORRECT_M,
        50: qrcode.constants.ERROR_CORRECT_Q,
        51: qrcode.constants.ERROR_CORRECT_H,
    }
    symbol = qrcode.QRCode(error_correction=levels.get(level, qrcode.constants.ERROR_CORRECT_L), border=0)
    symbol.add_data(data.encode())
    try:
        symbol.make(fit=True)
    except (DataOverflowError, ValueError):  # the library raises either, by version
        return None
    rows: list[list[bool]] = symbol.get_matrix()
    image = Image.new("1", (len(rows), len(rows)), 1)
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    return image.resize((len(rows) * module_dots, len(rows) * module_dots), Image.Resampling.NEAREST)


def font_or_none() -> CellFont | None:
    """The font of the twin; without one, Chinese comes out as boxes and the twin says so in its state."""
    try:
        return load_cell_font()
    except FontMissing:
        return None


def draw_cell(cell: Cell) -> Image.Image:
    """The dots of one character."""
    font = font_or_none()
    if cell.ch == MISSING:
        glyph = _box(cell.columns)
    elif font is not None:
        glyph = font.cell(cell.ch, cell.columns, cell.bold)
    elif cell.ch.isascii():
        glyph = _plain(cell.ch)
    else:
        glyph = _box(cell.columns)
    return glyph.resize((glyph.width * cell.wide, glyph.height * cell.high), Image.Resampling.NEAREST)


def _plain(ch: str) -> Image.Image:
    image = Image.new("L", (CELL_DOTS // 2, CELL_DOTS), 255)
    ImageDraw.Draw(image).text((0, 0), ch, font=ImageFont.load_default(CELL_DOTS * 0.8), fill=0)
    return image.point(lambda value: 255 if value > 140 else 0).convert("1")


def _box(columns: int) -> Image.Image:
    image = Image.new("1", (CELL_DOTS // 2 * columns, CELL_DOTS), 1)
    ImageDraw.Draw(image).rectangle((1, 3, image.width - 3, CELL_DOTS - 4), outline=0)
    return image
