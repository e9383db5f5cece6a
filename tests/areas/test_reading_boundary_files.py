"""An officer gives a boundary file: it is taken whole, or refused with one sentence that says what to do."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapely

from wardbook.areas.boundary_files.reading import Reading, read_boundaries, slug
from wardbook.errors import Refused

DATA = Path(os.environ.get("WARDBOOK_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
NEWCASTLE = "awkward/newcastle_wards_nested_properties.geojson"
REVIEW = "Midsomer Norton Redfield"
BNG = "EPSG:27700"
WGS = "EPSG:4326"
SAID, METRES, ASSUMED = (WGS, "file"), (BNG, "file"), (WGS, "assumed for GeoJSON/KML")
WD13, WD22, LAD21 = ("WD13CD", "WD13NM"), ("WD22CD", "WD22NM"), ("LAD21CD", "LAD21NM")
LEEDS = "boundaries/formats/leeds_wards_2013"

TAKEN = [
    # file, rows, first code, first name, code column, name column, (crs, who says so)
    ("boundaries/banes_wards_2011.geojson", 37, "E05001935", "Abbey", "wd11cd", "wd11nm", SAID),
    ("boundaries/banes_wards_2017_review_draft.geojson.gz", 36, None, REVIEW, None, "name", ASSUMED),
    ("boundaries/banes_wards_2019_review_final.geojson", 33, None, REVIEW, None, "Ward_name", SAID),
    ("boundaries/banes_wards_2019.geojson", 33, "E05012476", "Midsomer Norton Redfield", "WD19CD", "WD19NM", SAID),
    ("boundaries/banes_wards_2022.geojson", 33, "E05012461", "Bathavon North", *WD22, SAID),
    ("boundaries/birmingham_wards_2013.geojson", 40, "E05001178", "Acocks Green", *WD13, SAID),
    ("boundaries/birmingham_wards_2022.geojson", 69, "E05011118", "Acocks Green", *WD22, SAID),
    ("boundaries/camden_wards_2013.geojson", 18, "E05000128", "Belsize", *WD13, SAID),
    ("boundaries/camden_wards_2022.geojson", 20, "E05013652", "Belsize", *WD22, SAID),
    ("boundaries/gb_wards_2013.geojson.gz", 8886, "E05008942", "Burn Valley", *WD13, SAID),
    ("boundaries/hackney_wards_2013.geojson", 19, "E05000231", "Brownswood", *WD13, SAID),
    ("boundaries/hackney_wards_2022.geojson", 21, "E05009367", "Brownswood", *WD22, SAID),
    ("boundaries/leeds_wards_2013.geojson", 33, "E05001411", "Adel and Wharfedale", *WD13, SAID),
    ("boundaries/leeds_wards_2022.geojson", 33, "E05011384", "Ardsley & Robin Hood", *WD22, SAID),
    ("boundaries/trafford_wards_2017.geojson", 21, "E05000819", "Altrincham", "area_code", "area_name", SAID),
    ("boundaries/uk_local_authorities_2021_simplified.geojson.gz", 374, "E06000001", "Hartlepool", *LAD21, SAID),
    (f"{LEEDS}.kml", 33, "E05001411", "Adel and Wharfedale", "WD13CD", "Name", ASSUMED),
    (f"{LEEDS}.topojson", 33, "E05001411", "Adel and Wharfedale", *WD13, SAID),
    (f"{LEEDS}_bng.geojson", 33, "E05001411", "Adel and Wharfedale", *WD13, METRES),
    (f"{LEEDS}_bng.gpkg", 33, "E05001411", "Adel and Wharfedale", *WD13, METRES),
    (f"{LEEDS}_bng_shapefile.zip", 33, "E05001411", "Adel and Wharfedale", *WD13, METRES),
    ("reports/boston_wards.geojson", 22, None, "1", None, "WARD", SAID),
    ("reports/dc_wards.geojson", 8, "8", "Ward 8", "WARD_ID", "NAME", SAID),
    (NEWCASTLE, 26, "E05001107", "South Jesmond", "codes.gss", "name", ASSUMED),
    ("awkward/grenada_shapefile_utf8_cpg.zip", 1, None, "Grenada", None, "name", SAID),
    ("awkward/made/duplicate_names.geojson", 20, "E05013652", "Belsize", *WD22, ASSUMED),
    ("awkward/made/gap_between_wards.geojson", 33, "E05001411", "Adel and Wharfedale", *WD13, ASSUMED),
    ("awkward/made/names_only_no_codes.geojson", 20, None, "Belsize", None, "name", ASSUMED),
    ("awkward/made/overlapping_wards.geojson", 33, "E05001411", "Adel and Wharfedale", *WD13, ASSUMED),
    ("awkward/made/web_mercator_in_geojson.geojson", 21, "E05009367", "Brownswood", *WD22, ("EPSG:3857", "file")),
    ("awkward/made/z_and_invalid_bng.geojson", 21, "E05009367", "Brownswood", *WD22, METRES),
    ("awkward/made/z_extended_data.kml", 21, "E05009367", "Brownswood", "WARD_CODE", "WARD_NAME", ASSUMED),
]  # fmt: skip

REFUSED = [
    # file, the field it is about, words of the sentence
    ("boundaries/uk_wards_2022_simplified.geojson.gz", "code", ["E05014284", "rows", "--merge-duplicates"]),
    ("boundaries/banes_parishes.geojson.gz", "code", ["Row 6 has no code in the column code", "--code"]),
    ("boundaries/banes_polling_districts_2016.geojson.gz", "name", ["Row 9 (N-KS1) has no name"]),
    ("boundaries/formats/banes_polling_stations_2019_shapefile.zip", "file", ["Row 1 (Radstock, N-RA3) has a point"]),
    ("boundaries/formats/banes_parking_zones_2019_shapefile.zip", "code", ["Rows 1 and 25 are both called Zone 8"]),
    ("awkward/north_yorkshire_one_code_two_polygons.geojson", "code", ["E05014284 is the code of rows 1 and 2"]),
    ("awkward/chicago_wards_no_crs_invalid.topojson", "name", ["no column known to hold names, only id", "--name"]),
    ("awkward/banes_polling_districts_2019_shapefile_without_shp.zip", "file", ["_Districts_2019.shp is missing"]),
    ("awkward/latin1_attributes_shapefile_without_shx.zip", "crs", ["does not say its coordinate", ".prj", "--crs"]),
    ("awkward/multisurface.gpkg", "name", ["has shapes but no columns"]),
    ("awkward/test_gpkg_nulls.gpkg", "file", ["Row 1 has a point where an area is expected", "4 points in 4 of 4"]),
    ("awkward/deeply_nested_open_arrays.json", "file", ["is JSON but not GeoJSON"]),
    ("awkward/made/null_geometry.geojson", "file", ["Row 7 (Gospel Oak, E05013658) has no shape"]),
    ("awkward/made/empty_polygon.geojson", "file", ["Row 9 (Haverstock, E05013660) has no shape"]),
    ("awkward/made/blank_names.geojson", "name", ["Row 2 (E05009368) has no name in the column WD22NM", "--name"]),
    ("awkward/made/duplicate_codes.geojson", "code", ["E05009369 is the code of rows 3 and 16", "--merge-duplicates"]),
    ("awkward/made/server_error_saved_as.geojson", "file", ["an error message saved as a file"]),
    ("awkward/made/truncated.geojson", "file", ["is cut short"]),
    ("awkward/made/degrees_labelled_bng.geojson", "crs", ["look like degrees", "says EPSG:27700", "--crs EPSG:4326"]),
    ("awkward/made/bng_unlabelled.geojson", "crs",
     ["bng_unlabelled.geojson does not say its coordinate system, and GeoJSON is then in degrees, but its numbers look "
      "like metres or feet (first: 527,133 185,323); as EPSG:27700 (British National Grid), near latitude "
      "51.54, longitude -0.16, they would lie in the United Kingdom: say --crs EPSG:27700 if that is right."]),
    ("awkward/made/unknown_crs.geojson", "crs", ["EPSG::404000, which is not known", "--crs EPSG:27700"]),
    ("awkward/made/lat_lon_swapped.geojson", "crs",
     ["latitude before longitude", "51.5525, -0.1677", "say --swap-axes"]),
    ("awkward/made/mixed_points_and_lines.geojson", "file", ["Row 1 (Belsize, E05013652) has a point"]),
    ("awkward/made/zip_with_two_shapefiles.zip", "layer", ["camden_wards_2022 and hackney_wards_2022", "--layer"]),
    ("awkward/made/zip_without_shapefile.zip", "file", ["no .shp file, only README.txt and wards.csv"]),
    ("awkward/made/path_traversal.zip", "file", ["would be written outside it"]),
    ("awkward/made/zip_bomb_small.zip", "file", ["unpacks to far more"]),
    ("awkward/made/latin1.csv", "file", ["is not a boundary file"]),
]  # fmt: skip

CURED = [
    # file, what the sentence asked for, areas, first code
    ("boundaries/uk_wards_2022_simplified.geojson.gz", {"merge_duplicates": True}, 8482, "E05000650"),
    ("boundaries/banes_polling_districts_2016.geojson.gz", {"name": "polling_di"}, 110, "N-BW3B"),
    ("boundaries/formats/banes_parking_zones_2019_shapefile.zip",
     {"code": "zone", "name": "label", "merge_duplicates": True}, 22, "08"),
    ("awkward/north_yorkshire_one_code_two_polygons.geojson", {"merge_duplicates": True}, 1, "E05014284"),
    ("awkward/chicago_wards_no_crs_invalid.topojson", {"name": "id"}, 50, None),
    ("awkward/latin1_attributes_shapefile_without_shx.zip", {"crs": WGS}, 1, None),
    (NEWCASTLE, {"code": "codes.ons"}, 26, "00CJGY"),
    ("awkward/made/duplicate_codes.geojson", {"merge_duplicates": True}, 20, "E05009367"),
    ("awkward/made/degrees_labelled_bng.geojson", {"crs": WGS}, 20, "E05013652"),
    ("awkward/made/bng_unlabelled.geojson", {"crs": BNG}, 20, "E05013652"),
    ("awkward/made/unknown_crs.geojson", {"crs": "27700"}, 20, "E05013652"),
    ("awkward/made/zip_with_two_shapefiles.zip", {"layer": "hackney_wards_2022"}, 21, "E05009367"),
    ("awkward/made/blank_names.geojson", {"name": "WD22CD"}, 21, "E05009367"),
]  # fmt: skip


def real(name: str) -> Path:
    """A file of the data folder, or a test skipped where there is none."""
    if not DATA.is_dir():
        pytest.skip("the folder of open data is not here: set WARDBOOK_TEST_DATA")
    return DATA / name


def sentence(path: Path, **asked: Any) -> str:
    """Why the file is refused: one or two short sentences, without a path."""
    with pytest.raises(Refused) as refused:
        read_boundaries(path, **asked)
    words = refused.value.sentence
    assert words.endswith(".")
    assert str(path.parent) not in words
    assert "\n" not in words
    return words


def square(west: float = -2.4, south: float = 51.4, side: float = 0.01) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shapely.box(west, south, west + side, south + side)))


def feature(shape: dict[str, Any] | None = None, /, **columns: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": columns, "geometry": shape or square()}


def geojson(folder: Path, *features: dict[str, Any], **members: object) -> Path:
    path = folder / "wards.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}))
    return path


POINT = {"type": "Point", "coordinates": [-2, 51]}
RING = "<LinearRing><coordinates>-2.4,51.4,5 -2.3,51.4,5 -2.3,51.5,5 -2.4,51.4,5</coordinates></LinearRing>"
HOLE = "<LinearRing><coordinates>-2.33,51.42 -2.31,51.42 -2.31,51.45 -2.33,51.42</coordinates></LinearRing>"
MARK = (
    "<Folder><Placemark><name>{}</name><Polygon>"
    f"<outerBoundaryIs>{RING}</outerBoundaryIs><innerBoundaryIs>{HOLE}</innerBoundaryIs>"
    "</Polygon></Placemark></Folder>"
)


def areas_are_sound(reading: Reading) -> bool:
    shapes = [area.geometry for area in reading.areas]
    return all(type(shape) is shapely.MultiPolygon and shape.is_valid and not shape.has_z for shape in shapes)


@pytest.mark.parametrize("name,rows,code,first,code_column,name_column,system", TAKEN, ids=[row[0] for row in TAKEN])
def test_a_good_file_is_taken_whole(name, rows, code, first, code_column, name_column, system):
    reading = read_boundaries(real(name))
    assert (len(reading.areas), reading.rows) == (rows, rows)
    assert (reading.areas[0].row, reading.areas[0].code, reading.areas[0].name) == (1, code, first)
    assert (reading.code_column, reading.name_column) == (code_column, name_column)
    assert (reading.crs, reading.crs_source) == system
    assert areas_are_sound(reading)


@pytest.mark.parametrize("name,field,words", REFUSED, ids=[row[0] for row in REFUSED])
def test_a_bad_file_is_refused_with_the_reason_and_the_cure(name, field, words, capfd):
    with pytest.raises(Refused) as refused:
        read_boundaries(real(name))
    assert all(each in refused.value.sentence for each in words), refused.value.sentence
    assert refused.value.field == field
    assert "/" not in refused.value.sentence.replace("GeoJSON/KML", "")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name,cure,count,code", CURED, ids=[row[0] for row in CURED])
def test_the_cure_that_the_sentence_tells_works(name, cure, count, code, capfd):
    reading = read_boundaries(real(name), **cure)
    assert (len(reading.areas), reading.areas[0].code) == (count, code)
    assert areas_are_sound(reading)
    assert capfd.readouterr() == ("", "")


def test_every_boundary_file_of_the_folder_has_an_expected_outcome():
    known = {row[0] for row in (*TAKEN, *REFUSED)}
    folders = ("boundaries", "boundaries/formats", "awkward", "awkward/made")
    found = {str(path.relative_to(DATA)) for each in folders for path in real(each).iterdir() if path.is_file()}
    assert {name for name in found if not name.endswith(".csv")} <= known


@pytest.mark.parametrize("ending", ["bng.geojson", "bng.gpkg", "bng_shapefile.zip"])
def test_the_same_wards_are_the_same_in_every_format(ending):
    plain = read_boundaries(real("boundaries/leeds_wards_2013.geojson"))
    other = read_boundaries(real(f"boundaries/formats/leeds_wards_2013_{ending}"))
    for one, two in zip(plain.areas, other.areas, strict=True):
        assert (one.code, one.name) == (two.code, two.name)
        assert one.geometry.symmetric_difference(two.geometry).area < 0.001 * one.geometry.area


def test_the_two_invalid_wards_of_the_national_file_are_repaired_and_listed():
    repaired = read_boundaries(real("boundaries/gb_wards_2013.geojson.gz")).repaired
    assert [repair.label for repair in repaired] == [
        "Longtown & Rockcliffe (E05003171)",
        "Tolleshunt D'Arcy (E05004205)",
    ]
    assert repaired[0].what == "touches itself near 54.97723, -3.04989: repaired, area unchanged to 0.01%"


def test_welsh_names_are_kept_beside_the_english_ones():
    areas = read_boundaries(real("boundaries/gb_wards_2013.geojson.gz")).areas
    names = {area.name: area.other_names for area in areas if area.code and area.code.startswith("W05")}
    assert ("Trowbridge" in names) and any(other for other in names.values())
    assert not any(name in others for name, others in names.items())


def test_bow_ties_and_heights_are_mended():
    reading = read_boundaries(real("awkward/made/z_and_invalid_bng.geojson"))
    assert [repair.label for repair in reading.repaired] == ["Haggerston (E05009375)", "Springfield (E05009383)"]
    assert all("crosses itself near 51.5" in repair.what for repair in reading.repaired)


def test_rows_of_one_code_become_one_area_that_keeps_both_names():
    reading = read_boundaries(real("awkward/made/duplicate_codes.geojson"), merge_duplicates=True)
    assert (reading.merged, reading.rows) == (("E05009369", "E05009387"), 22)
    merged = [area for area in reading.areas if area.code in reading.merged]
    assert [(area.name, area.other_names) for area in merged] == [
        ("Clissold", ("Shacklewell",)),
        ("Woodberry Down", ()),
    ]


def test_latin1_words_in_a_shapefile_are_read_as_written():
    reading = read_boundaries(real("awkward/latin1_attributes_shapefile_without_shx.zip"), crs=WGS)
    assert [area.name for area in reading.areas] == ["Ñandú"]


def test_a_curved_area_is_straightened(tmp_path):
    path = tmp_path / "curved.gpkg"
    shutil.copyfile(real("awkward/multisurface.gpkg"), path)
    database = sqlite3.connect(path)
    table = database.execute("SELECT table_name FROM gpkg_contents").fetchone()[0]
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute(f'ALTER TABLE "{table}" ADD COLUMN name TEXT DEFAULT "Curved"')
    database.commit()
    database.close()
    reading = read_boundaries(path)
    assert [area.name for area in reading.areas] == ["Curved"]
    assert areas_are_sound(reading)


# From here on the files are made here and need no data folder.


def test_a_code_and_a_name_are_tidied(tmp_path):
    path = geojson(tmp_path, feature(wd22cd=" E05000001 ", WD22NM="Holy\u00a0 Trinity ", WD22NMW="Y Drindod"))
    area = read_boundaries(path).areas[0]
    assert (area.code, area.name, area.other_names, area.label) == (
        "E05000001", "Holy Trinity", ("Y Drindod",), "Holy Trinity (E05000001)"
    )  # fmt: skip


@pytest.mark.parametrize(
    "columns,code_column,name_column",
    [
        (["WD22CD", "WD22NM", "LAD21CD", "LAD21NM"], "WD22CD", "WD22NM"),
        (["LAD21CD", "LAD21NM"], "LAD21CD", "LAD21NM"),
        (["LAD21CD", "LAD21NM", "WD22NM"], None, "WD22NM"),
        (["LAD21CD", "name"], None, "name"),
        (["LAD21CD", "LAD21NM", "code", "name"], "code", "name"),
        (["WD11CD", "WD19CD", "WD11NM", "WD19NM"], "WD19CD", "WD19NM"),
        (["LSOA11CD", "LSOA11NM", "LAD11CD"], "LSOA11CD", "LSOA11NM"),
        (["PARNCP22CD", "PARNCP22NM", "LAD22CD"], "PARNCP22CD", "PARNCP22NM"),
        (["POLLING_DI", "DISTRICT_N", "WARD_NAME"], "POLLING_DI", "DISTRICT_N"),
        (["GSS_CODE", "NAME"], "GSS_CODE", "NAME"),
        (["gss", "Ward_name", "Name"], "gss", "Ward_name"),
        (["area_code", "area_name"], "area_code", "area_name"),
        (["Ward Code", "Ward Name"], "Ward Code", "Ward Name"),
        (["WD13CDO", "WD13NM"], None, "WD13NM"),
        (["OBJECTID", "WARD"], None, "WARD"),
    ],
)
def test_columns_are_known_by_what_councils_call_them(tmp_path, columns, code_column, name_column):
    reading = read_boundaries(geojson(tmp_path, feature(**{each: f"{each} 1" for each in columns})))
    assert (reading.code_column, reading.name_column) == (code_column, name_column)


def test_a_column_that_is_blank_throughout_is_not_recognised(tmp_path):
    reading = read_boundaries(geojson(tmp_path, feature(WD22CD="", WD22NM=" ", name="Abbey")))
    assert (reading.code_column, reading.name_column) == (None, "name")


def test_a_column_asked_for_must_be_there_and_filled(tmp_path):
    path = geojson(tmp_path, feature(name="Abbey", ref=None))
    assert sentence(path, code="kode") == "wards.geojson has no column kode: it has name and ref."
    assert "is blank in every row" in sentence(path, code="REF")
    assert read_boundaries(path, name="NAME").name_column == "name"


def test_a_number_is_a_code_without_a_point(tmp_path):
    path = geojson(tmp_path, feature(code=7.0, name="A"), feature(square(-2.3), code=8.0, name="B"))
    assert [area.code for area in read_boundaries(path).areas] == ["7", "8"]


def test_names_alone_must_differ(tmp_path):
    path = geojson(tmp_path, feature(name="St. Mary's"), feature(square(-2.3), name="ST MARYS "))
    assert sentence(path).startswith("Rows 1 and 2 are both called St. Mary's and have no codes")
    assert "none can be made from its name" in sentence(geojson(tmp_path, feature(name="Гренада")))


@pytest.mark.parametrize(
    "name,expected",
    [
        ("Ardsley & Robin Hood", "ardsley-and-robin-hood"),
        ("St. Mary's  Park", "st-marys-park"),
        ("Ynys Môn / Llŷn", "ynys-mon-llyn"),
        ("Łódź", "lodz"),
        ("Гренада", ""),
    ],
)
def test_a_slug_is_plain_words_joined_by_hyphens(name, expected):
    assert slug(name) == expected


@pytest.mark.parametrize(
    "said", ["urn:ogc:def:crs:EPSG::27700", "EPSG:27700", "http://www.opengis.net/def/crs/EPSG/0/27700"]
)
def test_a_geojson_file_may_say_its_system_wherever_it_likes(tmp_path, said):
    box = square(375000, 165000, 1000)
    told = {"type": "name", "properties": {"name": said}}
    before = geojson(tmp_path, feature(box, name="Bath"), crs=told)
    assert (read_boundaries(before).crs, read_boundaries(before).crs_source) == ("EPSG:27700", "file")
    after = tmp_path / "after.geojson"
    after.write_text(json.dumps({"features": [feature(box, name="Bath")], "type": "FeatureCollection", "crs": told}))
    reading = read_boundaries(after)
    assert reading.crs == "EPSG:27700"
    assert shapely.Point(-2.356, 51.388).within(reading.areas[0].geometry.buffer(0.005))


def test_the_system_given_wins_and_the_reading_says_so(tmp_path):
    told = {"type": "name", "properties": {"name": "EPSG:3857"}}
    reading = read_boundaries(geojson(tmp_path, feature(name="Bath"), crs=told), crs="epsg:4326")
    assert (reading.crs, reading.crs_source) == ("EPSG:4326", "given")


@pytest.mark.parametrize("given", ["EPSG:404000", "British", "+proj=longlat", "/etc/passwd", ""])
def test_a_system_that_is_not_known_is_refused(tmp_path, given):
    assert "is not a known coordinate system" in sentence(geojson(tmp_path, feature(name="Bath")), crs=given)


def test_metres_of_another_system_than_the_one_said_are_noticed(tmp_path):
    told = {"type": "name", "properties": {"name": "EPSG:27700"}}
    path = geojson(tmp_path, feature(square(-262000, 6690000, 1000), name="Bath in Web Mercator"), crs=told)
    assert "lie outside the part of the world where EPSG:27700 is used" in sentence(path)


@pytest.mark.parametrize(
    "west,south", [(-71.1, 42.3), (-77.0, 38.9), (151.2, -33.9), (18.4, -33.9), (54.4, 24.5), (45, 2)]
)
def test_other_countries_are_welcome(tmp_path, west, south):
    assert len(read_boundaries(geojson(tmp_path, feature(square(west, south), name="There"))).areas) == 1


@pytest.mark.parametrize(
    "shape,words",
    [
        (POINT, "has a point where an area is expected"),
        ({"type": "LineString", "coordinates": [[-2, 51], [-2, 52]]}, "has a line where an area is expected"),
        ({"type": "GeometryCollection", "geometries": [square(), POINT]}, "has a point"),
        ({"type": "Polygon", "coordinates": []}, "has no shape"),
        ({"type": "Polygon", "coordinates": [[[0, 51], [1, 51]]]}, "has no shape, or one that does not close"),
        ({"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [0, 51], [0, 51]]]}, "encloses no area"),
        ({"type": "Polygon", "coordinates": "x"}, "has no shape"),
    ],
)  # fmt: skip
def test_what_is_not_an_area_is_refused_by_row(tmp_path, shape, words):
    told = sentence(geojson(tmp_path, feature(name="Good"), feature(shape, name="Odd")))
    assert told.startswith("Row 2 (Odd)")
    assert words in told


def test_a_collection_of_areas_alone_is_one_area(tmp_path):
    shape = {"type": "GeometryCollection", "geometries": [square(), square(-2.2)]}
    assert len(read_boundaries(geojson(tmp_path, feature(shape, name="Two parts"))).areas[0].geometry.geoms) == 2


def test_a_coordinate_that_is_no_number_is_refused_by_row(tmp_path):
    ring = [[0, 51], [1, float("nan")], [1, 52], [0, 51]]
    path = geojson(tmp_path, feature(name="A"), feature({"type": "Polygon", "coordinates": [ring]}, name="B"))
    assert sentence(path) == "Row 2 has a coordinate that is not a number: correct the file."


def test_a_feature_that_cannot_be_made_out_is_not_left_out_in_silence(tmp_path):
    good = [feature(square(-2.4 + n / 10), name=f"Ward {n}") for n in range(3)]
    path = geojson(tmp_path, *good, {**feature(square(-2), name="Ward 4"), "type": "Featur"})
    assert sentence(path) == "Only 3 of the 4 features of wards.geojson can be read: export it again."


@pytest.mark.parametrize(
    "name,content,words",
    [
        ("empty.geojson", b"", "empty.geojson is empty"),
        ("junk.gpkg", b"\x93NUMPY\x01\x00 and so on", "junk.gpkg is not a boundary file that can be read here"),
        ("half.gpkg", b"SQLite format 3\x00 and no more", "half.gpkg is damaged or cut short"),
        ("words.json", b'{"hello": "world"}', "words.json cannot be read as GeoJSON"),
        ("none.geojson", b'{"type": "FeatureCollection", "features": []}', "none.geojson has no"),
        ("esri.json", b'{"geometryType": "esriGeometryPolygon", "features": []}', "is Esri's own JSON"),
        ("cut.geojson.gz", gzip.compress(b"x" * 5000, mtime=0)[:30], "cut.geojson.gz is damaged or cut short"),
        ("bomb.geojson.gz", gzip.compress(b" " * 20_000_000, mtime=0), "unpacks to far more"),
        ("cut.kml", b"<kml><Placemark><name>A</name>", "cut.kml cannot be read as KML"),
        ("laughs.kml", b'<!DOCTYPE a [<!ENTITY b "c">]><kml><Placemark/></kml>', "laughs.kml cannot be read as KML"),
        ("part.shp", b"\x00\x00\x27\x0a" + bytes(200), "part.shp is only a part of a Shapefile"),
        ("broken.zip", b"PK\x03\x04 and no more", "broken.zip is damaged"),
        ("deep.geojson", b'{"type":"FeatureCollection","features":' + b'[{"":' * 50_000, "deep.geojson is cut short"),
        ("deep.json", b'{"type":"Topology","objects":' + b'{"":' * 50_000 + b"}" * 50_001, "deep.json cannot be read"),
    ],
)
def test_what_is_no_boundary_file_is_refused_in_words(tmp_path, capfd, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    assert words in sentence(path)
    assert capfd.readouterr() == ("", "")


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    assert "is a folder" in sentence(tmp_path)
    assert sentence(tmp_path / "nowhere.gpkg").startswith("There is no file called nowhere.gpkg")
    assert "There is no file called" in sentence(Path("/vsicurl/http://127.0.0.1:9/wards.geojson"))
    os.mkfifo(tmp_path / "pipe.geojson")
    assert "is not an ordinary file" in sentence(tmp_path / "pipe.geojson")


@pytest.mark.parametrize("name", ["wards.kml", "wards.geojson", "wards.zip", "wards.gpkg"])
def test_a_file_that_names_another_opens_nothing(tmp_path, name):
    other = geojson(tmp_path, feature(name="Secret")).rename(tmp_path / "secret.geojson")
    path = tmp_path / name
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="wards"><SrcDataSource>{other}</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>"
    )
    assert "XML that is not KML" in sentence(path)
    path.write_text(f"<kml>{path.read_text()}</kml>")
    assert sentence(path) == f"{name} has no areas in it: export it again."


def test_a_name_that_looks_like_an_address_is_only_a_name(tmp_path):
    good = geojson(tmp_path, feature(name="Abbey"))
    odd = tmp_path / "GPKG:http?x=1&y=2.zip"
    shutil.copyfile(good, odd)
    assert [area.name for area in read_boundaries(odd).areas] == ["Abbey"]


def test_nothing_is_written_beside_the_file(tmp_path):
    path = tmp_path / "wards.geojson.gz"
    path.write_bytes(gzip.compress(geojson(tmp_path, feature(name="Abbey")).read_bytes()))
    before = {each.name for each in tmp_path.iterdir()}
    read_boundaries(path)
    assert {each.name for each in tmp_path.iterdir()} == before


@pytest.mark.parametrize("member", ["/etc/wards.shp", "..\\wards.shp", "C:wards.shp", "a/../../wards.shp"])
def test_a_zip_that_would_write_elsewhere_is_refused(tmp_path, member):
    with zipfile.ZipFile(tmp_path / "wards.zip", "w") as archive:
        archive.writestr(member, b"")
    assert "would be written outside it" in sentence(tmp_path / "wards.zip")


def test_a_zip_must_hold_all_of_a_shapefile(tmp_path):
    with zipfile.ZipFile(tmp_path / "wards.zip", "w") as archive:
        archive.writestr("Wards.SHP", b"\x00\x00\x27\x0a" + bytes(96))
        archive.writestr("__MACOSX/._Wards.SHP", b"litter")
    assert sentence(tmp_path / "wards.zip").startswith("Wards.dbf is missing from wards.zip")


@pytest.mark.parametrize("part", [".shp", ".dbf", ".shx"])
def test_a_shapefile_cut_short_is_not_read_in_part(tmp_path, part):
    path = tmp_path / "cut.zip"
    with (
        zipfile.ZipFile(real("boundaries/formats/leeds_wards_2013_bng_shapefile.zip")) as whole,
        zipfile.ZipFile(path, "w") as cut,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[: len(content) * 2 // 3] if name.endswith(part) else content)
    assert "is damaged or cut short" in sentence(path)


def test_a_geopackage_with_a_view_is_refused(tmp_path):
    path = tmp_path / "view.gpkg"
    shutil.copyfile(real("boundaries/formats/leeds_wards_2013_bng.gpkg"), path)
    database = sqlite3.connect(path)
    database.execute("CREATE VIEW sly AS SELECT 1 AS fid")
    database.commit()
    database.close()
    assert "holds a view (sly)" in sentence(path)


def test_kml_in_several_folders_is_one_set(tmp_path):
    path = tmp_path / "wards.kml"
    path.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{MARK.format("A")}{MARK.format("B")}</Document></kml>'
    )
    reading = read_boundaries(path)
    assert [area.name for area in reading.areas] == ["A", "B"]
    assert [len(area.geometry.geoms[0].interiors) for area in reading.areas] == [1, 1]


def test_a_label_point_beside_a_kml_area_is_refused(tmp_path):
    path = tmp_path / "wards.kml"
    path.write_text(
        "<kml><Placemark><name>A</name><Point><coordinates>-2.4,51.4</coordinates></Point></Placemark></kml>"
    )
    assert sentence(path).startswith("Row 1 (A) has a point where an area is expected")
