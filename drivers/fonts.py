"""A font with Chinese characters, found on this machine, and its glyphs as printer cells; knows no printer's commands.

We ship no font. `$HALL_CJK_FONT` names one; otherwise the usual places of Linux distributions are searched.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from drivers.errors import FontMissing
from drivers.textwidth import char_columns

CELL_DOTS = 24
"""Height of a printer's font A, and width of a Chinese character, in dots; a half-width character is half as wide."""

LINE_DOTS = 30
"""Line spacing after ESC @ on a 203 dpi printer."""

FONT_PATHS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
# In a collection the fixed-width face comes first: its Latin letters fill exactly half a cell, as the printer's do.
_FACES = ("Noto Sans Mono CJK SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei Mono")


class CellFont:
    """Glyphs of one font file drawn into cells of CELL_DOTS. `index` picks the face of a collection."""

    def __init__(self, path: str, index: int = 0) -> None:
        self.path = path
        self._font = ImageFont.truetype(path, CELL_DOTS, index=index)

    def cell(self, ch: str, columns: int, bold: bool = False) -> Image.Image:
        """`ch` black on white as a 1-bit image, `columns` × 12 dots wide and 24 high."""
        return _draw(self._font, ch, columns, bold)

    def has(self, ch: str) -> bool:
        """Whether the font draws `ch` itself and not its box for a missing glyph."""
        missing = _draw(self._font, "\U0010fffd", 2, False).tobytes()
        return _draw(self._font, ch, 2, False).tobytes() != missing


@lru_cache(maxsize=4096)
def _draw(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, ch: str, columns: int, bold: bool) -> Image.Image:
    image = Image.new("L", (CELL_DOTS // 2 * columns, CELL_DOTS), 255)
    draw = ImageDraw.Draw(image)
    # The em box of a Chinese glyph reaches from 0.12 em under the baseline to 0.88 em above it.
    baseline = round(CELL_DOTS * 0.88)
    # A dash or dot that the font draws narrow stands in the middle of its wide cell.
    left = max(0.0, (image.width - font.getlength(ch)) / 2)
    for shift in (0, 1) if bold else (0,):
        draw.text((left + shift, baseline), ch, font=font, fill=0, anchor="ls")
    return image.point(lambda value: 255 if value > 140 else 0).convert("1")


def font_candidates() -> tuple[str, ...]:
    """Files to try, in order."""
    named = os.environ.get("HALL_CJK_FONT")
    return (named, *FONT_PATHS) if named else FONT_PATHS


def load_cell_font(candidates: tuple[str, ...] | None = None) -> CellFont:
    """The first usable font with Chinese characters. Raises FontMissing."""
    paths = font_candidates() if candidates is None else candidates
    for path in paths:
        if Path(path).is_file():
            return _load(path)
    raise FontMissing(
        "No font with Chinese characters is installed; install fonts-noto-cjk or name one in HALL_CJK_FONT."
    )


@lru_cache(maxsize=8)
def _load(path: str) -> CellFont:
    faces: dict[str | None, int] = {}
    try:
        for index in range(32):
            faces.setdefault(ImageFont.truetype(path, CELL_DOTS, index=index).getname()[0], index)
    except OSError as err:
        # The end of the collection; but a file without any face is no font.
        if not faces:
            raise FontMissing(f"{path} is no font; install fonts-noto-cjk or name one in HALL_CJK_FONT.") from err
    return CellFont(path, next((faces[face] for face in _FACES if face in faces), 0))


def line_image(font: CellFont, text: str, scale: int, bold: bool) -> Image.Image:
    """One line of text as a 1-bit image, each dot enlarged `scale` times, as a printer enlarges its own font.

    At scale 1 it is LINE_DOTS high, so that drawn lines keep the distance of printed ones.
    """
    cells = [font.cell(ch, columns, bold) for ch in text if (columns := char_columns(ch))]
    top = LINE_DOTS - CELL_DOTS if scale == 1 else 0
    image = Image.new("1", (max(1, sum(cell.width for cell in cells)), top + CELL_DOTS), 1)
    left = 0
    for cell in cells:
        image.paste(cell, (left, top))
        left += cell.width
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
