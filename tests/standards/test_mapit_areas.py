"""Areas as MapIt gives them: by id, code, type and name; their boundaries; and those that lie beside them."""

from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree

import pytest
import shapely
import time_machine

from tests.conftest import BRIDGE, CASTLE, DOCK, MILL, NOBODY, _borough, spot, square
from wardbook.areas.actions import SetDescription, add_boundary_set
from wardbook.areas.boundary_files.reading import ReadArea, Reading
from wardbook.areas.models import Area, BoundarySet
from wardbook.db import db, transaction

KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture
def client(as_):
    return as_(NOBODY)


def id_of(code: str) -> int:
    return db.session.query(Area.id).filter_by(code=code).one()[0]


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [area["name"] for area in answer.json.values()]


def bring_in(about: SetDescription, *areas: ReadArea) -> None:
    with transaction():
        add_boundary_set(about, Reading(areas, (), (), "EPSG:4326", "file", "code", "name", None, len(areas)))


def read(code: str | None, name: str, *shape: shapely.Geometry, other: tuple[str, ...] = ()) -> ReadArea:
    return ReadArea(1, code, name, other, shapely.MultiPolygon(shape))


def bring_in_the_council() -> None:
    """A council that holds the whole borough, and one to its east."""
    council = read("E06000099", "Testham", square(-0.5, -0.5, 3000))
    east = read("E06000098", "Easterly", square(2.5, -0.5, 3000))
    bring_in(SetDescription("Councils", "authority", reference=True), council, east)


def bring_in_a_strip() -> None:
    """A parish half in Mill and half in Bridge, and one that is all of Dock."""
    strip, dock = read("E04000001", "Strip", square(0.5, 0.2, 1000, 500)), read("E04000002", "Dockside", square(1, 1))
    bring_in(SetDescription("Parishes", "parish"), strip, dock)


# --- one area ----------------------------------------------------------------------------------------------------


def test_an_area_says_what_else_it_is_called(client):
    bring_in(SetDescription("Parishes", "parish"), read("W04000001", "Newtown", square(0, 0), other=("Y Drenewydd",)))
    area = client.get(f"/mapit/area/{id_of('W04000001')}").json
    assert area["all_names"] == {"other": ["Other name", "Y Drenewydd"]}
    assert (area["country"], area["country_name"]) == ("W", "Wales")
    assert client.get("/mapit/areas/Newtown").json[str(area["id"])]["all_names"] == {}


@pytest.mark.parametrize("end", ["", ".json", ".html", ".geojson", ".kml", ".wkt"])
def test_a_code_leads_to_the_area_s_id_in_the_same_form(end, client):
    answer = client.get(f"/mapit/area/{MILL}{end}?simplify_tolerance=0.001")
    assert answer.status_code == 302
    assert answer.location == f"/mapit/area/{id_of(MILL)}{end}?simplify_tolerance=0.001"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_of_two_areas_with_a_code_the_one_in_force_is_meant_and_the_council_s_own_before_one_for_reference(client):
    shape = square(0, 0)
    bring_in(SetDescription("Country", "ward", reference=True), read(MILL, "Mill in the country", shape))
    bring_in(SetDescription("Old", "ward", until_on=date(2020, 5, 7)), read(MILL, "Old Mill", shape))
    found = client.get(client.get(f"/mapit/area/{MILL}").location).json
    assert found["name"] == "Mill"
    assert client.get("/mapit/postcode/ZZ11AA").json["shortcuts"]["ward"] == found["id"]
    then = client.get(client.get(f"/mapit/code/gss/{MILL}?generation=1").location).json
    assert then["name"] == "Old Mill"


def test_a_slug_is_no_code(client):
    bring_in(SetDescription("Greens", "neighbourhood"), read(None, "Mill Green", square(0, 0)))
    assert client.get("/mapit/area/mill-green").json == {"code": 400, "error": "Bad area ID specified"}
    assert client.get("/mapit/code/gss/mill-green").status_code == 404
    assert client.get(f"/mapit/code/ons/{MILL}").status_code == 404


# --- several -----------------------------------------------------------------------------------------------------


