"""The tables of a hall's database; knows their shape and no query. `migrations/` holds how older ones become these.

Every table begins with `hall`, so that one database can hold many halls. Short rows matter: `journal`, `answers` and
`vault` are written on the path of every ticket.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

HEAD = "0005"  # the newest file in migrations/versions; a test compares the two

metadata = MetaData()

# WITHOUT ROWID: rows lie in the order of (hall, seq), so a commit touches the last page of one tree, not of two.
journal = Table(
    "journal",
    metadata,
    Column("hall", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("hall", "seq", name="journal_pk"),
    UniqueConstraint("hall", "command_id", "n", name="journal_command"),
    sqlite_with_rowid=False,
)
# Only days are in it: finding where to fold from costs the same with a million old rows.
Index(
    "journal_days",
    journal.c.hall,
    journal.c.seq,
    sqlite_where=text("kind = 'DayOpened'"),
    postgresql_where=text("kind = 'DayOpened'"),
)

# Bodies are long and their keys random: bodies are appended in rowid order and only the small unique index is random.
answers = Table(
    "answers",
    metadata,
    Column("hall", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("hall", "command_id", name="answers_command"),
    # SQLite finds the oldest by rowid, and every page less a commit touches is time for the citizen at the kiosk.
    Index("answers_age", "hall", "at_ms").ddl_if(dialect="postgresql"),
)

vault = Table(
    "vault",
    metadata,
    Column("hall", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("hall", "ref", "purpose", name="vault_pk"),
    Index("vault_day", "hall", "day"),
    sqlite_with_rowid=False,
)

vault_days = Table(
    "vault_days",
    metadata,
    Column("hall", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    PrimaryKeyConstraint("hall", "day", name="vault_days_pk"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("hall", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hall", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("windows", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    PrimaryKeyConstraint("hall", "id", name="tokens_pk"),
    UniqueConstraint("hall", "digest", name="tokens_digest"),
)

staff = Table(
    "staff",
    metadata,
    Column("hall", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("window", Integer),
    Column("password", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("hall", "id", name="staff_pk"),
)

# Sessions that ended by signing out, by the digest of their cookie.
signed_out = Table(
    "signed_out",
    metadata,
    Column("hall", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("hall", "digest", name="signed_out_pk"),
)

# What each node is set to: its file, kept here so that a spare can take the place of a broken one.
nodes = Table(
    "nodes",
    metadata,
    Column("hall", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("hall", "id", name="nodes_pk"),
)

# What citizens may read of people and notices; apart from the journal, so that it can be changed and deleted for good.
public_items = Table(
    "public_items",
    metadata,
    Column("hall", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("hall", "kind", "id", name="public_items_pk"),
)

pictures = Table(
    "pictures",
    metadata,
    Column("hall", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
    Column("added_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("hall", "id", name="pictures_pk"),
)

# Machines that ask to become a node. `digest` is of a secret only that machine knows; `node` is its place, once given.
enrolments = Table(
    "enrolments",
    metadata,
    Column("hall", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("node", Text),
    PrimaryKeyConstraint("hall", "digest", name="enrolments_pk"),
    UniqueConstraint("hall", "code", name="enrolments_code"),
)
