"""SDT frames of Chinese identity card readers: building, finding, asking; knows no card's contents. Facts:
HARDWARE.md 1."""

from __future__ import annotations

import time
from functools import reduce
from operator import xor

from drivers.errors import BadFrame, CardUnreadable, Mute, Refused
from drivers.framing import FrameParser
from drivers.transport import Transport

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
STATUS, FIND, SELECT, READ_BASE = b"\x11\xff", b"\x20\x01", b"\x20\x02", b"\x30\x01"
OK, FOUND, NO_CARD = 0x90, 0x9F, 0x80

# Status, length and check byte, and the longest reply that the protocol knows (text, photo and fingerprints).
_MIN_LENGTH, _MAX_LENGTH = 3, 2400

_REFUSALS = {
    0x10: "a wrong check byte",
    0x11: "a wrong length",
    0x21: "an unknown command",
    0x24: "an unknown command",
    0x31: "a card that it could not authenticate",
    0x32: "a card that it could not authenticate",
    0x33: "a card that it could not verify",
    0x40: "a card of the wrong kind",
    0x41: "a card that it could not read",
    0x47: "a fault of its random numbers",
    0x60: "a failed self-test",
    0x66: "a missing licence",
    0x81: "a card that it could not select",
}
_CARD_FAULTS = (0x31, 0x32, 0x33, 0x40, 0x41, 0x81, NO_CARD)


def frame(payload: bytes) -> bytes:
    """A frame around `payload` (command and parameter, or three status bytes and data)."""
    counted = (len(payload) + 1).to_bytes(2, "big") + payload
    return PREAMBLE + counted + bytes((reduce(xor, counted),))


class SdtParser(FrameParser):
    """Finds SDT frames of both directions; a frame is whole and its check byte is right."""

    def measure(self, held: bytearray) -> int:
        start = held.find(PREAMBLE)
        if start:
            # No preamble: the last bytes may be its beginning.
            keep = next((n for n in range(4, 0, -1) if held.endswith(PREAMBLE[:n])), 0)
            return -start if start > 0 else keep - len(held)
        if len(held) < 7:
            return 0
        length = int.from_bytes(held[5:7], "big")
        if not _MIN_LENGTH <= length <= _MAX_LENGTH:
            return -1
        if len(held) < 7 + length:
            return 0
        if reduce(xor, held[5 : 7 + length]):
            self.bad_frames += 1
            return -1
        return 7 + length


class SdtTalk:
    """Asks a reader on an open transport, one question at a time."""

    def __init__(self, transport: Transport, answer_timeout_s: float = 0.6, read_timeout_s: float = 3.0) -> None:
        self._transport = transport
        self._answer_timeout_s = answer_timeout_s
        self._read_timeout_s = read_timeout_s
        self._parser = SdtParser()

    def check(self) -> None:
        """Ask whether the reader is ready. Raises Mute, BadFrame, Refused, Unplugged."""
        status, _ = self._ask(STATUS)
        if status != OK:
            raise _refused(status)

    def find(self) -> bool:
        """Whether a card lies there that was not read yet."""
        status, _ = self._ask(FIND)
        if status not in (FOUND, NO_CARD):
            raise _refused(status)
        return status == FOUND

    def read_text(self) -> bytes:
        """The 256 bytes of text of the card that was found. The photo behind them is dropped unread. Raises
        CardUnreadable."""
        status, _ = self._ask(SELECT)
        if status != OK:
            raise _refused(status)
        status, data = self._ask(READ_BASE)
        if status != OK:
            raise _refused(status)
        if len(data) < 260 or data[:2] != b"\x01\x00":
            raise BadFrame("The card reader sent data of another layout; see that its model speaks SDT.")
        return data[4:260]

    def _ask(self, command: bytes) -> tuple[int, bytes]:
        self._transport.discard_input()
        self._parser.reset()
        bad_before = self._parser.bad_frames
        self._transport.write(frame(command))
        deadline = time.monotonic() + (self._read_timeout_s if command == READ_BASE else self._answer_timeout_s)
        heard = False
        while (left_s := deadline - time.monotonic()) > 0:
            data = self._transport.read(min(left_s, self._parser.silence_s))
            heard = heard or bool(data)
            for reply in self._parser.feed(data, time.monotonic()):
                # A frame shorter than a reply is our own request, echoed on the line.
                if len(reply) >= 11:
                    return reply[9], reply[10:-1]
            if self._parser.bad_frames > bad_before:
                break
        if heard:
            raise BadFrame("The card reader's answers make no sense; see its baud rate and its cable.")
        raise Mute("The card reader does not answer; see that it has power and its baud rate is right.")


def _refused(status: int) -> Refused | CardUnreadable:
    if status in _CARD_FAULTS:
        return CardUnreadable("The card could not be read; take it away, wait a second and lay it flat on the reader.")
    return Refused(f"The card reader reports {_REFUSALS.get(status, f'fault {status:02X}')}; switch it off and on.")
