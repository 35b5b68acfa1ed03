"""A process of the server's own, talked to by lines of JSON from one OS thread; knows nothing of what it does.

The thread that starts it must outlive it: the kernel's parent-death signal follows the thread.
"""

from __future__ import annotations

import ctypes
import json
import os
import posix
import signal
import sys
from pathlib import Path
from typing import Any

from queue_server.threads import os_poll

PR_SET_PDEATHSIG = 1
NICENESS = 10


class ProcessEndedError(OSError):
    """The process is gone, or does not answer and was ended."""


def begin_as_child() -> bool:
    """For the process itself: give the server right of way and end with it. False: the server has ended already."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if len(sys.argv) > 1 and parent != int(sys.argv[1]):
        return False  # it died before the kernel was asked to tell us
    os.nice(NICENESS)
    return True


class Child:
    """One process and its two pipes. Raises ProcessEndedError (or another OSError) when it is gone."""

    def __init__(self, command: tuple[str, ...]) -> None:
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        # posix_spawn: no copy of a process with threads and a loop runs Python code, not even for a moment.
        actions = [(os.POSIX_SPAWN_DUP2, theirs_in, 0), (os.POSIX_SPAWN_DUP2, theirs_out, 1), *_close_inheritable()]
        try:
            self.pid = posix.posix_spawn(command[0], [*command, str(os.getpid())], os.environ, file_actions=actions)
        except OSError:
            os.close(self._to)
            os.close(self._from)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._poll = os_poll()
        self._poll.register(self._from)

    def send(self, messages: list[dict[str, Any]]) -> None:
        lines = "".join(json.dumps(message, separators=(",", ":")) + "\n" for message in messages)
        data = memoryview(lines.encode())
        while data:
            data = data[posix.write(self._to, data) :]

    def ask(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        self.send([message])
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            if not self._poll.poll(timeout_s * 1000):
                raise ProcessEndedError(f"it did not answer within {timeout_s:.0f} s")
            part = posix.read(self._from, 1 << 20)
            if not part:
                raise ProcessEndedError("it closed its output")
            parts.append(part)
        answer: dict[str, Any] = json.loads(b"".join(parts))
        return answer

    def end(self) -> None:
        """From another thread: whoever waits for an answer learns that it ended."""
        end_child(self.pid)

    def close(self) -> None:
        end_child(self.pid)
        os.close(self._to)
        os.close(self._from)
        try:
            posix.waitpid(self.pid, 0)
        except ChildProcessError:  # gevent's own child watcher was quicker
            return


def end_child(pid: int) -> None:
    """At once; nothing happens when it has ended already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _close_inheritable() -> list[tuple[int, int]]:
    """The server's socket and the folder's lock are inherited on purpose, by its worker; not by this process."""
    own = [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    return [(os.POSIX_SPAWN_CLOSE, fd) for fd in own if fd > 2 and _inheritable(fd)]


def _inheritable(fd: int) -> bool:
    try:
        return os.get_inheritable(fd)
    except OSError:  # the one that listed the folder
        return False
