"""A language that nobody speaks, made of English in Arabic letters: shows a page from right to left; knows no page.

Its tag is the one that others use for such a language. Words are a little longer than in English, and what is filled
in stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from queue_server.language_packs import template

TAG = "ar-XB"
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")


def pseudo_pack() -> dict[str, Any]:
    """A complete pack."""
    pack = template(TAG)
    words = {
        section: {key: pseudo(text) for key, text in keys.items()}
        for section, keys in pack["words"].items()
        if section != "voice"
    }
    return {**pack, "name": {"short": "عر", "long": "عربي"}, "direction": "rtl", "words": words}


def pseudo(english: str) -> str:
    parts = re.split(r"(\{\w+\})", english)
    return "".join(part if part.startswith("{") else part.lower().translate(_LETTERS) for part in parts)
