"""The store that is measured: real wards and postcodes, made-up entries loaded in bulk; made once and used again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import make_url, select

from tests.bench.entries import CATEGORIES, Made, entries, places
from wardbook import store
from wardbook.app import create_app
from wardbook.areas.actions import SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.boundary_files.reading import Reading, read_boundaries
from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.postcode_files import read_postcodes
from wardbook.clock import today
from wardbook.config import Settings
from wardbook.db import db, now, to_blob, transaction
from wardbook.entries.models import Category
from wardbook.people.actions import person_with, service_called
from wardbook.people.models import Person

SEED = 2026
AUTHORS = 200
MANY = 20_000
COLUMNS = (
    "id", "ref", "kind", "state", "title", "words", "category_id", "channel", "told_at", "changed_at", "name_shown",
    "confirmed_at", "author_id", "level", "standing", "geometry", "topic", "basis",
)  # fmt: skip
EVENT = ("at", "actor_id", "signed", "did", "thing", "thing_id", "words", "told", "change")
LIES_IN = ("thing_id", "area_id", "share", "nearest")


def settings_for(home: Path, database_url: str) -> Settings:
    """The settings of a store for measuring; its secret is none."""
    return Settings(
        home=home, database_url=database_url, secret_key="for measuring alone", council_name="Bench", council_code="",
        crs=27700, base_url="http://localhost", mail="outbox:", mail_from="wardbook@example.org",
        brand_colour="#00573d", tiles_url="", tiles_attribution="", os_licence="", ward_type="ward", limits=1_000_000,
    )  # fmt: skip


def sqlite_url(home: Path) -> str:
    """The embedded store under a folder."""
    return f"sqlite:///{home / 'wardbook.sqlite'}"


def database_on(server: str, name: str) -> str:
    """A database of this name on a PostgreSQL server, made if there is none."""
    import psycopg
    from psycopg import sql

    with closing(psycopg.connect(server, autocommit=True)) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def wards_of_the_country(data: Path) -> Reading:
    """Every ward of the United Kingdom, simplified: 8,482."""
    return read_boundaries(data / "boundaries" / "uk_wards_2022_simplified.geojson.gz", merge_duplicates=True)


def make(home: Path, database_url: str, count: int, reading: Reading, postcodes: Path) -> None:
    """Make a store with so many entries, where it is not made yet."""
    if (home / "made.json").exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    app = create_app(settings_for(home, database_url))
    with app.app_context():
        store.make_ready()
        with transaction():
            _settle(reading, postcodes)
        at = places(count, [area.geometry for area in reading.areas], SEED)
        _load(at)
        np.save(home / "places.npy", at)
        db.session.remove()
        db.engine.dispose()
    (home / "made.json").write_text(json.dumps({"entries": count, "seed": SEED, "made_on": date.today().isoformat()}))


def _settle(reading: Reading, postcodes: Path) -> None:
    """Wards as the bench needs them: a reference, and the council's own; postcodes, people and categories."""
    add_boundary_set(SetDescription("Wards of the country", "ward", reference=True), reading)
    add_boundary_set(SetDescription("Wards as if they were our own", "ward"), reading)
    add_postcodes(read_postcodes(postcodes).rows, file_name=postcodes.name, dated_on=date(2025, 5, 1))
    for number in range(AUTHORS):
        person_with(f"bench-{number}@example.org").confirmed_at = now()
    service = service_called("Everything")
    for name in CATEGORIES:
        db.session.add(Category(service=service, name=name, kinds=["issue", "asset"]))


# --- entries in bulk ---------------------------------------------------------------------------------------------


def _load(at: NDArray[np.float64]) -> None:
    people = db.session.scalars(select(Person.id).order_by(Person.id)).all()
    categories = db.session.scalars(select(Category.id).order_by(Category.id)).all()
    (own,) = locator().own(today())
    rows = entries(at, SEED, AUTHORS)
    made = ((one, people[one.author - 1], categories[one.category - 1]) for one in rows)
    db.session.rollback()
    load = _into_sqlite if db.engine.dialect.name == "sqlite" else _into_postgresql
    load(made, own)


