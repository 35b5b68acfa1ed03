"""What can be wrong with a configuration file, and the one error that carries all of it; knows no setting by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_CHARACTERS = 60

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right.

    key: dotted, list items counted from 0 as programs do ("services[2].prefix"); "" for the file as a whole ·
    value: what stands there, None when nothing does · message: one English sentence that says what would be right ·
    line: where TOML itself could not be read, counted from 1.
    """

    file: Path
    key: str
    value: object
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}" if self.line is None else f"{self.file}, line {self.line}"
        what = self.key if self.value is None else f"{self.key} = {shown(self.value)}"
        return f"{where}: {what}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(ValueError):
    """A configuration file that cannot be used. `mistakes` is never empty and keeps the order of reading."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class WrongValueError(ValueError):
    """A value that is refused while a file is read; every one becomes a Mistake.

    Each part: where inside the value ("[2]", ".en" or ""), what stands there, and what would be right.
    """

    def __init__(self, parts: Sequence[tuple[str, object, str]]) -> None:
        self.parts = tuple(parts)
        super().__init__("; ".join(message for _, _, message in self.parts))


def wrong(value: object, message: str) -> WrongValueError:
    """One reason to refuse a whole value."""
    return WrongValueError([("", value, message)])


def quoted_key(name: str) -> str:
    """One part of a dotted key as TOML writes it: in quotes where it must be, so that it never breaks a line."""
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def shown(value: object) -> str:
    """The value as TOML would write it, near enough to find it in the file, cut to one short line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
