"""Signed session cookies and the CSRF tokens that go with them; knows account ids, not passwords or rights."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from .errors import SessionExpired, SessionForged
from .keys import derive

LIFETIME_S = 12 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A cookie that was made here and is not too old. `epoch` must still be the account's."""

    staff: str
    epoch: int


class Sessions:
    """Makes and reads the cookies of hall `hall`. now_s: Unix time, seconds."""

    def __init__(self, key: bytes, hall: str, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._serializer = URLSafeSerializer(
            derive(key, f"{hall} session"), salt="session", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._csrf_key = derive(key, f"{hall} csrf")

    def make(self, staff: str, epoch: int) -> str:
        """A cookie value; two sign-ins of one account have different ones."""
        cookie = self._serializer.dumps([staff, epoch, int(self._now_s()), secrets.token_urlsafe(9)])
        return cookie if isinstance(cookie, str) else cookie.decode()

    def read(self, cookie: str) -> Session:
        """Raises `SessionExpired` after 12 hours, `SessionForged` for anything not made with this key."""
        try:
            staff, epoch, issued_s, _ = self._serializer.loads(cookie)
        except (BadData, ValueError, TypeError):
            raise SessionForged("The session cookie was not made by this hall.") from None
        if not -60 <= self._now_s() - issued_s <= LIFETIME_S:  # a minute for clocks that were put right
            raise SessionExpired("The session is older than 12 hours; sign in again.")
        return Session(staff, epoch)

    def csrf_token(self, cookie: str) -> str:
        """What a page of this session must send with every change; another site cannot know it."""
        return hmac.new(self._csrf_key, cookie.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
