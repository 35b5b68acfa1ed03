"""Puts a twin where a driver finds it: in memory, behind a pty, or behind a unix socket; knows no protocol."""

from __future__ import annotations

import fcntl
import math
import os
import select
import socket
import stat
import termios
import threading
import time
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drivers.errors import BadAddress, Unplugged
from drivers.simulated.twin import ByteTwin
from drivers.simulated.wire import Wire

_READ_BYTES = 65_536
_HELD_BYTES = 65_536
_HELD_WAIT_MS = 5
_BAUDS = {
    getattr(termios, f"B{rate}"): rate
    for rate in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
}


class MemoryTransport:
    """A Transport straight into a twin, without a descriptor. `unplug` is the cable pulled: everything then raises
    Unplugged."""

    byte_time_s = 0.0

    def __init__(self, twin: ByteTwin) -> None:
        self._twin = twin
        self._news = threading.Event()
        self._pulled = False
        self._arrived = bytearray()
        twin.wake = self._news.set

    def unplug(self) -> None:
        """Pull the cable."""
        self._pulled = True
        self._news.set()

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:  # noqa: ARG002  nothing blocks in memory
        self._check()
        self._arrived += self._twin.feed(data)
        self._news.set()

    def read(self, timeout_s: float) -> bytes:
        deadline = time.monotonic() + timeout_s
        while True:
            self._check()
            self._news.clear()
            self._arrived += self._twin.feed(b"")
            if self._arrived:
                data = bytes(self._arrived)
                self._arrived.clear()
                return data
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not self._news.wait(left_s):
                self._check()
                return b""

    def discard_input(self) -> None:
        while self.read(0.0):
            continue

    def close(self) -> None:
        self._pulled = True

    def _check(self) -> None:
        if self._pulled:
            raise Unplugged("The simulated device was unplugged; the driver tries again by itself.")


class Line(Protocol):
    """A twin within reach of drivers."""

    def close(self) -> None: ...


