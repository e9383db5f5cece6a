"""The store: what is promised of its file, its shapes and its index."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import shapely
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, inspect, select, text

from tests.conftest import CAST, Member, an_issue, application, as_viewer, spot, square
from wardbook import store
from wardbook.db import db, from_blob, intend_to_write, to_blob, touches, transaction
from wardbook.entries import queries
from wardbook.entries.models import Entry
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR


def pragma(name: str) -> object:
    return db.session.scalar(text(f"PRAGMA {name}"))


def test_the_file_is_the_owner_s_alone(app: Flask, home: Path) -> None:
    for part in home.glob("wardbook.sqlite*"):
        assert stat.S_IMODE(part.stat().st_mode) == 0o600


def test_the_embedded_store_keeps_what_it_acknowledged(app: Flask) -> None:
    assert (pragma("journal_mode"), pragma("foreign_keys"), pragma("synchronous")) == ("wal", 1, 2)


def test_a_writing_transaction_begins_with_the_lock(app: Flask, home: Path) -> None:
    import sqlite3

    other = sqlite3.connect(home / "wardbook.sqlite", timeout=0, isolation_level=None)
    db.session.rollback()
    with transaction():
        db.session.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


def test_a_transaction_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction():
        db.session.execute(text("DELETE FROM postcode"))
        raise RuntimeError
    assert db.session.scalar(text("SELECT count(*) FROM postcode")) == 1


SHAPES = [
    shapely.Point(-2.36, 51.38),
    shapely.LineString([(0, 0), (1, 1)]),
    square(0, 0),
    square(0, 0).difference(square(0.2, 0.2, 100)),
    shapely.MultiPolygon([square(0, 0), square(3, 3)]),
    shapely.Polygon(),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.geom_type)
def test_a_shape_comes_back_as_it_was_kept(shape: shapely.Geometry) -> None:
    assert shapely.equals_exact(from_blob(to_blob(shape)), shape)


def indexed() -> set[int]:
    return set(db.session.scalars(text("SELECT id FROM rtree_entry_geometry")))


def test_the_index_follows_every_change(app: Flask) -> None:
    entry = an_issue()
    assert entry.id in indexed()
    with transaction():
        entry.geometry = spot(1.5, 1.5)
    assert db.session.scalar(select(Entry.id).where(touches(Entry, square(1, 1)))) == entry.id
    assert db.session.scalar(select(Entry.id).where(touches(Entry, square(0, 0, 900)))) is None
    entry_id = entry.id
    with transaction():
        db.session.execute(text(f"DELETE FROM entry WHERE id = {entry_id}"))
    assert entry_id not in indexed()


def plan(asked: Select[Any]) -> str:
    """How SQLite would answer a query."""
    compiled = asked.compile(db.engine, compile_kwargs={"render_postcompile": True})
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    given = tuple(b"" if isinstance(value, shapely.Geometry) else value for value in values)
    rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given)
    return " ".join(str(row) for row in rows)


def test_a_place_is_found_by_the_index(app: Flask) -> None:
    words = plan(queries.published(VISITOR, place_from_words("postcode:ZZ1 1AA+100m", VISITOR)).limit(25))
    assert "SEARCH entry USING INTEGER PRIMARY KEY" in words
    assert "VIRTUAL TABLE INDEX" in words


@pytest.mark.parametrize("member", CAST, ids=str)
def test_the_newest_are_read_in_their_order(app: Flask, member: Member) -> None:
    assert "ix_entry_told_at_id" in plan(queries.published(as_viewer(member)).limit(25))


corners = st.tuples(st.floats(0, 2), st.floats(0, 2))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(corners, min_size=3, max_size=8), st.lists(corners, min_size=1, max_size=12))
def test_what_a_place_touches_is_what_shapely_says(
    app: Flask, ring: list[tuple[float, float]], points: list[tuple[float, float]]
) -> None:
    place = shapely.MultiPoint([spot(*corner) for corner in ring]).convex_hull
    db.session.rollback()
    intend_to_write(True)
    kept = {}
    for column, row in points:
        entry = an_issue_at(column, row)
        kept[entry.id] = entry.geometry
    found = set(db.session.scalars(select(Entry.id).where(touches(Entry, place))))
    assert found == {entry_id for entry_id, shape in kept.items() if shapely.intersects(place, shape)}
    db.session.rollback()
    intend_to_write(False)


def an_issue_at(column: float, row: float) -> Entry:
    """A bare row, for the index alone; it is rolled back."""
    from wardbook.db import now
    from wardbook.entries.kinds import Channel, Kind, State
    from wardbook.shared import Level, Standing, new_reference

    entry = Entry(
        ref=new_reference("WB"), kind=Kind.ISSUE, state=State.RECEIVED, title="x", words="", channel=Channel.WEB,
        told_at=now(), changed_at=now(), name_shown=False, level=Level.PUBLIC, standing=Standing.PUBLISHED,
        geometry=spot(column, row),
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    return entry


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        ours = {
            "target_metadata": db.metadata,
            "include_name": lambda n, t, p: not (n or "").startswith(("rtree_", "fts_")),
        }
        found = produce_migrations(MigrationContext.configure(connection, opts=ours), db.metadata)
    assert found.upgrade_ops.as_diffs() == []


def test_migrations_go_back_to_nothing_and_come_again(tmp_path: Path) -> None:
    app = application(tmp_path)
    with app.app_context():
        assert not store.is_ready()
        store.make_ready()
        store.make_ready()
        assert store.is_ready()
        intend_to_write(True)
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        intend_to_write(False)
        db.session.remove()
        db.engine.dispose()
