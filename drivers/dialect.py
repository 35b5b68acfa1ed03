"""A protocol described by data: its frames, and how they are built and recognised; knows no file and no port.

What a file can say is described in docs/dialects.md; drivers/dialect_file.py reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from drivers.checks import CHECKS
from drivers.errors import Unsupported
from drivers.framing import FrameParser

Kind = Literal["const", "u8", "u16", "len", "bytes", "check"]
Direction = Literal["in", "out", "both"]
Value = int | bytes
LONGEST_BYTES = 4096

NO, PERHAPS = -1, 0


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of a frame.

    name: unique in its frame, "" for an unnamed constant · size: bytes on the wire, None where it varies ·
    const: the bytes of a constant · shortest, longest: bytes of a field that varies · first, last: indexes of the
    fields that a length counts or a check covers · check: name of the check · preset: value when none is given.
    """

    kind: Kind
    name: str = ""
    size: int | None = None
    const: bytes = b""
    shortest: int = 0
    longest: int = 0
    first: int = 0
    last: int = 0
    check: str = ""
    preset: Value | None = None

    @property
    def takes_value(self) -> bool:
        return self.kind in ("u8", "u16", "bytes")


@dataclass(frozen=True, slots=True)
class Frame:
    """One kind of message. direction: "in" comes from the device, "out" goes to it.

    escape: byte -> what stands for it on the wire, everywhere but in the constants at both ends ·
    acknowledge: "" nothing, "echo" the frame itself, else the name of the frame that answers.
    """

    name: str
    direction: Direction
    fields: tuple[Field, ...]
    escape: Mapping[int, bytes] = field(default_factory=dict)
    acknowledge: str = ""

    def build(self, values: Mapping[str, Value]) -> bytes:
        """The bytes of this frame. Raises Unsupported for a value that is missing, unknown or does not fit."""
        unknown = set(values) - {one.name for one in self.fields if one.takes_value}
        if unknown:
            raise Unsupported(f"The frame {self.name} has no field {sorted(unknown)[0]}.")
        parts = [self._encoded(one, values) for one in self.fields]
        for index, one in enumerate(self.fields):
            if one.kind == "len":
                counted = sum(len(part) for part in parts[one.first : one.last + 1])
                parts[index] = _number(self.name, one, counted)
        for index, one in enumerate(self.fields):
            if one.kind == "check":
                parts[index] = CHECKS[one.check][0](b"".join(parts[one.first : one.last + 1]))
        if self.escape:
            parts[1:-1] = [b"".join(self.escape.get(byte, bytes((byte,))) for byte in part) for part in parts[1:-1]]
        return b"".join(parts)

    def measure(self, held: bytes | bytearray) -> int:
        """n > 0: this frame stands at the start and has n bytes; 0: perhaps; -1: it does not stand there."""
        return self._match_escaped(held)[0] if self.escape else self._match(held)[0]

    def values(self, frame: bytes) -> dict[str, Value] | None:
        """The values in `frame`, or None when it is another one."""
        length, values = self._match_escaped(frame) if self.escape else self._match(frame)
        return values if length == len(frame) else None

    @property
    def longest(self) -> int:
        """Most bytes on the wire."""
        plain = sum(one.longest if one.size is None else one.size for one in self.fields)
        return plain * (2 if self.escape else 1)

    def _encoded(self, one: Field, values: Mapping[str, Value]) -> bytes:
        if one.kind == "const":
            return one.const
        if not one.takes_value:
            return bytes(one.size or 0)
        value = values.get(one.name, one.preset)
        if value is None:
            raise Unsupported(f"The frame {self.name} needs a value for {one.name}.")
        if one.kind != "bytes":
            if not isinstance(value, int):
                raise Unsupported(f"{one.name} in the frame {self.name} is a number.")
            return _number(self.name, one, value)
        if not isinstance(value, bytes):
            raise Unsupported(f"{one.name} in the frame {self.name} is bytes.")
        shortest, longest = (one.shortest, one.longest) if one.size is None else (one.size, one.size)
        if not shortest <= len(value) <= longest:
            allowed = f"{shortest} to {longest}" if shortest < longest else f"{longest}"
            raise Unsupported(f"{one.name} in the frame {self.name} takes {allowed} bytes, not {len(value)}.")
        return value

    def _match(self, held: bytes | bytearray) -> tuple[int, dict[str, Value]]:
        values: dict[str, Value] = {}
        starts: list[int] = []
        sizes: dict[int, int] = {}  # of the fields that vary, as far as a length has told
        at = 0
        for index, one in enumerate(self.fields):
            starts.append(at)
            size = sizes.get(index) if one.size is None else one.size
            if size is None:
                stop = self.fields[index + 1].const
                found = held.find(stop, at, at + one.longest + len(stop))
                if found < 0:
                    return (NO if len(held) - at >= one.longest + len(stop) else PERHAPS), values
                size = found - at
            if one.size is None and not one.shortest <= size <= one.longest:
                return NO, values
            piece = bytes(held[at : at + size])
            if one.kind == "const" and not one.const.startswith(piece):
                return NO, values
            if len(piece) < size:
                return PERHAPS, values
            at += size
            if one.kind == "len":
                if not self._take_length(one, int.from_bytes(piece, "big"), sizes):
                    return NO, values
            elif one.kind == "check":
                end = starts[one.last + 1]
                if CHECKS[one.check][0](bytes(held[starts[one.first] : end])) != piece:
                    return NO, values
            elif one.kind == "bytes":
                values[one.name] = piece
            elif one.takes_value:
                values[one.name] = int.from_bytes(piece, "big")
        return at, values

    def _take_length(self, one: Field, counted: int, sizes: dict[int, int]) -> bool:
        """Note what a length says of the field that varies within it; False when it cannot be true."""
        covered = range(one.first, one.last + 1)
        left = counted - sum(self.fields[index].size or 0 for index in covered)
        varying = [index for index in covered if self.fields[index].size is None]
        if not varying:
            return left == 0
        return left >= 0 and sizes.setdefault(varying[0], left) == left

    def _match_escaped(self, held: bytes | bytearray) -> tuple[int, dict[str, Value]]:
        start, end = self.fields[0].const, self.fields[-1].const
        if not start.startswith(bytes(held[: len(start)])):
            return NO, {}
        found = held.find(end, len(start), self.longest)
        if found < 0:
            return (NO if len(held) >= self.longest else PERHAPS), {}
        inner = self._unescaped(bytes(held[len(start) : found]))
        if inner is None:
            return NO, {}
        plain = start + inner + end
        length, values = self._match(plain)
        return (found + len(end) if length == len(plain) else NO), values

    def _unescaped(self, data: bytes) -> bytes | None:
        by_escape = {code: byte for byte, code in self.escape.items()}
        leads = {code[0] for code in by_escape}
        out = bytearray()
        at = 0
        while at < len(data):
            if data[at] in leads:
                if data[at : at + 2] not in by_escape:
                    return None
                out.append(by_escape[data[at : at + 2]])
                at += 2
            else:
                out.append(data[at])
                at += 1
        return bytes(out)


def _number(frame: str, one: Field, value: int) -> bytes:
    size = one.size or 1
    if not 0 <= value < 1 << 8 * size:
        raise Unsupported(f"{one.name} in the frame {frame} is from 0 to {(1 << 8 * size) - 1}, not {value}.")
    return value.to_bytes(size, "big")


class DialectParser(FrameParser):
    """Finds the given frames in a stream. silence_s: a gap between two bytes longer than this is never in a frame."""

    def __init__(self, frames: tuple[Frame, ...], silence_s: float) -> None:
        super().__init__()
        self.silence_s = silence_s
        self._frames = frames
        heads = [frame.fields[0].const[:1] for frame in frames]
        # With a constant in front of each frame, noise is passed over in leaps.
        self._heads = frozenset(head[0] for head in heads) if all(heads) else None

    def measure(self, held: bytearray) -> int:
        if self._heads is not None and held[0] not in self._heads:
            after = (at for at, byte in enumerate(held) if byte in self._heads)
            return -next(after, len(held))
        found = [frame.measure(held) for frame in self._frames]
        return next((length for length in found if length > 0), max(found, default=NO))
