"""How often somebody did something; addresses from which our letters come back; messages that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "limit_count",
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "who", name="pk_limit_count"),
    )
    op.create_index("ix_limit_count_began_at", "limit_count", ["began_at"])
    op.create_table(
        "failing_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_failing_address_letter_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("address", name="pk_failing_address"),
    )
    op.create_index("ix_failing_address_letter_id", "failing_address", ["letter_id"])
    op.create_table(
        "taken_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_taken_message"),
        sa.UniqueConstraint("digest", name="uq_taken_message_digest"),
    )
    op.create_index("ix_letter_message_id", "letter", ["message_id"])


def downgrade():
    op.drop_index("ix_letter_message_id", "letter")
    op.drop_table("taken_message")
    op.drop_table("failing_address")
    op.drop_table("limit_count")
