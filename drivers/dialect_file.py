"""Reads a dialect's TOML file; every mistake is one line that names its place and what would be right. Knows no port.

The form is described in docs/dialects.md.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from drivers.checks import CHECKS
from drivers.dialect import LONGEST_BYTES, Field, Frame, Kind, Value
from drivers.dialect_language import Coding, Command, Dialect, EventRule, Poll
from drivers.errors import BadDialect

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_MORE = {
    "const": ("name",),
    "u8": ("preset",),
    "u16": ("preset",),
    "len": ("of", "size"),
    "bytes": ("size", "min", "max", "preset"),
    "check": ("of", "name"),
}
_NUMBERS = {
    "baud": (50, 4_000_000),
    "bits": (7, 8),
    "silence_ms": (1, 10_000),
    "max_bytes": (1, LONGEST_BYTES),
}


def load_dialect(path: Path) -> Dialect:
    """The dialect in the file at `path`. Raises BadDialect with a line for each mistake."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as err:
        why = err.strerror if isinstance(err, OSError) else "not UTF-8"
        raise BadDialect([f"{path}: cannot be read ({why}); give the path of a dialect's TOML file."]) from err
    return read_dialect(text, str(path))


def read_dialect(text: str, where: str) -> Dialect:
    """The dialect in `text`; `where` stands in front of each mistake. Raises BadDialect."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise BadDialect([f"{where}: is no TOML: {err}."]) from err
    reader = _Reader(document)
    dialect = reader.dialect()
    if reader.mistakes or dialect is None:
        raise BadDialect([f"{where}: {mistake}" for mistake in reader.mistakes])
    return dialect


class _Reader:
    """One document and the mistakes met in it. Reading goes on after a mistake with something harmless."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.mistakes: list[str] = []
        self._frames: dict[str, Frame] = {}

    def dialect(self) -> Dialect | None:
        document = self._document
        self._known("", document, ("name", *_NUMBERS, "parity", "frames", "escape", "events", "commands", "poll"))
        name = document.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
            self._wrong("name", name, "letters, digits, '-' and '_', at most 32")
            name = "?"
        numbers = {key: self._integer("", document, key, *bounds) for key, bounds in _NUMBERS.items()}
        parity = document.get("parity", "N")
        if parity not in ("N", "E", "O"):
            self._wrong("parity", parity, 'one of "N", "E", "O"')
        escape = self._escape(self._table("escape"))
        max_bytes = 256 if numbers["max_bytes"] is None else numbers["max_bytes"]
        for number, table in enumerate(self._tables("frames"), 1):
            self._frame(f"frames[{number}]", table, escape, max_bytes)
        if not self._frames and not self.mistakes:
            self.mistakes.append("frames: at least one [[frames]] table is needed.")
        self._answers()
        if self.mistakes:
            return None  # what follows would only repeat them
        events = tuple(self._event(f"events[{n}]", table) for n, table in enumerate(self._tables("events"), 1))
        commands = {key: self._command(f"commands.{key}", table) for key, table in self._table("commands").items()}
        poll = self._poll(self._table("poll"))
        if self.mistakes:
            return None
        return Dialect(
            name=name,
            baud=numbers["baud"] or 9600,
            line={"bits": str(numbers["bits"] or 8), "parity": parity},
            silence_s=(numbers["silence_ms"] or 100) / 1000,
            frames=self._frames,
            events=[event for event in events if event is not None],
            commands={key: command for key, command in commands.items() if command is not None},
            poll=poll,
        )

    # -- frames --------------------------------------------------------------------------------------------------------

    def _frame(self, at: str, table: Mapping[str, Any], escape: Mapping[int, bytes], max_bytes: int) -> None:
        before = len(self.mistakes)
        self._known(at, table, ("name", "direction", "fields", "acknowledge"))
        name, direction = table.get("name"), table.get("direction", "both")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self._wrong(f"{at}.name", name, "small letters, digits and '_', beginning with a letter")
        elif name in self._frames:
            self._wrong(f"{at}.name", name, "a name of its own; this one is taken")
        if direction not in ("in", "out", "both"):
            self._wrong(f"{at}.direction", direction, '"in" (from the device), "out" or "both"')
        acknowledge = table.get("acknowledge", "")
        if not isinstance(acknowledge, str):
            self._wrong(f"{at}.acknowledge", acknowledge, '"echo" or the name of a frame')
        tables = table.get("fields")
        if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
            self._wrong(f"{at}.fields", tables, 'a list of tables, like [{ const = "FF 68" }, { u8 = "address" }]')
            return
        drafts = [self._field(f"{at}.fields[{n}]", one, max_bytes) for n, one in enumerate(tables, 1)]
        if len(self.mistakes) > before:
            return
        names = [one.name for one in drafts if one.name]
        for twice in sorted({one for one in names if names.count(one) > 1}):
            self.mistakes.append(f"{at}.fields: the name {twice!r} is there twice; each field needs its own.")
        fields = tuple(
            self._covered(f"{at}.fields[{n}]", n - 1, drafts, tables[n - 1]) for n in range(1, len(drafts) + 1)
        )
        self._ends(at, fields, escape)
        frame = Frame(str(name), direction, fields, escape, acknowledge)
        if frame.longest > max_bytes * (2 if escape else 1):
            self.mistakes.append(
                f"{at}: may be {frame.longest} bytes long, and max_bytes is {max_bytes}; give its bytes a smaller max."
            )
        if len(self.mistakes) == before:
            self._frames[frame.name] = frame

    def _field(self, at: str, table: Mapping[str, Any], max_bytes: int) -> Field:
        kinds = [kind for kind in _KINDS if kind in table]
        if len(kinds) != 1:
            self.mistakes.append(
                f"{at}: must have exactly one of {', '.join(_KINDS)}; it has {', '.join(table) or 'none'}."
            )
            return Field("const", const=b"\0", size=1)
        kind = kinds[0]
        self._known(at, table, (kind, *_MORE[kind]))
        if kind == "const":
            const = self._hex(f"{at}.const", table["const"]) or b"\0"
            return Field("const", str(table.get("name", "")), len(const), const)
        if kind == "check":
            if table["check"] not in CHECKS:
                self._wrong(f"{at}.check", table["check"], f"one of {', '.join(CHECKS)}")
                return Field("check", "check", 1, check="sum8")
            return Field("check", str(table.get("name", "check")), CHECKS[table["check"]][1], check=table["check"])
        name = table[kind]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self._wrong(f"{at}.{kind}", name, "the field's name: small letters, digits and '_'")
            name = "field"
        if kind == "len":
            return Field("len", name, self._integer(at, table, "size", 1, 2) or 1)
        if kind in ("u8", "u16"):
            size = 1 if kind == "u8" else 2
            return Field(kind, name, size, preset=self._integer(at, table, "preset", 0, (1 << 8 * size) - 1))
        size_or_none = self._integer(at, table, "size", 1, max_bytes)
        shortest, longest = self._integer(at, table, "min", 0, max_bytes), self._integer(at, table, "max", 1, max_bytes)
        preset = self._hex(f"{at}.preset", table["preset"], may_be_empty=True) if "preset" in table else None
        return Field("bytes", name, size_or_none, b"", shortest or 0, longest or max_bytes, preset=preset)

    def _covered(self, at: str, index: int, fields: list[Field], table: Mapping[str, Any]) -> Field:
        one = fields[index]
        if one.kind not in ("len", "check"):
            return one
        names = [other.name for other in fields]
        text = table.get("of")
        first, dots, last = text.partition("..") if isinstance(text, str) else ("", "", "")
        last = last if dots else first
        if first not in names or last not in names or not first or names.index(first) > names.index(last):
            self._wrong(f"{at}.of", text, f'a field or two in order, like "address..data"; there are {_listed(names)}')
            return one
        start, end = names.index(first), names.index(last)
        if one.kind == "check" and end >= index:
            self.mistakes.append(
                f"{at}.of: {text!r} reaches to the check itself; a check covers what stands before it."
            )
        covered = range(start, end + 1)
        if one.kind == "len" and sum(fields[n].size is None for n in covered) > 1:
            self.mistakes.append(f"{at}.of: {text!r} counts two fields that vary; only one can be told by a length.")
        if one.kind == "len" and any(fields[n].size is None and n < index for n in covered):
            self.mistakes.append(f"{at}.of: {text!r} varies before its length; the length must come first.")
        return Field(one.kind, one.name, one.size, first=start, last=end, check=one.check)

    def _ends(self, at: str, fields: tuple[Field, ...], escape: Mapping[int, bytes]) -> None:
        told = {n for one in fields if one.kind == "len" for n in range(one.first, one.last + 1)}
        for index, one in enumerate(fields):
            if one.size is None and index not in told:
                after = fields[index + 1] if index + 1 < len(fields) else None
                if after is None or after.kind != "const":
                    self.mistakes.append(
                        f"{at}.fields[{index + 1}]: nothing tells where {one.name!r} ends; give it a size, count it "
                        "in a len, or put a const after it."
                    )
        if escape and not (len(fields) > 1 and fields[0].kind == fields[-1].kind == "const"):
            self.mistakes.append(f"{at}: with an [escape] a frame begins and ends with a const.")
        elif escape and not {fields[0].const[0], fields[-1].const[0]} <= set(escape):
            self.mistakes.append(f"{at}: the first bytes of both consts at its ends must be in [escape].")

    def _answers(self) -> None:
        for frame in self._frames.values():
            if frame.acknowledge not in ("", "echo", *self._frames):
                self._wrong(
                    f"frame {frame.name}: acknowledge", frame.acknowledge, f'"echo" or one of {_listed(self._frames)}'
                )

    def _escape(self, table: Mapping[str, Any]) -> dict[int, bytes]:
        escape: dict[int, bytes] = {}
        for key, value in table.items():
            byte, code = self._hex(f"escape.{key}", key), self._hex(f"escape.{key}", value)
            if byte is None or code is None:
                continue
            if len(byte) != 1 or len(code) != 2:
                self._wrong(f"escape.{key}", value, 'one byte and the two that stand for it, like "A5" = "A6 02"')
            else:
                escape[byte[0]] = code
        leads = {code[0] for code in escape.values()}
        for lead in sorted(leads - set(escape)):
            self.mistakes.append(f"escape: {lead:02X} begins an escape and must itself be escaped.")
        if len(set(escape.values())) < len(escape):
            self.mistakes.append("escape: two bytes have the same escape.")
        return escape

    # -- meaning -------------------------------------------------------------------------------------------------------

    def _event(self, at: str, table: Mapping[str, Any]) -> EventRule | None:
        self._known(at, table, ("frame", "event", "field", "at_end", "map", "address", "value"))
        frame = self._frame_named(f"{at}.frame", table.get("frame"))
        if frame is None:
            return None
        fields = [one.name for one in frame.fields if one.takes_value]
        if frame.direction == "out":
            self._wrong(f"{at}.frame", frame.name, "a frame that comes from the device")
        if ("event" in table) == ("map" in table):
            self.mistakes.append(f"{at}: must have either event or field and map.")
            return None
        for key in ("field", "address", "value"):
            if key in table and table[key] not in fields:
                self._wrong(f"{at}.{key}", table[key], f"a field of the frame {frame.name}: {_listed(fields)}")
        if "map" in table and "field" not in table:
            self.mistakes.append(f"{at}.field: is missing; it names the field that the map is about.")
        names: dict[bytes, str] = {}
        mapping = table.get("map", {})
        for key, event in (mapping if isinstance(mapping, dict) else {}).items():
            code = self._hex(f"{at}.map", key)
            if code and isinstance(event, str) and _NAME.fullmatch(event):
                names[code] = event
            elif code:
                self._wrong(f"{at}.map.{key!r}", event, "the name of an event: small letters, digits and '_'")
        event = table.get("event", "")
        if not isinstance(event, str) or (event and not _NAME.fullmatch(event)):
            self._wrong(f"{at}.event", event, "small letters, digits and '_'")
        if not isinstance(table.get("at_end", False), bool):
            self._wrong(f"{at}.at_end", table["at_end"], "true or false")
        return EventRule(
            frame.name,
            event,
            str(table.get("field", "")),
            bool(table.get("at_end", False)),
            names,
            str(table.get("address", "address" if "address" in fields else "")),
            str(table.get("value", "")),
        )

    def _command(self, at: str, table: Any) -> Command | None:
        if not isinstance(table, dict):
            self._wrong(at, table, 'a table, like { frame = "show", field = "number", as = "number" }')
            return None
        self._known(at, table, ("frame", "field", "as", "blank", "values"))
        frame = self._frame_named(f"{at}.frame", table.get("frame"))
        if frame is None:
            return None
        if frame.direction == "in":
            self._wrong(f"{at}.frame", frame.name, "a frame that goes to the device")
        kinds = {one.name: one for one in frame.fields if one.takes_value}
        coding, field = table.get("as", "none"), table.get("field", "")
        if coding not in get_args(Coding):
            self._wrong(f"{at}.as", coding, f"one of {', '.join(get_args(Coding))}")
        if (coding == "none") != (field == ""):
            self.mistakes.append(f"{at}: field and as belong together.")
        elif field and field not in kinds:
            self._wrong(f"{at}.field", field, f"a field of the frame {frame.name}: {_listed(kinds)}")
        elif field and (kinds[field].kind == "bytes") == (coding == "number"):
            self._wrong(
                f"{at}.as", coding, f'"number" for u8 and u16, another for bytes; {field} is {kinds[field].kind}'
            )
        elif coding == "digits" and kinds[field].size is None:
            self.mistakes.append(f"{at}.field: digits want a field of a fixed size.")
        blank = self._hex(f"{at}.blank", table.get("blank", "0A"))
        values: dict[str, Value] = {}
        given = table.get("values", {})
        for name, value in (given if isinstance(given, dict) else {}).items():
            if name not in kinds:
                self._wrong(f"{at}.values.{name}", value, f"about a field of the frame {frame.name}: {_listed(kinds)}")
            elif kinds[name].kind == "bytes":
                values[name] = self._hex(f"{at}.values.{name}", value, may_be_empty=True) or b""
            elif isinstance(value, int) and not isinstance(value, bool):
                values[name] = value
            else:
                self._wrong(f"{at}.values.{name}", value, "a number")
        needed = [one for one in kinds.values() if one.preset is None and one.name not in (field, "address", *values)]
        for one in needed:
            self.mistakes.append(f"{at}.values: {one.name} is missing; the frame {frame.name} needs it.")
        return Command(frame, field, coding, (blank or b"\x0a")[0], values)

    def _poll(self, table: Mapping[str, Any]) -> Poll | None:
        if not table:
            return None
        self._known("poll", table, ("frame", "addresses", "every_ms"))
        frame = self._frame_named("poll.frame", table.get("frame"))
        addresses = table.get("addresses")
        if (
            not isinstance(addresses, list)
            or not addresses
            or not all(type(one) is int and 0 <= one <= 255 for one in addresses)
            or len(set(addresses)) < len(addresses)
        ):
            self._wrong("poll.addresses", addresses, "a list of different numbers from 0 to 255")
            addresses = [0]
        every_ms = self._integer("poll", table, "every_ms", 10, 60_000)
        if frame is not None and frame.direction == "in":
            self._wrong("poll.frame", frame.name, "a frame that goes to the device")
        return Poll(frame, tuple(addresses), (every_ms or 100) / 1000) if frame is not None else None

    # -- values --------------------------------------------------------------------------------------------------------

    def _frame_named(self, at: str, name: Any) -> Frame | None:
        if not isinstance(name, str) or name not in self._frames:
            self._wrong(at, name, f"one of {_listed(self._frames)}")
            return None
        return self._frames[name]

    def _table(self, key: str) -> Mapping[str, Any]:
        table = self._document.get(key, {})
        if not isinstance(table, dict):
            self._wrong(key, table, f"a table [{key}]")
            return {}
        return table

    def _tables(self, key: str) -> list[Mapping[str, Any]]:
        tables = self._document.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            self._wrong(key, tables, f"tables, each under [[{key}]]")
            return []
        return tables

    def _integer(self, at: str, table: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
        value = table.get(key)
        if value is None:
            return None
        if type(value) is not int or not least <= value <= most:
            self._wrong(f"{at}.{key}" if at else key, value, f"a number from {least} to {most}")
            return None
        return value

    def _hex(self, at: str, text: Any, *, may_be_empty: bool = False) -> bytes | None:
        try:
            data = bytes.fromhex(text)
        except (TypeError, ValueError):
            data = None
        if data is None or not (data or may_be_empty):
            self._wrong(at, text, 'bytes as pairs of hexadecimal digits in quotes, like "FF 68"')
            return None
        return data

    def _known(self, at: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                what = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
                self.mistakes.append(f"{at + '.' if at else ''}{key}: unknown key; {what}")

    def _wrong(self, at: str, value: Any, right: str) -> None:
        is_now = "is missing" if value is None else f"is {value!r:.60}"
        self.mistakes.append(f"{at}: {is_now}; it must be {right}.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name for name in names if name) or "none"
