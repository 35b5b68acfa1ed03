"""The keys of a day, and what they make of a citizen: references; knows nothing of what is sealed with them.

They come from the master key (a file) and a random salt of the business day (a row of `vault_days`). When a salt is
deleted nobody can make its keys again: see `identity`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from .citizen import Citizen
from .database import Database
from .errors import Forgotten, KeyUnusable
from .keys import derive
from .tables import vault_days

BOOKED_DAYS = 180  # after the month of an appointment its bookings' references can be made anew, plus `keep_days`
BOOKABLE_DAYS = 120  # no hall books further ahead
_SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class DayKeys:
    reference: bytes = field(repr=False)
    booking: bytes = field(repr=False)
    seal: AESGCM = field(repr=False)


class Days:
    """The keys of hall `hall` by day. Raises `KeyUnusable` if `key` is not the one that this database was made with."""

    def __init__(self, database: Database, hall: str, key: bytes) -> None:
        self._database = database
        self._hall = hall
        self._key = key
        self._made: dict[str, DayKeys] = {}
        for day in self.known()[-1:]:
            self.keys(day, make=False)

    def keys(self, day: str, *, make: bool) -> DayKeys:
        """make: begin the day if nobody did. Raises `Forgotten` for a day that is over, `NotDurable`."""
        keys = self._made.get(day)
        if keys is None:
            salt = self._salt(day, make=make)
            keys = DayKeys(
                derive(self._key, f"{self._hall} citizen", salt),
                derive(self._key, f"{self._hall} booking", salt),
                AESGCM(derive(self._key, f"{self._hall} seal", salt)),
            )
            self._made[day] = keys
        return keys

    def known(self) -> list[str]:
        days = select(vault_days.c.day).where(vault_days.c.hall == self._hall).order_by(vault_days.c.day)
        with self._database.reading() as connection:
            return list(connection.execute(days).scalars())

    def forget(self, connection: Connection, oldest: str) -> None:
        """Delete the days before `oldest` for good."""
        self._made.clear()
        connection.execute(delete(vault_days).where(vault_days.c.hall == self._hall, vault_days.c.day < oldest))

    def _salt(self, day: str, *, make: bool) -> bytes:
        salt = self._stored_salt(day)
        if salt is None and make:
            date.fromisoformat(day)  # a mistake here would be a key that is never purged
            fresh = secrets.token_bytes(_SALT_BYTES)
            try:
                with self._database.writing() as connection:
                    connection.execute(
                        insert(vault_days).values(hall=self._hall, day=day, salt=fresh, proof=self._proof(fresh))
                    )
            except IntegrityError:
                salt = self._stored_salt(day)  # another process was faster
            else:
                salt = fresh
        if salt is None:
            raise Forgotten(f"the identities of {day} were deleted")
        return salt

    def _stored_salt(self, day: str) -> bytes | None:
        found = select(vault_days.c.salt, vault_days.c.proof).where(
            vault_days.c.hall == self._hall, vault_days.c.day == day
        )
        with self._database.reading() as connection:
            row = connection.execute(found).first()
        if row is None:
            return None
        if not hmac.compare_digest(self._proof(row.salt), row.proof):
            raise KeyUnusable("The identity key is not the one that sealed this database: put the right file back.")
        return bytes(row.salt)

    def _proof(self, salt: bytes) -> bytes:
        return hmac.new(derive(self._key, f"{self._hall} proof"), salt, hashlib.sha256).digest()[:8]


def reference(keys: DayKeys, citizen: Citizen) -> str | None:
    """The journal's word for a citizen on a day; None without ID and phone number."""
    if citizen.id_number:
        said = f"id_number\0{citizen.id_number}"
    elif citizen.phone:
        said = f"phone\0{citizen.phone}"
    else:
        return None
    return _word(keys.reference, said)


def booking_references(keys: DayKeys, citizen: Citizen) -> tuple[str, ...]:
    """One by ID number, one by phone number, as given."""
    given = [(name, getattr(citizen, name)) for name in ("id_number", "phone")]
    return tuple(_word(keys.booking, f"{name}\0{value}") for name, value in given if value)


def _word(key: bytes, said: str) -> str:
    return f"c_{letters(hmac.new(key, said.encode(), hashlib.sha256).digest()[:16])}"


def months_of_bookings(day: str) -> Iterable[str]:
    """The days with whose salts bookings of the last and for the next months were made."""
    around = (_days_after(day, days) for days in range(-BOOKED_DAYS, BOOKABLE_DAYS + 1, 15))
    return dict.fromkeys(month_kept(of_month) for of_month in around)


def month_kept(day: str) -> str:
    """The day with whose salt the bookings of a month are made: so late that it is deleted when they count no more."""
    first = date.fromisoformat(day).replace(day=1)
    return (first + timedelta(days=31 + BOOKED_DAYS)).isoformat()


def letters(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _days_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
