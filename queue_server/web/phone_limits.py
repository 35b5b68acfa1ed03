"""How often one phone, or one address with links that nobody has, may ask; knows no ticket."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from queue_server.web.problems import ProblemError

KEPT_MAX = 4000


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and one more every `every_s` seconds."""

    name: str
    burst: int
    every_s: float


READ = Limit("read", 20, 1.0)
CHANGE = Limit("change", 10, 6.0)
STRANGER = Limit("stranger", 30, 1.0)
LOOK = Limit("look", 60, 0.5)
REMOTE = Limit("remote", 6, 20.0)  # a family behind one address, and no machine
REMOTE_HALL = Limit("remote_hall", 40, 2.0)  # of one hall, whatever the addresses


def address_of(request: Request) -> str:
    """Whom to count: the peer, or whom a proxy on this machine says it speaks for."""
    peer = request.remote_addr or ""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told[:64] if told and peer in ("127.0.0.1", "::1") else peer


class Limits:
    """Kept in memory; who has not asked for long is forgotten first."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._used: dict[tuple[str, str], tuple[float, float]] = {}  # -> (used of the burst, when)

    def count(self, limit: Limit, who: str) -> None:
        """Raises ProblemError `slow_down` with the seconds to wait when `who` has asked too often."""
        now_s = self._clock_s()
        used, since_s = self._used.pop((limit.name, who), (0.0, now_s))
        used = max(0.0, used - (now_s - since_s) / limit.every_s)
        over = used + 1 > limit.burst
        self._used[limit.name, who] = (used if over else used + 1, now_s)
        while len(self._used) > KEPT_MAX:
            del self._used[next(iter(self._used))]
        if over:
            raise ProblemError("slow_down", retry_after_s=math.ceil((used + 1 - limit.burst) * limit.every_s))
