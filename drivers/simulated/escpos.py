"""ESC/POS as a printer reads it: bytes -> commands, however they are cut into pieces; knows no paper and no driver."""

from __future__ import annotations

from dataclasses import dataclass

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
MAX_PAYLOAD_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name ("ESC a", "GS v 0", "text", "LF" …) and the bytes after it."""

    name: str
    data: bytes = b""

    @property
    def n(self) -> int:
        """The first parameter."""
        return self.data[0]


# Parameters of fixed length, by prefix and command byte.
_ESC_FIXED = {
    **dict.fromkeys(b"!adEGJMRStV{-3 %?=U", 1),
    **dict.fromkeys(b"@2iLmv<\x0c", 0),
    **dict.fromkeys(b"$\\c", 2),
    ord("p"): 3,
    ord("W"): 8,
}
_GS_FIXED = {
    **dict.fromkeys(b"!BHIabfhrwE/TN", 1),
    ord(":"): 0,
    **dict.fromkeys(b"$\\LWP", 2),
    ord("^"): 3,
}
_FS_FIXED = {**dict.fromkeys(b"&.", 0), **dict.fromkeys(b"!C-W", 1), ord("S"): 2, ord("p"): 2, ord("2"): 74}
_SINGLE = {0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}


class EscposParser:
    """Splits the host's bytes into commands. Text comes byte by byte as "text": the paper knows whether two make one
    character."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def payload_missing_bytes(self) -> int:
        """How many bytes of a picture or symbol that has begun are still to come."""
        if len(self._held) < 8:
            return 0
        length = self._length(0)
        return 0 if length is None else length - len(self._held)

    def reset(self) -> None:
        """Power was switched off."""
        self._held.clear()

    def feed(self, data: bytes) -> list[Command]:
        """Commands completed by `data`; half a command is held, never more than 1 MB of it."""
        self._held += data
        commands: list[Command] = []
        start = 0
        while start < len(self._held):
            length = self._length(start)
            if length is None or start + length > len(self._held):
                break
            commands.append(self._command(start, length))
            start += length
        del self._held[:start]
        return commands

    def _length(self, at: int) -> int | None:
        """Length of the command at `at`, None when more bytes are needed to tell."""
        first = self._held[at]
        if first not in (ESC, FS, GS, DLE):
            return 1
        if len(self._held) < at + 2:
            return None
        second = self._held[at + 1]
        if first == DLE:
            return self._dle(at, second)
        if second == 0x28:
            return self._counted(at)
        if first == ESC:
            return self._esc(at, second)
        if first == FS:
            return 2 + _FS_FIXED.get(second, 0)
        return self._gs(at, second)

    def _dle(self, at: int, second: int) -> int | None:
        if second in (0x04, 0x05):
            return 3
        if second != 0x14:
            return 1
        if len(self._held) < at + 3:
            return None
        return {1: 5, 2: 5, 8: 10}.get(self._held[at + 2], 3)

    def _esc(self, at: int, second: int) -> int | None:
        if second == ord("*"):
            if len(self._held) < at + 5:
                return None
            columns = self._held[at + 3] + 256 * self._held[at + 4]
            return 5 + columns * (3 if self._held[at + 2] in (32, 33) else 1)
        if second == ord("D"):
            return self._until_nul(at, 2)
        return 2 + _ESC_FIXED.get(second, 0)

    def _gs(self, at: int, second: int) -> int | None:
        if second == ord("V"):
            if len(self._held) < at + 3:
                return None
            return 4 if self._held[at + 2] in (65, 66, 97, 98, 103, 104) else 3
        if second == ord("v"):
            if len(self._held) < at + 8:
                return None
            width = self._held[at + 4] + 256 * self._held[at + 5]
            height = self._held[at + 6] + 256 * self._held[at + 7]
            return 8 + min(width * height, MAX_PAYLOAD_BYTES)
        if second == ord("k"):
            if len(self._held) < at + 3:
                return None
            if self._held[at + 2] <= 6:
                return self._until_nul(at, 3)
            return None if len(self._held) < at + 4 else 4 + self._held[at + 3]
        return 2 + _GS_FIXED.get(second, 0)

    def _counted(self, at: int) -> int | None:
        """`( x pL pH` and so many bytes."""
        if len(self._held) < at + 5:
            return None
        return 5 + self._held[at + 3] + 256 * self._held[at + 4]

    def _until_nul(self, at: int, after: int) -> int | None:
        end = self._held.find(0, at + after, at + after + 256)
        if end >= 0:
            return end - at + 1
        return None if len(self._held) < at + after + 256 else 256

    def _command(self, at: int, length: int) -> Command:
        held = bytes(self._held[at : at + length])
        if held[0] not in (ESC, FS, GS, DLE) or length == 1:
            name = _SINGLE.get(held[0])
            return Command(name) if name else Command("text", held)
        if held[0] == DLE:
            return Command({4: "DLE EOT", 5: "DLE ENQ", 0x14: "DLE DC4"}[held[1]], held[2:])
        prefix = {ESC: "ESC", FS: "FS", GS: "GS"}[held[0]]
        if held[1] == 0x28:
            return Command(f"{prefix} ( {chr(held[2])}", held[5:])
        if held[0] == GS and held[1] == ord("v"):
            return Command("GS v 0", held[3:])
        return Command(f"{prefix} {chr(held[1])}", held[2:])
