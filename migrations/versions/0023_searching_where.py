"""The text index has where something is, as whoever told it says it: 'the alley behind the library'."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = ("ref", "title", "words", "cites")
AFTER = (*BEFORE, "spot_words")
RANKS = "8.0, 4.0, 1.0, 0.5, 1.0"
WEIGHTS = "ABCDC"
SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’“”–—…•·"


def upgrade():
    index(AFTER)


def downgrade():
    index(BEFORE)


def index(columns):
    if op.get_bind().dialect.name == "postgresql":
        tsvector(columns)
    else:
        fts5(columns)


def fts5(columns):
    for deed in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER fts_entry_{deed}")
    op.execute("DROP TABLE fts_entry")
    names = ", ".join(columns)
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    forget = f"INSERT INTO fts_entry (fts_entry, rowid, {names}) VALUES ('delete', OLD.id, {old});"
    keep = f"INSERT INTO fts_entry (rowid, {names}) VALUES (NEW.id, {new});"
    op.execute(
        f"CREATE VIRTUAL TABLE fts_entry USING fts5({names}, content='entry', content_rowid='id', "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO fts_entry (fts_entry) VALUES ('rebuild')")
    ranks = ", ".join(RANKS.split(", ")[: len(columns)])
    op.execute(f"INSERT INTO fts_entry (fts_entry, rank) VALUES ('rank', 'bm25({ranks})')")
    op.execute(f"CREATE TRIGGER fts_entry_insert AFTER INSERT ON entry BEGIN {keep} END")
    op.execute(f"CREATE TRIGGER fts_entry_update AFTER UPDATE OF {names} ON entry BEGIN {forget} {keep} END")
    op.execute(f"CREATE TRIGGER fts_entry_delete AFTER DELETE ON entry BEGIN {forget} END")


def tsvector(columns):
    parts = " || ".join(f"setweight({_vector(name)}, '{weight}')" for name, weight in zip(columns, WEIGHTS))
    op.execute("ALTER TABLE entry DROP COLUMN fts_words")
    op.execute(f"ALTER TABLE entry ADD COLUMN fts_words tsvector GENERATED ALWAYS AS ({parts}) STORED")
    op.execute("CREATE INDEX fts_entry_words ON entry USING gin (fts_words)")


def _vector(name):
    signs = SIGNS.replace("'", "''").replace(":", "\\:")
    blanks = " " * len(SIGNS)
    return f"to_tsvector('wardbook'::regconfig, translate(coalesce({name}, ''), '{signs}', '{blanks}'))"
