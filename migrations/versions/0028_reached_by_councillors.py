"""Whoever told something can let the councillors of its ward know how to reach them."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("entry", sa.Column("contact_shared", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_column("entry", "contact_shared")
