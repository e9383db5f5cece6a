"""Every query that is asked often is answered by an index, on either engine, as it would choose among many entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import shapely
from flask import Flask
from sqlalchemy import select

from tests.bench import store
from tests.bench.entries import UNTIL
from tests.conftest import CAST, OFFICER, Member, settings_in, spot, square
from tests.engines import ENGINE
from wardbook.app import create_app
from wardbook.areas import postcodes_by_place
from wardbook.areas import queries as areas
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.locator import locator
from wardbook.db import db, touches
from wardbook.entries import queries
from wardbook.entries.features import narrow
from wardbook.entries.models import Entry
from wardbook.entries.paging import Key, Order, in_order
from wardbook.entries.queries import Filters, Sort, published
from wardbook.outlook.edges import on_the_band
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR, Viewer

MANY = 20_000
ACROSS = 12
"""Wards of 200 metres, so many from west to east and from south to north"""
POSTCODE, MIDDLE = "ZZ1 1AA", (1.2, 1.2)

every_member = pytest.mark.parametrize("member", CAST, ids=str)


def _ward(number: int) -> ReadArea:
    line, column = divmod(number, ACROSS)
    shape = shapely.MultiPolygon([square(column / 5, line / 5, 200)])
    return ReadArea(number + 1, f"T05{number:06}", f"Ward {number}", (), shape)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application over a store of many entries: a plan for a handful says little of one for many."""
    home = tmp_path_factory.mktemp("many")
    postcodes, at = home / "postcodes.csv", spot(*MIDDLE)
    known = [f"ZZ1 {number // 10}A{'ABDEFGHJLN'[number % 10]},{at.y},{at.x}" for number in range(100)]
    known += [line.replace("ZZ1", f"ZZ{district}") for district in range(2, 10) for line in known]
    postcodes.write_text("\n".join(["Postcode,lat,long", *known]))
    wards = tuple(map(_ward, range(ACROSS * ACROSS)))
    reading = Reading(wards, (), (), "EPSG:4326", "file", "code", "name", None, len(wards))
    store.make(home / "store", ENGINE.url(home / "store"), MANY, reading, postcodes)
    made = create_app(settings_in(home / "store"))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def reader(member: Member) -> Viewer:
    """Somebody with the roles of a member of the cast; a councillor's ward is the first."""
    ward = areas.area(_ward(0).code) if member.ward else None
    return Viewer(
        id=1 if member.email else None, roles=frozenset(member.roles), area_ids=frozenset([ward.id] if ward else [])
    )


@every_member
def test_entries_in_a_box_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    plan = ENGINE.plan(narrow(published(reader(member)).where(touches(Entry, square(1, 1, 100)))).limit(100))
    assert ENGINE.finds_by_place(plan), plan


@every_member
def test_entries_in_a_drawn_shape_are_found_by_the_spatial_index(app: Flask, member: Member) -> None:
    rows = published(reader(member)).where(touches(Entry, square(1, 1, 100).buffer(0.0002)))
    plan = ENGINE.plan(narrow(rows).limit(100))
    assert ENGINE.finds_by_place(plan), plan


def test_what_is_near_a_postcode_is_found_by_the_spatial_index(app: Flask) -> None:
    plan = ENGINE.plan(queries.published(VISITOR, place_from_words(f"postcode:{POSTCODE}+50m", VISITOR)).limit(25))
    assert ENGINE.finds_by_place(plan), plan


@every_member
def test_entries_in_a_ward_are_found_by_their_rows(app: Flask, member: Member) -> None:
    place = place_from_words(f"ward:{_ward(30).code}", VISITOR)
    plan = ENGINE.plan(narrow(published(reader(member), place)).limit(100))
    assert "ix_entry_lies_in_area_id_thing_id" in plan
    assert not ENGINE.reads_through(plan, "entry"), plan


def test_what_is_close_to_a_ward_s_edge_is_found_by_the_spatial_index(app: Flask) -> None:
    asked, values = on_the_band(locator().own()[0], 30)
    plan = ENGINE.plan(asked.params(**values))
    assert ENGINE.finds_by_place(plan), plan
    assert not ENGINE.reads_through(plan, "entry"), plan


@every_member
def test_the_newest_are_read_in_their_order(app: Flask, member: Member) -> None:
    plan = ENGINE.plan(queries.published(reader(member)).limit(25))
    assert ENGINE.finds_in_order(plan, "ix_entry_told_at_id"), plan


A_YEAR_AGO = UNTIL - timedelta(days=365)
KEYED = {
    Order.NEWEST: ("ix_entry_told_at_id", Key(A_YEAR_AGO, 7)),
    Order.OLDEST: ("ix_entry_told_at_id", Key(A_YEAR_AGO, 7)),
    Order.SUPPORTED: ("ix_entry_supporters_told_at", Key(A_YEAR_AGO, 7, 0)),
}


@every_member
@pytest.mark.parametrize("order", KEYED)
def test_a_page_goes_on_from_its_key_by_the_index(app: Flask, member: Member, order: Order) -> None:
    index, key = KEYED[order]
    plan = ENGINE.plan(in_order(published(reader(member)), order, key, falling=order is not Order.OLDEST).limit(25))
    assert ENGINE.finds_in_order(plan, index), plan


@pytest.mark.parametrize("sort", [None, Sort.NEWEST])
def test_words_are_found_by_their_index(app: Flask, sort: Sort | None) -> None:
    plan = ENGINE.plan(queries.published(VISITOR, None, Filters(words="kerb zeppelin", sort=sort)).limit(20))
    assert ENGINE.finds_by_words(plan), plan


def test_what_nobody_has_answered_is_known_by_the_index_of_steps(app: Flask) -> None:
    plan = ENGINE.plan(narrow(queries.unanswered(reader(OFFICER))).limit(8))
    assert "ix_event_thing_id" in plan
    assert not ENGINE.reads_through(plan, "event"), plan


def test_a_postcode_is_found_by_its_key(app: Flask) -> None:
    assert ENGINE.key_of("postcode") in ENGINE.plan(areas.CENTRE.params(compact="ZZ11AA"))


def test_the_nearest_postcode_is_looked_for_in_a_band(app: Flask) -> None:
    box = {"west": 0.0, "south": 50.0, "east": 0.01, "north": 50.005}
    asked = postcodes_by_place.NEAREST.params(lon=0.005, lat=50.0025, narrow=0.6, **box)
    assert "ix_postcode_lat_lon" in ENGINE.plan(asked)


@pytest.mark.parametrize("column", ["ref", "once"])
def test_posting_looks_up_what_is_there_by_an_index(app: Flask, column: str) -> None:
    plan = ENGINE.plan(select(Entry.id).where(getattr(Entry, column) == "x"))
    assert ENGINE.key_of("entry", column) in plan
