"""Bytes of a Linux input device -> what was typed, a whole line at a time; knows no device and no library.

A key pad or scanner sends `struct input_event` records: time (two longs), type, code, value. Only key presses count;
value 1 is down, 0 up, 2 a repeat. Facts: HARDWARE.md 3 and linux/input-event-codes.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

RECORD = struct.Struct("llHHi")
EV_KEY = 1
ENTER, KPENTER, BACKSPACE, ESC, NUMLOCK = 28, 96, 14, 1, 69
LONGEST_LINE = 2048
_NAMED = {ENTER: "Enter", KPENTER: "Enter", BACKSPACE: "Backspace", ESC: "Escape", 15: "Tab", 111: "Delete"}
_NAMED |= {183: "F13", 184: "F14", 185: "F15", 186: "F16"}  # accessible key pads: a headphone plugged in, taken out
_NAMED |= {103: "ArrowUp", 105: "ArrowLeft", 106: "ArrowRight", 108: "ArrowDown", 102: "Home", 107: "End"}
"""Keys that type nothing, as a browser names them."""
_SHIFTS = frozenset((42, 54))
_ENTERS = frozenset((ENTER, KPENTER))

_PLAIN = {
    **{code: str(code - 1) for code in range(2, 11)},
    11: "0",
    **dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)),
    **dict(zip(range(16, 26), "qwertyuiop", strict=True)),
    **dict(zip(range(30, 39), "asdfghjkl", strict=True)),
    **dict(zip(range(44, 51), "zxcvbnm", strict=True)),
    **dict(zip((12, 13, 26, 27, 39, 40, 41, 43, 51, 52, 53, 57), "-=[];'`\\,./ ", strict=True)),
    **dict(zip((55, 74, 78, 83, 98), "*-+./", strict=True)),
}
_SHIFTED_SIGNS = dict(zip("1234567890-=[];'`\\,./", '!@#$%^&*()_+{}:"~|<>?', strict=True))
_KEYPAD = frozenset((55, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 98))


class Typing:
    """Makes lines of bytes that arrive in any pieces.

    NUMLOCK, which some pads put around each digit, is passed over.
    ."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._line = ""
        self._shifts: set[int] = set()
        self._down: set[int] = set()
        self._keys: list[str] = []
        self.too_long = 0

    def take_keys(self) -> list[str]:
        """Keys that went down since it was asked last: what they type, or "Enter", "Backspace", "ArrowUp" …"""
        keys, self._keys = self._keys, []
        return keys

    @property
    def keys_down(self) -> frozenset[int]:
        """Codes of the keys that are down."""
        return frozenset(self._down)

    def forget_line(self) -> None:
        """Drop what was typed without ENTER."""
        self._line = ""

    def feed(self, data: bytes) -> list[str]:
        """Lines completed by `data`; a line of more than 2,048 characters is dropped and counted in `too_long`."""
        self._held += data
        whole = len(self._held) // RECORD.size * RECORD.size
        lines = [line for event in RECORD.iter_unpack(self._held[:whole]) for line in self._event(*event[2:])]
        del self._held[:whole]
        return lines

    def _event(self, kind: int, code: int, value: int) -> Iterator[str]:
        if kind != EV_KEY:
            return
        if value == 0:
            self._down.discard(code)
            self._shifts.discard(code)
        elif value == 1:
            self._down.add(code)
            if name := _NAMED.get(code) or self._character(code):
                self._keys.append(name)
            if code in _SHIFTS:
                self._shifts.add(code)
            elif code in _ENTERS:
                yield from self._end()
            elif code == BACKSPACE:
                self._line = self._line[:-1]
            elif code == ESC:
                self._line = ""
            else:
                self._line += self._character(code)
                if len(self._line) > LONGEST_LINE:
                    self.too_long += 1
                    self._line = ""

    def _character(self, code: int) -> str:
        plain = _PLAIN.get(code, "")
        if not self._shifts or code in _KEYPAD:
            return plain
        return _SHIFTED_SIGNS.get(plain, plain.upper())

    def _end(self) -> Iterator[str]:
        line, self._line = self._line, ""
        yield line
