"""Accounts, passwords, guessing, sessions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from queue_server import passwords
from queue_server.access import Access, Principal
from queue_server.audit import audit_rows
from queue_server.database import Database
from queue_server.errors import BadAccount, SessionExpired, SessionForged, TooManyTries, UnknownAccount
from queue_server.sessions import LIFETIME_S, Sessions
from queue_server.tables import staff

PASSWORD = "Nine horses, 5 carts"


@pytest.fixture
def li(access: Access) -> Any:
    return access.add_staff("li", "李", "staff", 3, PASSWORD)


def test_there_is_nobody_to_begin_with(access: Access) -> None:
    assert access.all_staff() == []
    for name in ("admin", "root", "manager", "li", "", "a\0b", "王", "\ud800"):
        assert access.check_password(name, "admin") is None


def test_the_right_password_and_no_other(access: Access, li: Any) -> None:
    assert access.check_password("li", PASSWORD) == li
    assert li.principal == Principal("staff", "li", "staff", frozenset({3}))
    for wrong in ("", PASSWORD.lower(), PASSWORD + " ", "\ud800" * 9):
        assert access.check_password("li", wrong) is None
    assert access.check_password("wang", PASSWORD) is None


def test_an_unknown_name_costs_the_same_work(access: Access, li: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    access.check_password("nobody", "to warm up")
    worked = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, stored: str, password: bytes) -> bool:
            worked.append(stored.split("$")[3])  # the cost
            return verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    access.check_password("nobody", "a wrong password")
    access.check_password("not even an id!", "a wrong password")
    access.check_password("li", "a wrong password")
    assert len(worked) == 3
    assert len(set(worked)) == 1


def test_passwords_are_stored_as_argon2id(access: Access, li: Any, database: Database) -> None:
    with database.reading() as connection:
        (stored,) = connection.execute(select(staff.c.password)).scalars()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in str(audit_rows(database, "oubei"))


@pytest.mark.parametrize("password", ["", "short 7", "12345678", "PassWord", "aaaaaaaaaa", "manager-1", "x" * 257])
def test_bad_passwords(access: Access, password: str) -> None:
    with pytest.raises(BadAccount, match="password"):
        access.add_staff("manager-1", "M", "manager", None, password)
    assert access.all_staff() == []


@pytest.mark.parametrize(
    ("staff_id", "name", "role", "window"),
    [
        ("Li", "李", "staff", None),
        ("", "李", "staff", None),
        ("x" * 33, "李", "staff", None),
        ("li", " ", "staff", None),
        ("li", "李", "node", None),
        ("li", "李", "boss", None),
        ("li", "李", "staff", 1000),
    ],
)
def test_bad_accounts(access: Access, staff_id: str, name: str, role: str, window: int | None) -> None:
    with pytest.raises(BadAccount):
        access.add_staff(staff_id, name, role, window, PASSWORD)


def test_an_id_is_given_once(access: Access, li: Any) -> None:
    with pytest.raises(BadAccount, match="already"):
        access.add_staff("li", "another", "manager", None, PASSWORD)
    assert access.staff("li") == li
    assert access.all_staff() == [li]
    assert access.staff("wang") is None


def test_guessing_is_slowed_down_per_name(access: Access, li: Any, clock: Any) -> None:
    access.add_staff("wang", "王", "staff", None, PASSWORD)
    for _ in range(5):
        assert access.check_password("li", "guess-guess") is None
    with pytest.raises(TooManyTries) as caught:
        access.check_password("li", PASSWORD)
    assert caught.value.retry_after_s == 30
    assert access.check_password("wang", PASSWORD) is not None, "others are not kept waiting"
    clock.now_s += 30
    assert access.check_password("li", "guess-guess") is None
    with pytest.raises(TooManyTries) as caught:
        access.check_password("li", PASSWORD)
    assert caught.value.retry_after_s == 60
    clock.now_s += 60
    assert access.check_password("li", PASSWORD) is not None
    for _ in range(4):
        assert access.check_password("li", "guess-guess") is None
    assert access.check_password("li", PASSWORD) is not None, "the right password starts the count anew"


def test_guessing_unknown_names_is_slowed_down_alike_and_fills_no_memory(clock: Any) -> None:
    throttle = passwords.Throttle(clock)
    for _ in range(5):
        throttle.check("nobody")
        throttle.failed("nobody")
    with pytest.raises(TooManyTries):
        throttle.check("nobody")
    clock.now_s += 4000
    throttle.failed("nobody")
    throttle.check("nobody")
    for number in range(3000):
        throttle.failed(f"name-{number}")
    assert len(throttle._tries) == passwords.NAMES_MAX


def test_a_session_is_its_account(access: Access, another_process: Access, li: Any) -> None:
    cookie = access.new_session(li)
    assert another_process.principal_of_session(cookie) == li.principal
    assert access.new_session(li) != cookie
    assert PASSWORD not in cookie


def test_forged_sessions(access: Access, database: Database, li: Any) -> None:
    cookie = access.new_session(li)
    foreign = Access(database, "oubei", b"x" * 32).new_session(li)
    other_hall = Access(database, "sanjiang", b"k" * 32).new_session(li)
    altered = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    for forged in (foreign, other_hall, altered, "", "x", "a.b.c", cookie[:-1], "\ud800", "号"):
        with pytest.raises(SessionForged):
            access.principal_of_session(forged)


def test_a_session_ends_after_twelve_hours() -> None:
    now = [1_700_000_000.0]
    sessions = Sessions(b"k" * 32, "oubei", lambda: now[0])
    cookie = sessions.make("li", 1)
    now[0] += LIFETIME_S
    assert sessions.read(cookie).staff == "li"
    now[0] += 1
    with pytest.raises(SessionExpired):
        sessions.read(cookie)
    assert LIFETIME_S == 12 * 3600


def test_signing_out_everywhere(access: Access, another_process: Access, li: Any, clock: Any) -> None:
    cookie = access.new_session(li)
    assert access.principal_of_session(cookie) == li.principal
    another_process.end_sessions("li")
    clock.now_s += 5
    with pytest.raises(SessionExpired):
        access.principal_of_session(cookie)
    fresh = access.check_password("li", PASSWORD)
    assert fresh is not None
    assert access.principal_of_session(access.new_session(fresh)) == li.principal


def test_a_new_password_ends_sessions(access: Access, li: Any) -> None:
    cookie = access.new_session(li)
    access.set_password("li", "another good one")
    with pytest.raises(SessionExpired):
        access.principal_of_session(cookie)
    assert access.check_password("li", PASSWORD) is None
    assert access.check_password("li", "another good one") is not None
    with pytest.raises(BadAccount):
        access.set_password("li", "12345678")
    with pytest.raises(UnknownAccount):
        access.set_password("wang", "another good one")
    with pytest.raises(UnknownAccount):
        access.end_sessions("wang")


def test_a_csrf_token_belongs_to_one_session(access: Access, another_process: Access, li: Any) -> None:
    one, two = access.new_session(li), access.new_session(li)
    assert access.csrf_token(one) == another_process.csrf_token(one)
    assert access.csrf_token(one) != access.csrf_token(two)
    assert access.csrf_token(one) not in one


def test_signing_out_ends_one_session_and_no_other(
    access: Access, another_process: Access, li: Any, clock: Any
) -> None:
    here, there = access.new_session(li), access.new_session(li)
    assert another_process.principal_of_session(here) == li.principal
    access.sign_out(here)
    access.sign_out(here)
    access.sign_out("nonsense")
    with pytest.raises(SessionExpired):
        access.principal_of_session(here)
    clock.now_s += 5
    with pytest.raises(SessionExpired):
        another_process.principal_of_session(here)
    assert access.principal_of_session(there) == li.principal
