"""What every twin is: a machine of bytes, with the faults any device can show; knows no pty and no protocol."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable


class ByteTwin(ABC):
    """Base of the twins. `feed` takes what the host sent and returns what the device says, also what it says unasked.

    usb: its line waits for a host that is slow to take; on a serial line such bytes are lost · mute: the device hears
    and does not answer · spoil: what becomes of each answer, as by a wrong baud rate · wake: called, from any thread,
    when the device has something to say unasked; the line then feeds b"".
    """

    usb = False

    def __init__(self) -> None:
        self.mute = False
        self.spoil: Callable[[bytes], bytes] = bytes
        self.wake: Callable[[], None] = lambda: None
        self._lock = threading.RLock()
        self._out = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Bytes in, bytes out; any piece of a message at a time."""
        with self._lock:
            if data:
                self._receive(data)
            out = bytes(self._out)
            self._out.clear()
            if not out or self.mute:
                return b""
            return self.spoil(out)

    @abstractmethod
    def _receive(self, data: bytes) -> None:
        """React to `data`; under the lock."""

    def _say(self, data: bytes) -> None:
        """Queue an answer; under the lock."""
        self._out += data
