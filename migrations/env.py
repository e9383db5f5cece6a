"""Runs the migrations in the application's own engine, whichever it is."""

from alembic import context
from flask import current_app

store = current_app.extensions["migrate"].db
OURS_ALONE = ("rtree_", "fts_", "gpkg_", "huey_", "spatial_ref_sys")


def include_name(name: str | None, kind: str, parents: object) -> bool:
    """Leave spatial and text indexes, and their tables and columns, to the migrations that made them."""
    return not (kind in {"table", "column", "index"} and name and name.startswith(OURS_ALONE))


with store.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=store.metadata,
        include_name=include_name,
        render_as_batch=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":  # a migration that makes tables anew does without them
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
