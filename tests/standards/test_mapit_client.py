"""A client written for MapIt works over HTTP on a real council's wards, parishes and postcodes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.serving import Served
from tests.standards.mapit_client import MapIt, MapItError
from tests.test_bath import copy_of, ground, told

__all__ = ["ground"]
KML = "{http://www.opengis.net/kml/2.2}"
WARDS = {2011: "banes_wards_2011.geojson", 2019: "banes_wards_2019.geojson"}
CODE = {2011: "wd11cd", 2019: "WD19CD"}
AREA_KEYS = {
    "id", "parent_area", "name", "all_names", "type", "type_name", "country", "country_name", "codes",
    "generation_low", "generation_high",
}  # fmt: skip
BATH = -2.3590, 51.3814
"""The Abbey, on Kingsmead's ground."""


@pytest.fixture(scope="module")
def mapit(ground: Any, open_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapIt]:
    """Bath's wards of 2011 and 2019, its parishes and postcodes, and the councils of the country for reference."""
    home = copy_of(ground[0], tmp_path_factory.mktemp("mapit"))
    boundaries = open_data / "boundaries"
    councils = boundaries / "uk_local_authorities_2021_simplified.geojson.gz"
    districts = boundaries / "banes_polling_districts_2016.geojson.gz"
    told(home, "boundaries", "import", _parishes(boundaries, home), "--set", "Parishes", "--type", "parish")
    told(
        home, "boundaries", "import", districts, "--set", "Polling districts", "--type", "polling-district",
        "--code", "POLLING_DI", "--name", "POLLING_DI", "--until", "2019-05-02",
    )  # fmt: skip
    told(home, "boundaries", "import", councils, "--set", "Councils", "--type", "authority", "--reference")
    told(home, "postcodes", "import", open_data / "postcodes" / "banes_postcodes_2025-05.csv.gz")
    with Served(home) as served:
        yield MapIt(f"{served.base}/mapit")


def _parishes(boundaries: Path, folder: Path) -> Path:
    """The file of parishes without its one row that is none: the land that lies in no parish."""
    read = json.loads(gzip.decompress((boundaries / "banes_parishes.geojson.gz").read_bytes()))
    read["features"] = [row for row in read["features"] if row["properties"]["code"]]
    file = folder / "parishes.geojson"
    file.write_text(json.dumps(read))
    return file


@pytest.fixture(scope="module")
def wards(open_data: Path) -> dict[int, gpd.GeoDataFrame]:
    """The two files of wards as geopandas reads them, by their codes."""
    return {year: gpd.read_file(open_data / "boundaries" / name).set_index(CODE[year]) for year, name in WARDS.items()}


@pytest.fixture(scope="module")
def ids(mapit: MapIt) -> dict[int, dict[str, int]]:
    """The id of each ward by its code, of both years."""
    return {
        year: {area["codes"]["gss"]: area["id"] for area in mapit.by_type("WD", generation=generation).values()}
        for year, generation in ((2011, _generation(mapit, "2011")), (2019, _generation(mapit, "2019")))
    }


def _generation(mapit: MapIt, year: str) -> int:
    return next(known["id"] for known in mapit.generations().values() if known["created"].startswith(f"{year}-05"))


def codes(areas: dict[str, Any]) -> set[str]:
    return {area["codes"]["gss"] for area in areas.values()}


# --- points and postcodes ----------------------------------------------------------------------------------------


def test_every_area_has_the_keys_that_mapit_documents(mapit):
    areas = mapit.point(4326, *BATH)
    assert {area["type"] for area in areas.values()} == {"WD", "LA"}
    for key, area in areas.items():
        assert area.keys() == AREA_KEYS
        assert key == str(area["id"])
    by_type = {area["type"]: area for area in areas.values()}
    assert by_type["WD"]["parent_area"] == by_type["LA"]["id"]
    assert (by_type["WD"]["country"], by_type["WD"]["country_name"]) == ("E", "England")


