"""Brings a journal's database to the newest schema, or says why that cannot be."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from monitor.errors import ConfigurationError

_MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(connection: sa.Connection) -> None:
    """Run the migrations that are missing: all of them, or none. Raises ConfigurationError for a journal of a newer
    Balans."""
    if not check_schema(connection):
        return
    if connection.dialect.name == "sqlite":
        # Its driver begins no transaction for tables by itself: a kill, or a full disk, would leave half a journal.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    command.upgrade(_configuration(connection), "head")


def check_schema(connection: sa.Connection) -> bool:
    """Whether migrations are missing. Raises ConfigurationError for a journal of a newer Balans."""
    scripts = ScriptDirectory.from_config(_configuration(connection))
    there = MigrationContext.configure(connection).get_current_revision()
    if there is not None and there not in {script.revision for script in scripts.walk_revisions()}:
        raise ConfigurationError("The journal is of a newer Balans: install that one, or name another journal.")
    return there != scripts.get_current_head()


def _configuration(connection: sa.Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration
