"""What every kind of entry says: until when an offer stands, who leads on an issue or an idea, how far is near.

Columns are added in words that both engines have, so that a CHECK or a reference stands in the column and SQLite need
not make the table anew, which would lose its triggers.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = {
    "category": {"radius_m": "INTEGER DEFAULT 250 NOT NULL"},
    "entry": {
        "lapses_on": "DATE CONSTRAINT ck_entry_offer CHECK (kind <> 'offer' OR lapses_on IS NOT NULL)",
        "lead": "VARCHAR(32) DEFAULT 'council' NOT NULL "
        "CONSTRAINT ck_entry_lead CHECK (lead IN ('council', 'residents', 'partner', 'together'))",
        "partner": "VARCHAR CONSTRAINT ck_entry_partner CHECK (lead <> 'partner' OR partner IS NOT NULL)",
        "enabler_id": "INTEGER CONSTRAINT fk_entry_enabler_id REFERENCES person (id)",
        "willing": "BOOLEAN DEFAULT false NOT NULL",
    },
}


def upgrade():
    for table, columns in ADDED.items():
        for name, type_ in columns.items():
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {type_}")


def downgrade():
    for table, columns in reversed(ADDED.items()):
        for name in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
