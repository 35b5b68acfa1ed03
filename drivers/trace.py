"""Shows the bytes on a line in both directions while a driver works; knows no protocol."""

from __future__ import annotations

from collections.abc import Callable

from drivers.transport import Transport

OnBytes = Callable[[str, bytes], None]


class TracedTransport:
    """`inner`, telling `on_bytes` what is written (">") and what arrives ("<")."""

    def __init__(self, inner: Transport, on_bytes: OnBytes) -> None:
        self._inner = inner
        self._on_bytes = on_bytes

    @property
    def byte_time_s(self) -> float:
        return self._inner.byte_time_s

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        self._on_bytes(">", data)
        self._inner.write(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        data = self._inner.read(timeout_s)
        if data:
            self._on_bytes("<", data)
        return data

    def discard_input(self) -> None:
        while self.read(0.0):
            continue

    def close(self) -> None:
        self._inner.close()


def hex_line(direction: str, data: bytes) -> str:
    """One line for people: direction, bytes in hexadecimal, and the printable ones as text."""
    text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
    return f"{direction} {data.hex(' ').upper()}  |{text}|"
