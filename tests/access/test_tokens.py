"""Tokens: only a digest is kept, new ones work at once, revoked ones stop within five seconds, everywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, select, text

from queue_server import migrations
from queue_server.access import Access, Principal
from queue_server.audit import audit_rows
from queue_server.database import Database, default_url
from queue_server.errors import BadAccount, UnknownAccount
from queue_server.tables import tokens


def test_a_token_says_who_carries_it(access: Access) -> None:
    token = access.create_token("staff", [3], "desk-3")
    assert len(token) == 43
    assert access.principal_of_token(token) == Principal("token", "desk-3", "staff", frozenset({3}))
    unnamed = access.principal_of_token(access.create_token("node"))
    assert unnamed is not None
    assert unnamed.id.startswith("node-")


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "\ud800", "号码", "a\0b"])
def test_anything_else_is_nobody(access: Access, wrong: str) -> None:
    access.create_token("node")
    assert access.principal_of_token(wrong) is None


def test_the_database_holds_no_token(access: Access, database: Database) -> None:
    token = access.create_token("node", name="kiosk-1")
    with database.reading() as connection:
        assert token not in str(connection.execute(select(tokens)).all())
    assert token not in str(audit_rows(database, "oubei"))


def test_a_token_made_elsewhere_works_at_once(access: Access, another_process: Access) -> None:
    token = another_process.create_token("node")
    assert access.principal_of_token(token) is not None


def test_a_token_revoked_elsewhere_stops_within_five_seconds(
    access: Access, another_process: Access, clock: Any
) -> None:
    token = access.create_token("node")
    assert access.principal_of_token(token) is not None
    another_process.revoke_token(another_process.tokens()[0].id)
    clock.now_s += 5
    assert access.principal_of_token(token) is None
    assert another_process.principal_of_token(token) is None


def test_a_token_revoked_here_stops_at_once(access: Access) -> None:
    token, other = access.create_token("node", name="a"), access.create_token("node", name="b")
    assert access.principal_of_token(token) is not None
    (one,) = [listed for listed in access.tokens() if listed.name == "a"]
    access.revoke_token(one.id)
    access.revoke_token(one.id)
    assert access.principal_of_token(token) is None
    assert access.principal_of_token(other) is not None
    assert [listed.revoked_ms is None for listed in access.tokens() if listed.name == "b"] == [True]


def test_look_ups_are_remembered(access: Access, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    token = access.create_token("node")
    asked = []
    reading = database.reading
    monkeypatch.setattr(database, "reading", lambda: asked.append(1) or reading())
    for _ in range(10):
        access.principal_of_token(token)
    assert len(asked) == 1


def test_tokens_belong_to_one_hall(access: Access, database: Database) -> None:
    token = access.create_token("manager")
    assert Access(database, "sanjiang").principal_of_token(token) is None


@pytest.mark.parametrize(
    ("role", "window", "name"), [("boss", None, None), ("node", 0, None), ("node", 1000, None), ("node", 1, "王 小明")]
)
def test_what_a_token_cannot_be(access: Access, role: str, window: int | None, name: str | None) -> None:
    with pytest.raises(BadAccount):
        access.create_token(role, [] if window is None else [window], name)
    assert access.tokens() == []


def test_revoking_what_is_not_there(access: Access) -> None:
    with pytest.raises(UnknownAccount, match="token list"):
        access.revoke_token("nope")


def test_a_token_of_an_older_version_keeps_its_window(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    engine = create_engine(url)
    columns = 'hall, id, digest, role, "window", name, created_ms'
    with engine.begin() as connection:
        command.upgrade(migrations.config(connection), "0002")
        for token, window in (("secret-a", "3"), ("secret-b", "NULL")):
            digest = hashlib.sha256(token.encode()).hexdigest()
            row = f"'oubei', '{token}', '{digest}', 'node', {window}, '{token}', 1"
            connection.execute(text(f"INSERT INTO tokens ({columns}) VALUES ({row})"))
    engine.dispose()
    database = Database(url)
    access = Access(database, "oubei")
    found = [access.principal_of_token(token) for token in ("secret-a", "secret-b")]
    assert [one.windows for one in found if one is not None] == [frozenset({3}), frozenset()]
    database.close()
