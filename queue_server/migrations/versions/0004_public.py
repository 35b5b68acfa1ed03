"""Cards of staff, notices, and their pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "public_items",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hall", "kind", "id", name="public_items_pk"),
    )
    op.create_table(
        "pictures",
        sa.Column("hall", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("jpeg", sa.LargeBinary, nullable=False),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hall", "id", name="pictures_pk"),
    )
