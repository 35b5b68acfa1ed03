"""FF 68 frames of call pads and rating pads on RS-485: building and finding; knows no grade. Facts: HARDWARE.md 3."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.errors import Unsupported
from drivers.framing import FrameParser

RATE, ACKNOWLEDGE, SHOW, BEEP = 0x11, 0x01, 0x02, 0x03
OPEN_RATING = 0x0B
BLANK = 0x0A
_MAX_BODY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Message:
    """One frame's contents. address: 0–255 · command: 0–255 · data: at most 30 bytes."""

    address: int
    command: int
    data: bytes = b""


def frame(message: Message) -> bytes:
    """The frame around `message`. Raises Unsupported when its data is too long."""
    body = bytes((message.address, message.command)) + message.data
    if len(body) > _MAX_BODY_BYTES:
        raise Unsupported(f"A pad takes at most {_MAX_BODY_BYTES - 2} bytes at a time.")
    return bytes((0xFF, 0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def acknowledge_rating(address: int) -> bytes:
    """The host has taken a grade."""
    return frame(Message(address, ACKNOWLEDGE, b"\x00"))


def open_rating(address: int) -> bytes:
    """The pad shall ask for a grade now."""
    return frame(Message(address, ACKNOWLEDGE, bytes((OPEN_RATING,))))


class Ff68Parser(FrameParser):
    """Finds FF 68 frames of both directions."""

    def measure(self, held: bytearray) -> int:
        start = held.find(0xFF)
        if start:
            return -start if start > 0 else -len(held)
        head = held[1:5]
        if head and head[0] != 0x68:
            return -1
        if len(head) < 4:
            return 0
        length = head[1]
        if head[2] != length or head[3] != 0x68 or not 2 <= length <= _MAX_BODY_BYTES:
            return -1
        if len(held) < 7 + length:
            return 0
        if held[6 + length] != 0x16 or sum(held[5 : 5 + length]) & 0xFF != held[5 + length]:
            self.bad_frames += 1
            return -1
        return 7 + length

    def messages(self, data: bytes, now_s: float) -> list[Message]:
        """`feed`, taken apart."""
        return [Message(found[5], found[6], found[7:-2]) for found in self.feed(data, now_s)]
