"""The tables of people, areas, entries and what happened to them.

Word lists that the product fixes are CHECKs here. Those that grow with it (steps, channels) are plain text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KIND = (
    "issue",
    "idea",
    "knowledge",
    "asset",
    "offer",
    "note",
)
STATE = (
    "received",
    "acknowledged",
    "in progress",
    "planned",
    "fixed",
    "fixed by residents",
    "no further action",
    "not ours",
    "passed on",
    "duplicate",
    "under consideration",
    "adopted",
    "declined",
    "current",
    "out of date",
    "superseded",
    "open",
    "taken up",
    "done",
    "lapsed",
)
LEVEL = (
    "private",
    "ward",
    "council",
    "public",
)
STANDING = (
    "pending",
    "published",
    "withdrawn",
    "hidden",
    "erased",
)
ROLE = (
    "resident",
    "councillor",
    "officer",
    "partner",
    "moderator",
    "administrator",
)
TOPIC = (
    "history",
    "people",
    "sensitivity",
    "priority",
    "opportunity",
    "tension",
    "promise",
)
BASIS = (
    "seen it myself",
    "told by residents",
    "long known here",
    "a hunch",
)


class PostgisGeometry(sa.types.UserDefinedType):
    def get_col_spec(self, **kw):
        return "geometry(Geometry,4326)"


def geometry():
    """A shape: GeoPackage binary on SQLite, a PostGIS geometry on PostgreSQL."""
    return sa.LargeBinary().with_variant(PostgisGeometry(), "postgresql")


def words(name, allowed):
    return sa.Enum(*allowed, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table('boundary_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('licence', sa.String(), nullable=False),
    sa.Column('reference', sa.Boolean(), nullable=False),
    sa.Column('imported_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint("type IN ('ward', 'division', 'parish', 'polling-district', 'neighbourhood', 'lsoa', 'authority')", name=op.f('ck_boundary_set_type')),
    sa.CheckConstraint('from_on IS NULL OR until_on IS NULL OR from_on < until_on', name=op.f('ck_boundary_set_dates')),
    sa.PrimaryKeyConstraint('id', name='pk_boundary_set'),
    sa.UniqueConstraint('name', name='uq_boundary_set_name')
    )
    op.create_table('draft',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_draft')
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('to', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name='pk_letter'),
    sa.UniqueConstraint('cause', 'to', name='uq_letter_cause_to')
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_person'),
    sa.UniqueConstraint('email', name='uq_person_email'),
    sa.UniqueConstraint('fs_uniquifier', name='uq_person_fs_uniquifier')
    )
    op.create_table('postcode_source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('dated_on', sa.Date(), nullable=False),
    sa.Column('imported_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_postcode_source')
    )
    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_service'),
    sa.UniqueConstraint('name', name='uq_service_name')
    )
    op.create_table('area',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('set_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('coded', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('other_names', sa.JSON(), nullable=False),
    sa.Column('geometry', geometry(), nullable=False),
    sa.ForeignKeyConstraint(['set_id'], ['boundary_set.id'], name='fk_area_set_id'),
    sa.PrimaryKeyConstraint('id', name='pk_area'),
    sa.UniqueConstraint('set_id', 'code', name='uq_area_set_id_code')
    )
    op.create_index('ix_area_code', 'area', ['code'], unique=False)
    op.create_index('ix_area_name', 'area', ['name'], unique=False)
    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kinds', sa.JSON(), nullable=False),
    sa.Column('retired_on', sa.Date(), nullable=True),
    sa.Column('moderated', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name='fk_category_service_id'),
    sa.PrimaryKeyConstraint('id', name='pk_category'),
    sa.UniqueConstraint('service_id', 'name', name='uq_category_service_id_name')
    )
    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('signed', sa.String(), nullable=False),
    sa.Column('did', sa.String(32), nullable=False),
    sa.Column('thing', sa.String(), nullable=False),
    sa.Column('thing_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('told', sa.String(32), nullable=False),
    sa.Column('change', sa.JSON(), nullable=False),
    sa.Column('once', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name='fk_event_actor_id'),
    sa.PrimaryKeyConstraint('id', name='pk_event'),
    sa.UniqueConstraint('once', name='uq_event_once')
    )
    op.create_index('ix_event_actor_id', 'event', ['actor_id'], unique=False)
    op.create_index('ix_event_thing_id', 'event', ['thing', 'thing_id', 'id'], unique=False)
    op.create_table('postcode',
    sa.Column('compact', sa.String(), nullable=False),
    sa.Column('lon', sa.Double(), nullable=False),
    sa.Column('lat', sa.Double(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['postcode_source.id'], name='fk_postcode_source_id'),
    sa.PrimaryKeyConstraint('compact', name='pk_postcode')
    )
    op.create_table('proof',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('link_hash', sa.String(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('wrong_tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name='fk_proof_person_id'),
    sa.PrimaryKeyConstraint('id', name='pk_proof'),
    sa.UniqueConstraint('link_hash', name='uq_proof_link_hash')
    )
    op.create_index('ix_proof_person_id', 'proof', ['person_id'], unique=False)
    op.create_table('shape',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('geometry', geometry(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('level', words('level', LEVEL), nullable=False),
    sa.Column('standing', words('standing', STANDING), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name='fk_shape_author_id'),
    sa.PrimaryKeyConstraint('id', name='pk_shape'),
    sa.UniqueConstraint('key', name='uq_shape_key')
    )
    op.create_index('ix_shape_author_id', 'shape', ['author_id'], unique=False)
    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', words('role', ROLE), nullable=False),
    sa.Column('ward_code', sa.String(), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.CheckConstraint("(role = 'councillor') = (ward_code IS NOT NULL)", name=op.f('ck_term_ward')),
    sa.CheckConstraint('from_on IS NULL OR until_on IS NULL OR from_on < until_on', name=op.f('ck_term_dates')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name='fk_term_person_id'),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name='fk_term_service_id'),
    sa.PrimaryKeyConstraint('id', name='pk_term'),
    sa.UniqueConstraint('person_id', 'role', 'ward_code', 'from_on', name='uq_term_person_id_role_ward_code_from_on')
    )
    op.create_index('ix_term_ward_code', 'term', ['ward_code'], unique=False)
    op.create_table('entry',
    sa.Column('ref', sa.String(), nullable=False),
    sa.Column('kind', words('kind', KIND), nullable=False),
    sa.Column('state', words('state', STATE), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(32), nullable=False),
    sa.Column('told_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('name_shown', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('hidden_for', sa.String(), nullable=True),
    sa.Column('once', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('source_id', sa.String(), nullable=True),
    sa.Column('source_state', sa.String(), nullable=True),
    sa.Column('topic', words('topic', TOPIC), nullable=True),
    sa.Column('basis', words('basis', BASIS), nullable=True),
    sa.Column('cites', sa.String(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('level', words('level', LEVEL), nullable=False),
    sa.Column('standing', words('standing', STANDING), nullable=False),
    sa.Column('geometry', geometry(), nullable=False),
    sa.CheckConstraint("kind <> 'note' OR (topic IS NOT NULL AND basis IS NOT NULL)", name=op.f('ck_entry_note')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name='fk_entry_author_id'),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name='fk_entry_category_id'),
    sa.PrimaryKeyConstraint('id', name='pk_entry'),
    sa.UniqueConstraint('once', name='uq_entry_once'),
    sa.UniqueConstraint('ref', name='uq_entry_ref'),
    sa.UniqueConstraint('source', 'source_id', name='uq_entry_source_source_id')
    )
    op.create_index('ix_entry_author_id', 'entry', ['author_id'], unique=False)
    op.create_index('ix_entry_category_id', 'entry', ['category_id'], unique=False)
    op.create_index('ix_entry_told_at_id', 'entry', ['told_at', 'id'], unique=False)
    op.create_table('entry_lies_in',
    sa.Column('thing_id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.Integer(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('nearest', sa.Boolean(), nullable=False),
    sa.CheckConstraint('share > 0 AND share <= 1', name=op.f('ck_entry_lies_in_share')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name='fk_entry_lies_in_area_id', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thing_id'], ['entry.id'], name='fk_entry_lies_in_thing_id', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thing_id', 'area_id', name='pk_entry_lies_in')
    )
    op.create_index('ix_entry_lies_in_area_id_thing_id', 'entry_lies_in', ['area_id', 'thing_id'], unique=False)
    op.create_table('photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('draft_id', sa.String(), nullable=True),
    sa.Column('alt', sa.String(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.CheckConstraint('entry_id IS NOT NULL OR draft_id IS NOT NULL', name=op.f('ck_photo_belongs')),
    sa.ForeignKeyConstraint(['draft_id'], ['draft.id'], name='fk_photo_draft_id', ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name='fk_photo_entry_id'),
    sa.PrimaryKeyConstraint('id', name='pk_photo'),
    sa.UniqueConstraint('key', name='uq_photo_key')
    )
    op.create_index('ix_photo_draft_id', 'photo', ['draft_id'], unique=False)
    op.create_index('ix_photo_entry_id', 'photo', ['entry_id'], unique=False)


def downgrade():
    for table in (
        "photo", "entry_lies_in", "entry", "term", "shape", "proof", "postcode", "event", "category", "area", "service",
        "postcode_source", "person", "letter", "draft", "boundary_set",
    ):
        op.drop_table(table)
