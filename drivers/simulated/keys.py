"""The twin of a USB key pad or scanner: types as records of `struct input_event`; knows no driver and no port."""

from __future__ import annotations

import struct
import time

from drivers.simulated.twin import ByteTwin

# Written apart from the driver's tables, from linux/input-event-codes.h, so that one mistake is not made twice.
_CODES = {
    "1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11, "-": 12, "=": 13,
    "q": 16, "w": 17, "e": 18, "r": 19, "t": 20, "y": 21, "u": 22, "i": 23, "o": 24, "p": 25, "[": 26, "]": 27,
    "a": 30, "s": 31, "d": 32, "f": 33, "g": 34, "h": 35, "j": 36, "k": 37, "l": 38, ";": 39, "'": 40, "`": 41,
    "\\": 43, "z": 44, "x": 45, "c": 46, "v": 47, "b": 48, "n": 49, "m": 50, ",": 51, ".": 52, "/": 53, " ": 57,
}  # fmt: skip
_SHIFTED = {
    "!": "1", "@": "2", "#": "3", "$": "4", "%": "5", "^": "6", "&": "7", "*": "8", "(": "9", ")": "0", "_": "-",
    "+": "=", "{": "[", "}": "]", ":": ";", '"': "'", "~": "`", "|": "\\", "<": ",", ">": ".", "?": "/",
}  # fmt: skip
_KEYPAD = {"1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73, "0": 82}
_SHIFT, _NUMLOCK, _ENTER, _KPENTER, _BACKSPACE = 42, 69, 28, 96, 14


class KeysTwin(ByteTwin):
    """A key pad or a scanner. numlock: put around each digit, as some pads do · keypad: digits of the number block.

    wire_baud: rate for its line, about one key a millisecond as over USB; a pty holds less than a long code at once.
    """

    wire_baud = 1_000_000
    usb = True

    def __init__(self, *, numlock: bool = False, keypad: bool = False) -> None:
        super().__init__()
        self.numlock = numlock
        self.keypad = keypad

    def enter(self, text: str) -> None:
        """Type or scan `text` and ENTER. Raises KeyError for a character that such a keyboard has not."""
        with self._lock:
            for character in text:
                self._character(character)
            self._tap(_KPENTER if self.keypad else _ENTER)
        self.wake()

    def type(self, text: str) -> None:
        """Type without ENTER; "\\b" takes the last character back."""
        with self._lock:
            for character in text:
                self._tap(_BACKSPACE) if character == "\b" else self._character(character)
        self.wake()

    def hold(self, code: int) -> None:
        """Let the key `code` stick: down, and repeats."""
        with self._lock:
            self._event(1, code, 1)
            for _ in range(5):
                self._event(1, code, 2)
        self.wake()

    def release(self, code: int) -> None:
        with self._lock:
            self._event(1, code, 0)
        self.wake()

    def _receive(self, data: bytes) -> None:
        """A keyboard is not spoken to."""

    def _character(self, character: str) -> None:
        if self.keypad and character in _KEYPAD:
            for code in (_NUMLOCK, _KEYPAD[character], _NUMLOCK) if self.numlock else (_KEYPAD[character],):
                self._tap(code)
            return
        plain = _SHIFTED.get(character, character.lower())
        if plain == character:
            self._tap(_CODES[plain])
            return
        self._event(1, _SHIFT, 1)
        self._tap(_CODES[plain])
        self._event(1, _SHIFT, 0)

    def _tap(self, code: int) -> None:
        self._event(4, 4, 0x70000 + code)  # MSC_SCAN, which real keyboards send before each key
        self._event(1, code, 1)
        self._event(0, 0, 0)
        self._event(1, code, 0)
        self._event(0, 0, 0)

    def _event(self, kind: int, code: int, value: int) -> None:
        seconds, rest = divmod(time.time(), 1)
        self._say(struct.pack("llHHi", int(seconds), int(rest * 1e6), kind, code, value))
