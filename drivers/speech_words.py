"""What the tokens of an announcement mean and how a voice reads them; knows no sound and no hall.

The vocabulary is fixed: `chime`, `please`, `ticket`, `number`, `to`, `go`, `window`, `service`, the letters `A`–`Z`
and the digits
`0`–`9`. Numbers are spelled digit by digit in every language.

    zh-CN 请A001号到3号窗口办理: chime please A 0 0 1 number to 3 window service
    en Ticket A 0 0 1, please go to window 3: chime ticket A 0 0 1 please go to window 3

A hall's own clip bank may hold further tokens ([A-Za-z0-9-]{1,32}); without a clip they cannot be spoken.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

CHIME = "chime"
TOKEN = re.compile(r"[A-Za-z0-9-]{1,32}")

WORD_TOKENS = ("please", "ticket", "number", "to", "go", "window", "service")
TOKENS = frozenset((CHIME, *WORD_TOKENS, *string.ascii_uppercase, *string.digits))


@dataclass(frozen=True, slots=True)
class Reading:
    """How espeak-ng reads a token: `voice` as in `-v`, `text` as that voice wants it (pinyin for Chinese)."""

    voice: str
    text: str


# `-v cmn` of espeak-ng 1.51 reads pinyin as English; `cmn-latn-pinyin` is right on 1.51 and 1.52.
_PINYIN, _ENGLISH = "cmn-latn-pinyin", "en"

_CHINESE = {
    "please": "qing3",  # 请
    "ticket": "hao4 piao4",  # 号票
    "number": "hao4",  # 号
    "to": "dao4",  # 到
    "go": "qu4",  # 去
    "window": "hao4 chuang1 kou3",  # 号窗口
    "service": "ban4 li3",  # 办理
}
_CHINESE_DIGITS = ("ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3")
_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _chinese() -> dict[str, Reading]:
    readings = {token: Reading(_PINYIN, text) for token, text in _CHINESE.items()}
    readings |= {str(digit): Reading(_PINYIN, text) for digit, text in enumerate(_CHINESE_DIGITS)}
    readings |= {letter: Reading(_PINYIN, letter) for letter in string.ascii_uppercase}
    # The pinyin voice mangles this one letter.
    readings["W"] = Reading(_ENGLISH, "W")
    return readings


def _english() -> dict[str, Reading]:
    readings = {token: Reading(_ENGLISH, token) for token in WORD_TOKENS}
    readings |= {str(digit): Reading(_ENGLISH, text) for digit, text in enumerate(_ENGLISH_DIGITS)}
    readings |= {letter: Reading(_ENGLISH, letter) for letter in string.ascii_uppercase}
    return readings


READINGS: dict[str, dict[str, Reading]] = {"zh-CN": _chinese(), "en": _english()}
"""Language -> token -> reading, for every token but the chime."""
