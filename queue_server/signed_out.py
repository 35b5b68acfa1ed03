"""Sessions that ended before their time because somebody signed out; knows cookies by their digest and no accounts.

A cookie proves itself, so taking it from the browser ends nothing: whoever kept a copy could go on. Its digest is kept
here for as long as the cookie would have been good.
"""

from __future__ import annotations

import hashlib
import time

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from .database import Database
from .sessions import LIFETIME_S
from .tables import signed_out


class SignedOut:
    """Of one hall. Both methods wait for the disk and raise `NotReadable` or `NotDurable` when it is gone."""

    def __init__(self, database: Database, hall: str) -> None:
        self._database, self._hall = database, hall

    def add(self, cookie: str) -> None:
        """This session is over; a second time is no mistake. Forgets the ones that are too old by themselves."""
        now_ms = time.time_ns() // 1_000_000
        old = (signed_out.c.hall == self._hall) & (signed_out.c.at_ms < now_ms - 2 * LIFETIME_S * 1000)
        try:
            with self._database.writing() as connection:
                connection.execute(delete(signed_out).where(old))
                connection.execute(insert(signed_out).values(hall=self._hall, digest=digest(cookie), at_ms=now_ms))
        except IntegrityError:
            return  # signed out already, in another page of the browser

    def holds(self, cookie: str) -> bool:
        this = (signed_out.c.hall == self._hall) & (signed_out.c.digest == digest(cookie))
        with self._database.reading() as connection:
            return connection.execute(select(signed_out.c.at_ms).where(this)).first() is not None


def digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()
