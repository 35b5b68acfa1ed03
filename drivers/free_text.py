"""Free text as runs that one voice each reads; a pure function that knows no program and no sound."""

from __future__ import annotations

import re

from drivers.speech_words import Reading

# The voice that is right for pinyin reads Chinese characters as well, and digits among them; Latin words it spells as
# if they were pinyin.
_CHINESE, _ENGLISH = "cmn-latn-pinyin", "en"
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# English from a word to the last word before the next Chinese character, with the digits and signs in between.
_LATIN = re.compile(
    r"[A-Za-z](?:[^\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff]*[A-Za-z0-9.!?])?"
)


def readings(text: str, language: str) -> list[Reading]:
    """The runs of `text` in their order. Digits go with the words around them; where there is no Chinese character,
    `language` says who reads a text without letters. Empty when there is nothing to read."""
    text = " ".join(text.split())
    if not _HAN.search(text):
        chinese = language.partition("-")[0] == "zh" and not re.search(r"[A-Za-z]", text)
        return [Reading(_CHINESE if chinese else _ENGLISH, text)] if re.search(r"\w", text) else []
    found, end = [], 0
    for latin in _LATIN.finditer(text):
        found += [Reading(_CHINESE, text[end : latin.start()]), Reading(_ENGLISH, latin.group())]
        end = latin.end()
    found.append(Reading(_CHINESE, text[end:]))
    return [Reading(each.voice, each.text.strip()) for each in found if re.search(r"\w", each.text)]
