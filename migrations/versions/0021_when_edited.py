"""When what an entry says was last made another."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("edited_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE entry SET edited_at = changed_at WHERE edition > 1")


def downgrade():
    op.drop_column("entry", "edited_at")
