"""Reading TOML tables so that every mistake is noted and none stops the reading; knows no setting by name."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from config.errors import ConfigError, Mistake, WrongValueError, quoted_key

T = TypeVar("T")

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_ALIKE = 0.7  # 0–1: how much of a word must agree before it is suggested
_LISTED = 8  # a list of what is known stays one short line


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of value.

    read: gives the checked value or raises WrongValueError · blank: stands in for a refused one while reading goes on.
    """

    read: Callable[[object], T]
    blank: T


@dataclass(slots=True)
class _Notes:
    """What all tables of one file write down together."""

    file: Path
    mistakes: list[Mistake] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


class Table:
    """One table of the file. A key counts as known once it was asked for; `finish` reports the others."""

    def __init__(self, values: Mapping[str, object] | None, key: str, notes: _Notes) -> None:
        """values: None stands for a required table that is missing, whose own keys are then not reported one by one."""
        self.key = key
        self._values = dict(values or {})
        self._missing = values is None
        self._notes = notes
        self._known: dict[str, None] = {}
        notes.tables.append(self)

    def has(self, name: str) -> bool:
        self._known[name] = None
        return name in self._values

    def get(self, name: str, kind: Kind[T], preset: T | None = None) -> T:
        """The checked value of a key; without a preset the key is required."""
        if not self.has(name):
            if preset is None:
                self.note(name, f"is missing; {_what_is_right(kind)}")
            return kind.blank if preset is None else preset
        try:
            return kind.read(self._values[name])
        except WrongValueError as refused:
            for within, value, message in refused.parts:
                self._notes.mistakes.append(Mistake(self._notes.file, self._path(name) + within, value, message))
            return kind.blank if preset is None else preset

    def table(self, name: str, *, required: bool = True) -> Table:
        """A table within; an empty one when it is missing or something else stands there."""
        if not self.has(name):
            if required:
                self.note(name, f"the table [{self._path(name)}] is missing")
            return Table(None if required else {}, self._path(name), self._notes)
        values = self._values[name]
        if not isinstance(values, dict):
            self.note(name, f"write a table here: [{self._path(name)}] and its keys below")
            return Table(None, self._path(name), self._notes)
        return Table(values, self._path(name), self._notes)

    def tables(self, name: str) -> list[Table]:
        """An array of tables, [[name]], in the order of the file; empty when it is left out."""
        values = self._values.get(name, []) if self.has(name) else []
        if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
            self.note(name, f"write each one as a table of its own: [[{self._path(name)}]] and its keys below")
            return []
        return [Table(item, f"{self._path(name)}[{index}]", self._notes) for index, item in enumerate(values)]

    def is_table(self, name: str) -> bool:
        return self.has(name) and isinstance(self._values[name], dict)

    def is_empty(self, name: str) -> bool:
        """Whether a list is left out or holds nothing."""
        return not self.has(name) or self._values[name] == []

    def replace(self, name: str, value: object) -> None:
        """Let something outside the file, such as the environment, win over what stands there."""
        self._values[name] = value

    def note(self, name: str, message: str) -> None:
        """Note a mistake in one of this table's keys."""
        if not self._missing:
            value = self._values.get(name)
            value = None if isinstance(value, dict) else value
            self._notes.mistakes.append(Mistake(self._notes.file, self._path(name), value, message))

    def finish(self) -> None:
        """Report the unknown keys of every table of the file, then raise ConfigError when anything was noted."""
        for table in self._notes.tables:
            for name in table._values:
                if name not in table._known:
                    table.note(name, f"unknown key{suggestion(name, table._known)}")
        if self._notes.mistakes:
            raise ConfigError(self._notes.mistakes)

    def _path(self, name: str) -> str:
        part = quoted_key(name)
        return f"{self.key}.{part}" if self.key else part


def open_file(path: Path, given: str | None = None) -> Table:
    """The root table of a TOML file, or of the text `given` in its place. Raises ConfigError when it is no TOML."""

    def refuse(message: str, line: int | None = None) -> ConfigError:
        return ConfigError([Mistake(path, "", None, message, line)])

    try:
        text = path.read_bytes().decode("utf-8-sig") if given is None else given
        text = text.replace("\r\n", "\n")
    except FileNotFoundError as err:
        raise refuse("there is no such file; give the path of a TOML file") from err
    except UnicodeDecodeError as err:
        raise refuse("the file is not UTF-8 text; save it as UTF-8") from err
    except OSError as err:
        raise refuse(f"the file cannot be read: {err.strerror}") from err
    try:
        return Table(tomllib.loads(text), "", _Notes(path))
    except RecursionError as err:
        raise refuse("this is not TOML of ours: lists within lists a thousand deep") from err
    except ValueError as err:  # TOMLDecodeError, and what Python says of a number of thousands of digits
        found = _AT_LINE.search(str(err))
        line = int(found[1]) if found else text.count("\n") + 1
        reason = _AT_LINE.sub("", str(err)).removesuffix(" (at end of document)")
        raise refuse(f"this is not TOML: {reason[:1].lower()}{reason[1:]}", line) from err


def open_document(values: Mapping[str, object], name: str) -> Table:
    """The root table of something that is no file, such as what a page sent; `name` stands in its mistakes."""
    return Table(values, "", _Notes(Path(name)))


def _what_is_right(kind: Kind[T]) -> str:
    """The kind's own sentence, got by offering it nothing."""
    try:
        kind.read(None)
    except WrongValueError as refused:
        return str(refused)
    raise TypeError("a Kind must refuse None")


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of a sentence: '; did you mean "x"?', or what is known, or nothing."""
    names = list(known)
    near = nearest(word, names)
    if near is not None:
        return f'; did you mean "{near}"?'
    return f"; known here: {', '.join(names)}" if 0 < len(names) <= _LISTED else ""


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that somebody who wrote `word` most likely meant; capitals do not matter."""
    by_small = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), by_small, n=1, cutoff=_ALIKE)
    return by_small[near[0]] if near else None
