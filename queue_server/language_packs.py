"""A language beside zh-CN and en as one file: what may stand in it, what is missing, what is wrong; knows no page.

    {"language": "ug", "name": {"short": "ئۇ", "long": "ئۇيغۇرچە"}, "direction": "rtl",
     "words": {"kiosk": {"title": "…"}, "wall": {…}, "slip": {…}, "voice": {"espeak": "ug", "ticket": "…"}}}

The words of the public pages are those of web/shared/words; slip and voice have a section each. Words that a pack lacks
are said in the hall's first language, so that a pack is of use from its first sentence on.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "web" / "shared" / "words"
FOLDER = "language-packs"
PAGES = ("common", "errors", "guide", "kiosk", "map", "people", "phone", "reasons", "sign", "tablet", "wall")
"""Words files that the public reads; those of staff stay in zh-CN and en."""
LARGEST_BYTES = 1_000_000
LONGEST = 600

SLIP = {
    "next": "You are next",
    "ahead": "{ahead} ahead of you",
    "offline": "Offline: call may come later",
    "due": "Called at {time}, your slot",
    "minutes": "{line}, about {p50}-{p90} min",
    "windows": "Windows: {windows}",
    "comma": ", ",
    "footer": "Please wait to be called",
    "missed": "Missed? Reception, {minutes} min",
    "progress": "Your place in the queue",
    "priority": "Priority",
    "appointment": "Appointment",
    "reprint": "Reprint",
}
"""A slip's words in English; kiosk/slip.py prints them, and a test compares."""
VOICE = {
    "espeak": "en",
    "please": "please",
    "ticket": "ticket",
    "number": "number",
    "to": "to",
    "go": "go",
    "window": "window",
    "service": "service",
}
"""How a call and the guidance are said: `espeak` names the voice, the rest is how each word of a call is read."""

TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_VALUE = re.compile(r"\{\w+\}")
_TOP = {"language", "name", "direction", "words"}


@dataclass(frozen=True, slots=True)
class Report:
    """missing, mistakes: a line each · words: how many the pack has, of how many."""

    words: int
    of: int
    missing: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def reference() -> dict[str, dict[str, str]]:
    """Section -> key -> English words: all that a complete pack has."""
    pages = {name: json.loads((WORDS / "en" / f"{name}.json").read_text("utf-8")) for name in PAGES}
    return {**pages, "slip": dict(SLIP), "voice": dict(VOICE)}


def template(tag: str) -> dict[str, Any]:
    """A pack to be translated: everything in English."""
    return {"language": tag, "name": {"short": tag, "long": tag}, "direction": "ltr", "words": reference()}


def read(path: Path) -> dict[str, Any]:
    """The JSON object at `path`. Raises ValueError with one sentence."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"{path} has more than {LARGEST_BYTES:,} bytes; a pack is a file of words.")
        document = json.loads(path.read_text("utf-8"))
    except OSError as err:
        raise ValueError(f"{path} cannot be read ({err.strerror}).") from err
    except UnicodeDecodeError as err:
        raise ValueError(f"{path} is not UTF-8; save it as such.") from err
    except json.JSONDecodeError as err:
        raise ValueError(f"{path} is no JSON: line {err.lineno}, {err.msg}.") from err
    if not isinstance(document, dict):
        raise ValueError(f"{path} is no pack; it wants one object with language, name and words.")
    return document


def check(document: Mapping[str, Any], name: str) -> Report:
    """Compare a pack with all there is to say. name: of its file, which says its language too."""
    mistakes = _head(document, name)
    wanted = reference()
    given = document.get("words")
    if not isinstance(given, dict):
        return Report(0, sum(map(len, wanted.values())), [], [*mistakes, "words: wants an object of sections."])
    mistakes += [f"words.{section}: {_unknown(section, wanted)}" for section in given if section not in wanted]
    missing: list[str] = []
    have = 0
    for section, keys in wanted.items():
        ours = given.get(section, {})
        if not isinstance(ours, dict):
            mistakes.append(f"words.{section}: wants an object of words.")
            continue
        mistakes += [f"words.{section}.{key}: {_unknown(key, keys)}" for key in ours if key not in keys]
        for key, english in keys.items():
            if key not in ours or ours[key] == "":
                missing.append(f"{section}.{key}: {english}")
                continue
            have += 1
            mistakes += [f"words.{section}.{key}: {wrong}" for wrong in _wrong(ours[key], english)]
    return Report(have, sum(map(len, wanted.values())), missing, mistakes)


def _head(document: Mapping[str, Any], name: str) -> list[str]:
    mistakes = [f"{key}: {_unknown(key, dict.fromkeys(_TOP, ''))}" for key in document if key not in _TOP]
    tag, called = document.get("language"), document.get("name")
    if not isinstance(tag, str) or not TAG.fullmatch(tag):
        mistakes.append('language: wants a language tag such as "ug".')
    elif tag in ("zh-CN", "en"):
        mistakes.append(f"language: {tag} is built in; a pack brings another one.")
    elif tag != name:
        mistakes.append(f"language: is {tag}, so the file's name has to be {tag}.json.")
    texts = isinstance(called, dict) and set(called) == {"short", "long"}
    if not texts or not all(isinstance(text, str) and 0 < len(text) <= 20 for text in called.values()):  # type: ignore[union-attr]
        mistakes.append("name: wants short and long, what the language calls itself, 1–20 characters each.")
    if document.get("direction", "ltr") not in ("ltr", "rtl"):
        mistakes.append('direction: wants "ltr" or "rtl".')
    return mistakes


def _wrong(words: Any, english: str) -> list[str]:
    if not isinstance(words, str):
        return ["wants text."]
    mistakes = []
    if len(words) > LONGEST:
        mistakes.append(f"has more than {LONGEST} characters.")
    lost = set(_VALUE.findall(english)) - {"{n}"} - set(_VALUE.findall(words))  # "one | many" may do without {n}
    strange = set(_VALUE.findall(words)) - set(_VALUE.findall(english))
    if lost:
        mistakes.append(f"lacks {', '.join(sorted(lost))}, which is filled in.")
    if strange:
        mistakes.append(f"has {', '.join(sorted(strange))}, which nobody fills in.")
    return mistakes


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return "nobody says that" + (f'; did you mean "{near[0]}"?' if near else ".")
