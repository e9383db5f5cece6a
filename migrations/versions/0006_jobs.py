"""Jobs: things to do, written with their cause. Letters have an HTML form and are sent by a job each; files are recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WAITING = sa.text("finished_at IS NULL AND given_up_at IS NULL")


def upgrade():
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("does", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(), nullable=True),
        sa.Column("failed_for", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_job_asked_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("does", "cause", name="uq_job_does_cause"),
    )
    op.create_index("ix_job_asked_by_id", "job", ["asked_by_id"])
    op.create_index("ix_job_waiting", "job", ["due_at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "download",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("keep_until", sa.DateTime(), nullable=True),
        sa.Column("refused_for", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name="fk_download_asked_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_download"),
        sa.UniqueConstraint("key", name="uq_download_key"),
        sa.UniqueConstraint("once", name="uq_download_once"),
    )
    op.create_index("ix_download_asked_by_id", "download", ["asked_by_id"])
    op.add_column("letter", sa.Column("html", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("unsubscribe", sa.String(), nullable=True))
    op.drop_column("letter", "taken_at")


def downgrade():
    op.add_column("letter", sa.Column("taken_at", sa.DateTime(), nullable=True))
    op.drop_column("letter", "unsubscribe")
    op.drop_column("letter", "html")
    op.drop_table("download")
    op.drop_table("job")
