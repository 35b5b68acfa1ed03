"""Reads a dialect's TOML file; every mistake is one line that names its place and what would be right. Knows no port.

The form is described in docs/dialects.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from drivers.dialect import LONGEST_BYTES, Frame, Value
from drivers.dialect_frames import NAME, FramesReader
from drivers.dialect_language import Coding, Command, Dialect, EventRule, Poll
from drivers.errors import BadDialect
from drivers.toml_notes import Notes, listed

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
    notes = Notes(document)
    dialect = _Reader(notes).dialect()
    if dialect is None:
        raise BadDialect([f"{where}: {mistake}" for mistake in notes.mistakes])
    return dialect


class _Reader:
    """What the frames of one document mean. Reading goes on after a mistake with something harmless."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._frames: dict[str, Frame] = {}

    def dialect(self) -> Dialect | None:
        document = self._notes.document
        self._notes.known("", document, ("name", *_NUMBERS, "parity", "frames", "escape", "events", "commands", "poll"))
        name = document.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
            self._notes.wrong("name", name, "letters, digits, '-' and '_', at most 32")
            name = "?"
        numbers = {key: self._notes.integer("", document, key, *bounds) for key, bounds in _NUMBERS.items()}
        parity = document.get("parity", "N")
        if parity not in ("N", "E", "O"):
            self._notes.wrong("parity", parity, 'one of "N", "E", "O"')
        self._frames = FramesReader(self._notes, numbers["max_bytes"] or 256).read()
        if self._notes.mistakes:
            return None  # what follows would only repeat them
        events = tuple(self._event(f"events[{n}]", table) for n, table in enumerate(self._notes.tables("events"), 1))
        commands = {
            key: self._command(f"commands.{key}", table) for key, table in self._notes.table("commands").items()
        }
        poll = self._poll(self._notes.table("poll"))
        if self._notes.mistakes:
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

    def _event(self, at: str, table: Mapping[str, Any]) -> EventRule | None:
        self._notes.known(at, table, ("frame", "event", "field", "at_end", "map", "address", "value"))
        frame = self._frame_named(f"{at}.frame", table.get("frame"))
        if frame is None:
            return None
        fields = [one.name for one in frame.fields if one.takes_value]
        if frame.direction == "out":
            self._notes.wrong(f"{at}.frame", frame.name, "a frame that comes from the device")
        if ("event" in table) == ("map" in table):
            self._notes.note(f"{at}: must have either event or field and map.")
            return None
        for key in ("field", "address", "value"):
            if key in table and table[key] not in fields:
                self._notes.wrong(f"{at}.{key}", table[key], f"a field of the frame {frame.name}: {listed(fields)}")
        if "map" in table and "field" not in table:
            self._notes.note(f"{at}.field: is missing; it names the field that the map is about.")
        names: dict[bytes, str] = {}
        mapping = table.get("map", {})
        for key, event in (mapping if isinstance(mapping, dict) else {}).items():
            code = self._notes.hexadecimal(f"{at}.map", key)
            if code and isinstance(event, str) and NAME.fullmatch(event):
                names[code] = event
            elif code:
                self._notes.wrong(f"{at}.map.{key!r}", event, "the name of an event: small letters, digits and '_'")
        event = table.get("event", "")
        if not isinstance(event, str) or (event and not NAME.fullmatch(event)):
            self._notes.wrong(f"{at}.event", event, "small letters, digits and '_'")
        if not isinstance(table.get("at_end", False), bool):
            self._notes.wrong(f"{at}.at_end", table["at_end"], "true or false")
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
            self._notes.wrong(at, table, 'a table, like { frame = "show", field = "number", as = "number" }')
            return None
        self._notes.known(at, table, ("frame", "field", "as", "blank", "values"))
        frame = self._frame_named(f"{at}.frame", table.get("frame"))
        if frame is None:
            return None
        if frame.direction == "in":
            self._notes.wrong(f"{at}.frame", frame.name, "a frame that goes to the device")
        kinds = {one.name: one for one in frame.fields if one.takes_value}
        coding, field = table.get("as", "none"), table.get("field", "")
        if coding not in get_args(Coding):
            self._notes.wrong(f"{at}.as", coding, f"one of {', '.join(get_args(Coding))}")
        if (coding == "none") != (field == ""):
            self._notes.note(f"{at}: field and as belong together.")
        elif field and (not isinstance(field, str) or field not in kinds):
            self._notes.wrong(f"{at}.field", field, f"a field of the frame {frame.name}: {listed(kinds)}")
        elif field and (kinds[field].kind == "bytes") == (coding == "number"):
            self._notes.wrong(
                f"{at}.as", coding, f'"number" for u8 and u16, another for bytes; {field} is {kinds[field].kind}'
            )
        elif coding == "digits" and kinds[field].size is None:
            self._notes.note(f"{at}.field: digits want a field of a fixed size.")
        blank = self._notes.hexadecimal(f"{at}.blank", table.get("blank", "0A"))
        values: dict[str, Value] = {}
        given = table.get("values", {})
        for name, value in (given if isinstance(given, dict) else {}).items():
            if name not in kinds:
                self._notes.wrong(
                    f"{at}.values.{name}", value, f"about a field of the frame {frame.name}: {listed(kinds)}"
                )
            elif kinds[name].kind == "bytes":
                values[name] = self._notes.hexadecimal(f"{at}.values.{name}", value, may_be_empty=True) or b""
            elif isinstance(value, int) and not isinstance(value, bool):
                values[name] = value
            else:
                self._notes.wrong(f"{at}.values.{name}", value, "a number")
        needed = [one for one in kinds.values() if one.preset is None and one.name not in (field, "address", *values)]
        for one in needed:
            self._notes.note(f"{at}.values: {one.name} is missing; the frame {frame.name} needs it.")
        return Command(frame, field, coding, (blank or b"\x0a")[0], values)

    def _poll(self, table: Mapping[str, Any]) -> Poll | None:
        if not table:
            return None
        self._notes.known("poll", table, ("frame", "addresses", "every_ms"))
        frame = self._frame_named("poll.frame", table.get("frame"))
        addresses = table.get("addresses")
        if (
            not isinstance(addresses, list)
            or not addresses
            or not all(type(one) is int and 0 <= one <= 255 for one in addresses)
            or len(set(addresses)) < len(addresses)
        ):
            self._notes.wrong("poll.addresses", addresses, "a list of different numbers from 0 to 255")
            addresses = [0]
        every_ms = self._notes.integer("poll", table, "every_ms", 10, 60_000)
        if frame is not None and frame.direction == "in":
            self._notes.wrong("poll.frame", frame.name, "a frame that goes to the device")
        for one in frame.fields if frame is not None else ():
            if one.takes_value and one.preset is None and one.name != "address":
                self._notes.note(f"poll.frame: {one.name} has no value; give it a preset.")
        return Poll(frame, tuple(addresses), (every_ms or 100) / 1000) if frame is not None else None

    def _frame_named(self, at: str, name: Any) -> Frame | None:
        if not isinstance(name, str) or name not in self._frames:
            self._notes.wrong(at, name, f"one of {listed(self._frames)}")
            return None
        return self._frames[name]
