"""A token may operate several windows: the node of a whole row of them has one token."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Made anew rather than altered, so that SQLite ends with the very table that a new hall has. There are few rows.
    found = op.get_bind().execute(
        sa.text('SELECT hall, id, digest, role, "window", name, created_ms, revoked_ms FROM tokens')
    )
    rows = [dict(row) for row in found.mappings()]
    op.drop_table("tokens")
    table = op.create_table(
        "tokens",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("windows", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("revoked_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("hall", "id", name="tokens_pk"),
        sa.UniqueConstraint("hall", "digest", name="tokens_digest"),
    )
    for row in rows:
        window = row.pop("window")
        row["windows"] = "" if window is None else str(window)
    op.bulk_insert(table, rows)
