"""How an ESC/POS printer turns commands into lines on paper; knows no sensor, no cutter and no buffer."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from PIL import Image, ImageOps

from drivers.fonts import CELL_DOTS, LINE_DOTS
from drivers.simulated.escpos import MAX_PAYLOAD_BYTES, Command
from drivers.simulated.paper import MISSING, Cell, Strip, qr_image

_TAB_COLUMNS = 8


@dataclass(slots=True)
class _Style:
    """What the host has set; the values after ESC @."""

    align: int = 0
    bold: bool = False
    wide: int = 1
    high: int = 1
    kanji: bool = False
    kanji_wide: int = 1
    kanji_high: int = 1
    line_dots: int = LINE_DOTS
    qr_dots: int = 3
    qr_level: int = 48
    qr_data: bytes = b""


class PrintHead:
    """Strict on purpose: Chinese comes out only between FS & and FS ., a byte outside the printer's font only as
    MISSING.

    ignored: names of commands it met and does not draw.
    """

    def __init__(self, width_dots: int) -> None:
        self.width_dots = width_dots
        self.ignored: set[str] = set()
        self._style = _Style()
        self._line: list[Cell] = []
        self._lead: int | None = None
        self._strips: list[Strip] = []

    def reset(self) -> None:
        """ESC @: settings and the unprinted line are lost."""
        self._style = _Style()
        self._line.clear()
        self._lead = None

    def run(self, command: Command) -> list[Strip]:
        """Carry out one command; what came out on paper."""
        self._strips = []
        if command.name == "text":
            self._byte(command.n)
        else:
            if self._lead is not None:
                self._lead = None
                self._char(MISSING, 1)
            self._control(command)
        return self._strips

    def flush(self) -> list[Strip]:
        """Print the line that is not ended yet, as a cut does."""
        self._strips = []
        if self._line:
            self._end_line()
        return self._strips

    def _control(self, command: Command) -> None:
        style, name = self._style, command.name
        if name == "LF":
            self._end_line()
        elif name == "HT":
            used = sum(cell.columns * cell.wide for cell in self._line)
            for _ in range(_TAB_COLUMNS - used % _TAB_COLUMNS):
                self._char(" ", 1)
        elif name == "ESC a":
            style.align = command.n % 48 if command.n % 48 in (0, 1, 2) else style.align
        elif name in ("ESC E", "ESC G"):
            style.bold = bool(command.n & 1)
        elif name == "GS !":
            style.wide = style.kanji_wide = (command.n >> 4 & 7) + 1
            style.high = style.kanji_high = (command.n & 7) + 1
        elif name == "ESC !":
            style.bold = bool(command.n & 0x08)
            style.high = style.kanji_high = 2 if command.n & 0x10 else 1
            style.wide = style.kanji_wide = 2 if command.n & 0x20 else 1
        elif name in ("FS &", "FS ."):
            style.kanji = name == "FS &"
        elif name == "FS W":
            style.kanji_wide = style.kanji_high = 2 if command.n & 1 else 1
        elif name == "FS !":
            style.kanji_wide = 2 if command.n & 0x04 else 1
            style.kanji_high = 2 if command.n & 0x08 else 1
        elif name in ("ESC 2", "ESC 3"):
            style.line_dots = command.n if command.data else LINE_DOTS
        elif name in ("ESC d", "ESC J"):
            self._feed(command.n * (style.line_dots if name == "ESC d" else 1))
        elif name == "GS ( k":
            self._symbol(command.data)
        elif name == "GS v 0":
            self._raster(command.data)
        elif name != "CR":
            self.ignored.add(name)

    def _byte(self, byte: int) -> None:
        lead, self._lead = self._lead, None
        if lead is not None:
            if byte >= 0x40 and byte not in (0x7F, 0xFF):
                self._char(_two_bytes(bytes((lead, byte))), 2)
                return
            self._char(MISSING, 1)
        if byte < 0x20 or byte == 0x7F:
            return
        if byte < 0x80:
            self._char(chr(byte), 1)
        elif not self._style.kanji:
            self._char(bytes((byte,)).decode("cp437"), 1)
        elif 0x81 <= byte <= 0xFE:
            self._lead = byte
        else:
            self._char(MISSING, 1)

    def _char(self, ch: str, columns: int) -> None:
        style = self._style
        wide, high = (style.kanji_wide, style.kanji_high) if columns == 2 else (style.wide, style.high)
        cell = Cell(ch, columns, wide, high, style.bold)
        if sum(before.width_dots for before in self._line) + cell.width_dots > self.width_dots:
            self._end_line()
        self._line.append(cell)

    def _end_line(self) -> None:
        height = max([self._style.line_dots, *(CELL_DOTS * cell.high for cell in self._line)])
        left = self._left_edge(sum(cell.width_dots for cell in self._line))
        placed = []
        for cell in self._line:
            placed.append((left, cell))
            left += cell.width_dots
        text = "".join(cell.ch for cell in self._line).rstrip()
        self._line.clear()
        self._strips.append(Strip(height, text, tuple(placed)))

    def _feed(self, dots: int) -> None:
        if self._line:
            self._end_line()
        self._strips.append(Strip(dots, None))

    def _symbol(self, data: bytes) -> None:
        code, function, rest = data[:1], data[1:2], data[2:]
        style = self._style
        if code != b"1":
            self.ignored.add("GS ( k")
        elif function == b"C" and rest:
            style.qr_dots = min(16, max(1, rest[0]))
        elif function == b"E" and rest:
            style.qr_level = rest[0]
        elif function == b"P":
            style.qr_data = rest[1:]
        elif function == b"Q" and style.qr_data:
            if self._line:
                self._end_line()
            text = style.qr_data.decode("utf-8", "replace")
            image = qr_image(text, style.qr_dots, style.qr_level)
            if image is None:
                return
            self._strips.append(Strip(image.height, f"[QR {text}]", image=(self._left_edge(image.width), image)))

    def _raster(self, data: bytes) -> None:
        if self._line:
            self._end_line()
        mode, width, height = data[0], (data[1] + 256 * data[2]) * 8, data[3] + 256 * data[4]
        if not 0 < width * height // 8 <= MAX_PAYLOAD_BYTES:
            return
        dots = data[5:].ljust(width * height // 8, b"\0")
        image = ImageOps.invert(Image.frombytes("1", (width, height), dots).convert("L")).convert("1")
        scale_x, scale_y = (2 if mode & 1 else 1), (2 if mode & 2 else 1)
        image = image.resize((width * scale_x, height * scale_y), Image.Resampling.NEAREST)
        image = image.crop((0, 0, min(image.width, self.width_dots), image.height))
        left = self._left_edge(image.width)
        self._strips.append(Strip(image.height, f"[image {image.width}×{image.height}]", image=(left, image)))

    def _left_edge(self, width: int) -> int:
        spare = max(0, self.width_dots - width)
        return (0, spare // 2, spare)[self._style.align]


def _two_bytes(pair: bytes) -> str:
    """The character of a two-byte code, MISSING where the font has an empty place."""
    try:
        ch = pair.decode("gb18030")
    except UnicodeDecodeError:
        return MISSING
    return MISSING if unicodedata.category(ch) in ("Co", "Cn") else ch
