"""An index on where postcodes lie: the nearest to a point, and one inside an area, are looked for in a band of latitude."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_postcode_lat_lon", "postcode", ["lat", "lon"], unique=False)


def downgrade():
    op.drop_index("ix_postcode_lat_lon", table_name="postcode")
