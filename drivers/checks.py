"""Check bytes of the protocols in halls: sums, XOR and CRC over bytes; knows no frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import xor


def xor8(data: bytes) -> bytes:
    """All bytes XORed: one byte."""
    return bytes((reduce(xor, data, 0),))


def sum8(data: bytes) -> bytes:
    """Low byte of the sum: one byte."""
    return bytes((sum(data) & 0xFF,))


def sum16hex(data: bytes) -> bytes:
    """Low 16 bits of the sum as four capital hexadecimal digits, as Alpha signs have it."""
    return b"%04X" % (sum(data) & 0xFFFF)


def crc16(data: bytes) -> bytes:
    """CRC-16 of Modbus (polynomial 8005 reflected, start FFFF), low byte first: two bytes."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


CHECKS: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "xor8": (xor8, 1),
    "sum8": (sum8, 1),
    "sum16hex": (sum16hex, 4),
    "crc16": (crc16, 2),
}
"""Name in a dialect file -> how it is computed, how many bytes it is."""