def test_areas_are_listed_by_name(client):
    assert names(client.get("/mapit/areas/WD")) == ["Bridge", "Castle", "Dock", "Mill"]
    ids = f"{id_of(MILL)},{id_of(BRIDGE)},999,{id_of(MILL)}"
    assert names(client.get(f"/mapit/areas/{ids}")) == ["Bridge", "Mill"]
    assert list(json.loads(client.get(f"/mapit/areas/{ids}").text)) == [str(id_of(BRIDGE)), str(id_of(MILL))]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Mi", ["Mill"]), ("mill", ["Mill"]), ("MILL", ["Mill"]), ("B", ["Bridge"]), ("ill", []), ("UTW", []),
        ("WD,CPC", ["Bridge", "Castle", "Dock", "Dockside", "Mill", "Strip"]), ("Do?type=CPC", ["Dockside"]),
        ("D?type=WD,CPC", ["Dock", "Dockside"]), ("CPC?country=W", []), ("CPC?country=S,E", ["Dockside", "Strip"]),
    ],
)  # fmt: skip
def test_areas_by_type_and_by_how_their_names_begin(words, found, client):
    bring_in_a_strip()
    assert names(client.get(f"/mapit/areas/{words}")) == found


def test_a_name_may_hold_what_addresses_are_made_of(client):
    bring_in(SetDescription("Greens", "neighbourhood"), read(None, "St. Mary's (Ward) & Æ", square(0, 0)))
    assert names(client.get("/mapit/areas/St. Mary's (Ward) %26 æ")) == ["St. Mary's (Ward) & Æ"]


def test_an_answer_asked_by_post_is_the_same(client):
    ids = f"{id_of(MILL)},{id_of(BRIDGE)}"
    for words in (ids, f"{ids}/geometry", f"{ids}.geojson", f"27700/{ids}.kml", "WD", "Mi"):
        asked = client.post("/mapit/areas", data={"URL": words})
        assert (asked.status_code, asked.data) == (200, client.get(f"/mapit/areas/{words}").data), words
        assert asked.headers["Access-Control-Allow-Origin"] == "*"
        assert asked.headers["Cache-Control"] == "private, no-store"
    assert names(client.post("/mapit/areas", data={"URL": "WD", "min_generation": "-1"})) == names(
        client.get("/mapit/areas/WD?min_generation=-1")
    )


def test_nobody_may_ask_for_too_much_at_once(client):
    many = ",".join(map(str, range(1, 1002)))
    for path in (f"areas/{many}", f"areas/{many}/geometry", f"areas/{many}.geojson"):
        assert client.get(f"/mapit/{path}").json["error"].startswith("These are too many areas")


# --- generations -------------------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(client):
    """Wards until 2 May 2024, others until 6 May 2027, and those to come after it."""
    known = _borough()
    with transaction():
        db.session.query(BoundarySet).one().until_on = date(2024, 5, 2)
    for first, until, word in ((date(2024, 5, 2), date(2027, 5, 6), "New"), (date(2027, 5, 6), None, "Next")):
        areas = [ReadArea(a.row, f"{word[:2]}{a.code}", f"{word} {a.name}", (), a.geometry) for a in known.areas]
        bring_in(SetDescription(word, "ward", first, until), *areas)
    return client


@pytest.mark.parametrize(
    ("asked", "mills"),
    [
        ("", ["New Mill"]),
        ("generation=0", ["New Mill"]),
        ("generation=2", ["Mill"]),
        ("generation=3", ["New Mill"]),
        ("generation=4", ["Next Mill"]),
        ("generation=1", []),
        ("min_generation=2", ["Mill", "New Mill"]),
        ("min_generation=3", ["New Mill"]),
        ("min_generation=-1", ["Mill", "New Mill", "Next Mill"]),
        ("min_generation=2&generation=4", ["Mill", "New Mill", "Next Mill"]),
        ("max_generation=2", ["Mill"]),
        ("max_generation=3", ["Mill", "New Mill"]),
        ("max_generation=3&min_generation=3", ["New Mill"]),
        ("max_generation=3&min_generation=-1", ["Mill", "New Mill"]),
        ("max_generation=2&generation=3", []),
    ],
)
def test_generations_choose_the_areas(asked, mills, reviewed):
    with time_machine.travel("2025-01-01", tick=False):
        assert [name for name in names(reviewed.get(f"/mapit/areas/WD?{asked}")) if "Mill" in name] == mills
        at = f"{spot(0.4, 0.6).x:.6f},{spot(0.4, 0.6).y:.6f}"
        assert names(reviewed.get(f"/mapit/point/4326/{at}?{asked}")) == mills
        assert names(reviewed.get(f"/mapit/point/4326/{at}/box?{asked}")) == mills
        (many,) = reviewed.post(f"/mapit/point/4326?{asked}", data={"points": at}).json
        assert [area["name"] for area in many.values()] == mills
        overlapping = reviewed.get(f"/mapit/area/{id_of(MILL)}/covers?{asked}").json
        assert [area["name"] for area in overlapping.values()] == [name for name in mills if name != "Mill"]


