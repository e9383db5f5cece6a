"""Briefs that are kept: references, versions, sealed parts and marks. Triggers keep what was frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEVEL = ("private", "ward", "council", "public")
STANDING = ("pending", "published", "withdrawn", "hidden", "erased")
GROUND = ("site sale", "enforcement", "safeguarding")
WEIGHT = ("used", "known already", "not relevant")
FROZEN = "a frozen brief cannot be changed"
SAME = {"brief_version": "", "brief_part": "id version_id number hash"}
"""The columns that may never change. A part may lose its text and salt, both at once, and nothing else."""


class PostgisGeometry(sa.types.UserDefinedType):
    def get_col_spec(self, **kw):
        return "geometry(Geometry,4326)"


def geometry():
    """A shape: GeoPackage binary on SQLite, a PostGIS geometry on PostgreSQL."""
    return sa.LargeBinary().with_variant(PostgisGeometry(), "postgresql")


def words(name, allowed):
    return sa.Enum(*allowed, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade():
    op.create_table(
        "brief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("level", words("level", LEVEL), nullable=False),
        sa.Column("standing", words("standing", STANDING), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("geometry", geometry(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("ground", words("ground", GROUND), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ground IS NULL OR level = 'council'", name="ck_brief_restricted"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_brief_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief"),
        sa.UniqueConstraint("ref", name="uq_brief_ref"),
    )
    op.create_index("ix_brief_author_id", "brief", ["author_id"])
    op.create_table(
        "brief_named",
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["thing_id"], ["brief.id"], name="fk_brief_named_thing_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_brief_named_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("thing_id", "person_id", name="pk_brief_named"),
    )
    op.create_index("ix_brief_named_person_id", "brief_named", ["person_id"])
    op.create_table(
        "brief_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=True),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("once", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name="fk_brief_version_brief_id"),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name="fk_brief_version_maker_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_version"),
        sa.UniqueConstraint("brief_id", "number", name="uq_brief_version_brief_id_number"),
        sa.UniqueConstraint("once", name="uq_brief_version_once"),
    )
    op.create_table(
        "brief_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint("(text IS NULL) = (salt IS NULL)", name="ck_brief_part_blank"),
        sa.ForeignKeyConstraint(["version_id"], ["brief_version.id"], name="fk_brief_part_version_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_brief_part_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_part"),
        sa.UniqueConstraint("version_id", "number", name="uq_brief_part_version_id_number"),
    )
    op.create_index("ix_brief_part_entry_id", "brief_part", ["entry_id"])
    op.create_table(
        "brief_mark",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("weight", words("weight", WEIGHT), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("weight <> 'not relevant' OR because IS NOT NULL", name="ck_brief_mark_because"),
        sa.ForeignKeyConstraint(["part_id"], ["brief_part.id"], name="fk_brief_mark_part_id"),
        sa.PrimaryKeyConstraint("part_id", name="pk_brief_mark"),
    )
    op.create_index("ix_download_source", "download", ["source"])
    for table, columns in SAME.items():
        keep(table, columns.split())


def keep(table, same):
    """Refuse every deletion, and every change but a part's losing its text and salt (and an entry's id with them)."""
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in same)
    refused = f"{changed} OR NEW.text IS NOT NULL OR NEW.salt IS NOT NULL" if same else ""
    if op.get_bind().dialect.name == "postgresql":
        stop = f"RAISE EXCEPTION '{FROZEN}';"
        update = f"IF {refused} THEN {stop} END IF; RETURN NEW;" if refused else stop
        body = f"BEGIN IF TG_OP = 'DELETE' THEN {stop} END IF; {update} END"
        op.execute(f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_frozen()"
        )
        return
    when = f"WHEN {refused} " if refused else ""
    stop = f"BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END"
    op.execute(f"CREATE TRIGGER {table}_frozen_update BEFORE UPDATE ON {table} {when}{stop}")
    op.execute(f"CREATE TRIGGER {table}_frozen_delete BEFORE DELETE ON {table} {stop}")


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in SAME:
        for name in ("frozen",) if postgresql else ("frozen_update", "frozen_delete"):
            op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION {table}_frozen()")
    op.drop_index("ix_download_source", "download")
    for table in ("mark", "part", "version", "named"):
        op.drop_table(f"brief_{table}")
    op.drop_table("brief")
