"""An embedded installation copied whole to PostgreSQL: it can be stopped at any moment and run again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Table, func, inspect, make_url, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from wardbook import store
from wardbook.app import create_app
from wardbook.config import settings
from wardbook.copying.homes import Files, copy_files, files_in, refuse_others
from wardbook.copying.rows import Sum, sum_of
from wardbook.copying.tables import Progress, fill, last_id, missing, set_sequence
from wardbook.db import Base, db, number_of
from wardbook.entries.models import Photo
from wardbook.entries.photographs.photos import path as path_of_photo
from wardbook.errors import Refused


@dataclass(frozen=True)
class CopiedTable:
    """A table that is equal on both sides, and how many of its rows were added now."""

    name: str
    added: int
    sum: Sum


@dataclass(frozen=True)
class Copied:
    """What is now in the target, and what was missing from the source."""

    tables: tuple[CopiedTable, ...]
    files: Files | None
    photos_without_file: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(table.sum.rows for table in self.tables)

    @property
    def added(self) -> int:
        return sum(table.added for table in self.tables)


@dataclass(frozen=True)
class Copying:
    """One copy about to be made: both stores are open and looked at, and nothing is written yet."""

    source: Engine
    target: Engine
    home: Path
    home_to: Path | None

    def steps(self) -> int:
        """How many rows and files there are to go through."""
        with self.source.connect() as reading:
            rows = sum(reading.scalar(select(func.count()).select_from(table)) or 0 for table in tables())
        return rows + (len(files_in(self.home)) if self.home_to else 0)

    def run(self, progress: Progress) -> Copied:
        """Add what the target lacks, then compare both sides. Raises Refused where they are not equal in the end.

        The target is read to its end before anything is added, so that one with other data in it is left as it was.
        """
        with self.source.connect() as reading, _alone_in(self.target):
            self._look_through(reading)
            added = [fill(reading, self.target, table, progress) for table in tables()]
        with self.source.connect() as reading, self.target.begin() as connection:
            for table in tables():
                set_sequence(connection, table, last_id(reading, table))
        files = copy_files(self.home, self.home_to, progress) if self.home_to else None
        with self.source.connect() as ours, self.target.connect() as theirs:
            sums = [_equal(ours, theirs, table) for table in tables()]
            lost = _photos_without_file(ours)
        done = (CopiedTable(*row) for row in zip([t.name for t in tables()], added, sums, strict=True))
        return Copied(tuple(done), files, lost)

    def _look_through(self, reading: Connection) -> None:
        if self.home_to:
            refuse_others(self.home, self.home_to)
        with self.target.connect() as held:
            for table in tables():
                if held.scalar(select(func.count()).select_from(table)):
                    for _ in missing(reading, held, table):
                        pass


def tables() -> Sequence[Table]:
    """Every table of the models, each after those it names."""
    return Base.metadata.sorted_tables


@contextmanager
def copying_to(url: str, home_to: Path | None) -> Iterator[Copying]:
    """Open the database at a PostgreSQL URL beside the embedded store; an empty one is made ready first.

    Raises Refused where it cannot be reached, is not empty and not Wardbook's, or is of another version.
    """
    _refuse_address(url)
    source, home = db.engine, settings().home
    app = create_app(replace(settings(), database_url=url))
    with app.app_context():
        try:
            _make_ready()
            yield Copying(source, db.engine, home, home_to)
        finally:
            db.session.remove()
            db.engine.dispose()


def _refuse_address(url: str) -> None:
    if not settings().embedded:
        raise Refused("This store is on PostgreSQL already: leave WARDBOOK_DATABASE_URL out, to copy the embedded one.")
    try:
        postgresql = make_url(url).get_backend_name() == "postgresql"
    except ArgumentError:
        postgresql = False
    if not postgresql:
        raise Refused("Give the address of a PostgreSQL database: postgresql://user:password@host/database.")


def _make_ready() -> None:
    try:
        held = set(inspect(db.engine).get_table_names()) - {"spatial_ref_sys"}
    except OperationalError as error:
        raise Refused(f"The database cannot be reached: {str(error.orig).splitlines()[0]}.") from None
    if not held:
        store.make_ready()
    elif "alembic_version" not in held:
        raise Refused("The target holds tables that are not Wardbook's: give an empty database.")
    elif not store.is_ready():
        raise Refused("The store in the target is of another version than this one: give an empty database.")


@contextmanager
def _alone_in(target: Engine) -> Iterator[None]:
    with target.connect() as connection:
        lock = text("SELECT pg_try_advisory_xact_lock(:number)")
        if not connection.scalar(lock, {"number": number_of(["copy-to"])}):
            raise Refused("Another copy into this database is under way: wait for it to end.")
        yield


def _equal(ours: Connection, theirs: Connection, table: Table) -> Sum:
    here, there = sum_of(ours, table), sum_of(theirs, table)
    if here != there:
        raise Refused(
            f"{table.name} is not equal on both sides ({here.rows:,} rows here, {there.rows:,} in the target): was it "
            "written to while it was copied? Stop the server, and run this again into an empty database."
        )
    return here


def _photos_without_file(connection: Connection) -> tuple[str, ...]:
    keys = connection.scalars(select(Photo.key).order_by(Photo.id))
    return tuple(key for key in keys if not path_of_photo(key, "large").is_file())
