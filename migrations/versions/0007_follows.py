"""Who follows which entry or place, what waits for their next digest, and entries by when they last changed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_entry_changed_at_id", "entry", ["changed_at", "id"])
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("rhythm", sa.String(32), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("west", sa.Double(), nullable=True),
        sa.Column("south", sa.Double(), nullable=True),
        sa.Column("east", sa.Double(), nullable=True),
        sa.Column("north", sa.Double(), nullable=True),
        sa.CheckConstraint("rhythm IN ('at once', 'daily', 'weekly')", name="ck_follow_rhythm"),
        sa.CheckConstraint("(entry_id IS NULL) <> (place IS NULL)", name="ck_follow_thing"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_follow_person_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_follow_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follow"),
        sa.UniqueConstraint("person_id", "entry_id", name="uq_follow_person_id_entry_id"),
        sa.UniqueConstraint("person_id", "place", name="uq_follow_person_id_place"),
    )
    op.create_index("ix_follow_entry_id", "follow", ["entry_id"])
    op.create_index("ix_follow_west_east", "follow", ["west", "east"])
    op.create_table(
        "followed_ward",
        sa.Column("follow_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["follow_id"], ["follow.id"], name="fk_followed_ward_follow_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("follow_id", "code", name="pk_followed_ward"),
    )
    op.create_index("ix_followed_ward_code", "followed_ward", ["code"])
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["follow_id"], ["follow.id"], name="fk_news_follow_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_news_event_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_news"),
        sa.UniqueConstraint("follow_id", "event_id", name="uq_news_follow_id_event_id"),
    )
    op.create_index("ix_news_told_at", "news", ["told_at"])
    op.create_index("ix_news_event_id", "news", ["event_id"])


def downgrade():
    for table in ("news", "followed_ward", "follow"):
        op.drop_table(table)
    op.drop_index("ix_entry_changed_at_id", "entry")
