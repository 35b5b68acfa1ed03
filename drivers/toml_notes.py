"""Notes the mistakes in a TOML document while reading goes on; knows no dialect."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


class Notes:
    """One document and the mistakes met in it, a line each: place, what is there, what would be right."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.mistakes: list[str] = []

    def note(self, mistake: str) -> None:
        self.mistakes.append(mistake)

    def table(self, key: str) -> Mapping[str, Any]:
        table = self.document.get(key, {})
        if not isinstance(table, dict):
            self.wrong(key, table, f"a table [{key}]")
            return {}
        return table

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        tables = self.document.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self.wrong(key, tables, f"tables, each under [[{key}]]")
            return []
        return tables

    def integer(self, at: str, table: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
        value = table.get(key)
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            self.wrong(f"{at}.{key}" if at else key, value, f"a number from {least} to {most}")
            return None
        return value

    def hexadecimal(self, at: str, text: Any, *, may_be_empty: bool = False) -> bytes | None:
        try:
            data = bytes.fromhex(text)
        except (TypeError, ValueError):
            data = None
        if data is None or not (data or may_be_empty):
            self.wrong(at, text, 'bytes as pairs of hexadecimal digits in quotes, like "FF 68"')
            return None
        return data

    def known(self, at: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                what = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
                self.mistakes.append(f"{at + '.' if at else ''}{key}: unknown key; {what}")

    def wrong(self, at: str, value: Any, right: str) -> None:
        is_now = "is missing" if value is None else f"is {value!r:.60}"
        self.mistakes.append(f"{at}: {is_now}; it must be {right}.")


def listed(names: Iterable[str]) -> str:
    return ", ".join(name for name in names if name) or "none"
