"""What becomes of an entry: its editions, why it was withdrawn, its ties to other notes, and who supports it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("entry", sa.Column("supporters", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("entry", sa.Column("withdrawn_for", sa.String(), nullable=True))
    # in SQL, since Alembic adds no column with a foreign key on SQLite
    op.execute(
        "ALTER TABLE entry ADD COLUMN differs_from_id INTEGER CONSTRAINT fk_entry_differs_from_id REFERENCES entry (id)"
    )
    op.create_index("ix_entry_differs_from_id", "entry", ["differs_from_id"])
    op.create_index("ix_entry_supporters_told_at", "entry", ["supporters", "told_at", "id"])
    op.create_table(
        "entry_support",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_support_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_entry_support_person_id"),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name="pk_entry_support"),
    )
    op.create_index("ix_entry_support_person_id", "entry_support", ["person_id"])
    op.create_table(
        "entry_superseded",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("entry_id <> by_id", name=op.f("ck_entry_superseded_other")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_superseded_entry_id"),
        sa.ForeignKeyConstraint(["by_id"], ["entry.id"], name="fk_entry_superseded_by_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_superseded"),
    )
    op.create_index("ix_entry_superseded_by_id", "entry_superseded", ["by_id"])


def downgrade():
    op.drop_table("entry_superseded")
    op.drop_table("entry_support")
    op.drop_index("ix_entry_supporters_told_at", "entry")
    op.drop_index("ix_entry_differs_from_id", "entry")
    op.drop_column("entry", "differs_from_id")
    for column in ("edition", "supporters", "withdrawn_for"):
        op.drop_column("entry", column)
