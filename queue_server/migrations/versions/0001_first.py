"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("hall", "seq", name="journal_pk"),
        sa.UniqueConstraint("hall", "command_id", "n", name="journal_command"),
        sqlite_with_rowid=False,
    )
    days = sa.text("kind = 'DayOpened'")
    op.create_index("journal_days", "journal", ["hall", "seq"], sqlite_where=days, postgresql_where=days)
    op.create_table(
        "answers",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("command_id", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("hall", "command_id", name="answers_command"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("answers_age", "answers", ["hall", "at_ms"])
    op.create_table(
        "vault",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hall", "ref", "purpose", name="vault_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("vault_day", "vault", ["hall", "day"])
    op.create_table(
        "vault_days",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("proof", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hall", "day", name="vault_days_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("window", sa.Integer),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("hall", "id", name="tokens_pk"),
        sa.UniqueConstraint("hall", "digest", name="tokens_digest"),
    )
    op.create_table(
        "staff",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("window", sa.Integer),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hall", "id", name="staff_pk"),
    )


def downgrade() -> None:
    for name in ("staff", "tokens", "audit", "vault_days", "vault", "answers", "journal"):
        op.drop_table(name)
