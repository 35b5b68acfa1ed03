"""Real operating-system threads and locks, also where gevent has patched them; knows nothing of what they run.

sqlite3 and fsync never yield to gevent, so work that waits for a disk must not run in a greenlet that only looks
like a thread.
"""

from __future__ import annotations

import _thread
import queue
import select
import sys
from collections.abc import Callable
from typing import Any


def _original(name: str) -> Any:
    monkey = sys.modules.get("gevent.monkey")
    return monkey.get_original("_thread", name) if monkey is not None else getattr(_thread, name)


def os_lock() -> _thread.LockType:
    """A lock that blocks the whole OS thread. Never hold one across anything that yields to gevent."""
    lock: _thread.LockType = _original("allocate_lock")()
    return lock


def start_os_thread(target: Callable[[], None]) -> None:
    """Run `target` in an OS thread of its own; `target` must handle its own errors."""
    _original("start_new_thread")(target, ())


def os_queue() -> Any:
    """A `queue.SimpleQueue` whose `get(timeout=seconds)` blocks the OS thread and lets every other thread run."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey.get_original("queue", "SimpleQueue")() if monkey is not None else queue.SimpleQueue()


def os_poll() -> Any:
    """A `select.poll` that blocks the OS thread and lets every other thread run."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey.get_original("select", "poll")() if monkey is not None else select.poll()
