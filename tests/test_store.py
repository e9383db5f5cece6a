"""The store: what is promised of its file, its shapes and its index."""

from __future__ import annotations

import time
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
from sqlalchemy import inspect, select, text

from tests.conftest import NOBODY, an_issue, application, spot, square
from tests.engines import ENGINE
from wardbook import store
from wardbook.db import QUIET, alone, db, from_blob, intend_to_write, to_blob, touches, transaction
from wardbook.entries.models import Entry


def test_the_store_is_its_owner_s_alone(app: Flask, home: Path) -> None:
    assert ENGINE.is_its_owner_s_alone(home)


def test_the_store_keeps_what_it_acknowledged(app: Flask) -> None:
    assert ENGINE.keeps_what_it_acknowledged()


def test_whoever_comes_to_the_same_thing_waits_for_the_first_to_end(app: Flask, home: Path) -> None:
    db.session.rollback()
    with transaction():
        alone("once", "a form")
        assert not ENGINE.lets_another_write(home, "once", "a form")
    assert ENGINE.lets_another_write(home, "once", "a form")


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


def test_the_index_follows_every_change(app: Flask) -> None:
    entry = an_issue()
    assert entry.id in ENGINE.indexed()
    with transaction():
        entry.geometry = spot(1.5, 1.5)
    assert db.session.scalar(select(Entry.id).where(touches(Entry, square(1, 1)))) == entry.id
    assert db.session.scalar(select(Entry.id).where(touches(Entry, square(0, 0, 900)))) is None
    entry_id = entry.id
    with transaction():
        db.session.execute(text(f"DELETE FROM entry WHERE id = {entry_id}"))
    assert entry_id not in ENGINE.indexed()


def test_who_comes_after_the_server_was_started_again_is_answered(app: Flask, home: Path, as_: Any) -> None:
    for path in ("/map.geojson", "/mapit/postcode/ZZ1%201AA", "/"):
        assert as_(NOBODY).get(path).status_code == 200
        ENGINE.ends_connections(home)
        time.sleep(QUIET)
        assert as_(NOBODY).get(path).status_code == 200


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
        ours = {"target_metadata": db.metadata, "include_name": lambda n, t, p: not ENGINE.keeps_alone(n, t)}
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
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version", "spatial_ref_sys"}
        upgrade()
        intend_to_write(False)
        db.session.remove()
        db.engine.dispose()