class PtyLine:
    """A twin behind a pseudo-terminal; `path` is a symlink to it, swapped in one step so that drivers find it again.

    paced: bytes take the time they would take at the baud rate the host has set, 10 bits each · wire: the cable, with
    faults of its own · follow_baud: False keeps the wire's rate whatever the host sets. Raises BadAddress when
    something that is no symlink stands at `path`.
    """

    def __init__(self, twin: ByteTwin, path: Path, *, paced: bool = False) -> None:
        if path.exists() and not path.is_symlink():
            raise BadAddress(f"{path} exists and is no link to a simulated device; choose another path.")
        self.wire = Wire(twin)
        self._usb = twin.usb
        self.follow_baud = paced
        self._pull_after_bytes: int | None = None
        self._away_s = 0.0
        self._puller: threading.Thread | None = None
        self._path = path
        self._master = self._spare_slave = -1
        self._thread: threading.Thread | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wake_lock = threading.Lock()
        self._stop = threading.Event()
        self._closing = threading.Event()
        self._closed = False
        twin.wake = self._wake
        self.plug()

    @property
    def port(self) -> str:
        """Path of the pty itself."""
        return os.ttyname(self._spare_slave)

    def plug(self) -> None:
        """Put the cable in: a new pty at the same place."""
        self._master, self._spare_slave = os.openpty()
        # The spare slave keeps the master from EIO while no driver has the port open.
        tty.setraw(self._spare_slave)
        os.set_blocking(self._master, False)
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._run, args=(self._master,), name=f"twin {self._path.name}", daemon=True
        )
        self._thread.start()
        swap = self._path.with_name(f".{self._path.name}.{os.getpid()}.new")
        with suppress(FileNotFoundError):
            swap.unlink()
        swap.symlink_to(self.port)
        swap.replace(self._path)

    def unplug(self) -> None:
        """Pull the cable: the port goes away under whoever has it open."""
        if self._thread is None:
            return
        self._stop.set()
        self._wake()
        self._thread.join()
        self._thread = None
        self.wire.cut()
        with suppress(OSError):
            if self._path.readlink() == Path(self.port):
                self._path.unlink()
        os.close(self._spare_slave)
        os.close(self._master)

    def lock_port(self) -> None:
        """Be the other program that has the port open: whoever wants it for itself is told that it is busy."""
        fcntl.flock(self._spare_slave, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def pull_after(self, host_bytes: int, away_s: float) -> None:
        """Let the cable be pulled once, when the host has sent so many more bytes, and put back `away_s` later."""
        self._away_s, self._pull_after_bytes = away_s, host_bytes

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._closing.set()
            if self._puller is not None:
                self._puller.join()
            self.unplug()
            with self._wake_lock:
                os.close(self._wake_read)
                os.close(self._wake_write)
                self._wake_read = self._wake_write = -1

    def _wake(self) -> None:
        with self._wake_lock, suppress(BlockingIOError):
            if self._wake_write >= 0:
                os.write(self._wake_write, b"\0")

    def _run(self, master: int) -> None:
        poll = select.poll()
        poll.register(master, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        held = b""
        while not self._stop.is_set():
            next_s = self.wire.next_s
            wait_ms = None if next_s is None else max(0, math.ceil((next_s - time.monotonic()) * 1000))
            if held:
                wait_ms = _HELD_WAIT_MS
            ready = {fd for fd, _ in poll.poll(wait_ms)}
            if self._wake_read in ready:
                with suppress(BlockingIOError):
                    os.read(self._wake_read, _READ_BYTES)
            if master in ready:
                with suppress(BlockingIOError):
                    self._hear(master, os.read(master, _READ_BYTES))
            if len(held) < _HELD_BYTES:
                held += self.wire.take(time.monotonic())
            if held:
                taken = 0
                with suppress(BlockingIOError):
                    taken = os.write(master, held)
                # A serial wire does not wait: what nobody takes is lost. USB does.
                held = held[taken:] if self._usb else b""

    def _hear(self, master: int, data: bytes) -> None:
        if self.follow_baud:
            # A pty takes any rate and lets its master read it; a rate of its own making takes no time.
            self.wire.baud = _BAUDS.get(termios.tcgetattr(master)[5], 0)
        if self._pull_after_bytes is not None:
            self._pull_after_bytes -= len(data)
            if self._pull_after_bytes <= 0:
                data = data[: self._pull_after_bytes or len(data)]
                self._pull_after_bytes = None
                self._puller = threading.Thread(target=self._pull_and_put_back, name="cable", daemon=True)
                self._puller.start()
        self.wire.send(data, time.monotonic())

    def _pull_and_put_back(self) -> None:
        self.unplug()
        if not self._closing.wait(self._away_s):
            self.plug()


class StreamTwin(Protocol):
    """A twin that takes one whole stream at a time, as a player takes a sound."""

    def play(self, stream: bytes) -> bytes:
        """Take the stream to its end and answer when it was played."""


class UnixLine:
    """A twin behind a unix socket at `path`: a client sends one stream, half-closes, and gets the answer at its end.

    limit_bytes: longer streams are cut off. Raises BadAddress when the path is too long or taken.
    """

    def __init__(self, twin: StreamTwin, path: Path, limit_bytes: int = 20_000_000) -> None:
        if len(os.fsencode(path)) > 90:
            raise BadAddress(f"{path} is too long for a socket; set HALL_DEVICES_DIR to a shorter folder.")
        if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
            raise BadAddress(f"{path} exists and is no socket of a simulated device; choose another path.")
        self._twin = twin
        self._path = path
        self._limit_bytes = limit_bytes
        self._closed = False
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        swap = path.with_name(f".{path.name}.new")
        with suppress(FileNotFoundError):
            swap.unlink()
        self._server.bind(str(swap))
        self._server.listen(8)
        swap.replace(path)
        self._inode = path.stat().st_ino
        self._thread = threading.Thread(target=self._run, name=f"twin {path.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()
        # shutdown wakes accept(); close alone would leave the thread waiting.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closed:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            with client, suppress(OSError):
                client.settimeout(10)
                client.sendall(self._twin.play(self._receive(client)))

    def _receive(self, client: socket.socket) -> bytes:
        stream = bytearray()
        while len(stream) < self._limit_bytes:
            data = client.recv(_READ_BYTES)
            if not data:
                break
            stream += data
        return bytes(stream)


def make_devices_dir(path: Path) -> Path:
    """Make the folder of the simulated devices, for this user only. Raises BadAddress when it is another user's."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise BadAddress(f"{path} belongs to another user; set HALL_DEVICES_DIR to a folder of your own.")
    return path
