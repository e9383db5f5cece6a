"""Areas are kept in memory: what is kept is never older than a second, and never what was not committed."""

from __future__ import annotations

from datetime import date
from time import sleep

import pytest
import shapely
from sqlalchemy import update

from tests.conftest import NOBODY, _borough, spot
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.locator import ASK_AGAIN, locator
from wardbook.areas.models import BoundarySet
from wardbook.db import db, transaction
from wardbook.standards.mapit.relations import RELATIONS

PARISHES = SetDescription("Parishes", "parish", None)
AT = f"/mapit/point/4326/{spot(0.4, 0.6).x:.6f},{spot(0.4, 0.6).y:.6f}"


def types_at(client) -> set[str]:
    return {area["type"] for area in client.get(AT).json.values()}


def test_a_set_is_known_as_soon_as_it_is_committed(as_):
    client = as_(NOBODY)
    assert types_at(client) == {"WD"}
    with transaction():
        add_boundary_set(PARISHES, _borough())
    assert types_at(client) == {"WD", "CPC"}


def test_a_set_that_was_rolled_back_is_not_known(as_):
    client = as_(NOBODY)
    with pytest.raises(RuntimeError), transaction():
        add_boundary_set(PARISHES, _borough())
        assert len(locator().sets) == 2
        raise RuntimeError
    assert types_at(client) == {"WD"}


def test_whoever_writes_knows_what_changed_in_the_same_transaction(app):
    with transaction():
        assert locator().sets[0].until_on is None
        db.session.query(BoundarySet).one().until_on = date(2030, 5, 2)
        db.session.flush()
        assert locator().sets[0].until_on == date(2030, 5, 2)


def test_what_another_process_changed_is_known_a_second_later(as_):
    client = as_(NOBODY)
    assert types_at(client) == {"WD"}
    db.session.rollback()
    with db.engine.begin() as another:
        another.execute(update(BoundarySet).values(until_on=date(2021, 5, 6)))
    sleep(ASK_AGAIN + 0.1)
    assert types_at(client) == set()


def test_no_shape_that_threads_share_is_ever_prepared(as_):
    """GEOS crashes where two threads use one prepared shape."""
    client = as_(NOBODY)
    asked = [f"/mapit/area/{id_}/{word}" for id_ in locator().sets[0].area_ids for word in RELATIONS]
    for path in (AT, "/mapit/areas/WD", "/wards", "/wards/T05000001", "/places/ward:T05000001", *asked):
        assert client.get(path).status_code == 200
    for known in locator().sets:
        assert not shapely.is_prepared(known.shapes).any()
        assert not shapely.is_prepared([known.in_metres(place) for place in range(len(known.shapes))]).any()
