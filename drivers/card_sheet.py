"""Every field of an identity card's text, for `hall-devices read-card` alone; knows no reader. Layouts: HARDWARE.md 1.

A node never gets a sheet: it gets `drivers.ports.Card`, which has no address, no issuer and no sex. Which name is
given where a card has two: the Chinese one, which the hall's staff call, else the English one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from drivers.idcard_text import decode_card, field_of, is_date

_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 "
    "景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 "
    "保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNIC_GROUPS = dict(enumerate(_GROUPS.split(), 1)) | {97: "其他", 98: "外国血统中国籍"}
"""Code on a citizen's card (GB/T 3304) -> name of the ethnic group."""

_SEXES = {"1": "男", "2": "女"}

# (offset, size in bytes) of what `Card` leaves out; a kind without a field has no row.
_SEX, _ETHNIC, _ADDRESS, _ISSUER = (30, 2), (32, 4), (52, 70), (158, 30)
_FROM, _TO = (188, 16), (204, 16)
_SEX_2017, _AUTHORITY_2017 = (120, 2), (240, 8)


@dataclass(frozen=True, slots=True)
class CardSheet:
    """All text of one card; "" where a kind of card has no such field. Its `repr` shows the kind only.

    type: citizen, hmt, foreigner (2017) or foreigner2023 · sex: 男 or 女 · ethnic: name of the group, citizens only ·
    birth, valid_from, valid_to: YYYY-MM-DD, valid_to also 长期 · issuer: a name, for foreigners of 2017 a code ·
    address: citizens and hmt; a citizen's later address, where the card holds one.
    """

    type: str
    name: str = field(repr=False)
    sex: str = field(repr=False)
    ethnic: str = field(repr=False)
    birth: str = field(repr=False)
    id_number: str = field(repr=False)
    issuer: str = field(repr=False)
    valid_from: str = field(repr=False)
    valid_to: str = field(repr=False)
    address: str = field(repr=False)

    def as_dict(self) -> dict[str, str]:
        """Field -> value, in the order of the class."""
        return asdict(self)


def decode_sheet(text: bytes, new_address: str = "") -> CardSheet:
    """Everything in `text` (256 bytes); `new_address` takes the place of a citizen's. Raises CardInvalid as decode_card
    does."""
    card = decode_card(text)
    of_2017 = card.kind == "foreigner"
    ethnic = field_of(text, _ETHNIC) if card.kind == "citizen" else ""
    return CardSheet(
        type=card.kind,
        name=card.name,
        sex=_SEXES.get(field_of(text, _SEX_2017 if of_2017 else _SEX), ""),
        ethnic=ETHNIC_GROUPS.get(int(ethnic), "") if ethnic.isascii() and ethnic.isdigit() else "",
        birth=_date(card.birth),
        id_number=card.id_number,
        issuer=field_of(text, _AUTHORITY_2017 if of_2017 else _ISSUER),
        valid_from=_date(field_of(text, _FROM)),
        valid_to=_date(field_of(text, _TO)),
        address=(new_address or field_of(text, _ADDRESS)) if card.kind in ("citizen", "hmt") else "",
    )


def _date(value: str) -> str:
    """20200101 -> 2020-01-01; 长期, and what is no date, as it is."""
    return f"{value[:4]}-{value[4:6]}-{value[6:]}" if is_date(value) else value