def test_the_same_point_in_three_systems_is_the_same(mapit):
    moved = gpd.GeoSeries([shapely.Point(BATH)], crs=4326)
    grid, irish = (moved.to_crs(srid).iloc[0] for srid in (27700, 29902))
    answers = [mapit.point(4326, *BATH), mapit.point(27700, grid.x, grid.y), mapit.point(29902, irish.x, irish.y)]
    assert answers[0] == answers[1] == answers[2] != {}
    latlon = mapit.call(f"/point/latlon/{BATH[1]},{BATH[0]}")
    assert latlon == mapit.call(f"/point/osgb/{grid.x:.3f},{grid.y:.3f}") == answers[0]


@pytest.mark.parametrize("year", [2011, 2019])
def test_a_thousand_points_at_once_agree_with_a_plain_join(year, mapit, wards):
    made = np.random.default_rng(2026)
    west, south, east, north = wards[year].total_bounds
    lon, lat = made.uniform(west, east, 1000).round(7), made.uniform(south, north, 1000).round(7)
    asked = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    joined = gpd.sjoin(asked, wards[year][["geometry"]].reset_index(), predicate="intersects", how="left")
    expected = [{code} if isinstance(code, str) else set() for code in joined[CODE[year]]]
    answers = mapit.points(4326, list(zip(lon, lat, strict=True)), type="WD", generation=_generation(mapit, str(year)))
    assert [codes(answer) for answer in answers] == expected
    assert sum(map(bool, expected)) > 300
    one = next(place for place, answer in enumerate(answers) if answer)
    asked_alone = mapit.point(4326, lon[one], lat[one], type="WD", generation=_generation(mapit, str(year)))
    assert asked_alone == answers[one]


def test_a_point_s_box_holds_more_than_the_point(mapit, wards):
    boxes = mapit.point(4326, *BATH, box=True, type="WD")
    bounds = wards[2019].bounds
    hit = (bounds.minx <= BATH[0]) & (BATH[0] <= bounds.maxx) & (bounds.miny <= BATH[1]) & (BATH[1] <= bounds.maxy)
    assert codes(boxes) == set(wards[2019].index[hit])
    assert codes(mapit.point(4326, *BATH, type="WD")) < codes(boxes)


def test_a_postcode_has_its_place_its_areas_and_shortcuts(mapit):
    said = mapit.postcode("BA1 5AW")
    assert said["postcode"] == "BA1 5AW"
    assert said["coordsyst"] == "G"
    by_type = {area["type"]: area["id"] for area in said["areas"].values()}
    assert said["shortcuts"] == {"ward": by_type["WD"], "council": by_type["LA"]}
    near = mapit.nearest(27700, said["easting"], said["northing"])
    assert (near["distance"], near["easting"], near["northing"]) == (0, said["easting"], said["northing"])
    then = mapit.postcode("ba15aw", generation=_generation(mapit, "2011"))
    assert then["shortcuts"]["ward"] != said["shortcuts"]["ward"]


def test_part_of_a_postcode_is_the_middle_of_all_that_begin_so(mapit, open_data):
    with gzip.open(open_data / "postcodes" / "banes_postcodes_2025-05.csv.gz", "rt") as file:
        rows = [line.strip().replace('"', "").split(",") for line in file][1:]
    found = [(float(lon), float(lat)) for code, lat, lon in rows if code.split()[0] == "BA1"]
    said = mapit.partial_postcode("BA1")
    assert said["postcode"] == "BA1"
    assert (said["wgs84_lon"], said["wgs84_lat"]) == pytest.approx(tuple(np.mean(found, axis=0)))
    assert "areas" not in said


def test_the_nearest_postcode_is_nearest_in_metres(mapit, open_data):
    with gzip.open(open_data / "postcodes" / "banes_postcodes_2025-05.csv.gz", "rt") as file:
        rows = [line.strip().replace('"', "").split(",") for line in file][1:]
    at = gpd.GeoSeries(gpd.points_from_xy([float(r[2]) for r in rows], [float(r[1]) for r in rows]), crs=4326)
    metres = at.to_crs(27700)
    for easting, northing in ((375_000, 164_900), (358_000, 158_000), (366_500, 155_200), (330_500, 160_500)):
        said = mapit.nearest(27700, easting, northing)
        away = metres.distance(shapely.Point(easting, northing))
        assert said["distance"] == pytest.approx(away.min(), abs=1)


# --- areas -------------------------------------------------------------------------------------------------------


