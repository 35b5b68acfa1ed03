"""Made-up people for the card reader twin, of all four kinds of card; no real person, no real number.

The region codes do not exist (999999), the sequence is 000, which is never issued, and the names say what they are.
Check digits
are right, so that drivers take them. The text layouts are written here anew, not taken from the driver that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """One card to play with. `text` are its 256 bytes; `title` tells what it shows, in Chinese and English."""

    id: str
    title: str
    text: bytes = field(repr=False)


def with_check_digit(seventeen: str) -> str:
    """`seventeen` digits and their ISO 7064 MOD 11-2 check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, _WEIGHTS, strict=True))
    return seventeen + "10X98765432"[total % 11]


def citizen(name: str, birth: str, number: str, letter: str = "") -> bytes:
    """Text of a citizen's card, or with `letter` J of a residence permit for Hong Kong, Macau and Taiwan."""
    fields = {
        0: (30, name),
        30: (2, "1"),
        32: (4, "01"),
        36: (16, birth),
        52: (70, "示例省样本市虚构路0号"),
        122: (36, number),
        158: (30, "样本市公安局"),
        188: (16, "20200101"),
        204: (16, "20400101"),
        248: (2, letter),
    }
    if letter == "J":
        fields |= {220: (18, "H00000000"), 238: (4, "01")}
    return _text(fields)


def foreigner(english: str, chinese: str, birth: str, number: str) -> bytes:
    """Text of a foreigner's permanent residence card of 2017."""
    fields = {
        0: (120, english),
        120: (2, "2"),
        122: (30, number),
        152: (6, "XXX"),
        158: (30, chinese),
        188: (16, "20200101"),
        204: (16, "20300101"),
        220: (16, birth),
        236: (4, "01"),
        240: (8, "9999"),
        248: (2, "I"),
    }
    return _text(fields)


def foreigner2023(english: str, chinese: str, birth: str, number: str) -> bytes:
    """Text of a foreigner's permanent residence card of 2023; a long English name goes on in a second field."""
    fields = {
        0: (30, chinese),
        30: (2, "1"),
        32: (4, "00"),
        36: (16, birth),
        52: (70, english[:35]),
        122: (36, number),
        158: (30, "样本移民管理局"),
        188: (16, "20240101"),
        204: (16, "20340101"),
        220: (22, english[35:46]),
        242: (6, "XXX"),
        248: (2, "Y"),
    }
    return _text(fields)


def _text(fields: dict[int, tuple[int, str]]) -> bytes:
    text = bytearray(b"\x20\x00" * 128)
    for offset, (size, value) in fields.items():
        data = value.encode("utf-16-le")
        if len(data) > size:
            raise ValueError(f"a field of {size} bytes cannot hold {len(data)}")
        text[offset : offset + len(data)] = data
    return bytes(text)


def _number(prefix: str, birth: str) -> str:
    return with_check_digit(f"{prefix}{birth}000")


def _samples() -> list[Sample]:
    damaged = _number("999999", "19900101")
    damaged = damaged[:-1] + ("1" if damaged[-1] != "1" else "2")
    return [
        Sample("citizen", "张示例 · 居民 citizen", citizen("张示例", "19900101", _number("999999", "19900101"))),
        Sample("elder", "李样本 · 老年人 aged over 65", citizen("李样本", "19480229", _number("999999", "19480229"))),
        Sample("child", "王虚构 · 儿童 under 14", citizen("王虚构", "20200601", _number("999999", "20200601"))),
        Sample("rare", "𠮷示例 · 生僻字 rare character", citizen("𠮷示例", "19850515", _number("999999", "19850515"))),
        Sample(
            "hmt",
            "陈样例 · 港澳台居民 HK/Macau/Taiwan",
            citizen("陈样例", "19920202", _number("810000", "19920202"), "J"),
        ),
        Sample(
            "foreigner",
            "SPECIMEN, ANNA · 外国人(2017) foreigner",
            foreigner("SPECIMEN, ANNA", "", "19800303", "XXX000080030300"),
        ),
        Sample(
            "foreigner2023",
            "范例森 · 外国人(2023) foreigner",
            foreigner2023(
                "SPECIMENSON, BARTHOLOMEW CHRISTOPHER", "范例森", "19750404", with_check_digit("91100019750404000")
            ),
        ),
        Sample("damaged", "校验码错误 · wrong check digit", citizen("赵损坏", "19900101", damaged)),
    ]


SAMPLES: dict[str, Sample] = {sample.id: sample for sample in _samples()}
