"""The call pad twin: key pads and rating pads on one FF 68 line; knows no driver, no port and no ticket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from drivers.ff68 import Message
from drivers.simulated.ratingpad import RatingPadTwin, frame_of

CALL_KEYS = {
    "next": b"\x0c",
    "recall": b"\x0d",
    "evaluate": b"\x0b",
    "pause": b"\x12",
    "transfer": b"\x13",
    "no_show": b"\x06\x0f",
    "park": b"\x00\x0f",
    "call_back": b"\x03\x0f",
}
"""Name of a key -> what it sends."""
_REPEAT_S = 0.2


class CallPadTwin(RatingPadTwin):
    """The pads of one line. A key is acknowledged when the host sends its frame back."""

    def __init__(self, addresses: Sequence[int] = (1,), clock_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(addresses, clock_s)
        self._unheard: dict[int, bytes] = {}
        self._free = threading.Event()
        self._holding: threading.Thread | None = None

    def press_key(self, address: int, key: str, digits: str = "") -> None:
        """Press a key of CALL_KEYS after `digits`. Raises KeyError for an address or a key that is not there."""
        with self._lock:
            if address not in self._pads:
                raise KeyError(address)
            frame = frame_of(Message(address, 0x01, bytes(map(int, digits)) + CALL_KEYS[key]))
            self._unheard[address] = frame
            self._say(frame)
        self.wake()

    def hold_key(self, address: int, key: str) -> None:
        """Let a key stick: the pad sends it five times a second until `release_key`."""
        self._free.clear()

        def send() -> None:
            while not self._free.wait(_REPEAT_S):
                with suppress(OSError):
                    self.press_key(address, key)

        self.press_key(address, key)
        self._holding = threading.Thread(target=send, name="stuck key", daemon=True)
        self._holding.start()

    def release_key(self) -> None:
        """Free the key that sticks."""
        self._free.set()
        if self._holding is not None:
            self._holding.join()
            self._holding = None

    def unheard(self, address: int) -> bool:
        """Whether the last key of a pad still waits for its acknowledgement."""
        with self._lock:
            return address in self._unheard

    def _obeyed(self, message: Message) -> bool:
        if self._unheard.get(message.address) != frame_of(message):
            return False
        del self._unheard[message.address]
        return True
