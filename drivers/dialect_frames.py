"""Reads the frames of a dialect's file; every mistake is noted with its place. Knows no event and no port."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from drivers.checks import CHECKS
from drivers.dialect import Field, Frame, Kind
from drivers.toml_notes import Notes, listed

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_MORE = {
    "const": ("name",),
    "u8": ("preset",),
    "u16": ("preset",),
    "len": ("of", "size"),
    "bytes": ("size", "min", "max", "preset"),
    "check": ("of", "name"),
}


class FramesReader:
    """Reads [escape] and [[frames]]; `frames` holds those without a mistake."""

    def __init__(self, notes: Notes, max_bytes: int) -> None:
        self._notes = notes
        self._max_bytes = max_bytes
        self.frames: dict[str, Frame] = {}

    def read(self) -> dict[str, Frame]:
        """All frames by name."""
        escape = self._escape(self._notes.table("escape"))
        for number, table in enumerate(self._notes.tables("frames"), 1):
            self._frame(f"frames[{number}]", table, escape)
        if not self.frames and not self._notes.mistakes:
            self._notes.note("frames: at least one [[frames]] table is needed.")
        self._answers()
        return self.frames

    def _frame(self, at: str, table: Mapping[str, Any], escape: Mapping[int, bytes]) -> None:
        before = len(self._notes.mistakes)
        self._notes.known(at, table, ("name", "direction", "fields", "acknowledge"))
        name, direction = table.get("name"), table.get("direction", "both")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self._notes.wrong(f"{at}.name", name, "small letters, digits and '_', beginning with a letter")
        elif name in self.frames:
            self._notes.wrong(f"{at}.name", name, "a name of its own; this one is taken")
        if direction not in ("in", "out", "both"):
            self._notes.wrong(f"{at}.direction", direction, '"in" (from the device), "out" or "both"')
        acknowledge = table.get("acknowledge", "")
        if not isinstance(acknowledge, str):
            self._notes.wrong(f"{at}.acknowledge", acknowledge, '"echo" or the name of a frame')
        tables = table.get("fields")
        if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
            self._notes.wrong(
                f"{at}.fields", tables, 'a list of tables, like [{ const = "FF 68" }, { u8 = "address" }]'
            )
            return
        drafts = [self._field(f"{at}.fields[{n}]", one) for n, one in enumerate(tables, 1)]
        if len(self._notes.mistakes) > before:
            return
        names = [one.name for one in drafts if one.name]
        for twice in sorted({one for one in names if names.count(one) > 1}):
            self._notes.note(f"{at}.fields: the name {twice!r} is there twice; each field needs its own.")
        fields = tuple(
            self._covered(f"{at}.fields[{n}]", n - 1, drafts, tables[n - 1]) for n in range(1, len(drafts) + 1)
        )
        self._ends(at, fields, escape)
        frame = Frame(str(name), direction, fields, escape, acknowledge)
        if frame.longest > self._max_bytes * (2 if escape else 1):
            self._notes.note(
                f"{at}: may be {frame.longest} bytes long, and max_bytes is {self._max_bytes}; give its bytes a "
                "smaller max."
            )
        if len(self._notes.mistakes) == before:
            self.frames[frame.name] = frame

    def _field(self, at: str, table: Mapping[str, Any]) -> Field:
        kinds = [kind for kind in _KINDS if kind in table]
        if len(kinds) != 1:
            self._notes.note(
                f"{at}: must have exactly one of {', '.join(_KINDS)}; it has {', '.join(table) or 'none'}."
            )
            return Field("const", const=b"\0", size=1)
        kind = kinds[0]
        self._notes.known(at, table, (kind, *_MORE[kind]))
        if kind == "const":
            const = self._notes.hexadecimal(f"{at}.const", table["const"]) or b"\0"
            return Field("const", str(table.get("name", "")), len(const), const)
        if kind == "check":
            if not isinstance(table["check"], str) or table["check"] not in CHECKS:
                self._notes.wrong(f"{at}.check", table["check"], f"one of {', '.join(CHECKS)}")
                return Field("check", "check", 1, check="sum8")
            return Field("check", str(table.get("name", "check")), CHECKS[table["check"]][1], check=table["check"])
        name = table[kind]
        if not isinstance(name, str) or not NAME.fullmatch(name):
            self._notes.wrong(f"{at}.{kind}", name, "the field's name: small letters, digits and '_'")
            name = "field"
        if kind == "len":
            return Field("len", name, self._notes.integer(at, table, "size", 1, 2) or 1)
        if kind in ("u8", "u16"):
            size = 1 if kind == "u8" else 2
            return Field(kind, name, size, preset=self._notes.integer(at, table, "preset", 0, (1 << 8 * size) - 1))
        size_or_none = self._notes.integer(at, table, "size", 1, self._max_bytes)
        shortest, longest = (
            self._notes.integer(at, table, "min", 0, self._max_bytes),
            self._notes.integer(at, table, "max", 1, self._max_bytes),
        )
        preset = (
            self._notes.hexadecimal(f"{at}.preset", table["preset"], may_be_empty=True) if "preset" in table else None
        )
        return Field("bytes", name, size_or_none, b"", shortest or 0, longest or self._max_bytes, preset=preset)

    def _covered(self, at: str, index: int, fields: list[Field], table: Mapping[str, Any]) -> Field:
        one = fields[index]
        if one.kind not in ("len", "check"):
            return one
        names = [other.name for other in fields]
        text = table.get("of")
        first, dots, last = text.partition("..") if isinstance(text, str) else ("", "", "")
        last = last if dots else first
        if first not in names or last not in names or not first or names.index(first) > names.index(last):
            self._notes.wrong(
                f"{at}.of", text, f'a field or two in order, like "address..data"; there are {listed(names)}'
            )
            return one
        start, end = names.index(first), names.index(last)
        if one.kind == "check" and end >= index:
            self._notes.note(f"{at}.of: {text!r} reaches to the check itself; a check covers what stands before it.")
        covered = range(start, end + 1)
        if one.kind == "len" and sum(fields[n].size is None for n in covered) > 1:
            self._notes.note(f"{at}.of: {text!r} counts two fields that vary; only one can be told by a length.")
        if one.kind == "len" and any(fields[n].size is None and n < index for n in covered):
            self._notes.note(f"{at}.of: {text!r} varies before its length; the length must come first.")
        return Field(one.kind, one.name, one.size, first=start, last=end, check=one.check)

    def _ends(self, at: str, fields: tuple[Field, ...], escape: Mapping[int, bytes]) -> None:
        told = {n for one in fields if one.kind == "len" for n in range(one.first, one.last + 1)}
        for index, one in enumerate(fields):
            if one.size is None and index not in told:
                after = fields[index + 1] if index + 1 < len(fields) else None
                if after is None or after.kind != "const":
                    self._notes.note(
                        f"{at}.fields[{index + 1}]: nothing tells where {one.name!r} ends; give it a size, count it "
                        "in a len, or put a const after it."
                    )
        if escape and not (len(fields) > 1 and fields[0].kind == fields[-1].kind == "const"):
            self._notes.note(f"{at}: with an [escape] a frame begins and ends with a const.")
        elif escape and not {fields[0].const[0], fields[-1].const[0]} <= set(escape):
            self._notes.note(f"{at}: the first bytes of both consts at its ends must be in [escape].")

    def _answers(self) -> None:
        for frame in self.frames.values():
            at = f"the frame {frame.name}: acknowledge"
            if frame.acknowledge in ("", "echo"):
                continue
            answer = self.frames.get(frame.acknowledge)
            if answer is None or answer.direction == "in":
                right = listed(one.name for one in self.frames.values() if one.direction != "in")
                self._notes.wrong(at, frame.acknowledge, f'"echo" or a frame that goes to the device: {right}')
                continue
            taken = {one.name for one in frame.fields if one.takes_value}
            for one in answer.fields:
                if one.takes_value and one.preset is None and one.name not in taken:
                    self._notes.note(
                        f"{at}: {answer.name} needs {one.name}, which {frame.name} has not; give a preset."
                    )

    def _escape(self, table: Mapping[str, Any]) -> dict[int, bytes]:
        escape: dict[int, bytes] = {}
        for key, value in table.items():
            byte, code = self._notes.hexadecimal(f"escape.{key}", key), self._notes.hexadecimal(f"escape.{key}", value)
            if byte is None or code is None:
                continue
            if len(byte) != 1 or len(code) != 2:
                self._notes.wrong(f"escape.{key}", value, 'one byte and the two that stand for it, like "A5" = "A6 02"')
            else:
                escape[byte[0]] = code
        leads = {code[0] for code in escape.values()}
        for lead in sorted(leads - set(escape)):
            self._notes.note(f"escape: {lead:02X} begins an escape and must itself be escaped.")
        if len(set(escape.values())) < len(escape):
            self._notes.note("escape: two bytes have the same escape.")
        return escape
