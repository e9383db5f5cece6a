"""What authors are asked after a closing and what they answer, and what they want no more letters about."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("supporters_erased", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "asked_whether",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.String(32), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no', 'cannot say')", name="ck_asked_whether_answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="ck_asked_whether_answered"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_asked_whether_entry_id"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_asked_whether_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_asked_whether"),
        sa.UniqueConstraint("event_id", name="uq_asked_whether_event_id"),
    )
    op.create_index("ix_asked_whether_entry_id", "asked_whether", ["entry_id"])
    op.create_index("ix_asked_whether_asked_at", "asked_whether", ["asked_at"])
    op.create_index("ix_entry_closed_at", "entry", ["closed_at"])
    op.create_table(
        "no_letters",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_no_letters_entry_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_no_letters_person_id"),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name="pk_no_letters"),
    )
    op.create_index("ix_no_letters_person_id", "no_letters", ["person_id"])


def downgrade():
    op.drop_table("no_letters")
    op.drop_index("ix_entry_closed_at", "entry")
    op.drop_table("asked_whether")
    op.drop_column("entry", "supporters_erased")
