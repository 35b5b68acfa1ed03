"""What FF 68 frames of call pads and rating pads mean; knows no port. Facts: HARDWARE.md 3."""

from __future__ import annotations

from collections.abc import Sequence

from drivers import ff68
from drivers.errors import Unsupported
from drivers.ff68 import Ff68Parser, Message
from drivers.framing import FrameParser
from drivers.pad_events import GRADE, PadEvent
from drivers.text_codes import digit_cells

_CELLS = 3
_KEYS = {
    b"\x0c": "next",
    b"\x0d": "recall",
    b"\x0b": "evaluate",
    b"\x12": "pause",
    b"\x13": "transfer",
    b"\x06\x0f": "no_show",
    b"\x00\x0f": "park",
    b"\x03\x0f": "call_back",
}
"""How the data of a press ends -> its event. Digits typed before the key stand before it."""


class Ff68Language:
    """A PadLanguage for pads that need no polling."""

    silence_s = Ff68Parser.silence_s
    question_every_s = 0.0

    def parser(self) -> FrameParser:
        return Ff68Parser()

    def read(self, data: bytes) -> PadEvent | None:
        message = _message(data)
        if message.command == ff68.RATE:
            return PadEvent(GRADE, message.address, message.data[0], "", data) if len(message.data) == 1 else None
        # Some pads say 06 0F as command and data, most as data.
        code = message.data
        if message.command != ff68.ACKNOWLEDGE:
            code = bytes((message.command,)) + message.data
            if len(code) != 2 or code not in _KEYS:
                return None
        known = [key for key in _KEYS if code.endswith(key)]
        if not known:
            return None
        key = max(known, key=len)
        digits = "".join(str(byte) for byte in code[: -len(key)] if byte <= 9)
        return PadEvent(_KEYS[key], message.address, None, digits, data)

    def acknowledgement(self, data: bytes) -> bytes:
        message = _message(data)
        return ff68.acknowledge_rating(message.address) if message.command == ff68.RATE else data

    def address_of(self, data: bytes) -> int | None:
        return _message(data).address

    def command(self, name: str, text: str = "", address: int = 0) -> bytes:
        """ "show" and "waiting" take up to three digits, "both" two such numbers with a space between; "clear", "beep"
        and "open_rating" take nothing."""
        blank = bytes((ff68.BLANK,)) * _CELLS
        if name in ("show", "waiting", "clear"):
            digits = digit_cells(text, _CELLS, ff68.BLANK, "A call pad")
            cells = digits + blank if name == "waiting" else blank + digits
            return ff68.frame(Message(address, ff68.SHOW, cells))
        if name == "both":  # K: made of the two that were seen, each of which leaves the other's cells blank
            waiting, _, number = text.partition(" ")
            halves = [digit_cells(half, _CELLS, ff68.BLANK, "A call pad") for half in (waiting, number)]
            return ff68.frame(Message(address, ff68.SHOW, b"".join(halves)))
        if name == "beep":
            return ff68.frame(Message(address, ff68.BEEP))
        if name == "open_rating":
            return ff68.open_rating(address)
        raise Unsupported(f"FF 68 pads have no command {name}.")

    def questions(self) -> Sequence[tuple[int, bytes]]:
        return ()


def _message(frame: bytes) -> Message:
    return Message(frame[5], frame[6], frame[7:-2])
