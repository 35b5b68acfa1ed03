"""Hashes passwords with argon2id, refuses bad ones, and slows down guessing; knows no accounts."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from .errors import BadAccount, TooManyTries
from .threads import os_lock

LENGTH_MIN = 8
LENGTH_MAX = 256
FREE_TRIES = 5
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 900.0
FORGET_AFTER_S = 3600.0
NAMES_MAX = 1000

# The cost OWASP recommends for argon2id: 19 MiB, 2 passes, 1 lane. One at a time: a hall server has 120 MB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_one_at_a_time = os_lock()
_nobody: list[str] = []

_COMMON = """
    12345678 123456789 1234567890 87654321 11111111 00000000 88888888 66666666 password password1 passw0rd qwertyui
    qwerty123 qwertyuiop 1qaz2wsx abcd1234 abc12345 admin123 admin1234 administrator iloveyou letmein1 welcome1
    changeme a1234567 a123456789 woaini1314 5201314520
"""


def hash_password(account: str, password: str) -> str:
    """Raises `BadAccount` when it is shorter than 8 characters, the account's id, or among the most common ones."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise BadAccount(f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.")
    if password.lower() in (account, account * 2) or password.lower() in _COMMON.split() or len(set(password)) == 1:
        raise BadAccount("This password is among the first that anybody would try; choose another.")
    with _one_at_a_time:
        return _hasher.hash(password.encode("utf-8", "surrogatepass"))


def verify(stored: str | None, password: str) -> bool:
    """Whether it is right. Takes as long for an account that does not exist (`stored` None)."""
    with _one_at_a_time:
        if not _nobody:
            _nobody.append(_hasher.hash("nobody has this password"))
        try:
            _hasher.verify(
                _nobody[0] if stored is None else stored, password[:LENGTH_MAX].encode("utf-8", "surrogatepass")
            )
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return stored is not None


@dataclass(slots=True)
class _Tries:
    failures: int
    last_s: float


class Throttle:
    """After 5 wrong passwords for one name each further try waits: 30 s, 1 min, 2 min ... 15 min.

    Kept in memory; a name is forgotten after a right password or an hour. Unknown names count like known ones.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._tries: dict[str, _Tries] = {}

    def check(self, name: str) -> None:
        """Raises `TooManyTries` while the name must wait."""
        tries = self._tries.get(name)
        if tries is None or tries.failures < FREE_TRIES:
            return
        wait_s = min(FIRST_WAIT_S * 2.0 ** min(tries.failures - FREE_TRIES, 16), LONGEST_WAIT_S)
        left_s = tries.last_s + wait_s - self._clock_s()
        if left_s > 0:
            raise TooManyTries(math.ceil(left_s))

    def failed(self, name: str) -> None:
        now_s = self._clock_s()
        tries = self._tries.pop(name, None)
        if tries is None or now_s - tries.last_s > FORGET_AFTER_S:
            tries = _Tries(0, now_s)
        tries.failures += 1
        tries.last_s = now_s
        self._tries[name] = tries
        while len(self._tries) > NAMES_MAX:  # the one that failed longest ago
            del self._tries[next(iter(self._tries))]

    def succeeded(self, name: str) -> None:
        self._tries.pop(name, None)
