"""A call as the tokens and as the words of an announcement; a pure function that knows no speaker and no time."""

from __future__ import annotations

import string

_SPOKEN = frozenset(string.ascii_uppercase + string.digits)


def announcement(label: str, window: int, language: str) -> list[str]:
    """Tokens of "ticket `label` to window `window`" in `language`, as drivers.ports.Speaker takes them.

    zh-CN 请A001号到3号窗口办理 -> chime please A 0 0 1 number to 3 window service; every other language in the order of
    en "Ticket A 0 0 1, please go to window 3" -> chime ticket A 0 0 1 please go to window 3. Letters and digits are
    said one by one, also those of the window; other characters of a label are silent.
    """
    ticket, place = _spelt(label), _spelt(str(window))
    if language.partition("-")[0] == "zh":
        return ["chime", "please", *ticket, "number", "to", *place, "window", "service"]
    return ["chime", "ticket", *ticket, "please", "go", "to", "window", *place]


def words(label: str, window: int, language: str) -> str:
    """The same for the eye, for who does not hear it."""
    if language.partition("-")[0] == "zh":
        return f"请{label}号到{window}号窗口办理"
    return f"Ticket {label}, please go to window {window}"


def _spelt(text: str) -> list[str]:
    return [character for character in text.upper() if character in _SPOKEN]
