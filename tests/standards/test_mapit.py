"""A program that speaks MapIt asks which areas cover a point or a postcode, now or in an earlier generation."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from tests.conftest import MILL, NOBODY, _borough, spot
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import Area, BoundarySet
from wardbook.db import db, transaction

AT = f"{spot(0.4, 0.6).x:.6f},{spot(0.4, 0.6).y:.6f}"


@pytest.fixture
def client(as_):
    return as_(NOBODY)


def test_a_point_is_answered_with_its_ward_as_mapit_writes_it(client):
    (area,) = db.session.query(Area).filter_by(code=MILL)
    assert client.get(f"/mapit/point/4326/{AT}").json == {
        str(area.id): {
            "id": area.id, "parent_area": None, "name": "Mill", "all_names": {}, "type": "WD", "type_name": "Ward",
            "country": "", "country_name": "-", "codes": {"gss": MILL}, "generation_low": 2, "generation_high": 2,
        }
    }  # fmt: skip


def test_a_point_on_the_grid_is_the_same_point(client):
    assert client.get("/mapit/point/27700/375400,164600").json == client.get(f"/mapit/point/4326/{AT}").json


def test_a_postcode_is_answered_with_its_centre_and_its_areas(client):
    answers = [
        client.get(f"/mapit/postcode/{words}").json
        for words in ("ZZ1%201AA", "zz11aa", "zz1 1aa", "ZZ1-1AA", "ZZ1+1AA")
    ]
    assert all(answer == answers[0] for answer in answers)
    said = answers[0]
    (area_id,) = said["areas"]
    assert (said["postcode"], said["coordsyst"]) == ("ZZ1 1AA", "G")
    assert said["shortcuts"] == {"ward": int(area_id), "council": None}
    assert (said["easting"], said["northing"]) == (375_400, 164_600)
    assert f"{said['wgs84_lon']:.6f},{said['wgs84_lat']:.6f}" == AT
    assert said["areas"][area_id]["name"] == "Mill"


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/mapit/postcode/NONSENSE", 400, "Postcode 'NONSENSE' is not valid."),
        ("/mapit/postcode/ZZ9 9ZZ", 404, "No Postcode matches the given query."),
        ("/mapit/point/4326/x,y", 400, "The coordinates must be two numbers"),
        ("/mapit/point/3857/1,1", 400, "The coordinate system must be 4326, 27700 or 29902."),
        ("/mapit/point/4326/200,0", 400, "Longitude must lie between"),
        ("/mapit/point/4326/nan,nan", 400, ""),
        (f"/mapit/point/4326/{AT}?generation=9", 400, "There is no generation '9'"),
        (f"/mapit/point/4326/{AT}?generation={'9' * 5000}", 400, "There is no generation '9999999999'"),
        (f"/mapit/point/4326/{AT}?generation=last", 400, "There is no generation 'last'"),
        (f"/mapit/point/4326/{AT}?generation=²", 400, "There is no generation"),
        ("/mapit/postcode/ZZ1 1AA?generation=9", 400, "There is no generation '9'"),
    ],
)
def test_what_cannot_be_answered_is_an_error_as_mapit_writes_it(address, status, sentence, client):
    answer = client.get(address)
    assert answer.status_code == status
    assert (answer.mimetype, answer.json["code"]) == ("application/json", status)
    assert answer.json["error"].startswith(sentence)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_point_outside_is_in_no_area(client):
    assert client.get("/mapit/point/4326/-0.12,51.5").json == {}


def test_any_site_may_read_it(client):
    answer = client.get(f"/mapit/point/4326/{AT}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def renamed(names: dict[str, str]) -> Reading:
    known = _borough()
    areas = [ReadArea(a.row, f"N{a.code}", names.get(a.name, a.name), (), a.geometry) for a in known.areas]
    return Reading(tuple(areas), (), (), "EPSG:4326", "file", "code", "name", None, len(areas))


def test_each_generation_answers_with_the_wards_of_its_days(client):
    with transaction():
        db.session.query(BoundarySet).one().until_on = date(2024, 5, 2)
        add_boundary_set(SetDescription("New", "ward", date(2024, 5, 2)), renamed({"Mill": "New Mill"}))
    found = {
        generation: [(area["name"], area["generation_low"], area["generation_high"]) for area in answer.values()]
        for generation in (1, 2, 3)
        if (answer := client.get(f"/mapit/point/4326/{AT}?generation={generation}").json) is not None
    }
    assert found == {1: [], 2: [("Mill", 2, 2)], 3: [("New Mill", 3, 3)]}
    with time_machine.travel("2024-05-01 22:59Z", tick=False):
        assert [area["name"] for area in client.get(f"/mapit/point/4326/{AT}").json.values()] == ["Mill"]
    with time_machine.travel("2024-05-01 23:01Z", tick=False):
        assert [area["name"] for area in client.get(f"/mapit/point/4326/{AT}").json.values()] == ["New Mill"]


def test_areas_of_other_types_are_answered_beside_the_ward(client):
    with transaction():
        add_boundary_set(SetDescription("Parishes", "parish", None), renamed({"Mill": "Mill St Mary"}))
    areas = client.get(f"/mapit/point/4326/{AT}").json.values()
    assert {(area["type"], area["name"]) for area in areas} == {("WD", "Mill"), ("CPC", "Mill St Mary")}
    assert client.get("/mapit/postcode/ZZ11AA").json["shortcuts"].keys() == {"ward", "council"}


def test_an_area_without_a_code_has_none_in_its_answer(client):
    known = _borough()
    bare = [ReadArea(area.row, None, f"{area.name} Green", (), area.geometry) for area in known.areas]
    with transaction():
        reading = Reading(tuple(bare), (), (), "EPSG:4326", "file", None, "name", None, len(bare))
        add_boundary_set(SetDescription("Greens", "neighbourhood", None), reading)
    areas = client.get(f"/mapit/point/4326/{AT}").json.values()
    assert {area["name"]: area["codes"] for area in areas} == {"Mill": {"gss": MILL}, "Mill Green": {}}
