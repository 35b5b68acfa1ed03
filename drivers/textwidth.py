"""How wide text is on a Chinese receipt printer, and how it breaks into lines; knows no printer's commands.

The printer decides by bytes: one byte of GB18030 takes one half-width column, two bytes take two, so that `—`, `·`
and `é`, narrow
on a screen, are wide on paper. A character with four bytes is not in the printer's font; it is drawn, at its East
Asian width.
"""

from __future__ import annotations

import unicodedata

_NO_LINE_START = frozenset("、。，．：；？！）》」』】〕〉”’…·%,.:;?!)]}")
_NO_LINE_END = frozenset("（《「『【〔〈“‘([{")


def in_printer_font(ch: str) -> bool:
    """Whether a GB18030 printer with a two-byte font has `ch`: ASCII, or two bytes outside the user-defined area."""
    if ch.isascii():
        return True
    try:
        return len(ch.encode("gb18030")) == 2 and unicodedata.category(ch) != "Co"
    except UnicodeEncodeError:
        return False


def char_columns(ch: str) -> int:
    """Half-width columns of one character: 0 for a combining mark, else 1 or 2."""
    if ch.isascii():
        return 1
    if in_printer_font(ch):
        return 2
    if unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WFA" else 1


def text_columns(text: str) -> int:
    """Half-width columns of `text`."""
    return sum(map(char_columns, text))


def clean(text: str) -> str:
    """`text` on one line without control characters, so that no name can carry a printer command."""
    return "".join(" " if unicodedata.category(ch) in ("Cc", "Cs", "Zl", "Zp") else ch for ch in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` into lines of at most `columns` (≥ 2): between words, between Chinese characters, never before
    、。，."""
    lines: list[str] = []
    line, used = "", 0
    for unit in _units(clean(text), columns):
        wide = text_columns(unit)
        if used + wide > columns and line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
            if not unit.strip():
                continue
        line += unit
        used += wide
    lines.append(line.rstrip())
    return lines


def spread(left: str, right: str, columns: int) -> list[str]:
    """Lines with `left` at the left edge and `right` at the right edge of the last one, at least one space between
    them."""
    right = clean(right)
    if text_columns(right) > columns:
        return wrap(left, columns) + wrap(right, columns)
    lines = wrap(left, columns)
    if text_columns(lines[-1]) + (1 if lines[-1] else 0) + text_columns(right) > columns:
        lines.append("")
    gap = columns - text_columns(lines[-1]) - text_columns(right)
    lines[-1] += " " * gap + right
    return lines


def _units(text: str, columns: int) -> list[str]:
    """Parts that stay together: a word, a space, or a Chinese character with the punctuation that belongs to it."""
    units: list[str] = []
    for ch in text:
        last = units[-1] if units else " "
        joins = last[-1] in _NO_LINE_END or ch in _NO_LINE_START or char_columns(ch) == 0
        in_word = char_columns(ch) == 1 and char_columns(last[-1]) == 1
        if units and ch != " " and last != " " and (joins or in_word) and text_columns(last + ch) <= columns:
            units[-1] = last + ch
        else:
            units.append(ch)
    return units
