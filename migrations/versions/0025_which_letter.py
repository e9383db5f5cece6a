"""A letter knows which it is, so that one that waits is written anew as it leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("letter", sa.Column("message", sa.String(), nullable=True))


def downgrade():
    op.drop_column("letter", "message")
