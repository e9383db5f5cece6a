"""Who told what was merged into an issue is asked, too, whether it is put right."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("asked_whether", sa.Column("told_id", sa.Integer(), nullable=True))
    op.execute("UPDATE asked_whether SET told_id = entry_id")
    with op.batch_alter_table("asked_whether") as table:
        table.alter_column("told_id", nullable=False)
        table.drop_constraint("uq_asked_whether_event_id", type_="unique")
        table.create_unique_constraint("uq_asked_whether_event_id_told_id", ["event_id", "told_id"])
        table.create_foreign_key("fk_asked_whether_told_id", "entry", ["told_id"], ["id"])
        table.create_index("ix_asked_whether_told_id", ["told_id"])


def downgrade():
    op.execute("DELETE FROM asked_whether WHERE told_id <> entry_id")
    with op.batch_alter_table("asked_whether") as table:
        table.drop_index("ix_asked_whether_told_id")
        table.drop_constraint("fk_asked_whether_told_id", type_="foreignkey")
        table.drop_constraint("uq_asked_whether_event_id_told_id", type_="unique")
        table.create_unique_constraint("uq_asked_whether_event_id", ["event_id"])
        table.drop_column("told_id")
