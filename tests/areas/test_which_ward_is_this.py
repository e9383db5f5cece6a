"""Where a point, a line or an area lies, and on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import (
    BRIDGE,
    CASTLE,
    DOCK,
    IN_MILL,
    MILL,
    NOBODY,
    Member,
    an_issue,
    spot,
    square,
)
from wardbook import geo
from wardbook.areas import queries
from wardbook.areas.actions import PostcodeRow, SetDescription, add_boundary_set, add_postcodes
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.derive import derive
from wardbook.areas.locator import locator
from wardbook.clock import today
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.errors import Refused

As = Callable[[Member], FlaskClient]


def reading(**areas: shapely.Polygon) -> Reading:
    rows = [
        ReadArea(row, code, code.capitalize(), (), shapely.MultiPolygon([shape]))
        for row, (code, shape) in enumerate(areas.items(), start=1)
    ]
    return Reading(tuple(rows), (), (), "EPSG:4326", "file", "code", "name", None, len(rows))


def lies(shape: shapely.Geometry) -> dict[str, float]:
    found = locator().lies(shape, today())
    codes = queries.areas_by_id([lie.area_id for lie in found])
    return {codes[lie.area_id].code: round(lie.share, 3) for lie in found}


def in_metres(*corners: tuple[float, float]) -> list[shapely.Point]:
    return [spot(east / 1000, north / 1000) for east, north in corners]


def test_a_point_lies_in_the_ward_that_covers_it(app: Flask) -> None:
    assert lies(spot(*IN_MILL)) == {MILL: 1.0}


def test_a_point_on_a_shared_line_lies_in_the_ward_with_the_lowest_code(app: Flask) -> None:
    corner = shapely.Point(square(0, 0).exterior.coords[2])
    assert set(lies(corner)) <= {MILL, BRIDGE, CASTLE, DOCK}
    edge = shapely.Point(queries.area(MILL).geometry.geoms[0].exterior.coords[0])
    assert lies(edge) == {MILL: 1.0}


def test_a_line_lies_in_every_ward_that_holds_ten_metres_or_a_hundredth_of_it(app: Flask) -> None:
    assert lies(shapely.LineString(in_metres((100, 500), (1011, 500)))) == {MILL: 0.988, BRIDGE: 0.012}
    assert lies(shapely.LineString(in_metres((200, 500), (1004, 500)))) == {MILL: 0.995}
    assert lies(shapely.LineString(in_metres((900, 500), (1004, 500)))) == {MILL: 0.962, BRIDGE: 0.038}


def test_an_area_lies_in_every_ward_that_holds_a_hundred_square_metres_of_it(app: Flask) -> None:
    assert lies(square(0.5, 0.4, 501, 201)) == {MILL: 0.998, BRIDGE: 0.002}
    assert lies(square(0.9, 0.4, 100.2, 100)) == {MILL: 0.998}


def test_a_thing_too_small_for_any_rule_lies_where_most_of_it_is(app: Flask) -> None:
    assert lies(shapely.LineString(in_metres((500, 500), (503, 500)))) == {MILL: 1.0}


def test_a_point_in_a_gap_takes_the_nearest_ward_and_is_marked(app: Flask) -> None:
    with transaction():
        about = SetDescription("With a gap", "parish")
        add_boundary_set(about, reading(west=square(0, 0, 980, 1000), east=square(1.02, 0, 980, 1000)))
    near = spot(0.99, 0.5)
    parishes = next(known for known in locator().own() if known.type == "parish")
    (found,) = parishes.lies(near, inside=True)
    assert (queries.areas_by_id([found.area_id])[found.area_id].code, found.nearest) == ("west", True)
    assert parishes.covering(near.x, near.y) is None


def test_a_public_lookup_never_takes_the_nearest(as_: As) -> None:
    outside = spot(-0.05, 0.5)
    assert as_(NOBODY).get(f"/mapit/point/4326/{outside.x},{outside.y}").json == {}


@pytest.mark.parametrize("shift", [0.0, 150.0])
def test_a_point_beyond_a_hundred_metres_of_the_council_is_outside_it(app: Flask, shift: float) -> None:
    assert not locator().inside_council(spot(-0.12 - shift / 1000, 0.5), today())


def test_a_new_set_gives_its_wards_to_what_was_told_before(app: Flask) -> None:
    entry = an_issue(at=(0.4, 0.6))
    with transaction():
        add_boundary_set(SetDescription("Parishes", "parish"), reading(mill_parish=square(0, 0)))
    rows = db.session.execute(Entry.lies_in.select().where(Entry.lies_in.c.thing_id == entry.id)).all()
    codes = {queries.areas_by_id([row.area_id])[row.area_id].code for row in rows}
    assert codes == {MILL, "mill_parish"}


def test_deriving_again_changes_nothing(app: Flask) -> None:
    entry = an_issue(at=(0.4, 0.6))
    before = db.session.execute(Entry.lies_in.select()).all()
    with transaction():
        derive(entry)
    assert db.session.execute(Entry.lies_in.select()).all() == before


def test_a_reference_set_answers_lookups_and_gives_nothing_its_wards(as_: As, app: Flask) -> None:
    with transaction():
        add_boundary_set(SetDescription("National", "ward", reference=True), reading(national=square(0, 0, 2000)))
    assert "national" not in lies(spot(*IN_MILL))
    at = spot(*IN_MILL)
    names = {area["name"] for area in as_(NOBODY).get(f"/mapit/point/4326/{at.x},{at.y}").json.values()}
    assert names == {"Mill", "National"}
    assert queries.area("national") is None


def test_a_set_holds_from_its_first_day_until_the_day_before_its_last(app: Flask) -> None:
    with transaction():
        old = SetDescription("Before", "ward", date(2010, 5, 6), date(2020, 5, 7))
        add_boundary_set(old, reading(all_of_it=square(0, 0, 2000)))
    assert {ward.code for ward in queries.wards(date(2020, 5, 6))} == {"all_of_it"}
    assert {ward.code for ward in queries.wards(date(2020, 5, 7))} == {MILL, BRIDGE, CASTLE, DOCK}
    assert queries.wards(date(2010, 5, 5)) == []


@pytest.mark.parametrize(
    ("about", "fragment"),
    [
        (SetDescription("Again", "ward"), "holds on some of the same days over the same ground"),
        (SetDescription("Wards of Testham", "parish"), "already a boundary set called"),
        (SetDescription("Odd", "village"), "is not a type of area"),
        (SetDescription("Back", "parish", date(2022, 1, 1), date(2021, 1, 1)), "would end"),
    ],
)
def test_a_set_that_cannot_be_is_refused(app: Flask, about: SetDescription, fragment: str) -> None:
    with pytest.raises(Refused, match=fragment), transaction():
        add_boundary_set(about, reading(mill=square(0, 0)))
    assert len(queries.boundary_sets()) == 1


def test_a_set_of_the_same_days_over_other_ground_is_taken(app: Flask) -> None:
    with transaction():
        add_boundary_set(SetDescription("Next door", "ward"), reading(elsewhere=square(5, 5)))
    assert len(queries.wards()) == 5


def test_an_area_without_a_code_takes_a_slug_of_its_name(app: Flask) -> None:
    nameless = ReadArea(1, None, "St. Mary's & Môn", (), shapely.MultiPolygon([square(0, 0)]))
    with transaction():
        read = Reading((nameless,), (), (), "EPSG:4326", "file", None, "name", None, 1)
        add_boundary_set(SetDescription("Parishes", "parish"), read)
    assert queries.area("st-marys-and-mon") is not None


def add(day: int, at: tuple[float, float]) -> tuple[int, int, int, int]:
    row = PostcodeRow("ZZ12BB", round(spot(*at).x, 7), round(spot(*at).y, 7))
    with transaction():
        tally = add_postcodes([row], file_name=f"{day}.csv", dated_on=date(2024, 6, day))
    return tally.created, tally.updated, tally.unchanged, tally.outside


def test_of_two_sources_the_later_is_believed(app: Flask) -> None:
    assert add(2, (0.1, 0.1)) == (1, 0, 0, 0)
    assert add(2, (0.1, 0.1)) == (0, 0, 1, 0)
    assert add(1, (0.9, 0.9)) == (0, 0, 1, 0)
    assert add(3, (1.5, 0.5)) == (0, 1, 0, 0)
    found = queries.postcode("zz1 2bb")
    assert found is not None
    assert geo.metres_between(found.point, spot(1.5, 0.5), 27700) < 0.1


def test_a_postcode_outside_the_council_is_kept_and_counted(app: Flask) -> None:
    assert add(1, (9, 9)) == (1, 0, 0, 1)
