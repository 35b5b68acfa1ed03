"""The bytes of three kinds of window sign; knows no port and no ticket. Facts: HARDWARE.md 4.

K marks what is believed and was not seen on a real sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from drivers.checks import sum8, sum16hex
from drivers.errors import Unsupported
from drivers.text_codes import ascii_text, decimal, gb2312_text

_CXH_HEAD = bytes.fromhex("21 21 55 AA 00 01 03 08 10 00 00 00")  # K
_CXH_TEXT_BYTES = 120
_ALPHA_TEXT_BYTES = 125


class SignLanguage(Protocol):
    """How a kind of sign is told what to show. Every method raises Unsupported for what the sign cannot do."""

    baud: int
    line: Mapping[str, str]

    def label(self, label: str, address: int) -> bytes: ...
    def text(self, text: str, address: int) -> bytes: ...
    def clear(self, address: int) -> bytes: ...
    def brightness(self, percent: int, address: int) -> bytes: ...


class Kanban:
    """Number signs on RS-485: address, number 0–65,535 in two bytes, low byte of the sum. `05 03 E7 EF` shows 999."""

    baud = 9600
    line: Mapping[str, str] = {}

    def label(self, label: str, address: int) -> bytes:
        number = decimal(label, "A number sign")
        if number > 0xFFFF:
            raise Unsupported(f"A number sign shows numbers up to 65535, not {number}.")
        head = bytes((address,)) + number.to_bytes(2, "big")
        return head + sum8(head)

    def text(self, text: str, address: int) -> bytes:  # noqa: ARG002
        raise Unsupported("A number sign shows no text; leave its last number or clear it.")

    def clear(self, address: int) -> bytes:
        return self.label("0", address)  # it has no blank (K)

    def brightness(self, percent: int, address: int) -> bytes:  # noqa: ARG002
        raise Unsupported("A number sign has no brightness to set.")


class Alpha:
    """Adaptive and BetaBrite signs: Latin text in file A, held in the middle line. address: 0 is every sign."""

    baud = 9600
    line: Mapping[str, str] = {"bits": "7", "parity": "E"}

    def label(self, label: str, address: int) -> bytes:
        data = ascii_text(label, "An Alpha sign")
        if len(data) > _ALPHA_TEXT_BYTES:
            raise Unsupported(f"An Alpha sign takes {_ALPHA_TEXT_BYTES} characters, not {len(data)}.")
        body = b"\x02AA\x1b b" + data + b"\x03"
        return b"\0\0\0\0\0\x01Z%02X" % address + body + sum16hex(body) + b"\x04"

    def text(self, text: str, address: int) -> bytes:
        return self.label(text, address)

    def clear(self, address: int) -> bytes:
        return self.label("", address)

    def brightness(self, percent: int, address: int) -> bytes:  # noqa: ARG002
        raise Unsupported("An Alpha sign has no brightness that all models know; set it on the sign.")


class LedStrip:
    """CX-H strips over UDP, port 8453, GB2312 (K). One strip has one network address, so `address` means nothing."""

    baud = 9600
    line: Mapping[str, str] = {}

    def label(self, label: str, address: int) -> bytes:  # noqa: ARG002
        data = gb2312_text(label, "The LED strip")
        if len(data) > _CXH_TEXT_BYTES:
            raise Unsupported(f"The LED strip takes {_CXH_TEXT_BYTES} bytes, and {label[:20]!r} … is {len(data)}.")
        return _CXH_HEAD + len(data).to_bytes(2, "little") + data

    def text(self, text: str, address: int) -> bytes:
        return self.label(text, address)

    def clear(self, address: int) -> bytes:
        return self.label(" ", address)

    def brightness(self, percent: int, address: int) -> bytes:  # noqa: ARG002
        raise Unsupported("How an LED strip's brightness is set is not known; set it on the strip.")
