"""The name that came with an address waits with its proof until the address is proved."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("proof", sa.Column("name", sa.String(), server_default="", nullable=False))


def downgrade():
    op.drop_column("proof", "name")
