"""A slip as blocks, top to bottom, before any printer's bytes; knows no printer and no hall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text. `scale` 1–8 multiplies the printer's font in both directions."""

    text: str
    align: Align = "center"
    scale: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """One line with a left and a right part."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A native QR symbol; `module_dots` 1–16 is the width of one module."""

    data: str
    module_dots: int = 5


@dataclass(frozen=True, slots=True)
class Feed:
    """`lines` empty lines, 1–20."""

    lines: int = 1


Block = TextLine | Columns | QrCode | Feed


@dataclass(frozen=True, slots=True)
class Document:
    """A whole slip. It is cut after its last block."""

    blocks: tuple[Block, ...]
