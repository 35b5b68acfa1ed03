"""Tokens and their sounds become one announcement; knows where no sound comes from and where none goes.

The words of a call are those of display/voice.py, which a node uses; here they serve `hall-devices say` and `bank`.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

from drivers.errors import Unsupported
from drivers.loudness import made_loud
from drivers.sound import Sound, joined, silence
from drivers.speech_words import CHIME, READINGS

_GAP_S = 0.04
_AFTER_CHIME_S = 0.25
_SPOKEN = frozenset(string.ascii_uppercase + string.digits)


def compose(tokens: Sequence[str], sounds: Sequence[Sound[int]]) -> Sound[int]:
    """The sounds one after the other, 40 ms between them and more after the chime, made loud."""
    parts = []
    for token, sound in zip(tokens, sounds, strict=True):
        parts.append(sound + silence(_AFTER_CHIME_S) if token == CHIME else sound)
    return made_loud(joined(parts, _GAP_S))


def call_tokens(label: str, window: int, language: str) -> list[str]:
    """Tokens of "ticket `label` to window `window`". Raises Unsupported for other letters and languages."""
    if language not in READINGS:
        raise Unsupported(f"There are no words in {language!r}; there are {', '.join(READINGS)}.")
    ticket, place = list(label.upper()), list(str(window))
    if not ticket or not set(ticket) <= _SPOKEN:
        raise Unsupported(f"{label!r} cannot be spelt; a label has letters A to Z and digits.")
    if language == "zh-CN":
        return [CHIME, "please", *ticket, "number", "to", *place, "window", "service"]
    return [CHIME, "ticket", *ticket, "please", "go", "to", "window", *place]
