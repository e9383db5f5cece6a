"""Sets that wait to be activated, what became of each area, and activations so that they can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("boundary_set", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "succession",
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("land", sa.Double(), nullable=False),
        sa.Column("postcodes", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["old_id"], ["area.id"], name="fk_succession_old_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["new_id"], ["area.id"], name="fk_succession_new_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("old_id", "new_id", name="pk_succession"),
    )
    op.create_index("ix_succession_new_id", "succession", ["new_id"])
    op.create_table(
        "activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["boundary_set.id"], name="fk_activation_set_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activation"),
    )
    op.create_index("ix_activation_set_id", "activation", ["set_id"])
    op.create_index(
        "uq_activation_standing", "activation", ["set_id"], unique=True,
        sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL"),
    )  # fmt: skip


def downgrade():
    op.drop_table("activation")
    op.drop_table("succession")
    op.drop_column("boundary_set", "waits")
