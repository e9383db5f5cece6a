"""The bench runs, and what it says it saw is so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from tests.bench import store
from tests.bench.__main__ import table
from tests.bench.entries import entries
from tests.bench.measure import Run, measure
from tests.bench.store import make, settings_for, sqlite_url
from tests.conftest import IN_MILL, _borough, spot
from wardbook.app import create_app
from wardbook.db import db
from wardbook.entries.models import Draft, Entry
from wardbook.events import Event

COUNT = 300


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few hundred entries in the borough of the tests."""
    folder = tmp_path_factory.mktemp("bench")
    at, postcodes = spot(*IN_MILL), folder / "postcodes.csv"
    lines = [f"ZZ{number} 1AA,{at.y + number / 10000},{at.x}" for number in range(1, 10)]
    postcodes.write_text("\n".join(["Postcode,lat,long", *lines]))
    make(folder / "store", sqlite_url(folder / "store"), COUNT, _borough(), postcodes)
    return folder / "store"


def test_the_same_seed_makes_the_same_entries() -> None:
    at = np.array([[0.5, 51.5]] * 40)
    one, other = (list(entries(at, store.SEED, 5)) for _ in range(2))
    assert one == other
    assert all(20 <= len(entry.words.split()) <= 60 for entry in one)
    assert len({entry.ref for entry in one}) == 40
    assert [entry.told_at for entry in one] == sorted(entry.told_at for entry in one)


def test_a_store_has_its_entries_their_areas_and_their_index(home: Path) -> None:
    app = create_app(settings_for(home, sqlite_url(home)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == COUNT
        assert db.session.scalar(select(func.count()).select_from(Event)) == COUNT
        assert db.session.scalar(select(func.count()).select_from(Entry.lies_in)) == COUNT
        connection = db.session.connection()
        assert connection.exec_driver_sql("SELECT count(*) FROM rtree_entry_geometry").scalar() == COUNT
        triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entry'"
        assert connection.exec_driver_sql(triggers).scalar() >= 3
        db.session.remove()
        db.engine.dispose()


def test_a_run_drives_every_road_and_leaves_the_store_as_it_was(home: Path) -> None:
    seen = measure("sqlite", home, sqlite_url(home), Run(seconds=0.3, posts=40))
    rows = {row.name: row for row in seen.rows}
    assert set(rows) == {
        "point to ward", "postcode", "100 entries in a box", "100 entries in a drawn polygon",
        "posting without a photo",
    }  # fmt: skip
    assert all(row.ratio > 0 and 0 < row.p50 <= row.p99 for row in seen.rows)
    assert (rows["point to ward"].queries, rows["postcode"].queries) == (0, 1)
    assert round(rows["100 entries in a box"].queries) == 1  # and what the R*Tree reads once a connection
    assert 90 <= rows["100 entries in a box"].rows <= 101
    assert len(seen.memory) == 2
    words = table([seen])
    assert all(f"| sqlite, 300 | {name} |" in words for name in rows)
    app = create_app(settings_for(home, sqlite_url(home)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == COUNT
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 0
        db.session.remove()
        db.engine.dispose()
