"""A text index on entries: FTS5 kept by triggers on SQLite, a generated tsvector with GIN on PostgreSQL.

Both take a text apart at everything that is neither letter nor figure, drop accents and case, keep English stems, and
leave out no word: which words are too common to ask for is decided where a question is read.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = ("ref", "title", "words", "cites")
SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~‘’“”–—…•·"
TOKENS = "asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart"


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        tsvector()
    else:
        fts5()


def fts5():
    """The index and its triggers; a later migration that rebuilds the table must make the triggers anew."""
    names = ", ".join(COLUMNS)
    old, new = (", ".join(f"{row}.{name}" for name in COLUMNS) for row in ("OLD", "NEW"))
    forget = f"INSERT INTO fts_entry (fts_entry, rowid, {names}) VALUES ('delete', OLD.id, {old});"
    keep = f"INSERT INTO fts_entry (rowid, {names}) VALUES (NEW.id, {new});"
    op.execute(
        f"CREATE VIRTUAL TABLE fts_entry USING fts5({names}, content='entry', content_rowid='id', "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO fts_entry (fts_entry) VALUES ('rebuild')")
    op.execute("INSERT INTO fts_entry (fts_entry, rank) VALUES ('rank', 'bm25(8.0, 4.0, 1.0, 0.5)')")
    op.execute(f"CREATE TRIGGER fts_entry_insert AFTER INSERT ON entry BEGIN {keep} END")
    op.execute(f"CREATE TRIGGER fts_entry_update AFTER UPDATE OF {names} ON entry BEGIN {forget} {keep} END")
    op.execute(f"CREATE TRIGGER fts_entry_delete AFTER DELETE ON entry BEGIN {forget} END")


def tsvector():
    """`unaccent` may change with its rules, so is no part of a generated column; as a dictionary of a text search
    configuration it is, and the same configuration then marks what was found."""
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE TEXT SEARCH DICTIONARY wardbook_stem (TEMPLATE = snowball, Language = english)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION wardbook (COPY = pg_catalog.simple)")
    op.execute(f"ALTER TEXT SEARCH CONFIGURATION wardbook ALTER MAPPING FOR {TOKENS} WITH unaccent, wardbook_stem")
    parts = " || ".join(f"setweight({_vector(name)}, '{weight}')" for name, weight in zip(COLUMNS, "ABCD"))
    op.execute(f"ALTER TABLE entry ADD COLUMN fts_words tsvector GENERATED ALWAYS AS ({parts}) STORED")
    op.execute("CREATE INDEX fts_entry_words ON entry USING gin (fts_words)")


def _vector(name):
    signs = SIGNS.replace("'", "''").replace(":", "\\:")
    blanks = " " * len(SIGNS)
    return f"to_tsvector('wardbook'::regconfig, translate(coalesce({name}, ''), '{signs}', '{blanks}'))"


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE entry DROP COLUMN fts_words")
        op.execute("DROP TEXT SEARCH CONFIGURATION wardbook")
        op.execute("DROP TEXT SEARCH DICTIONARY wardbook_stem")
    else:
        for deed in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER fts_entry_{deed}")
        op.execute("DROP TABLE fts_entry")
