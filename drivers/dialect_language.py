"""What the frames of a dialect mean: events, acknowledgements, commands, polling; knows no file and no port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from drivers.dialect import DialectParser, Frame, Value
from drivers.errors import Unsupported
from drivers.framing import FrameParser
from drivers.pad_events import PadEvent
from drivers.text_codes import ascii_text, decimal, digit_cells, gb2312_text

Coding = Literal["none", "number", "digits", "ascii", "gb2312"]


@dataclass(frozen=True, slots=True)
class EventRule:
    """Frame -> event.

    event: the name for every such frame; or, when "", `names` gives it by the bytes of `code_field`, which must be
    equal, or with `at_end` end with them (the longest wins) · address, value: names of the fields that hold them, ""
    for none.
    """

    frame: str
    event: str = ""
    code_field: str = ""
    at_end: bool = False
    names: Mapping[bytes, str] = field(default_factory=dict)
    address: str = ""
    value: str = ""

    def read(self, frame: bytes, values: Mapping[str, Value]) -> PadEvent | None:
        digits, event = "", self.event
        if not event:
            key = self._key(values[self.code_field])
            if key is None:
                return None
            event = self.names[key]
            code = values[self.code_field]
            typed = code[: -len(key)] if isinstance(code, bytes) else b""
            digits = "".join(str(byte) for byte in typed if byte <= 9)
        address = values.get(self.address, 0)
        value = values.get(self.value)
        return PadEvent(
            event,
            address if isinstance(address, int) else 0,
            int.from_bytes(value, "big") if isinstance(value, bytes) else value,
            digits,
            frame,
        )

    def _key(self, code: Value) -> bytes | None:
        if isinstance(code, int):
            return next((key for key in self.names if int.from_bytes(key, "big") == code), None)
        known = [key for key in self.names if (code.endswith(key) if self.at_end else code == key)]
        return max(known, key=len, default=None)


@dataclass(frozen=True, slots=True)
class Command:
    """Something a host tells the device. text_field: takes the text, in `coding` · values: of other fields."""

    frame: Frame
    text_field: str = ""
    coding: Coding = "none"
    blank: int = 0x0A
    values: Mapping[str, Value] = field(default_factory=dict)

    def build(self, text: str, address: int, device: str) -> bytes:
        """The frame that tells it to the device at `address`. Raises Unsupported for what cannot be shown."""
        values = dict(self.values)
        fields = {one.name: one for one in self.frame.fields if one.takes_value}
        if "address" in fields:
            values["address"] = address
        if self.coding == "number":
            values[self.text_field] = decimal(text, device)
        elif self.coding == "digits":
            values[self.text_field] = digit_cells(text, fields[self.text_field].size or 1, self.blank, device)
        elif self.coding == "ascii":
            values[self.text_field] = ascii_text(text, device)
        elif self.coding == "gb2312":
            values[self.text_field] = gb2312_text(text, device)
        return self.frame.build(values)


@dataclass(frozen=True, slots=True)
class Poll:
    """Devices that speak only when asked. every_s: from one question to the next, whichever device it goes to."""

    frame: Frame
    addresses: tuple[int, ...]
    every_s: float


@dataclass(frozen=True, slots=True)
class Dialect:
    """A protocol from a file.

    baud, line: preset of the port · silence_s: as in FrameParser · frames: by name · commands: by what they tell.
    """

    name: str
    baud: int
    line: Mapping[str, str]
    silence_s: float
    frames: Mapping[str, Frame]
    events: Sequence[EventRule] = ()
    commands: Mapping[str, Command] = field(default_factory=dict)
    poll: Poll | None = None

    def parser(self) -> FrameParser:
        """Finds what the device says."""
        return DialectParser(self.incoming, self.silence_s)

    @property
    def incoming(self) -> tuple[Frame, ...]:
        """Frames that come from the device."""
        return tuple(frame for frame in self.frames.values() if frame.direction != "out")

    def recognised(self, data: bytes) -> tuple[Frame, dict[str, Value]] | None:
        """Which frame `data` is, and its values."""
        for frame in self.incoming:
            values = frame.values(data)
            if values is not None:
                return frame, values
        return None

    def read(self, data: bytes) -> PadEvent | None:
        """The event in a frame, None when it has none."""
        found = self.recognised(data)
        if found is None:
            return None
        rules = (rule for rule in self.events if rule.frame == found[0].name)
        return next((event for rule in rules if (event := rule.read(data, found[1])) is not None), None)

    def address_of(self, data: bytes) -> int | None:
        """Who sent a frame, None where it does not say."""
        found = self.recognised(data)
        address = found[1].get("address") if found else None
        return address if isinstance(address, int) else None

    def acknowledgement(self, data: bytes) -> bytes:
        """What the host answers to a frame, b"" for nothing."""
        found = self.recognised(data)
        if found is None or not found[0].acknowledge:
            return b""
        if found[0].acknowledge == "echo":
            return data
        answer = self.frames[found[0].acknowledge]
        taken = {one.name for one in answer.fields if one.takes_value}
        return answer.build({name: value for name, value in found[1].items() if name in taken})

    def command(self, name: str, text: str = "", address: int = 0) -> bytes:
        """The bytes that tell the device something. Raises Unsupported when the dialect has no such command."""
        if name not in self.commands:
            raise Unsupported(f"The dialect {self.name} has no command {name}; add it to its file or leave it out.")
        return self.commands[name].build(text, address, f"The device ({self.name})")

    def questions(self) -> Sequence[tuple[int, bytes]]:
        """Address and question of each polled device."""
        if self.poll is None:
            return ()
        takes = any(one.name == "address" for one in self.poll.frame.fields)
        return [
            (address, self.poll.frame.build({"address": address} if takes else {})) for address in self.poll.addresses
        ]

    @property
    def question_every_s(self) -> float:
        return self.poll.every_s if self.poll is not None else 0.0
