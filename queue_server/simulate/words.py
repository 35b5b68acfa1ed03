"""The words of the simulation's tables and pictures, zh-CN and en; knows no figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("zh-CN", "en")
FOLDER = Path(__file__).with_name("languages")


class Words:
    """`say(name, **values)` in one language; any other than zh-CN is answered in English."""

    def __init__(self, language: str) -> None:
        self.chinese = language.lower().startswith("zh")
        self.language = LANGUAGES[0] if self.chinese else LANGUAGES[1]
        self._words: Mapping[str, str] = json.loads((FOLDER / f"{self.language}.json").read_text(encoding="utf-8"))

    def say(self, name: str, **values: object) -> str:
        return self._words[name].format(**values)

    def of(self, texts: Mapping[str, str]) -> str:
        """The hall's own words: in this language if it has them, else in its first one."""
        return texts.get(self.language) or next(iter(texts.values()), "")

    def duration(self, seconds: float | None) -> str:
        """Minutes and seconds, or hours and minutes."""
        if seconds is None:
            return "–"
        hours, minutes, rest = round(seconds) // 3600, round(seconds) // 60 % 60, round(seconds) % 60
        if hours:
            return f"{hours}小时{minutes:02d}分" if self.chinese else f"{hours} h {minutes:02d}"
        if minutes:
            return f"{minutes}分{rest:02d}秒" if self.chinese else f"{minutes} min {rest:02d}"
        return f"{rest}秒" if self.chinese else f"{rest} s"
