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
    """Run the migrations that are missing. Raises ConfigurationError for a journal of a newer Balans."""
    configuration = Config()
    configuration.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(configuration)
    there = MigrationContext.configure(connection).get_current_revision()
    if there == scripts.get_current_head():
        return
    if there is not None and there not in {script.revision for script in scripts.walk_revisions()}:
        raise ConfigurationError("The journal is of a newer Balans: install that one, or name another journal.")
    command.upgrade(configuration, "head")
