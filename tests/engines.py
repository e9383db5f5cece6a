"""The two engines as the tests meet them: stores made, copied and dropped, and for each engine the same facts asked.

`WARDBOOK_TEST_DATABASE` names a PostgreSQL server on which databases may be made; without it stores are SQLite files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask import has_app_context
from psycopg import sql
from sqlalchemy import Select, make_url, text

from wardbook.db import db, number_of

OURS_ALONE = ("rtree_", "fts_", "huey_", "spatial_ref_sys")
Rows = dict[str, list[tuple[object, ...]]]


def _as_sent(compiled: Any) -> dict[str, object]:
    """The values of a query as the driver is given them."""
    made = compiled._bind_processors
    return {name: made[name](value) if name in made else value for name, value in compiled.params.items()}


class Engine(Protocol):
    """What a test asks of the engine its store is on."""

    def url(self, home: Path) -> str:
        """The address of the store that belongs to a home folder; an empty one is there from now on."""

    def copy(self, source: Path, target: Path) -> Path:
        """A home folder and its store, copied."""

    def drop_under(self, folder: Path | None = None) -> None:
        """Forget the stores of homes under a folder; without one, all that were made."""

    def open_to_others(self, home: Path) -> None:
        """Let everybody on the machine, or on the server, read the store."""

    says_to_close_it: str
    """What the doctor then says."""

    def everything_in(self, home: Path) -> Rows:
        """Every row of every table, read past the application."""

    def is_its_owner_s_alone(self, home: Path) -> bool:
        """Whether nobody but its owner can read the store."""

    def keeps_what_it_acknowledged(self) -> bool:
        """Whether a commit is on the disk before it is acknowledged."""

    def lets_another_write(self, home: Path, *what: str) -> bool:
        """Whether somebody else could begin at once to write about this."""

    def on_the_disk(self, home: Path) -> bytes:
        """The files of the store with all that was written, where they are ours; else every row of it."""

    def ends_connections(self, home: Path) -> None:
        """End every connection to the store, as a server does that is started again."""

    def keeps_alone(self, name: str | None, kind: str) -> bool:
        """Whether a table or an index is the engine's own, which no model knows."""

    def indexed(self) -> set[int]:
        """The entries that the spatial index holds."""

    def plan(self, asked: Select[Any]) -> str:
        """How a query would be answered."""

    def finds_by_place(self, plan: str) -> bool:
        """Whether a plan goes through the spatial index."""

    def finds_by_words(self, plan: str) -> bool:
        """Whether a plan goes through the index of words."""

    def finds_in_order(self, plan: str, index: str) -> bool:
        """Whether a plan reads an index in its order, without sorting."""

    def reads_through(self, plan: str, table: str) -> bool:
        """Whether a plan reads a table from its beginning to its end."""

    def key_of(self, table: str, column: str = "") -> str:
        """How a plan names the index of a primary key, or of what is unique in a column."""


