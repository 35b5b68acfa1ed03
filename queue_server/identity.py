"""The vault: who a citizen is, sealed outside the journal and deletable; knows no ticket and no rule.

The journal holds a reference only, `c_...`: a keyed hash of the ID number, or of the phone number without one. Its key
comes from the master key (a file) and a random salt of the business day (a row of `vault_days`). One citizen has one
reference a day and unlinkable ones on different days. The fields are sealed with a key of the same day.
Bookings have references of their own, the same for appointments of one month, so that missed ones can be counted.

Crypto-shredding: when a day's salt is deleted, after `keep_days`, neither the references of that day can be computed
again, not even by somebody who has the master key and a list of all ID numbers, nor can anything sealed that day be
opened, also where an old copy of it lies in a backup or in a free page of the disk. The journal stays as it is: its
references have become random words.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, insert, select, tuple_, update

from . import sealed
from .audit import AuditRow, record
from .citizen import Citizen
from .database import Database
from .day_keys import Days, booking_references, letters, month_kept, months_of_bookings, reference
from .errors import Forgotten
from .keys import derive
from .rows import Sealed
from .tables import vault

FIELDS = ("id_number", "name", "phone")
_NONCE_BYTES = 12
_FORMAT = b"\x01"
_ROW = (vault.c.ref, vault.c.day, vault.c.purpose, vault.c.sealed)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What the vault keeps of one citizen on one day; its repr shows no field."""

    ref: str
    day: str
    purpose: str
    fields: Mapping[str, str] = field(repr=False)