def test_areas_come_by_id_code_type_and_name(mapit, ids, wards):
    one = ids[2019]["E05012461"]
    area = mapit.area(one)
    assert area == mapit.area("E05012461") == mapit.by_code("gss", "E05012461")
    assert area["name"] == wards[2019].loc["E05012461", "WD19NM"]
    assert set(map(int, mapit.by_type("WD"))) == set(ids[2019].values())
    assert len(mapit.by_type("WD", min_generation=-1)) == 33 + 37
    assert len(mapit.by_type("WD", "CPC")) == 33 + 51
    assert len(mapit.by_type("WD", max_generation=_generation(mapit, "2019") - 1)) == 37
    names = [known["name"] for known in mapit.by_name("bath", type="WD").values()]
    assert names == sorted(name for name in wards[2019].WD19NM if name.startswith("Bath"))
    every = list(ids[2011].values()) + list(ids[2019].values())
    assert len(mapit.areas(every * 8)) == 70


def test_an_old_ward_s_code_is_found_in_its_generation(mapit, ids):
    code, area_id = next(iter(ids[2011].items()))
    with pytest.raises(MapItError, match=f"404: No areas were found that matched code gss = {code}"):
        mapit.by_code("gss", code)
    assert mapit.by_code("gss", code, generation=_generation(mapit, "2011"))["id"] == area_id
    assert mapit.area(code)["id"] == area_id


def test_a_boundary_is_the_file_s_in_every_form(mapit, ids, wards):
    for code in ("E05012461", "E05012476"):
        expected, area_id = wards[2019].geometry[code], ids[2019][code]
        kind, text = mapit.boundary(area_id, "geojson")
        assert kind == "application/json"
        assert shapely.geometry.shape(json.loads(text)).equals(expected)
        assert shapely.from_wkt(mapit.boundary(area_id, "wkt")[1]).equals_exact(expected, 1e-9, normalize=True)
        kind, kml = mapit.boundary(area_id, "kml")
        assert kind == "application/vnd.google-earth.kml+xml"
        assert _outer_corners(kml) == sum(len(part.exterior.coords) for part in shapely.get_parts(expected))
        grid = shapely.geometry.shape(json.loads(mapit.boundary(area_id, "json", 27700)[1]))
        metres = wards[2019].geometry.to_crs(27700)[code]
        assert grid.equals_exact(metres, 0.01, normalize=True) or grid.symmetric_difference(metres).area < 1
        rough = shapely.geometry.shape(json.loads(mapit.boundary(area_id, "geojson", simplify_tolerance="0.001")[1]))
        assert shapely.get_num_coordinates(rough) < shapely.get_num_coordinates(expected) / 4


def _outer_corners(kml: str) -> int:
    found = ElementTree.fromstring(kml).iterfind(f".//{KML}outerBoundaryIs//{KML}coordinates")
    return sum(len((ring.text or "").split()) for ring in found)


def test_several_boundaries_are_features_with_names(mapit, ids):
    two = sorted(ids[2019].values())[:2]
    status, _, body = mapit.fetch(f"/areas/{two[0]},{two[1]}.geojson")
    said = json.loads(body)
    assert (status, said["type"], len(said["features"])) == (200, "FeatureCollection", 2)
    named = {feature["properties"]["name"] for feature in said["features"]}
    assert named == {area["name"] for area in mapit.areas(two).values()}
    assert mapit.geometries(two) == {str(one): mapit.geometry(one) for one in two}


def test_an_area_in_figures(mapit, ids, wards):
    metres = wards[2019].geometry.to_crs(27700)
    for code, area_id in list(ids[2019].items())[:8]:
        said = mapit.geometry(area_id)
        assert said["srid_en"] == 27700
        assert said["area"] == pytest.approx(metres[code].area, rel=1e-6)
        extent = [said[key] for key in ("min_lon", "min_lat", "max_lon", "max_lat")]
        assert extent == pytest.approx(wards[2019].geometry[code].bounds)
        assert (said["centre_e"], said["centre_n"]) == pytest.approx(
            (metres[code].centroid.x, metres[code].centroid.y), abs=0.1
        )
        assert said["parts"] == shapely.get_num_geometries(wards[2019].geometry[code])


def test_an_example_postcode_lies_in_its_area(mapit, ids):
    for code, area_id in ids[2019].items():
        said = mapit.postcode(mapit.example_postcode(area_id))
        assert code in codes(said["areas"])


