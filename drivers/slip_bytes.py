"""A document as ESC/POS bytes through python-escpos; knows no port and no printer's answers.

Chinese goes out in the printer's own font as `1C 26` + GB18030 + `1C 2E`; python-escpos's own `text()` would send it
without that
switch and turn full-width punctuation into question marks (HARDWARE.md 2). A line with a character outside the
two-byte set is
drawn as a raster.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from escpos.capabilities import Profile
from escpos.printer import Dummy
from PIL import Image

from drivers.document import Block, Columns, Document, Feed, QrCode, TextLine
from drivers.errors import BadDocument
from drivers.fonts import CELL_DOTS, LINE_DOTS, line_image, load_cell_font
from drivers.textwidth import in_printer_font, spread, wrap

DOTS_PER_MM = 8
_KANJI_ON, _KANJI_OFF = b"\x1c&", b"\x1c."
_KANJI_DOUBLE_ON, _KANJI_DOUBLE_OFF = b"\x1cW\x01", b"\x1cW\x00"
_CUT_FEED_LINES = 6
_QR_MAX_BYTES = 2331  # of the largest symbol at level M


@dataclass(frozen=True, slots=True)
class SlipBytes:
    """One slip ready to be sent, and how much paper it takes, for the computed printing time."""

    data: bytes
    height_mm: float


class _Encoder(Dummy):  # type: ignore[misc]  # python-escpos ships no types
    """python-escpos writing into memory, with the paper's width known to its image check."""

    def __init__(self, width_dots: int) -> None:
        profile = Profile(features=Profile.profile_data["features"])
        media = {"width": {"mm": width_dots / DOTS_PER_MM, "pixels": width_dots}, "dpi": 203}
        profile.profile_data = {**profile.profile_data, "media": media}
        super().__init__(profile=profile)
        self.columns = width_dots // (CELL_DOTS // 2)
        self.height_dots = 0
        self._set: dict[str, object] = {"align": "left", "bold": False, "scale": 1}  # as ESC @ leaves it

    def style(self, align: str = "left", bold: bool = False, scale: int = 1) -> None:
        """Send what differs from before only: ten lines' full settings are a tenth of a second at 9600 baud."""
        if scale != self._set["scale"]:
            self.set(custom_size=True, width=scale, height=scale)
        if bold != self._set["bold"]:
            self.set(bold=bold)
        if align != self._set["align"]:
            self.set(align=align)
        self._set = {"align": align, "bold": bold, "scale": scale}

    def block(self, block: Block) -> None:
        if isinstance(block, TextLine):
            _bounds("scale", block.scale, 1, 8)
            for line in wrap(block.text, max(2, self.columns // block.scale)):
                self.line(line, block.align, block.scale, block.bold)
        elif isinstance(block, Columns):
            for line in spread(block.left, block.right, self.columns):
                self.line(line, "left", 1, False)
        elif isinstance(block, QrCode):
            self.symbol(block)
        else:
            self.feed(block)

    def line(self, line: str, align: str, scale: int, bold: bool) -> None:
        self.style(align, bold, scale)
        self.height_dots += max(LINE_DOTS, CELL_DOTS * scale)
        visible = "".join(ch for ch in line if ch.isascii() or unicodedata.category(ch) != "Cf")
        if visible.isascii():
            self._raw(visible.encode("ascii") + b"\n")
        elif all(map(in_printer_font, visible)):
            # GS ! (sent above) sizes Chinese on most printers; those that ignore it there obey FS W. Of the two the
            # printer keeps the last, so FS W goes first and the exact size again after it.
            if scale > 1:
                self._raw(_KANJI_DOUBLE_ON)
                self.set(custom_size=True, width=scale, height=scale)
            self._raw(_KANJI_ON + visible.encode("gb18030") + _KANJI_OFF + b"\n")
            if scale > 1:
                self._raw(_KANJI_DOUBLE_OFF)
        else:
            self.image(line_image(load_cell_font(), visible, scale, bold))

    def symbol(self, qr: QrCode) -> None:
        _bounds("module_dots", qr.module_dots, 1, 16)
        if not 0 < len(qr.data.encode()) <= _QR_MAX_BYTES:
            raise BadDocument(f"A QR code holds 1 to {_QR_MAX_BYTES} bytes; shorten its address.")
        self.style("center")
        # A scanner wants four empty modules around the symbol; the lines above and below come too close.
        quiet = b"\x1bJ" + bytes((4 * qr.module_dots,))
        self._raw(quiet)
        self.qr(qr.data, native=True, size=qr.module_dots, ec=1)
        self._raw(quiet)
        # Side of a symbol in modules by content length: version v holds about 8 (v+1) bytes at level M.
        self.height_dots += (21 + len(qr.data.encode()) // 2 + 16) * qr.module_dots

    def feed(self, feed: Feed) -> None:
        _bounds("lines", feed.lines, 1, 20)
        self.print_and_feed(feed.lines)
        self.height_dots += feed.lines * LINE_DOTS


def encode_slip(document: Document, width_dots: int, cutter: bool = True, logo: Image.Image | None = None) -> SlipBytes:
    """Bytes of `document` for paper `width_dots` wide (384 or 576), initialised before and partially cut after it.

    cutter: False for a printer without one; the slip is only fed past the tear bar · logo: a 1-bit picture that stands
    once at the top, see drivers/logo.py. Raises BadDocument, and FontMissing
    when a line must be drawn and no font is installed.
    """
    encoder = _Encoder(width_dots)
    encoder.hw("INIT")
    if logo is not None:
        encoder.style("center")
        encoder.image(logo)
        encoder.height_dots += logo.height
    for block in document.blocks:
        encoder.block(block)
    encoder.style()
    if cutter:
        encoder.cut("PART")
    else:
        encoder.print_and_feed(_CUT_FEED_LINES)
    encoder.height_dots += _CUT_FEED_LINES * LINE_DOTS
    return SlipBytes(encoder.output, encoder.height_dots / DOTS_PER_MM)


def cut_off(cutter: bool = True) -> bytes:
    """What separates a piece that still hangs on the roll from the slip after it."""
    return b"\x1b@" + b"\x1bd" + bytes((_CUT_FEED_LINES,)) + (b"\x1dV\x01" if cutter else b"")


def _bounds(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadDocument(f"{name} is {value}; it must be from {low} to {high}.")