def test_the_generations_are_listed_with_their_first_days(reviewed):
    with time_machine.travel("2025-01-01", tick=False):
        listed = reviewed.get("/mapit/generations").json
    assert [(known["id"], known["active"], known["description"]) for known in listed.values()] == [
        (1, True, ""), (2, True, "Wards of Testham"), (3, True, "New"), (4, False, "Next"),
    ]  # fmt: skip
    assert [known["created"] for known in listed.values()][1:] == [
        "2020-05-07T00:00:00Z", "2024-05-02T00:00:00Z", "2027-05-06T00:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize("asked", ["generation=5", "generation=x", "min_generation=-2", "max_generation=1.5"])
def test_a_generation_that_there_is_not_is_refused(asked, reviewed):
    for path in ("areas/WD", "areas/Mi", f"area/{id_of(MILL)}/touches", f"area/{id_of(MILL)}/children", "code/gss/x"):
        answer = reviewed.get(f"/mapit/{path}?{asked}")
        assert answer.status_code == 400
        assert answer.json["error"].startswith("There is no generation '")


# --- relations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "word", "found"),
    [
        (MILL, "touches", ["Bridge", "Castle", "Dock", "Dockside"]),
        (MILL, "overlaps", ["Strip"]),
        (MILL, "covers", []),
        (MILL, "covered", ["Testham"]),
        (MILL, "coverlaps", ["Strip"]),
        (MILL, "intersects", ["Bridge", "Castle", "Dock", "Dockside", "Strip", "Testham"]),
        (DOCK, "touches", ["Bridge", "Castle", "Mill"]),
        (DOCK, "covers", ["Dockside"]),
        (DOCK, "covered", ["Dockside", "Testham"]),
        (DOCK, "overlaps", []),
        ("E04000001", "overlaps", ["Bridge", "Mill"]),
        ("E06000099", "covers", ["Bridge", "Castle", "Dock", "Dockside", "Mill", "Strip"]),
        ("E06000099", "children", ["Bridge", "Castle", "Dock", "Dockside", "Mill", "Strip"]),
        ("E06000099", "children?type=CPC", ["Dockside", "Strip"]),
        ("E06000099", "touches", ["Easterly"]),
        ("E06000098", "children", []),
        (MILL, "children", []),
        (MILL, "intersects?type=CPC,LA", ["Dockside", "Strip", "Testham"]),
        (MILL, "touches?type=NBH", []),
        (MILL, "touches?generation=1", ["Dockside"]),
    ],
)
def test_how_areas_lie_to_each_other(code, word, found, client):
    bring_in_the_council()
    bring_in_a_strip()
    assert names(client.get(f"/mapit/area/{id_of(code)}/{word}")) == found


def test_the_parent_of_an_area_is_the_larger_one_it_lies_in(client):
    bring_in_the_council()
    bring_in(SetDescription("Districts", "polling-district"), read("MI1", "Mill one", square(0.1, 0.1, 300)))
    district = client.get(f"/mapit/area/{id_of('MI1')}").json
    assert district["parent_area"] == id_of(MILL)
    assert client.get(f"/mapit/area/{id_of(MILL)}").json["parent_area"] == id_of("E06000099")
    assert names(client.get(f"/mapit/area/{id_of(MILL)}/children")) == ["Mill one"]
    shortcuts = client.get("/mapit/postcode/ZZ11AA").json["shortcuts"]
    assert shortcuts == {"ward": id_of(MILL), "council": id_of("E06000099")}


def test_where_there_are_divisions_shortcuts_speak_of_both_tiers(client):
    bring_in_the_council()
    bring_in(SetDescription("Divisions", "division"), read("E58000001", "Westerly", square(0, 0, 1000, 2000)))
    council = id_of("E06000099")
    assert client.get("/mapit/postcode/ZZ11AA").json["shortcuts"] == {
        "ward": {"district": id_of(MILL), "county": id_of("E58000001")},
        "council": {"district": council, "county": council},
    }


# --- boundaries --------------------------------------------------------------------------------------------------


def bring_in_one_with_a_hole() -> int:
    around, island = square(0.2, 0.2, 600), square(1.4, 1.4, 100)
    holed = shapely.Polygon(around.exterior, [square(0.4, 0.4, 200).exterior])
    bring_in(SetDescription("Greens", "neighbourhood"), read("G1", "Green <& more>", holed, island))
    return id_of("G1")


