"""Who stands at the kiosk: three fields, made comparable, and masked for people; stores nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from .errors import BadCitizen

NUMBER_MAX = 32
NAME_MAX = 64

_GAPS = re.compile(r"[\s\-()]+")
_MAINLAND_PREFIX = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")
_RESIDENT_ID = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, MOD 11-2


@dataclass(frozen=True, slots=True)
class Citizen:
    """Fields as given; kept normalised, so that one person typed in two ways is one person. Its repr shows nothing.

    id_number: resident ID, permit or passport number, at most 32 characters; foreign ones are not checked further.
    name: at most 64 characters. phone: at most 32. Raises `BadCitizen` for a field that is empty or too long.
    """

    id_number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, normal, longest in (
            ("id_number", normal_id_number, NUMBER_MAX),
            ("name", normal_name, NAME_MAX),
            ("phone", normal_phone, NUMBER_MAX),
        ):
            given = getattr(self, name)
            if given is None:
                continue
            value = normal(given)
            if not value:
                raise BadCitizen(name, "is empty; leave it out if it is not known")
            if len(value) > longest:
                raise BadCitizen(name, f"is longer than {longest} characters")
            object.__setattr__(self, name, value)


def normal_id_number(text: str) -> str:
    """ "33010119900101101x" and "330101 19900101 101Ｘ" are one number."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()


def normal_phone(text: str) -> str:
    """Without gaps; a mainland mobile number also without +86."""
    return _MAINLAND_PREFIX.sub("", _GAPS.sub("", unicodedata.normalize("NFKC", text)))


def normal_name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def is_resident_id(id_number: str) -> bool:
    """Whether this is an 18-digit resident ID number with the right check digit. False is no reason to refuse."""
    number = normal_id_number(id_number)
    if not _RESIDENT_ID.fullmatch(number):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17]


def mask_name(name: str) -> str:
    """张三 -> 张*"""
    return f"{name[:1]}*"


def mask_phone(phone: str) -> str:
    """13812341234 -> 138****1234"""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else _short_mask(phone)


def mask_id_number(id_number: str) -> str:
    """330101199001011011 -> 330***********1011"""
    if len(id_number) < 15:
        return _short_mask(id_number)
    return f"{id_number[:3]}{'*' * (len(id_number) - 7)}{id_number[-4:]}"


def _short_mask(number: str) -> str:
    """Of a short number less may be shown: its last two characters at most."""
    shown = 2 if len(number) > 5 else 0
    return "*" * (len(number) - shown) + number[len(number) - shown :]