Peopled = Iterator[tuple[Made, int, int]]


def _entry(one: Made, author: int, category: int, geometry: object, told_at: object) -> tuple[object, ...]:
    note = one.kind == "note"
    topic, basis = ("history", "long known here") if note else (None, None)
    return (
        one.id, one.ref, one.kind, one.state, one.title, one.words, None if note else category, "web", told_at, told_at,
        False, told_at, author, one.level, one.standing, geometry, topic, basis,
    )  # fmt: skip


def _event(one: Made, author: int, told_at: object) -> tuple[object, ...]:
    return told_at, author, "", "posted", "entry", one.id, "", "nobody", "{}"


def _lies(known: LocatedSet, batch: list[tuple[Made, int, int]]) -> list[tuple[object, ...]]:
    lon, lat = np.array([(one.lon, one.lat) for one, _, _ in batch]).T
    found = zip(batch, known.covering_each(lon, lat), strict=True)
    return [(one.id, known.area_ids[place], 1.0, False) for (one, _, _), place in found if place >= 0]


def _batches(made: Peopled) -> Iterator[list[tuple[Made, int, int]]]:
    while batch := list(islice(made, MANY)):
        yield batch


def _into_sqlite(made: Peopled, own: LocatedSet) -> None:
    """Without the triggers, which are made again when everything is there and the indexes over it are filled."""
    connection = db.engine.raw_connection()
    execute, many = connection.cursor().execute, connection.cursor().executemany
    for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
        execute(f"PRAGMA {pragma}")
    execute("BEGIN IMMEDIATE")
    triggers = execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'").fetchall()
    for name, _ in triggers:
        execute(f"DROP TRIGGER {name}")
    for batch in _batches(made):
        rows = [
            _entry(*whole, to_blob(shapely.Point(whole[0].lon, whole[0].lat)), _as_sqlite_keeps_it(whole[0].told_at))
            for whole in batch
        ]
        many(_insertion("entry", COLUMNS, "?"), rows)
        many(
            "INSERT INTO rtree_entry_geometry VALUES (?, ?, ?, ?, ?)",
            [(one.id, one.lon, one.lon, one.lat, one.lat) for one, _, _ in batch],
        )
        many(_insertion("entry_lies_in", LIES_IN, "?"), _lies(own, batch))
        told = [_event(one, author, _as_sqlite_keeps_it(one.told_at)) for one, author, _ in batch]
        many(_insertion("event", EVENT, "?"), told)
    for (found,) in execute("SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5%'").fetchall():
        execute(f"INSERT INTO {found}({found}) VALUES ('rebuild')")
    for _, sql in triggers:
        execute(sql)
    execute("COMMIT")
    connection.close()


def _as_sqlite_keeps_it(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.000000"


def _insertion(table: str, columns: tuple[str, ...], sign: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(sign for _ in columns)})"


def _into_postgresql(made: Peopled, own: LocatedSet) -> None:
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    for batch in _batches(made):
        points = shapely.set_srid(shapely.points([(one.lon, one.lat) for one, _, _ in batch]), 4326)
        shapes = shapely.to_wkb(points, hex=True, include_srid=True)
        naive = [one.told_at.replace(tzinfo=None) for one, _, _ in batch]
        whole = zip(batch, shapes, naive, strict=True)
        _copy(cursor, "entry", COLUMNS, [_entry(*told, shape, told_at) for told, shape, told_at in whole])
        _copy(cursor, "entry_lies_in", LIES_IN, _lies(own, batch))
        told = [_event(one, author, at) for (one, author, _), at in zip(batch, naive, strict=True)]
        _copy(cursor, "event", EVENT, told)
    cursor.execute("SELECT setval(pg_get_serial_sequence('entry', 'id'), (SELECT max(id) FROM entry))")
    connection.commit()
    connection.driver_connection.autocommit = True  # type: ignore[union-attr]
    cursor.execute("VACUUM ANALYZE")
    connection.driver_connection.autocommit = False  # type: ignore[union-attr]
    connection.close()


def _copy(cursor: object, table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
