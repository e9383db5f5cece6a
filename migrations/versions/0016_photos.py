"""From which form a photo came, and what it was before a part of it was blacked out."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("photo", sa.Column("once", sa.String(), nullable=True))
    op.create_index("uq_photo_once", "photo", ["once"], unique=True)
    op.create_table(
        "photo_original",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_photo_original_photo_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_photo_original"),
        sa.UniqueConstraint("photo_id", name="uq_photo_original_photo_id"),
        sa.UniqueConstraint("key", name="uq_photo_original_key"),
    )


def downgrade():
    op.drop_table("photo_original")
    op.drop_index("uq_photo_once", "photo")
    op.drop_column("photo", "once")
