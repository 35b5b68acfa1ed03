"""Bytes to and from one device over an open file descriptor; knows no address and no protocol.

pyserial and `socket` open and set up the descriptor (drivers/address.py). Reading and writing are done here on the
descriptor
itself, because a driver must know whether *every* byte was accepted, which `serial.Serial.write` cannot tell after a
time-out,
and because a pty whose master has gone raises `termios.error`, no OSError, from pyserial's `flush` and
`reset_input_buffer`.
"""

from __future__ import annotations

import os
import select
import stat
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from drivers.errors import Mute, Unplugged

_CHUNK_BYTES = 4096
_STALE_READS = 64


class Transport(Protocol):
    """An open line to a device. Used by one thread at a time, except that one may write while another reads.

    byte_time_s: seconds one byte takes on the wire, 0.0 where the rate is unknown or does not matter.
    """

    @property
    def byte_time_s(self) -> float: ...

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        """Hand over all of `data`. When it raises, the last byte was *not* accepted.

        timeout_s: longest stretch without a byte being accepted. Raises Mute after it, Unplugged when the device has
        gone.
        """

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, waiting up to `timeout_s` for the first byte; b"" after that. Raises Unplugged."""

    def discard_input(self) -> None:
        """Forget what has arrived and was not read. Raises Unplugged."""

    def close(self) -> None:
        """Let the port go; may be called twice."""


OpenTransport = Callable[[], Transport]


class FdTransport:
    """A Transport over a non-blocking descriptor of a serial port, a pty or a socket.

    fd: the descriptor; `release` closes it and whatever opened it; `name` is the address in sentences for people.
    """

    def __init__(self, fd: int, release: Callable[[], None], name: str, byte_time_s: float = 0.0) -> None:
        self._fd = fd
        self._release = release
        self._name = name
        self._byte_time_s = byte_time_s
        self._is_tty = os.isatty(fd)
        self._is_socket = stat.S_ISSOCK(os.fstat(fd).st_mode)
        self._closed = False

    @property
    def byte_time_s(self) -> float:
        return self._byte_time_s

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        rest = memoryview(data)
        deadline = time.monotonic() + timeout_s
        while rest:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._wait(select.POLLOUT, left_s):
                self._discard_output()
                raise Mute(f"{self._name} takes no more data; see that it is switched on and ready.")
            try:
                accepted = os.write(self._fd, rest[:_CHUNK_BYTES])
            except BlockingIOError:
                continue
            except OSError as err:
                raise self._gone(err) from err
            rest = rest[accepted:]
            deadline = time.monotonic() + timeout_s

    def read(self, timeout_s: float) -> bytes:
        if not self._wait(select.POLLIN, max(timeout_s, 0.0)):
            return b""
        try:
            data = os.read(self._fd, _CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as err:
            raise self._gone(err) from err
        if not data:
            raise self._gone(None)
        return data

    def discard_input(self) -> None:
        # Bounded: a line that never stops talking must not hold its driver for ever.
        for _ in range(_STALE_READS):
            if not self.read(0.0):
                return

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._release()

    def _wait(self, event: int, timeout_s: float) -> bool:
        if self._closed:
            raise Unplugged(f"{self._name} is closed.")
        poll = select.poll()
        poll.register(self._fd, event)
        ready = poll.poll(timeout_s * 1000)
        # A line that was hung up is never writable again, and os.write would say so; reading gets what is left first.
        if ready and event == select.POLLOUT and ready[0][1] & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            raise self._gone(None)
        return bool(ready)

    def _discard_output(self) -> None:
        # Closing a stalled serial port would otherwise wait up to 30 s for its output, and print it much later.
        if self._is_tty:
            with suppress(termios.error, OSError):
                termios.tcflush(self._fd, termios.TCOFLUSH)

    def _gone(self, err: OSError | None) -> Unplugged:
        why = f" ({err.strerror})" if err is not None and err.strerror else ""
        what = "closed the connection" if self._is_socket else "was unplugged"
        return Unplugged(f"{self._name} {what}{why}; the driver tries again by itself.")