class Vault:
    """Identities of hall `hall`.

    key: the master key, 32 bytes. keep: which of id_number, name, phone are stored at all. keep_days: 1-365, so many
    days after its own a day is forgotten. Raises `KeyUnusable` if the key is not the one that sealed this database.
    May be used from several threads.
    """

    def __init__(self, database: Database, hall: str, key: bytes, keep: Sequence[str], keep_days: int) -> None:
        self._database = database
        self._hall = hall
        self._key = key
        self._keep = frozenset(keep)
        self._keep_days = keep_days
        self._fingerprint_key = derive(key, f"{hall} fingerprint")
        self._ticket_key = derive(key, f"{hall} ticket")
        self._days = Days(database, hall, key)

    # -- for the journal ---------------------------------------------------------------------------------------------

    def reference(self, day: str, citizen: Citizen) -> str | None:
        """The journal's word for this citizen on this business day ("2026-11-20"), None without ID and phone number.

        Raises `NotDurable` when the day's salt is new and cannot be stored.
        """
        return reference(self._days.keys(day, make=True), citizen)

    def booking_references(self, day: str, citizen: Citizen) -> tuple[str, ...]:
        """The journal's words for a citizen who books for `day`: one by ID number, one by phone number, as given.

        They stay the same for appointments of one month, so that missed ones can be counted, and differ from month to
        month and from the references of tickets. Raises `NotDurable` when the month's salt is new and can't be stored.
        """
        return booking_references(self._days.keys(month_kept(day), make=True), citizen)

    def known_as(self, day: str, citizen: Citizen) -> tuple[str, ...]:
        """Every reference that a booking of this citizen, made in the last or for the next months, may have."""
        found: list[str] = []
        for month in months_of_bookings(day):
            try:
                found += booking_references(self._days.keys(month, make=False), citizen)
            except Forgotten:
                continue  # nobody booked for that month, or its time is over
        return tuple(dict.fromkeys(found))

    def seal(self, day: str, ref: str, purpose: str, fields: Mapping[str, str]) -> Sealed:
        """Encrypt fields (AES-256-GCM); bound to hall, day, ref and purpose, so that rows cannot be swapped."""
        plain = json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._days.keys(day, make=True).seal.encrypt(nonce, plain, self._bound_to(day, ref, purpose))
        return Sealed(ref, day, purpose, _FORMAT + nonce + cipher)

    def seal_citizen(self, day: str, ref: str | None, citizen: Citizen) -> Sealed | None:
        """What the hall keeps of a citizen, to be appended with the ticket; None when it keeps nothing.

        A row per set of fields: a second ticket of the day that gives less does not make the first one's name vanish.
        """
        given = {name: getattr(citizen, name) for name in FIELDS if name in self._keep and getattr(citizen, name)}
        if ref is None or not given:
            return None
        return self.seal(day, ref, f"citizen:{'+'.join(given)}", given)

    def note(self, day: str, text: str, citizen: str | None = None) -> Sealed:
        """Free text of a rating, which may name people and so never goes to the journal; `ref` finds it again.

        citizen: the reference of who wrote it, if known; then it is found and deleted with that person.
        """
        fields = {"text": text} if citizen is None else {"text": text, "citizen": citizen}
        return self.seal(day, f"n_{letters(secrets.token_bytes(16))}", "note", fields)

    def opinion(self, day: str, text: str, phone: str | None) -> Sealed:
        """What a citizen says about the hall, and where to call back; `ref` finds it again."""
        fields = {"text": text} if phone is None else {"text": text, "phone": phone}
        return self.seal(day, f"o_{letters(secrets.token_bytes(16))}", "opinion", fields)

    def show(self, ref: str, *, who: str, reason: str, at_ms: int) -> dict[str, str]:
        """`fields`, for a person's eyes, with the audit row that this leaves."""
        with self._database.writing() as connection:
            record(connection, self._hall, AuditRow(at_ms, who, f"show {ref}", reason))
        return self.fields(ref)

    def fingerprint(self, data: bytes) -> str:
        """Tells two request bodies apart. Keyed: a plain hash of a body with an ID number could be searched for."""
        return hmac.digest(self._fingerprint_key, data, "sha256").hex()[:32]

    # -- for nodes that are cut off ------------------------------------------------------------------------------------

    def public_key(self) -> str:
        """What a node seals a citizen's fields with that it has to keep until the server is back."""
        return sealed.public_key(derive(self._key, f"{self._hall} node seal"))

    def open_from_node(self, box: str, bound_to: str) -> Citizen:
        """Raises `Forgotten` when the box is not for this hall, `BadCitizen` for what is in it."""
        try:
            fields = sealed.unseal(derive(self._key, f"{self._hall} node seal"), box, bound_to)
            return Citizen(**{name: fields[name] for name in FIELDS if fields.get(name)})
        except sealed.NotSealedForUsError:
            raise Forgotten("what a node sealed cannot be opened") from None

    def ticket_id(self, key: str) -> str:
        """The id of the ticket that a request with this Idempotency-Key gives: not to be guessed."""
        mac = hmac.digest(self._ticket_key, key.encode(), "sha256")[:12]
        return base64.urlsafe_b64encode(mac).decode()

    # -- opening -----------------------------------------------------------------------------------------------------

    def open_sealed(self, row: Sealed) -> dict[str, str]:
        """The fields of a row. Raises `Forgotten` when its day is, or when the row is damaged or was swapped."""
        nonce, cipher = row.sealed[1 : 1 + _NONCE_BYTES], row.sealed[1 + _NONCE_BYTES :]
        bound_to = self._bound_to(row.day, row.ref, row.purpose)
        try:
            fields: dict[str, str] = json.loads(
                self._days.keys(row.day, make=False).seal.decrypt(nonce, cipher, bound_to)
            )
        except (InvalidTag, ValueError):
            raise Forgotten(f"the sealed fields of {row.ref} cannot be opened") from None
        return fields

    def names(self, refs: Sequence[str]) -> dict[str, str]:
        """The names stored under references, for those that have one. Raises `NotReadable`.

        Whoever shows one unmasked to a person needs a right, a reason and an audit row.
        """
        with self._database.reading() as connection:
            rows = connection.execute(select(*_ROW).where(vault.c.hall == self._hall, vault.c.ref.in_(refs))).all()
        opened = [(row.ref, self._opened(Sealed(*row)) or {}) for row in rows]
        return {ref: fields["name"] for ref, fields in opened if "name" in fields}

    def fields(self, ref: str) -> dict[str, str]:
        """Everything stored under a reference of the journal, {} when nothing is (any more). Raises `NotReadable`.

        Whoever shows it unmasked to a person needs a right, a reason and an audit row.
        """
        with self._database.reading() as connection:
            rows = connection.execute(select(*_ROW).where(vault.c.hall == self._hall, vault.c.ref == ref)).all()
        merged: dict[str, str] = {}
        for row in rows:
            merged.update(self._opened(Sealed(*row)) or {})
        return merged

    # -- what no journal row goes with ---------------------------------------------------------------------------------

    def keep(self, row: Sealed) -> None:
        """Store one row by itself, in the place of an older one. Raises `NotDurable`; waits for the disk."""
        this = (vault.c.hall == self._hall) & (vault.c.ref == row.ref) & (vault.c.purpose == row.purpose)
        with self._database.writing() as connection:
            connection.execute(delete(vault).where(this))
            connection.execute(
                insert(vault).values(hall=self._hall, ref=row.ref, purpose=row.purpose, day=row.day, sealed=row.sealed)
            )

    def kept(self, purpose: str) -> dict[str, dict[str, str]]:
        """Everything stored for one purpose, by reference. Raises `NotReadable`."""
        with self._database.reading() as connection:
            found = select(*_ROW).where(vault.c.hall == self._hall, vault.c.purpose == purpose)
            rows = [Sealed(*row) for row in connection.execute(found)]
        return {row.ref: fields for row in rows if (fields := self._opened(row)) is not None}

    def drop(self, purpose: str, refs: Sequence[str]) -> None:
        """Delete rows stored for one purpose. Raises `NotDurable`; waits for the disk."""
        with self._database.writing() as connection:
            these = (vault.c.hall == self._hall) & (vault.c.purpose == purpose) & vault.c.ref.in_(refs)
            connection.execute(delete(vault).where(these))

    # -- a citizen's rights ------------------------------------------------------------------------------------------

    def find(self, citizen: Citizen, *, who: str, reason: str, at_ms: int, masked: bool = False) -> list[Found]:
        """All that is kept of a citizen who asks (PIPL art. 45), by ID or phone number. Leaves an audit row first.

        masked: whoever asks promises to show it masked only, and the row says so.
        """
        what = "identity find, masked" if masked else "identity find"
        with self._database.writing() as connection:
            record(connection, self._hall, AuditRow(at_ms, who, what, reason))
        return list(self._matching(citizen))

    def delete_citizen(self, citizen: Citizen, *, who: str, reason: str, at_ms: int) -> int:
        """Delete all that is kept of a citizen (PIPL art. 47); says how many rows. Leaves an audit row with it."""
        gone = [(found.ref, found.purpose) for found in self._matching(citizen)]
        with self._database.writing() as connection:
            if gone:
                connection.execute(
                    delete(vault).where(vault.c.hall == self._hall, tuple_(vault.c.ref, vault.c.purpose).in_(gone))
                )
            record(connection, self._hall, AuditRow(at_ms, who, f"identity delete, {len(gone)} rows", reason))
        return len(gone)

    def renewed(self, ref: str, day: str) -> list[Sealed]:
        """What is stored under `ref`, sealed anew so that it is kept from `day` on; to be stored in place of it."""
        with self._database.reading() as connection:
            rows = connection.execute(select(*_ROW).where(vault.c.hall == self._hall, vault.c.ref == ref)).all()
        return [
            self.seal(day, row.ref, row.purpose, fields)
            for row in (Sealed(*each) for each in rows)
            if (fields := self._opened(row)) is not None
        ]

    def purge(self, today: str, needed: Sequence[str] = ()) -> int:
        """Forget the days older than `keep_days`, their salts too; says how many rows went. Raises `NotDurable`.

        needed: references of what somebody still has to answer; it is sealed anew and counts as of `today`.
        """
        oldest = (date.fromisoformat(today) - timedelta(days=self._keep_days)).isoformat()
        with self._database.reading() as connection:
            old = select(vault.c.ref).where(vault.c.hall == self._hall, vault.c.day < oldest)
            wanted = set(needed) & set(connection.execute(old).scalars())
        renewed = [row for ref in sorted(wanted) for row in self.renewed(ref, today)]
        with self._database.writing() as connection:
            for row in renewed:  # not inserted: whatever was deleted meanwhile stays deleted
                this = (vault.c.hall == self._hall) & (vault.c.ref == row.ref) & (vault.c.purpose == row.purpose)
                connection.execute(update(vault).where(this).values(day=row.day, sealed=row.sealed))
            rows = connection.execute(delete(vault).where(vault.c.hall == self._hall, vault.c.day < oldest)).rowcount
            self._days.forget(connection, oldest)
        return rows

    # -- inside ------------------------------------------------------------------------------------------------------

    def _matching(self, citizen: Citizen) -> Iterator[Found]:
        """By reference, and by opening every row: who is referred to by ID number may ask by phone number."""
        keys = [self._days.keys(day, make=False) for day in self._days.known()]
        refs = {reference(of_day, citizen) for of_day in keys} - {None}
        refs |= {ref for of_day in keys for ref in booking_references(of_day, citizen)}
        wanted = {(name, value) for name in ("id_number", "phone") if (value := getattr(citizen, name))}
        with self._database.reading() as connection:
            rows = [Sealed(*row) for row in connection.execute(select(*_ROW).where(vault.c.hall == self._hall))]
        opened = [(row, self._opened(row)) for row in rows]
        refs |= {row.ref for row, fields in opened if fields and wanted & set(fields.items())}
        for row, fields in opened:
            if row.ref in refs or (fields or {}).get("citizen") in refs:
                yield Found(row.ref, row.day, row.purpose, fields or {})

    def _opened(self, row: Sealed) -> dict[str, str] | None:
        try:
            return self.open_sealed(row)
        except Forgotten as err:  # one damaged row must not hide the others
            _log.warning("%s", err)
            return None

    def _bound_to(self, day: str, ref: str, purpose: str) -> bytes:
        return "\0".join((self._hall, day, ref, purpose)).encode()
