"""A hall's logo for the top of its slips: a picture file -> few black dots; knows no printer's commands."""

from __future__ import annotations

from PIL import Image

from drivers.errors import BadDocument

MAX_WIDTH_DOTS, MAX_HEIGHT_DOTS = 240, 80
"""30 × 10 mm, at most 2,400 bytes: 0.2 s at 115,200 baud, 2.5 s at 9600, where a logo is better left out."""

_DARK = 128


def load_logo(path: str) -> Image.Image:
    """The picture at `path` as black on white, made smaller where it must be, in whole bytes of dots. Raises
    BadDocument."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as err:
        raise BadDocument(f"The logo {path} is no picture that can be read; give a PNG file.") from err
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    paper.thumbnail((MAX_WIDTH_DOTS, MAX_HEIGHT_DOTS))
    grey = paper.convert("L")
    whole = Image.new("L", ((grey.width + 7) // 8 * 8, grey.height), 255)
    whole.paste(grey, ((whole.width - grey.width) // 2, 0))
    return whole.point(lambda value: 255 if value >= _DARK else 0).convert("1")
