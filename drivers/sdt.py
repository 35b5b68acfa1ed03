"""SDT frames of Chinese identity card readers: building, finding, asking; knows no card's contents. Facts:
HARDWARE.md 1."""

from __future__ import annotations

import struct
import time
from functools import reduce
from operator import xor

from drivers.errors import BadFrame, CardUnreadable, Mute, Refused
from drivers.framing import FrameParser
from drivers.transport import Transport

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
STATUS, FIND, SELECT, READ_BASE = b"\x11\xff", b"\x20\x01", b"\x20\x02", b"\x30\x01"
NEW_ADDRESS, SAM_ID = b"\x30\x03", b"\x12\xff"
OK, FOUND, NO_CARD, NO_SUCH_ITEM = 0x90, 0x9F, 0x80, 0x91

# Status, length and check byte, and the longest reply that the protocol knows (text, photo and fingerprints).
_MIN_LENGTH, _MAX_LENGTH = 3, 2400

# Four bytes of lengths and the text: what follows in a reply is the photo.
_TEXT_END = 260
_NEW_ADDRESS_BYTES = 70

# Selecting fails now and then for a card that was laid down this moment.
_SELECT_TRIES = 2

# However slowly a reply comes, it has come after so long; however much comes, this is no reply.
_REPLY_LIMIT_S = 10.0
_REPLY_LIMIT_BYTES = 3 * _MAX_LENGTH

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

    # Longer than USB adapters and busy machines hold a byte back, shorter than a host waits for an answer.
    silence_s = 0.3

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

    def sam_id(self) -> str:
        """Number of the reader's security module as it is printed on it, "" when the reader does not say. Raises
        Unplugged."""
        try:
            status, data = self._ask(SAM_ID)
        except (Mute, BadFrame):
            return ""
        if status != OK or len(data) < 16:
            return ""
        parts = struct.unpack("<HHIII", data[:16])
        return "{:02d}.{:02d}-{:08d}-{:010d}-{:010d}".format(*parts)

    def find(self) -> bool:
        """Whether a card lies there that was not read yet."""
        status, _ = self._ask(FIND)
        if status not in (FOUND, NO_CARD):
            raise _refused(status)
        return status == FOUND

    def answers(self, question: bytes) -> bool:
        """Whether a reader answers to `question` at all, be it with a fault of its own. Raises Unplugged, BadFrame."""
        try:
            self._ask(question)
        except Mute:
            return False
        return True

    def read_text(self) -> bytes:
        """The 256 bytes of text of the card that was found; the photo behind them is dropped unread. Raises
        CardUnreadable."""
        for _ in range(_SELECT_TRIES):
            status, _ = self._ask(SELECT)
            if status == OK:
                break
        else:
            raise _refused(status)
        status, data = self._ask(READ_BASE)
        if status != OK:
            raise _refused(status)
        if data[:2] != b"\x01\x00":
            raise BadFrame("The card reader sent data of another layout; see that its model speaks SDT.")
        return data[4:]

    def new_address(self) -> bytes:
        """The 70 bytes of the address that was written to the card later, b"" when there is none."""
        status, data = self._ask(NEW_ADDRESS)
        return data if status == OK else b""

    def _ask(self, command: bytes) -> tuple[int, bytes]:
        """Status and data of the answer to `command`, at most the first _TEXT_END bytes of data.

        The time-out is for the first byte; once an answer is coming it may be as slow as its line. Raises Mute,
        BadFrame, Unplugged.
        """
        self._transport.discard_input()
        self._parser.reset()
        bad_before = self._parser.bad_frames
        self._transport.write(frame(command))
        now = time.monotonic()
        deadline = now + (self._read_timeout_s if command in (SELECT, READ_BASE) else self._answer_timeout_s)
        limit = deadline + _REPLY_LIMIT_S
        heard_bytes = 0
        while (left_s := deadline - now) > 0 and heard_bytes < _REPLY_LIMIT_BYTES:
            data = self._transport.read(min(left_s, self._parser.silence_s))
            now = time.monotonic()
            if data:
                heard_bytes += len(data)
                deadline = min(limit, max(deadline, now + 2 * self._parser.silence_s))
            for reply in self._parser.feed(data, now):
                if _answers(command, reply):
                    self._parser.reset()
                    return reply[9], reply[10 : min(10 + _TEXT_END, len(reply) - 1)]
            if not data and self._parser.bad_frames > bad_before:
                break
        if heard_bytes:
            raise BadFrame("The card reader's answers make no sense; see its baud rate and its cable.")
        raise Mute("The card reader does not answer; see that it has power and its baud rate is right.")


def _answers(command: bytes, reply: bytes) -> bool:
    """Whether `reply` can be the answer to `command`, and not our own echo or a repeated or late answer to an older
    one."""
    if len(reply) < 11:
        return False
    status, data_bytes = reply[9], len(reply) - 11
    if status == FOUND:
        return command == FIND
    if status != OK:
        return True
    if command == READ_BASE:
        return data_bytes >= _TEXT_END
    if command == NEW_ADDRESS:
        return data_bytes == _NEW_ADDRESS_BYTES
    return command != FIND and data_bytes < _TEXT_END


def _refused(status: int) -> Refused | CardUnreadable:
    if status in _CARD_FAULTS:
        return CardUnreadable("The card could not be read; take it away, wait a second and lay it flat on the reader.")
    return Refused(f"The card reader reports {_REFUSALS.get(status, f'fault {status:02X}')}; switch it off and on.")
