"""The demo borough has two dated sets of wards, with an invented review between them."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
import time_machine
from flask.testing import FlaskClient

from tests.conftest import ROOT, application
from wardbook import demo, store
from wardbook.areas import queries as areas
from wardbook.db import db, transaction
from wardbook.entries.models import Entry
from wardbook.places.words import place_from_words
from wardbook.policy import VISITOR

BOUNDARIES = ROOT / "boundaries"
LAST_DAY, FIRST_DAY = date(2027, 5, 5), date(2027, 5, 6)


def drawn(year: int) -> dict[str, tuple[str, int, shapely.Geometry]]:
    """Name, seats and shape of each ward of a file, by its code."""
    told = json.loads((BOUNDARIES / f"aldermere_wards_{year}.geojson").read_text("utf-8"))["features"]
    code, name = f"WD{year % 100}CD", f"WD{year % 100}NM"
    return {
        one["properties"][code]: (
            one["properties"][name],
            one["properties"]["councillors"],
            shapely.from_geojson(json.dumps(one["geometry"])),
        )
        for one in told
    }


def shapes(year: int) -> dict[str, shapely.Geometry]:
    return {name: shape for name, _, shape in drawn(year).values()}


# --- the files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2023, 2027])
def test_wards_share_their_edges_exactly(year: int) -> None:
    wards = list(shapes(year).values())
    assert len(wards) == 12
    assert all(ward.is_valid and ward.geom_type == "Polygon" for ward in wards)
    assert shapely.coverage_is_valid(wards)


def test_both_cover_the_same_ground_with_the_same_seats() -> None:
    before, after = (shapely.union_all(list(shapes(year).values())) for year in (2023, 2027))
    assert shapely.equals(before, after)
    assert not before.interiors
    seats = [sum(seats for _, seats, _ in drawn(year).values()) for year in (2023, 2027)]
    assert seats[0] == seats[1] == 23


def test_every_ward_has_a_new_code() -> None:
    assert not drawn(2023).keys() & drawn(2027).keys()
    assert all(code.startswith("X") for code in drawn(2027))


def test_the_review_keeps_moves_splits_merges_and_renames() -> None:
    before, after = shapes(2023), shapes(2027)
    same = {name for name in before.keys() & after.keys() if shapely.equals(before[name], after[name])}
    assert same == {"Thornlease", "Ashlode", "Osmering", "Wendlestow and Scarrow", "Sallowby Vale"}
    assert shapely.equals(before["Harkaby and the Ings"], after["Harkaby Ings"])
    merged = shapely.union_all([before["Pennyfold"], before["Marlbeck"]])
    assert shapely.equals(merged, after["Pennyfold and Marlbeck"])
    assert after["Aldermere Market"].covers(before["Aldermere Market"])
    assert before["St Oswin's"].covers(after["St Oswin's"])
    parts = [after[name].intersection(before["Thrapwell"]).area for name in ("Upper Thrapwell", "Nether Thrapwell")]
    assert min(parts) > 0.4 * before["Thrapwell"].area
    assert after["Fullersholme"].area > before["Fullersholme"].area


def test_the_file_is_what_its_script_draws() -> None:
    script: dict[str, Any] = runpy.run_path(str(BOUNDARIES / "review_2027.py"))
    drawn_anew = script["file_of"](script["redrawn"](script["wards_of"](script["BEFORE"])))
    assert drawn_anew == (BOUNDARIES / "aldermere_wards_2027.geojson").read_text("utf-8")


# --- the demo ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def aldermere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("aldermere")
    with time_machine.travel("2026-11-20 12:00"):
        app = application(home)
        with app.app_context():
            store.make_ready()
            with transaction():
                demo.load()
            yield home
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def visitor(aldermere: Path) -> FlaskClient:
    from flask import current_app

    return current_app.test_client()


def test_the_demo_holds_both_sets_one_after_the_other(aldermere: Path) -> None:
    known = [(row.name, row.from_on, row.until_on) for row in areas.boundary_sets()]
    assert known == [
        ("Wards of Aldermere 2023", date(2023, 5, 4), FIRST_DAY),
        ("Wards of Aldermere 2027", FIRST_DAY, None),
    ]
    assert {ward.name for ward in areas.wards()} == set(shapes(2023))
    assert {ward.name for ward in areas.wards(LAST_DAY)} == set(shapes(2023))
    assert {ward.name for ward in areas.wards(FIRST_DAY)} == set(shapes(2027))


def test_everything_told_lies_in_a_ward_of_each(aldermere: Path) -> None:
    lies = Entry.lies_in.c
    rows = db.session.execute(db.select(lies.thing_id, lies.area_id)).all()
    sets = {area.id: area.set_id for row in areas.boundary_sets() for area in row.areas}
    held = {(thing, sets[area]) for thing, area in rows}
    assert len(held) == 2 * db.session.query(Entry).count()


def test_loading_again_keeps_what_is_there(aldermere: Path) -> None:
    before = db.session.query(Entry).count()
    demo.load()
    assert db.session.query(Entry).count() == before


def test_the_page_of_a_ward_to_come_says_when_it_begins(visitor: FlaskClient) -> None:
    page = visitor.get("/wards/X05000203").text
    assert "not in force yet" in page
    assert "which begins on 6 May 2027" in page
    assert "not in force" not in visitor.get("/wards/X05000101").text
    with time_machine.travel("2027-05-06 12:00"):
        assert "held until the day before 6 May 2027" in visitor.get("/wards/X05000101").text
        assert "not in force" not in visitor.get("/wards/X05000203").text


def test_a_brief_speaks_of_the_wards_of_its_day(visitor: FlaskClient) -> None:
    round_the_market = "point:0.995,53.402+300m"
    for day, name in (("2026-11-20", "St Oswin's"), ("2027-05-06", "Aldermere Market")):
        place = place_from_words(f"{round_the_market}@{day}", VISITOR)
        assert place.wards[0].ward.name == name
        answer = visitor.get(f"/places/{place.path}/brief.json")
        assert answer.status_code == 200
        assert answer.json["sections"]["where"]["wards"][0]["name"] == name
    assert visitor.get("/places/ward:X05000203/brief").status_code == 200
    assert visitor.get("/places/ward:X05000203@2026-11-20").status_code == 404


def test_mapit_knows_both_as_generations(visitor: FlaskClient) -> None:
    at = "/mapit/point/4326/0.995,53.402"
    names = [{area["name"] for area in visitor.get(f"{at}?generation={number}").json.values()} for number in (2, 3)]
    assert names == [{"St Oswin's"}, {"Aldermere Market"}]
    assert {area["name"] for area in visitor.get(at).json.values()} == {"St Oswin's"}


def test_the_data_page_tells_of_both(visitor: FlaskClient) -> None:
    page = visitor.get("/about/data").text
    assert "until the day before 6 May 2027" in page
    assert "Wards of Aldermere 2027" in page
    assert "aldermere_addresses.csv, as at 4 May 2023. CC0 1.0." in page
    assert "Streets and places of Aldermere. CC0 1.0." in page
