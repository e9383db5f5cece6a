"""Which drawn or uploaded shape an entry was told of: whoever may see the entry may see that shape."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    # in SQL, since Alembic adds no column with a foreign key on SQLite
    op.execute("ALTER TABLE entry ADD COLUMN shape_id INTEGER CONSTRAINT fk_entry_shape_id REFERENCES shape (id)")
    op.create_index("ix_entry_shape_id", "entry", ["shape_id"])


def downgrade():
    op.drop_index("ix_entry_shape_id", "entry")
    op.drop_column("entry", "shape_id")
