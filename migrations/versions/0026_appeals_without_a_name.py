"""An appeal is its author's own step and bears no name; photos of drafts go by the job of all photos."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE = "take the photos of a forgotten email away"
AFTER = "take the files of photos away"


def upgrade():
    op.execute("UPDATE event SET signed = '' WHERE did = 'appealed'")
    op.execute(f"UPDATE job SET does = '{AFTER}' WHERE does = '{BEFORE}'")


def downgrade():
    op.execute(f"UPDATE job SET does = '{BEFORE}' WHERE does = '{AFTER}'")