class Embedded:
    """SQLite in one file under the home folder."""

    says_to_close_it = "chmod 600 it"

    def url(self, home: Path) -> str:
        return f"sqlite:///{home / 'wardbook.sqlite'}"

    def copy(self, source: Path, target: Path) -> Path:
        return Path(shutil.copytree(source, target))

    def drop_under(self, folder: Path | None = None) -> None:
        """Their folder goes with the test."""

    def open_to_others(self, home: Path) -> None:
        (home / "wardbook.sqlite").chmod(0o644)

    def everything_in(self, home: Path) -> Rows:
        with closing(sqlite3.connect(home / "wardbook.sqlite")) as store:
            tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {table: store.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}

    def is_its_owner_s_alone(self, home: Path) -> bool:
        return {stat.S_IMODE(part.stat().st_mode) for part in home.glob("wardbook.sqlite*")} == {0o600}

    def keeps_what_it_acknowledged(self) -> bool:
        names = ("journal_mode", "foreign_keys", "synchronous")
        return [db.session.scalar(text(f"PRAGMA {name}")) for name in names] == ["wal", 1, 2]

    def lets_another_write(self, home: Path, *what: str) -> bool:
        with closing(sqlite3.connect(home / "wardbook.sqlite", timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            return True

    def on_the_disk(self, home: Path) -> bytes:
        with closing(sqlite3.connect(home / "wardbook.sqlite")) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return b"".join(path.read_bytes() for path in home.glob("wardbook.sqlite*"))

    def ends_connections(self, home: Path) -> None:
        """A file has no server."""

    def keeps_alone(self, name: str | None, kind: str) -> bool:
        return bool(name) and name.startswith(OURS_ALONE)

    def indexed(self) -> set[int]:
        return set(db.session.scalars(text("SELECT id FROM rtree_entry_geometry")))

    def plan(self, asked: Select[Any]) -> str:
        compiled = asked.compile(db.engine, compile_kwargs={"render_postcompile": True})
        given = _as_sent(compiled)
        values = tuple(given[name] for name in compiled.positiontup or ())
        rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return " ".join(str(row) for row in rows)

    def finds_by_place(self, plan: str) -> bool:
        return "SEARCH entry USING INTEGER PRIMARY KEY" in plan and "VIRTUAL TABLE INDEX" in plan

    def finds_by_words(self, plan: str) -> bool:
        return "fts_entry VIRTUAL TABLE INDEX 0:" in plan and "SCAN entry" not in plan

    def finds_in_order(self, plan: str, index: str) -> bool:
        return index in plan and "TEMP B-TREE FOR ORDER" not in plan

    def reads_through(self, plan: str, table: str) -> bool:
        return f"SCAN {table} " in f"{plan} ".replace("'", " ")

    def key_of(self, table: str, column: str = "") -> str:
        return f"sqlite_autoindex_{table}_"


class Postgresql:
    """A database of its own for each home folder, on one server.

    Making one takes half a second, so a copy whose test is over is kept, and filled anew for the next copy.
    """

    says_to_close_it = "REVOKE SELECT"

    def __init__(self, server: str) -> None:
        self.server = make_url(server)
        self.made: dict[str, Path] = {}
        self.source_of: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        """By the database it was copied from, one that was filled anew"""
        self.refill: dict[str, str] = {}
        """How a copy is filled anew"""
        self.shape: dict[str, Any] = {}
        """Of a database that copies are made of, its tables"""
        self._connection: psycopg.Connection[Any] | None = None

    def _on_server(self, statement: str, *names: str) -> None:
        if self._connection is None:
            address = self.server.set(drivername="postgresql")
            self._connection = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _name(self, home: Path) -> str:
        for name, owner in self.made.items():
            if owner == home.resolve():
                return name
        return "wardbook_test_" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:20]

    def url(self, home: Path) -> str:
        name = self._name(home)
        if name not in self.made:
            self._create("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", home)
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _create(self, statement: str, home: Path, *names: str) -> None:
        name = self._name(home)
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._on_server(statement, name, *names)
        self.made[name] = home.resolve()

    def copy(self, source: Path, target: Path) -> Path:
        """PostgreSQL copies what nobody is in: an application open here lets go and comes back, others are sent out."""
        if has_app_context():
            db.session.rollback()
            db.engine.dispose()
        name = self._name(source)
        if kept := self.kept.pop(name, None):
            self.made[kept] = target.resolve()
            return Path(shutil.copytree(source, target))
        self._on_server("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        try:
            self._send_out(name)
            self._create("CREATE DATABASE {} TEMPLATE {}", target, name)
        finally:
            self._on_server("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        self.source_of[self._name(target)] = name
        return Path(shutil.copytree(source, target))

    def _send_out(self, name: str) -> None:
        self._on_server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + f"'{name}'")

    def _address(self, name: str) -> str:
        return self.server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def drop_under(self, folder: Path | None = None) -> None:
        gone = [name for name, home in self.made.items() if folder is None or folder.resolve() in [home, *home.parents]]
        for name in gone:
            del self.made[name]
            source = self.source_of.get(name, "")
            if folder is not None and source and source not in self.kept and self._is_filled_anew(name, source):
                self.kept[source] = name
            else:
                self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        if folder is None:
            for name in self.kept.values():
                self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            self.kept.clear()
        if folder is None and self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_filled_anew(self, name: str, source: str) -> bool:
        """Make a copy again what it was, where a test left its tables as they were, beside their rows."""
        self._send_out(name)
        with psycopg.connect(self._address(name)) as here:
            if name not in self.refill:
                with psycopg.connect(self._address(source)) as there:
                    self.refill[name] = keep_rows(here, there)
                    self.shape[source] = there.execute(SHAPE).fetchone()
            if here.execute(SHAPE).fetchone() != self.shape[source]:
                del self.refill[name]
                return False
            here.execute(self.refill[name])
        return True

    @contextmanager
    def _reading(self, home: Path) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url(home)) as connection:
            yield connection

    def open_to_others(self, home: Path) -> None:
        with self._reading(home) as store:
            store.execute("GRANT SELECT ON person TO PUBLIC")

    def everything_in(self, home: Path) -> Rows:
        with self._reading(home) as store:
            ours = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
            tables = [name for (name,) in store.execute(ours)]
            every = sql.SQL("SELECT * FROM {}")
            return {table: store.execute(every.format(sql.Identifier(table))).fetchall() for table in tables}

    def is_its_owner_s_alone(self, home: Path) -> bool:
        with self._reading(home) as store:
            others = store.execute(
                "SELECT count(*) FROM information_schema.table_privileges JOIN pg_tables ON tablename = table_name "
                "WHERE table_schema = 'public' AND tablename <> 'spatial_ref_sys' AND grantee <> grantor"
            ).fetchone()
        return others == (0,)

    def keeps_what_it_acknowledged(self) -> bool:
        return db.session.scalar(text("SHOW synchronous_commit")) == "on"

    def lets_another_write(self, home: Path, *what: str) -> bool:
        with self._reading(home) as other:
            return bool(other.execute("SELECT pg_try_advisory_xact_lock(%s)", [number_of(what)]).fetchone()[0])

    def on_the_disk(self, home: Path) -> bytes:
        """What PostgreSQL leaves on its disk is its vacuum's to clear."""
        return str(self.everything_in(home)).encode()

    def ends_connections(self, home: Path) -> None:
        self._send_out(self._name(home))

    def keeps_alone(self, name: str | None, kind: str) -> bool:
        return bool(name) and (name.startswith(OURS_ALONE) or (kind == "index" and name.endswith("_geometry")))

    def indexed(self) -> set[int]:
        everywhere = "geometry && ST_MakeEnvelope(-180, -90, 180, 90, 4326)"
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        found = f"SELECT id FROM entry WHERE {everywhere}"
        assert "ix_entry_geometry" in " ".join(db.session.scalars(text(f"EXPLAIN {found}")))
        return set(db.session.scalars(text(found)))

    def plan(self, asked: Select[Any]) -> str:
        compiled = asked.compile(db.engine, compile_kwargs={"render_postcompile": True})
        rows = db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", _as_sent(compiled))
        return "\n".join(row[0] for row in rows)

    def finds_by_place(self, plan: str) -> bool:
        return "ix_entry_geometry" in plan and "Seq Scan on entry" not in plan

    def finds_by_words(self, plan: str) -> bool:
        return "fts_entry_words" in plan and "Seq Scan on entry" not in plan

    def finds_in_order(self, plan: str, index: str) -> bool:
        ways = (f"Index Scan{way} using {index}" for way in (" Backward", ""))
        return any(way in plan for way in ways) and "Sort" not in plan

    def reads_through(self, plan: str, table: str) -> bool:
        return f"Seq Scan on {table} " in plan

    def key_of(self, table: str, column: str = "") -> str:
        return f"uq_{table}_{column}" if column else f"pk_{table}"


SHAPE = """SELECT md5(string_agg(concat(relname, relkind, relacl, columns, triggers), ';' ORDER BY relname))
    FROM (SELECT relname, relkind, relacl,
            (SELECT string_agg(concat(attname, format_type(atttypid, atttypmod), attnotnull), ',' ORDER BY attname)
                FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS columns,
            (SELECT count(*) FROM pg_trigger WHERE tgrelid = pg_class.oid) AS triggers
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'huey%') AS found"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
SILENCE = """DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'huey%' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP; END $$"""
"""The bell's own tables, which come with the first ring, have nothing left in them."""
COLUMNS = """SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'"""


def keep_rows(store: psycopg.Connection[Any], source: psycopg.Connection[Any]) -> str:
    """Put the rows of the store it was copied from beside a store's own, in a schema of their own.

    How a store is given those rows and the numbers of then, in place of what a test left: statements sent as one.
    """
    store.execute("CREATE SCHEMA kept")
    fill = [sql.SQL("SET LOCAL session_replication_role = replica")]  # no trigger stops it, and no order of tables
    for (name,) in source.execute(TABLES).fetchall():
        named = sql.Identifier(name)
        store.execute(sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0} WITH NO DATA").format(named))
        with (
            source.cursor().copy(sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(named)) as out,
            store.cursor().copy(sql.SQL("COPY kept.{} FROM STDIN").format(named)) as into,
        ):
            for part in out:
                into.write(part)
        columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in source.execute(COLUMNS, [name]))
        again = "DELETE FROM public.{0}; INSERT INTO public.{0} ({1}) SELECT {1} FROM kept.{0}"
        fill.append(sql.SQL(again).format(named, columns))
    for (name,) in source.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'").fetchall():
        reached = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))
        last, called = source.execute(reached).fetchone() or (1, False)
        fill.append(sql.SQL("SELECT setval({}::regclass, {}, {})").format(f'public."{name}"', last, called))
    return sql.SQL("; ").join([*fill, sql.SQL(SILENCE)]).as_string(store)


SERVER = os.environ.get("WARDBOOK_TEST_DATABASE", "")
ENGINE: Engine = Postgresql(SERVER) if SERVER else Embedded()


def environment_of(home: Path) -> dict[str, str]:
    """The settings with which the command line works on the store of a home folder."""
    database = {"WARDBOOK_DATABASE_URL": ENGINE.url(home)} if SERVER else {}
    return {"WARDBOOK_HOME": str(home)} | database
