"""On PostgreSQL, too, the moment of a choice is kept in UTC without its offset, as every other is."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("choice", "changed_at", type_=sa.DateTime())


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("choice", "changed_at", type_=sa.DateTime(timezone=True))
