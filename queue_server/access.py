"""Tokens of nodes and programs, staff accounts, and who a request comes from; knows no HTTP and nothing of tickets.

A token is 32 random bytes; only its SHA-256 is stored. Every successful look-up is remembered for a few seconds, so a
token or session that was revoked, here or by another process, stops within 5 s; a new one works at once.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from .audit import AuditRow, record
from .database import Database
from .errors import BadAccount, SessionExpired, SessionForged, UnknownAccount
from .passwords import Throttle, hash_password, verify
from .rights import RIGHTS, ROLES, Principal, Right, allowed
from .tables import public_items, tokens
from .tables import staff as staff_table

__all__ = ["RIGHTS", "ROLES", "Access", "Principal", "Right", "Staff", "Token", "allowed"]

REMEMBERED_S = 4.0
REMEMBERED_MAX = 2000
TOKEN_BYTES = 32
WINDOW_MAX = 999

_STAFF_ID = re.compile(r"[a-z0-9-]{1,32}")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_STAFF = [staff_table.c[name] for name in ("id", "name", "role", "window", "epoch")]
_TOKEN = [tokens.c[name] for name in ("id", "role", "windows", "name", "created_ms", "revoked_ms")]


@dataclass(frozen=True, slots=True)
class Staff:
    """An account. `epoch` grows when all its sessions are ended."""

    id: str
    name: str
    role: str
    window: int | None
    epoch: int = field(repr=False)

    @property
    def principal(self) -> Principal:
        return Principal("staff", self.id, self.role, _own(self.window))


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be listed: the secret itself is not kept anywhere. `revoked_ms` is None while it works."""

    id: str
    role: str
    windows: tuple[int, ...]
    name: str
    created_ms: int
    revoked_ms: int | None


