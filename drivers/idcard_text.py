"""The text of an identity card: 256 bytes -> Card; knows no reader. Layouts: HARDWARE.md 1.

Only kind, name, number and birth are taken out; what else is there, only drivers/card_sheet.py reads, for a
maintainer's shell. No error says what was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from drivers.errors import CardInvalid
from drivers.ports import Card

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_KIND_AT, _KIND_BYTES = 248, 2
_FOREIGNER_NUMBER = re.compile(r"[A-Z]{3}\d{12}")
_HMT_PREFIXES = ("810000", "820000", "830000")

_Kind = Literal["citizen", "hmt", "foreigner", "foreigner2023"]
_Place = tuple[int, int]  # offset and size in bytes


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a kind of card keeps what we take; `names` in the order of preference, each in one or more pieces."""

    kind: _Kind
    names: tuple[tuple[_Place, ...], ...]
    birth: _Place
    number: _Place


_LAYOUTS = {
    "": _Layout("citizen", (((0, 30),),), (36, 16), (122, 36)),
    "J": _Layout("hmt", (((0, 30),),), (36, 16), (122, 36)),
    # The Chinese name comes first where there is one: the hall's staff call it.
    "I": _Layout("foreigner", (((158, 30),), ((0, 120),)), (220, 16), (122, 30)),
    "Y": _Layout("foreigner2023", (((0, 30),), ((52, 70), (220, 22))), (36, 16), (122, 36)),
}


def check_digit(seventeen: str) -> str:
    """The last character of an 18-character number by ISO 7064 MOD 11-2: 0–9 or X. Raises ValueError unless 17
    digits."""
    if not re.fullmatch(r"[0-9]{17}", seventeen):
        raise ValueError("a number has 17 digits before its check digit")
    return _CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def decode_card(text: bytes) -> Card:
    """The card in `text` (256 bytes UTF-16LE, padded with spaces). Raises CardInvalid when it contradicts itself."""
    if len(text) != 256:
        raise CardInvalid("The card's text has the wrong length; lay the card on the reader again.")
    letter = field_of(text, (_KIND_AT, _KIND_BYTES))
    layout = _LAYOUTS.get(letter)
    if layout is None:
        raise CardInvalid("The card is of a kind this program does not know; use another way to take a number.")
    names = ("".join(field_of(text, piece) for piece in name) for name in layout.names)
    name = next((name for name in names if name), "")
    number, birth = field_of(text, layout.number), field_of(text, layout.birth)
    if not name or not _number_is_right(layout.kind, number) or not is_date(birth):
        raise CardInvalid("The card's data is damaged or not genuine; lay it on the reader again or use another way.")
    return Card(layout.kind, name, number, birth)


def text_of(data: bytes) -> str:
    """UTF-16LE without the padding, which on some cards is U+0000. A broken surrogate becomes U+FFFD and never an
    exception."""
    return data.decode("utf-16-le", "replace").strip(" \0")


def field_of(text: bytes, place: tuple[int, int]) -> str:
    """The characters at `place`: offset and size in bytes."""
    return text_of(text[place[0] : place[0] + place[1]])


def _number_is_right(kind: _Kind, number: str) -> bool:
    if kind == "foreigner":
        return _FOREIGNER_NUMBER.fullmatch(number) is not None
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or check_digit(number[:17]) != number[17]:
        return False
    if kind == "hmt":
        return number.startswith(_HMT_PREFIXES)
    return kind != "foreigner2023" or number.startswith("9")


def is_date(value: str) -> bool:
    """Whether `value` is a day written YYYYMMDD."""
    if not re.fullmatch(r"[0-9]{8}", value):
        return False
    try:
        datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007  a date of birth has no time zone
    except ValueError:
        return False
    return True
