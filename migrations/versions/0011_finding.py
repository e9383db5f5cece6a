"""Names of streets and places by their words, the address points of each postcode packed into one row, and under what
licence postcodes came."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BY_LETTER = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade():
    op.add_column("postcode_source", sa.Column("licence", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "gazetteer_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gazetteer_source"),
        sa.UniqueConstraint("name", name="uq_gazetteer_source_name"),
    )
    op.create_table(
        "gazetteer_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", BY_LETTER, nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("near", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["gazetteer_source.id"], name="fk_gazetteer_name_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gazetteer_name"),
    )
    op.create_index("ix_gazetteer_name_source_id", "gazetteer_name", ["source_id"])
    op.create_index("ix_gazetteer_name_lat_lon", "gazetteer_name", ["lat", "lon"])
    op.create_table(
        "gazetteer_word",
        sa.Column("word", BY_LETTER, nullable=False),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("of_name", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["name_id"], ["gazetteer_name.id"], name="fk_gazetteer_word_name_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "name_id", name="pk_gazetteer_word"),
    )
    op.create_index("ix_gazetteer_word_name_id", "gazetteer_word", ["name_id"])
    op.create_table(
        "postcode_addresses",
        sa.Column("compact", sa.String(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["compact"], ["postcode.compact"], name="fk_postcode_addresses_compact"),
        sa.ForeignKeyConstraint(["source_id"], ["postcode_source.id"], name="fk_postcode_addresses_source_id"),
        sa.PrimaryKeyConstraint("compact", name="pk_postcode_addresses"),
    )


def downgrade():
    for table in ("postcode_addresses", "gazetteer_word", "gazetteer_name", "gazetteer_source"):
        op.drop_table(table)
    op.drop_column("postcode_source", "licence")
