"""What was merged into what; and offers matched to issues and ideas."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "merged_entry",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state_before", sa.String(32), nullable=False),
        sa.Column("closed_before", sa.DateTime(), nullable=True),
        sa.CheckConstraint("entry_id <> into_id", name="ck_merged_entry_other"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_merged_entry_entry_id"),
        sa.ForeignKeyConstraint(["into_id"], ["entry.id"], name="fk_merged_entry_into_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_merged_entry"),
    )
    op.create_index("ix_merged_entry_into_id", "merged_entry", ["into_id"])
    op.create_table(
        "help_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("offerer_said", sa.Boolean(), nullable=True),
        sa.Column("asker_said", sa.Boolean(), nullable=True),
        sa.Column("offerer_told_at", sa.DateTime(), nullable=True),
        sa.Column("asker_told_at", sa.DateTime(), nullable=True),
        sa.Column("met_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["offer_id"], ["entry.id"], name="fk_help_match_offer_id"),
        sa.ForeignKeyConstraint(["need_id"], ["entry.id"], name="fk_help_match_need_id"),
        sa.PrimaryKeyConstraint("id", name="pk_help_match"),
        sa.UniqueConstraint("offer_id", "need_id", name="uq_help_match_offer_id_need_id"),
    )
    op.create_index("ix_help_match_need_id", "help_match", ["need_id"])
    op.create_table(
        "help_match_refused",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_help_match_refused_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_help_match_refused"),
    )


def downgrade():
    op.drop_table("help_match_refused")
    op.drop_table("help_match")
    op.drop_table("merged_entry")
