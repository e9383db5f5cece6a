"""A spatial index on entries: an R*Tree kept by triggers on SQLite, GiST on PostGIS."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXED = ("entry",)


def upgrade():
    for table in INDEXED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"CREATE INDEX ix_{table}_geometry ON {table} USING gist (geometry)")
        else:
            rtree(table)


def rtree(table):
    """The index and its triggers; a later migration that rebuilds the table must make the triggers anew."""
    index = f"rtree_{table}_geometry"
    corners = ", ".join(f"ST_{corner}(NEW.geometry)" for corner in ("MinX", "MaxX", "MinY", "MaxY"))
    op.execute(f"CREATE VIRTUAL TABLE {index} USING rtree(id, minx, maxx, miny, maxy)")
    there = corners.replace("NEW.", "")
    op.execute(f"INSERT INTO {index} SELECT id, {there} FROM {table} WHERE geometry NOT NULL")
    op.execute(
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} WHEN NEW.geometry NOT NULL "
        f"BEGIN INSERT OR REPLACE INTO {index} VALUES (NEW.id, {corners}); END"
    )
    op.execute(
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF geometry ON {table} "
        f"BEGIN DELETE FROM {index} WHERE id = OLD.id; INSERT INTO {index} VALUES (NEW.id, {corners}); END"
    )
    op.execute(f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN DELETE FROM {index} WHERE id = OLD.id; END")


def downgrade():
    for table in INDEXED:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP INDEX ix_{table}_geometry")
        else:
            for deed in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER rtree_{table}_geometry_{deed}")
            op.execute(f"DROP TABLE rtree_{table}_geometry")
