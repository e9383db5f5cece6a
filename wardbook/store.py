"""The store made ready: the numbered migrations run, on either engine."""

from __future__ import annotations

import logging

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import NotSupportedError, ProgrammingError

from wardbook.config import settings
from wardbook.db import db, intend_to_write
from wardbook.errors import Refused

EXTENSIONS = ("postgis", "pg_trgm")
"""What PostgreSQL needs: shapes, and words that are like others."""


def make_ready() -> None:
    """Bring the store to the newest migration; run twice, the second changes nothing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    intend_to_write(True)
    try:
        if not settings().embedded:
            _add_extensions()
        upgrade()
    finally:
        intend_to_write(False)


def _add_extensions() -> None:
    """Raises Refused where PostgreSQL lacks an extension and this user may not add it."""
    for name in EXTENSIONS:
        try:
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {name}")
        except (ProgrammingError, NotSupportedError):
            raise Refused(
                f"The database lacks the extension {name} and this user cannot add it: ask whoever runs the server to "
                f"install it and to run 'CREATE EXTENSION {name}' in this database, then run this again."
            ) from None


def is_ready() -> bool:
    """Whether the store has every migration of this version."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        at = MigrationContext.configure(connection).get_current_revision()
    config = current_app.extensions["migrate"].migrate.get_config()
    return bool(at == ScriptDirectory.from_config(config).get_current_head())
