"""What is held and why, what people reported, who is stopped from contributing, appeals, and who looks at what."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("held_for", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("entry", sa.Column("risk", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("entry", sa.Column("asked_to_edit", sa.String(), nullable=True))
    # in SQL, since Alembic adds no column with a foreign key on SQLite
    op.execute(
        "ALTER TABLE entry ADD COLUMN split_from_id INTEGER CONSTRAINT fk_entry_split_from_id REFERENCES entry (id)"
    )
    op.create_index("ix_entry_split_from_id", "entry", ["split_from_id"])
    apart = sa.text("standing <> 'published'")
    op.create_index(
        "ix_entry_apart", "entry", ["standing", "told_at", "id"], sqlite_where=apart, postgresql_where=apart
    )
    op.add_column("person", sa.Column("banned_until", sa.Date(), nullable=True))
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_report_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_report_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    op.create_index("ix_report_entry_id", "report", ["entry_id"])
    op.create_index("ix_report_person_id", "report", ["person_id"])
    op.create_index("ix_report_email", "report", ["email"])
    op.create_index(
        "uq_report_open", "report", ["entry_id", "mark"], unique=True,
        sqlite_where=sa.text("decided_at IS NULL"), postgresql_where=sa.text("decided_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "ban",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_ban_person_id"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_ban_by_id"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_ban_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ban"),
    )
    op.create_index("ix_ban_person_id", "ban", ["person_id"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_appeal_event_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_appeal_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_appeal_person_id"),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name="fk_appeal_answered_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
        sa.UniqueConstraint("event_id", name="uq_appeal_event_id"),
    )
    op.create_index("ix_appeal_entry_id", "appeal", ["entry_id"])
    op.create_index("ix_appeal_person_id", "appeal", ["person_id"])
    op.create_table(
        "looking",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_looking_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_looking_person_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_looking"),
    )
    op.create_index("ix_looking_person_id", "looking", ["person_id"])


def downgrade():
    for table in ("looking", "appeal", "ban", "report"):
        op.drop_table(table)
    op.drop_column("person", "banned_until")
    op.drop_index("ix_entry_apart", "entry")
    op.drop_index("ix_entry_split_from_id", "entry")
    for column in ("split_from_id", "asked_to_edit", "risk", "held_for"):
        op.drop_column("entry", column)
