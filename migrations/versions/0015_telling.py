"""What a category asks and whom it has people ring; where in words and how roughly something is told, and its exact spot."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("category", sa.Column("questions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("category", sa.Column("emergency", sa.Text(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("entry", sa.Column("spot_words", sa.String(), nullable=False, server_default=""))
    op.add_column("entry", sa.Column("blurred", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("entry", sa.Column("only_ward", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "entry_spot",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_spot_entry_id"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_spot"),
    )


def downgrade():
    op.drop_table("entry_spot")
    for column in ("only_ward", "blurred", "spot_words", "answers"):
        op.drop_column("entry", column)
    for column in ("emergency", "questions"):
        op.drop_column("category", column)
