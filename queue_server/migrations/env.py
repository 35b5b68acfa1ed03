"""Alembic's entry point: runs the steps on the connection that `migrations.config` was given."""

from __future__ import annotations

from alembic import context

from queue_server.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
