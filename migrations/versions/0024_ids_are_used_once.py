"""An id is used once: what was taken away gives its number to nothing that comes after, on SQLite as on PostgreSQL.

Jobs, letters and signed links know things by their ids. SQLite gave the highest id, once its row was gone, to the
next row, and AUTOINCREMENT keeps it from that. Adding it takes a table made anew.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = (
    "activation", "area", "boundary_set", "follow", "help_match", "job", "letter", "photo", "proof", "report",
)  # fmt: skip
CALLED = {"match": "help_match", "boundary set": "boundary_set"}
"""Tables that causes call otherwise than they are called"""
CAUSE = re.compile(r"(\D+?) (\d+)(?: .*)?")


PLAIN, ONCE = "PRIMARY KEY (id)", "PRIMARY KEY (id AUTOINCREMENT)"


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        _make_all_anew(op.get_bind(), PLAIN, ONCE)
        for table, last in _spoken_of(op.get_bind()).items():
            _begin_after(op.get_bind(), table, last)


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        _make_all_anew(op.get_bind(), ONCE, PLAIN)


def _make_all_anew(connection, key, becomes):
    before = _astray(connection)
    _foreign_keys_off(connection)
    for table in TABLES:
        _make_anew(connection, table, key, becomes)
    if _astray(connection) != before:
        raise RuntimeError("A row refers to one that is not there any more: nothing was changed.")


def _foreign_keys_off(connection):
    """A dropped table would take with it what refers to it. This can only be said outside a transaction, of which
    nothing is written yet; `env.py` asks for foreign keys again.
    """
    driver = connection.connection.driver_connection
    for words in ("COMMIT", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
        driver.execute(words)


def _make_anew(connection, table, key, becomes):
    """The same table, in its own words but for its key, with its rows and its indexes."""
    kept = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC"
    (_, words), *beside = connection.exec_driver_sql(kept, (table,)).all()
    named = re.sub(rf'^CREATE TABLE "?{table}"?', f"CREATE TABLE new_{table}", words)
    if words.count(key) != 1 or named == words:
        raise RuntimeError(f"The table {table} is not as the migrations made it.")
    connection.exec_driver_sql(named.replace(key, becomes))
    connection.exec_driver_sql(f"INSERT INTO new_{table} SELECT * FROM {table} ORDER BY id")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for _, also in beside:
        connection.exec_driver_sql(also)


def _begin_after(connection, table, last):
    """Ids that letters and jobs still speak of are not used again either."""
    connection.exec_driver_sql(
        "INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0 "
        "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)", (table, table),
    )  # fmt: skip
    connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table))


def _spoken_of(connection):
    """By table, the highest id that a cause names: `letter 12`, `match 3 gone`."""
    highest = {}
    for (cause,) in connection.execute(sa.text("SELECT cause FROM letter UNION SELECT cause FROM job")):
        if named := CAUSE.fullmatch(cause):
            table = CALLED.get(named[1], named[1])
            if table in TABLES:
                highest[table] = max(highest.get(table, 0), int(named[2]))
    return highest


def _astray(connection):
    """The rows that refer to one that is not there."""
    return connection.exec_driver_sql("PRAGMA foreign_key_check").all()
