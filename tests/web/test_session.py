"""Signing in to the staff pages: cookie, CSRF, roles, old and forged cookies, throttling."""

from __future__ import annotations

import time

import pytest
import requests
from hall_process import HallProcess

PASSWORD = "correct-horse-7"


@pytest.fixture(scope="module")
def staff(hall: HallProcess) -> str:
    person = ["--name", "Li", "--role", "staff", "--window", "1", "--password-stdin"]
    done = hall.run("staff", "add", "li", *person, said=PASSWORD)
    assert done.returncode == 0, done.stderr
    return "li"


def _sign_in(hall: HallProcess, name: str, password: str) -> tuple[requests.Session, requests.Response]:
    session = requests.Session()
    answer = session.post(f"{hall.url}/api/v1/session", json={"name": name, "password": password}, timeout=20)
    return session, answer


def test_sign_in_act_and_sign_out(hall: HallProcess, staff: str) -> None:
    session, answer = _sign_in(hall, staff, PASSWORD)
    with session:
        assert answer.status_code == 200, answer.text
        who = answer.json()
        assert (who["staff"], who["role"], who["window"]) == ("li", "staff", 1)
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "SameSite=Strict" in answer.headers["Set-Cookie"]
        url = f"{hall.url}/api/v1/windows/1/open"
        refused = session.post(url, json={}, timeout=10)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
        opened = session.post(url, json={}, headers={"X-CSRF-Token": who["csrf"]}, timeout=10)
        assert (opened.status_code, opened.json()["staff"]) == (200, "li")
        elsewhere = url.replace("/1/", "/2/")
        assert session.post(elsewhere, headers={"X-CSRF-Token": who["csrf"]}, timeout=10).json()["code"] == "forbidden"
        assert session.get(f"{hall.url}/api/v1/session", timeout=10).json() == who
        kept = dict(session.cookies)
        other, _ = _sign_in(hall, staff, PASSWORD)
        assert session.delete(f"{hall.url}/api/v1/session", timeout=10).status_code == 204
        assert session.get(f"{hall.url}/api/v1/session", timeout=10).status_code == 401
        again = requests.get(f"{hall.url}/api/v1/session", cookies=kept, timeout=10)
        assert (again.status_code, again.json()["code"]) == (401, "session_expired")  # a copy is worth nothing
        with other:
            assert other.get(f"{hall.url}/api/v1/session", timeout=10).status_code == 200


def test_wrong_passwords_are_slowed_down(hall: HallProcess, staff: str) -> None:
    codes = []
    for _ in range(7):
        session, answer = _sign_in(hall, "nobody", "wrong-password")
        session.close()
        codes.append((answer.status_code, answer.json()["code"]))
    assert codes[0] == (401, "bad_login")
    assert codes[-1] == (429, "slow_down")
    session, answer = _sign_in(hall, staff, PASSWORD)
    session.close()
    assert answer.status_code == 200  # another name is not slowed down


def test_old_and_forged_cookies_are_told_apart(hall: HallProcess, staff: str) -> None:
    session, _ = _sign_in(hall, staff, PASSWORD)
    cookie = session.cookies["session"]
    session.close()
    forged = requests.get(f"{hall.url}/api/v1/session", cookies={"session": cookie[:-3] + "abc"}, timeout=10)
    assert (forged.status_code, forged.json()["code"]) == (401, "unauthenticated")
    assert hall.run("staff", "sign-out", staff).returncode == 0
    deadline = time.monotonic() + 15  # an account is remembered for a few seconds
    answer = {}
    while answer.get("code") is None and time.monotonic() < deadline:
        answer = requests.get(f"{hall.url}/api/v1/session", cookies={"session": cookie}, timeout=10).json()
    assert answer["code"] == "session_expired"