class Access:
    """Accounts and tokens of hall `hall`.

    key: the master key, needed for sessions only. Methods that touch the database say `NotReadable` or `NotDurable`
    when it is gone; `check_password` also computes for some 30 ms: run it off an event loop.
    """

    def __init__(
        self,
        database: Database,
        hall: str,
        key: bytes | None = None,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._hall = hall
        self._clock_s = clock_s
        self._throttle = Throttle(clock_s)
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}
        if key is not None:
            from .sessions import Sessions
            from .signed_out import SignedOut

            self._sessions = Sessions(key, hall)
            self._signed_out = SignedOut(database, hall)

    # -- tokens ------------------------------------------------------------------------------------------------------

    def create_token(self, role: str, windows: Iterable[int] = (), name: str | None = None, *, by: str = "cli") -> str:
        """Make a token and return it, the only time it can be seen. `name` (default: its id) goes to the journal.
        windows: the only ones it may operate; a node without any may operate none.

        Raises `BadAccount` for an unknown role, a window outside 1-999 or a bad name.
        """
        _check_role(role, None)
        windows = sorted(set(windows))
        for window in windows:
            _check_role(role, window)
        token_id = secrets.token_hex(5)
        name = name or f"{role}-{token_id}"
        if not _TOKEN_NAME.fullmatch(name):
            raise BadAccount("A token's name has 1 to 32 letters, digits, dots, underscores or hyphens.")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        listed = ",".join(map(str, windows))
        values = {"id": token_id, "digest": _digest(token), "role": role, "windows": listed, "name": name}
        with self._database.writing() as connection:
            connection.execute(insert(tokens).values(hall=self._hall, created_ms=_now_ms(), **values))
            self._audit(connection, by, f"token create {token_id} {name} {role}")
        return token

    def principal_of_token(self, token: str) -> Principal | None:
        """Who carries this token; None when it is unknown or was revoked."""
        digest = _digest(token)
        found: Principal | None = self._remembered("token", digest, lambda: self._look_up_token(digest))
        return found

    def tokens(self) -> list[Token]:
        """All tokens, the oldest first."""
        rows = select(*_TOKEN).where(tokens.c.hall == self._hall).order_by(tokens.c.created_ms, tokens.c.id)
        with self._database.reading() as connection:
            return [
                Token(row.id, row.role, _windows(row.windows), row.name, row.created_ms, row.revoked_ms)
                for row in connection.execute(rows)
            ]

    def revoke_token(self, token_id: str, *, by: str = "cli") -> None:
        """It stops working within 5 s. Raises `UnknownAccount`; revoking twice is no mistake."""
        this = (tokens.c.hall == self._hall) & (tokens.c.id == token_id)
        with self._database.writing() as connection:
            revoked = func.coalesce(tokens.c.revoked_ms, _now_ms())
            if not connection.execute(update(tokens).where(this).values(revoked_ms=revoked)).rowcount:
                raise UnknownAccount(f"There is no token {token_id!r}; `queue-server token list` shows them.")
            self._audit(connection, by, f"token revoke {token_id}")
        self._known.clear()

    def let_operate(self, name: str, windows: Iterable[int], *, by: str = "cli") -> None:
        """Let the tokens of the node `name` operate these windows and no others; in force within 5 s."""
        this = (tokens.c.hall == self._hall) & (tokens.c.name == name) & tokens.c.revoked_ms.is_(None)
        listed = ",".join(map(str, sorted(set(windows))))
        with self._database.writing() as connection:
            if connection.execute(
                update(tokens).where(this, tokens.c.windows != listed).values(windows=listed)
            ).rowcount:
                self._audit(connection, by, f"token windows {name} {listed or 'none'}")
        self._known.clear()

    def revoke_tokens_named(self, name: str, *, by: str = "cli") -> None:
        """Stop every token of the node `name`; none there is no mistake."""
        this = (tokens.c.hall == self._hall) & (tokens.c.name == name) & tokens.c.revoked_ms.is_(None)
        with self._database.writing() as connection:
            if connection.execute(update(tokens).where(this).values(revoked_ms=_now_ms())).rowcount:
                self._audit(connection, by, f"token revoke {name}")
        self._known.clear()

    def _look_up_token(self, digest: str) -> Principal | None:
        this = (tokens.c.hall == self._hall) & (tokens.c.digest == digest) & tokens.c.revoked_ms.is_(None)
        with self._database.reading() as connection:
            row = connection.execute(select(tokens.c.name, tokens.c.role, tokens.c.windows).where(this)).first()
        return None if row is None else Principal("token", row.name, row.role, frozenset(_windows(row.windows)))

    # -- staff -------------------------------------------------------------------------------------------------------

    def add_staff(
        self, staff_id: str, name: str, role: str, window: int | None, password: str, *, by: str = "cli"
    ) -> Staff:
        """Make an account. Raises `BadAccount`: id not [a-z0-9-]{1,32} or taken, name, role, window or password bad."""
        if not _STAFF_ID.fullmatch(staff_id):
            raise BadAccount("A staff id has 1 to 32 small letters, digits and hyphens.")
        values = {"id": staff_id, **_account(name, role, window), "epoch": 1}
        password = hash_password(staff_id, password)
        try:
            with self._database.writing() as connection:
                connection.execute(
                    insert(staff_table).values(hall=self._hall, password=password, created_ms=_now_ms(), **values)
                )
                self._audit(connection, by, f"staff add {staff_id} {role}")
        except IntegrityError:
            raise BadAccount(f"There is a staff account {staff_id!r} already.") from None
        return Staff(**values)  # type: ignore[arg-type]

    def change_staff(self, staff_id: str, name: str, role: str, window: int | None, *, by: str = "cli") -> None:
        """Give an account another name, role or window, and end its sessions. Raises `BadAccount`, `UnknownAccount`."""
        values = _account(name, role, window)
        self._change(staff_id, values, by, f"staff change {role}")

    def remove_staff(self, staff_id: str, *, by: str = "cli") -> None:
        """Delete an account and its card; what it did stays in the journal under its id. Raises `UnknownAccount`."""
        with self._database.writing() as connection:
            if not connection.execute(delete(staff_table).where(self._this(staff_id))).rowcount:
                raise UnknownAccount(f"There is no staff account {staff_id!r}.")
            card = (
                (public_items.c.hall == self._hall) & (public_items.c.kind == "card") & (public_items.c.id == staff_id)
            )
            connection.execute(delete(public_items).where(card))
            self._audit(connection, by, f"staff remove {staff_id}")
        self._known.clear()

    def set_password(self, staff_id: str, password: str, *, by: str = "cli") -> None:
        """Replace a password and end all sessions of the account. Raises `BadAccount`, `UnknownAccount`."""
        hashed = hash_password(staff_id, password)
        self._change(staff_id, {"password": hashed}, by, "staff password")
        self._throttle.succeeded(staff_id)

    def end_sessions(self, staff_id: str, *, by: str = "cli") -> None:
        """Sign an account out everywhere, within 5 s. Raises `UnknownAccount`."""
        self._change(staff_id, {}, by, "staff sign out everywhere")

    def staff(self, staff_id: str) -> Staff | None:
        """An account, None if there is none."""
        with self._database.reading() as connection:
            row = connection.execute(select(*_STAFF).where(self._this(staff_id))).first()
        return None if row is None else Staff(*row)

    def all_staff(self) -> list[Staff]:
        """Every account by id."""
        rows = select(*_STAFF).where(staff_table.c.hall == self._hall).order_by(staff_table.c.id)
        with self._database.reading() as connection:
            return [Staff(*row) for row in connection.execute(rows)]

    def check_password(self, staff_id: str, password: str) -> Staff | None:
        """The account if the password is right. Raises `TooManyTries` from the sixth wrong one on."""
        self._throttle.check(staff_id)
        row = None
        if _STAFF_ID.fullmatch(staff_id):
            with self._database.reading() as connection:
                row = connection.execute(select(*_STAFF, staff_table.c.password).where(self._this(staff_id))).first()
        if not verify(None if row is None else row.password, password) or row is None:
            self._throttle.failed(staff_id)
            return None
        self._throttle.succeeded(staff_id)
        return Staff(*row[:-1])

    # -- sessions ----------------------------------------------------------------------------------------------------

    def new_session(self, account: Staff) -> str:
        """The value of a session cookie, good for 12 hours."""
        return self._sessions.make(account.id, account.epoch)

    def principal_of_session(self, cookie: str) -> Principal:
        """Raises `SessionExpired` (too old, or ended everywhere) or `SessionForged` (not made here)."""
        session = self._sessions.read(cookie)
        account: Staff | None = self._remembered("staff", session.staff, lambda: self.staff(session.staff))
        if account is None or account.epoch != session.epoch:
            raise SessionExpired("This session was ended; sign in again.")
        if self._remembered("session", cookie, lambda: self._signed_out.holds(cookie)):
            raise SessionExpired("Somebody signed out of this session; sign in again.")
        return account.principal

    def sign_out(self, cookie: str) -> None:
        """End this session and no other of its account, within 5 s everywhere. A cookie that is over is no mistake."""
        try:
            self._sessions.read(cookie)
        except (SessionExpired, SessionForged):
            return
        self._signed_out.add(cookie)
        self._known.clear()

    def csrf_token(self, cookie: str) -> str:
        """What a page must send in X-CSRF-Token with every change of this session."""
        return self._sessions.csrf_token(cookie)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _remembered(self, kind: str, key: str, look_up: Callable[[], Any]) -> Any:
        known = self._known.get((kind, key))
        now_s = self._clock_s()
        if known is not None and now_s - known[0] < REMEMBERED_S:
            return known[1]
        found = look_up()
        if found is None:
            self._known.pop((kind, key), None)
        else:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            self._known[kind, key] = (now_s, found)
        return found

    def _change(self, staff_id: str, values: dict[str, object], by: str, what: str) -> None:
        change = update(staff_table).where(self._this(staff_id)).values(epoch=staff_table.c.epoch + 1, **values)
        with self._database.writing() as connection:
            if not connection.execute(change).rowcount:
                raise UnknownAccount(f"There is no staff account {staff_id!r}.")
            self._audit(connection, by, f"{what} {staff_id}")
        self._known.clear()

    def _this(self, staff_id: str) -> Any:
        return (staff_table.c.hall == self._hall) & (staff_table.c.id == staff_id)

    def _audit(self, connection: Any, by: str, what: str) -> None:
        record(connection, self._hall, AuditRow(_now_ms(), by, what, ""))


def _own(window: int | None) -> frozenset[int]:
    return frozenset() if window is None else frozenset({window})


def _windows(listed: str) -> tuple[int, ...]:
    """As the table has them: "2,3", or "" for none."""
    return tuple(int(window) for window in listed.split(",") if window)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _account(name: str, role: str, window: int | None) -> dict[str, object]:
    if not 1 <= len(name.strip()) <= 64:
        raise BadAccount("A staff name has 1 to 64 characters.")
    if role == "node":
        raise BadAccount("A node has a token, not a staff account.")
    _check_role(role, window)
    return {"name": name.strip(), "role": role, "window": window}


def _check_role(role: str, window: int | None) -> None:
    if role not in ROLES:
        raise BadAccount(f"There is no role {role!r}; there are {', '.join(ROLES)}.")
    if window is not None and not 1 <= window <= WINDOW_MAX:
        raise BadAccount(f"A window is a number from 1 to {WINDOW_MAX}.")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