def test_a_boundary_in_every_form_is_the_same_shape(client):
    area_id = bring_in_one_with_a_hole()
    kept = db.session.get(Area, area_id).geometry
    assert shapely.from_geojson(client.get(f"/mapit/area/{area_id}.geojson").text).equals(kept)
    assert shapely.from_geojson(client.get(f"/mapit/area/4326/{area_id}.json").text).equals(kept)
    wkt = client.get(f"/mapit/area/{area_id}.wkt")
    assert wkt.mimetype == "text/plain"
    assert shapely.from_wkt(wkt.text).equals(kept)
    answer = client.get(f"/mapit/area/{area_id}.kml")
    assert answer.mimetype == "application/vnd.google-earth.kml+xml"
    mark = ElementTree.fromstring(answer.data).find(f".//{KML}Placemark")
    assert mark.findtext(f"{KML}name") == "Green <& more>"
    assert [len(mark.findall(f".//{KML}{side}BoundaryIs")) for side in ("outer", "inner")] == [2, 1]


def test_a_boundary_on_the_grid_is_in_metres(client):
    on_grid = shapely.from_geojson(client.get(f"/mapit/area/27700/{id_of(MILL)}.geojson").text)
    assert on_grid.geom_type == "Polygon"
    assert on_grid.bounds == pytest.approx((375_000, 164_000, 376_000, 165_000), abs=0.01)
    irish = shapely.from_wkt(client.get(f"/mapit/area/29902/{id_of(MILL)}.wkt").text)
    assert irish.area == pytest.approx(1_000_000, rel=0.03)


def test_a_boundary_is_simplified_in_its_own_unit(client):
    area_id = bring_in_one_with_a_hole()
    rough = client.get(f"/mapit/area/27700/{area_id}.geojson?simplify_tolerance=150")
    assert shapely.get_num_coordinates(shapely.from_geojson(rough.text)) < 15
    gone = client.get(f"/mapit/area/{id_of(MILL)}.kml?simplify_tolerance=9")
    assert (gone.status_code, gone.json["code"]) == (400, 400)
    assert gone.json["error"] == "Simplifying Mill with tolerance 9 left no boundary at all"
    for words in ("x", "-1", "nan", "inf", ""):
        bad = client.get(f"/mapit/areas/{area_id}.geojson?simplify_tolerance={words}")
        assert (bad.status_code, bad.json["error"]) == (400, "Badly specified tolerance")


def test_several_boundaries_are_features_and_one_alone_is_not(client):
    ids = f"{id_of(MILL)},{id_of(BRIDGE)}"
    said = client.get(f"/mapit/areas/{ids}.geojson").json
    assert [feature["properties"] for feature in said["features"]] == [{"name": "Mill"}, {"name": "Bridge"}]
    one = client.get(f"/mapit/areas/{id_of(MILL)}.geojson").json
    assert one["features"][0]["geometry"] == client.get(f"/mapit/area/{id_of(MILL)}.geojson").json
    marks = ElementTree.fromstring(client.get("/mapit/areas/WD.kml").data).findall(f".//{KML}Placemark")
    assert len(marks) == 4
    touching = client.get(f"/mapit/area/{id_of(CASTLE)}/touches.geojson").json
    assert len(touching["features"]) == 3


def test_the_figures_of_an_area_of_several_parts(client):
    area_id = bring_in_one_with_a_hole()
    said = client.get(f"/mapit/area/{area_id}/geometry").json
    assert (said["parts"], said["srid_en"]) == (2, 27700)
    assert said["area"] == pytest.approx(600 * 600 - 200 * 200 + 100 * 100, rel=1e-4)
    assert [said[key] for key in ("min_e", "min_n", "max_e", "max_n")] == pytest.approx(
        [375_200, 164_200, 376_500, 165_500], abs=0.01
    )
    assert client.get(f"/mapit/areas/{area_id}/geometry").json == {str(area_id): said}
    assert client.get(f"/mapit/areas/{area_id},999/geometry").status_code == 404


def test_boundaries_that_are_too_large_for_one_answer_are_refused(client, monkeypatch):
    monkeypatch.setattr("wardbook.standards.mapit.shapes.MOST_CORNERS", 12)
    ids = ",".join(str(id_of(code)) for code in (MILL, BRIDGE, CASTLE))
    answer = client.get(f"/mapit/areas/{ids}.geojson")
    assert (answer.status_code, answer.json["error"][:31]) == (400, "These boundaries are too large ")
    assert client.get(f"/mapit/area/{id_of(MILL)}.geojson").status_code == 200
