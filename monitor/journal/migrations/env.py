"""Alembic runs this to bring a journal to the newest schema; monitor/journal/schema.py gives it the connection."""

from __future__ import annotations

from alembic import context

from monitor.journal.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
