"""The store made ready: the numbered migrations run, on either engine."""

from __future__ import annotations

import logging

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import inspect

from wardbook.db import db, intend_to_write


def make_ready() -> None:
    """Bring the store to the newest migration; run twice, the second changes nothing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    intend_to_write(True)
    try:
        upgrade()
    finally:
        intend_to_write(False)


def is_ready() -> bool:
    """Whether the store has every migration of this version."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        at = MigrationContext.configure(connection).get_current_revision()
    config = current_app.extensions["migrate"].migrate.get_config()
    return bool(at == ScriptDirectory.from_config(config).get_current_head())
