"""The card reader twin: an SDT reader with a card laid on it or not; knows no driver and no port."""

from __future__ import annotations

import struct
from functools import reduce
from operator import xor

from drivers.sdt import SdtParser
from drivers.simulated.people import SAMPLES, Sample
from drivers.simulated.twin import ByteTwin

_PHOTO_BYTES = 1024
_SAM_ID = bytes.fromhex("05000100") + struct.pack("<III", 20_260_101, 42, 1_234_567_890)


class IdCardTwin(ByteTwin):
    """One reader. A card that was read is not found again before it was taken away.

    finds_again: a reader that does find it again · pull_at_read: the card is pulled when its data is asked for.
    """

    def __init__(self, *, finds_again: bool = False) -> None:
        super().__init__()
        self.pull_at_read = False
        self._finds_again = finds_again
        self._card: Sample | None = None
        self._found = self._selected = self._read = False
        self._parser = SdtParser()

    @property
    def card(self) -> Sample | None:
        """What lies on it."""
        return self._card

    def hold(self, sample: str) -> None:
        """Lay the card with this id on the reader, in place of any other. Raises KeyError for an unknown id."""
        card = SAMPLES[sample]
        with self._lock:
            self._card = card
            self._found = self._selected = self._read = False

    def take(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card = None
            self._found = self._selected = self._read = False

    def _receive(self, data: bytes) -> None:
        # Time stands still for this parser: a host's request comes at its own pace.
        bad_before = self._parser.bad_frames
        requests = self._parser.feed(data, 0.0)
        for _ in range(self._parser.bad_frames - bad_before):
            self._answer(0x10)
        for request in requests:
            self._do(request[7:-1])

    def _do(self, command: bytes) -> None:
        if command in (b"\x10\xff", b"\x11\xff") or (command[:1] == b"\x60" and command[1:] <= b"\x04"):
            self._answer(0x90)
        elif command == b"\x12\xff":
            self._answer(0x90, _SAM_ID)
        elif command == b"\x20\x01":
            self._found = self._card is not None and (self._finds_again or not self._read)
            self._answer(0x9F, bytes(4)) if self._found else self._answer(0x80)
        elif command == b"\x20\x02":
            self._selected = self._found and self._card is not None
            self._answer(0x90, bytes(8)) if self._selected else self._answer(0x81)
        elif command in (b"\x30\x01", b"\x30\x10"):
            self._give_card(with_fingerprint=command == b"\x30\x10")
        elif command == b"\x30\x03":
            self._answer(0x91)
        else:
            self._answer(0x21)

    def _give_card(self, with_fingerprint: bool) -> None:
        if self.pull_at_read:
            self.take()
        if self._card is None or not self._selected:
            self._answer(0x41)
            return
        lengths = b"\x01\x00\x04\x00" + (b"\x00\x00" if with_fingerprint else b"")
        self._answer(0x90, lengths + self._card.text + bytes(_PHOTO_BYTES))
        self._read, self._found, self._selected = True, False, False

    def _answer(self, status: int, data: bytes = b"") -> None:
        body = b"\0\0" + bytes((status,)) + data
        counted = (len(body) + 1).to_bytes(2, "big") + body
        self._say(b"\xaa\xaa\xaa\x96\x69" + counted + bytes((reduce(xor, counted),)))