# --- relations ---------------------------------------------------------------------------------------------------

PLAIN = {
    "touches": lambda shapes, one: shapes.touches(one),
    "overlaps": lambda shapes, one: shapes.overlaps(one),
    "covers": lambda shapes, one: shapes.covered_by(one),
    "covered": lambda shapes, one: shapes.covers(one),
    "coverlaps": lambda shapes, one: shapes.overlaps(one) | shapes.covered_by(one),
    "intersects": lambda shapes, one: shapes.intersects(one),
}


@pytest.mark.parametrize("word", PLAIN)
def test_the_wards_of_2019_lie_to_each_other_as_geopandas_says(word, mapit, ids, wards):
    shapes = wards[2019].geometry
    for code, area_id in ids[2019].items():
        expected = set(shapes.index[PLAIN[word](shapes, shapes[code])]) - {code}
        assert codes(mapit.related(area_id, word, type="WD")) == expected, code


@pytest.mark.parametrize("word", PLAIN)
def test_the_wards_of_2011_lie_to_those_of_2019_as_geopandas_says(word, mapit, ids, wards):
    new = wards[2019].geometry
    found = 0
    for code, area_id in ids[2011].items():
        expected = set(new.index[PLAIN[word](new, wards[2011].geometry[code])])
        assert codes(mapit.related(area_id, word, type="WD")) == expected, code
        found += len(expected)
    assert found or word in ("touches", "covers", "covered")


def test_a_council_s_children_are_its_wards_and_parishes(mapit, ids):
    council = mapit.postcode("BA1 5AW")["shortcuts"]["council"]
    assert set(map(int, mapit.related(council, "children", type="WD"))) == set(ids[2019].values())
    assert len(mapit.related(council, "children", type="CPC")) == 51
    then = mapit.related(council, "children", type="WD", generation=_generation(mapit, "2011"))
    assert set(map(int, then)) == set(ids[2011].values())
    assert all(area["parent_area"] == council for area in then.values())


def test_a_ward_s_children_are_the_polling_districts_that_say_they_belong_to_it(mapit, ids, wards, open_data):
    read = json.loads(gzip.decompress((open_data / "boundaries/banes_polling_districts_2016.geojson.gz").read_bytes()))
    rows = [row["properties"] for row in read["features"]]
    for code, area_id in ids[2011].items():
        ward = wards[2011].loc[code, "wd11nm"]
        expected = {row["POLLING_DI"] for row in rows if row["WARD_NAME"].removesuffix(" Ward") == ward}
        found = mapit.related(area_id, "children", generation=_generation(mapit, "2011"))
        assert codes(found) == expected != set(), ward
        assert {district["parent_area"] for district in found.values()} == {area_id}


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/postcode/NOSUCH", 400),
        ("/postcode/ZZ9 9ZZ", 404),
        ("/postcode/partial/5", 400),
        ("/postcode/partial/ZZ9", 404),
        ("/point/4326/north,west", 400),
        ("/point/99999/1,2", 400),
        ("/nearest/4326/0,0", 404),
        ("/area/999999", 404),
        ("/area/E05999999", 404),
        ("/area/nothing", 400),
        ("/area/999999/touches", 404),
        ("/area/999999.geojson", 404),
        ("/areas/999999.geojson", 404),
        ("/code/gss/E05999999", 404),
        ("/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_refused_as_mapit_does(path, status, mapit):
    with pytest.raises(MapItError) as refused:
        mapit.call(path)
    assert refused.value.status == status
    assert refused.value.sentence


def test_people_get_pages_and_other_sites_may_ask(mapit, ids):
    area_id = next(iter(ids[2019].values()))
    for path in ("/", f"/area/{area_id}.html", f"/area/{area_id}/touches.html", "/areas/WD.html", "/generations.html"):
        status, headers, body = mapit.fetch(path)
        assert (status, headers.get_content_type()) == (200, "text/html")
        assert b"<h1" in body
    status, headers, body = mapit.fetch(f"/area/{area_id}", method="HEAD")
    assert (status, body) == (200, b"")
    status, headers, _ = mapit.fetch(f"/area/{area_id}", method="OPTIONS")
    assert status == 204
    assert "GET" in headers["Access-Control-Allow-Methods"]
