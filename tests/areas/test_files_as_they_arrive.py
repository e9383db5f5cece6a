"""Files as they really arrive, through the command line: imported rightly, or refused with one sentence and a cure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from pyproj import Transformer
from sqlalchemy import func, select

from tests.conftest import application
from tests.engines import environment_of
from tests.told import TOLD
from wardbook.areas.boundary_files.reading import read_boundaries, read_shapes
from wardbook.areas.models import Area, BoundarySet
from wardbook.cli import main
from wardbook.db import db
from wardbook.errors import Refused
from wardbook.geo import reproject

EXPORT = "GeoJSON, GeoPackage, KML or a Shapefile in a .zip"
IN_UK = "they would lie in the United Kingdom"
CAMDEN_GRID = f"as EPSG:27700 (British National Grid), near latitude 51.54, longitude -0.16, {IN_UK}"
IS_A_TABLE = (
    "is not a boundary file but a table of words (CSV), which holds points at most and no areas: export the areas as "
    f"{EXPORT}."
)


@dataclass(frozen=True)
class Taken:
    """How many rows there are and areas they make, the system, and the first area's label."""

    rows: int
    areas: int
    crs: str
    first: str


@dataclass(frozen=True)
class Told:
    """The sentence with which a file is refused ({} is its name), and what it then takes to read it, if that is so."""

    sentence: str
    cure: str = ""
    taken: Taken | None = None


def in_degrees(count: int, first: str, *, rows: int = 0) -> Taken:
    return Taken(rows or count, count, "EPSG:4326", first)


CAMDEN, HACKNEY, LEEDS = "Belsize (E05013652)", "Brownswood (E05009367)", "Adel and Wharfedale (E05001411)"
OUTCOMES: dict[str, Taken | Told] = {
    "awkward/banes_polling_districts_2019_shapefile_without_shp.zip": Told(
        "Polling_Districts_2019.shp is missing from {}: zip the .shp, .shx, .dbf and .prj together."
    ),
    "awkward/chicago_wards_no_crs_invalid.topojson": Told(
        "{} has no column known to hold names, only id: say which does with --name.",
        "--name id", in_degrees(50, "0"),
    ),
    "awkward/deeply_nested_open_arrays.json": Told(
        "{} is JSON but not GeoJSON, which begins with {{: export it as GeoJSON."
    ),
    "awkward/grenada_shapefile_utf8_cpg.zip": in_degrees(1, "Grenada"),
    "awkward/latin1_attributes_shapefile_without_shx.zip": Told(
        "{} does not say its coordinate system (it has no .prj that can be read), but its numbers (first: -0.4617, "
        "0.4774) do not tell which it is; as longitude and latitude they would not lie in the United Kingdom either: "
        "say --crs EPSG:4326 if they are that all the same, or give the right system with --crs.",
        "--crs EPSG:4326", in_degrees(1, "Ñandú"),
    ),
    "awkward/multisurface.gpkg": Told(
        "{} has shapes but no columns, so nothing says what its areas are called: export it with their names."
    ),
    "awkward/newcastle_wards_nested_properties.geojson": in_degrees(26, "South Jesmond (E05001107)"),
    "awkward/north_yorkshire_one_code_two_polygons.geojson": Told(
        "E05014284 is the code of rows 1 and 2: correct it, or say --merge-duplicates if they are parts of one area.",
        "--merge-duplicates", in_degrees(1, "Hunmanby & Sherburn (part Scarborough) (E05014284)", rows=2),
    ),
    "awkward/test_gpkg_nulls.gpkg": Told(
        "Row 1 has a point where an area is expected (4 points in 4 of 4 rows): give a file of areas only."
    ),
    "awkward/made/blank_names.geojson": Told(
        "Row 2 (E05009368) has no name in the column WD22NM, nor have rows 4 (E05009370), 10 (E05009376), "
        "14 (E05009380) and 20 (E05009386): fill them in, leave them out with --leave-out 2,4,10,14,20 or take the "
        "column WD22CD, which has one in every row, with --name WD22CD.",
        "--name WD22CD", in_degrees(21, "E05009367 (E05009367)"),
    ),
    "awkward/made/bng_unlabelled.geojson": Told(
        "{} does not say its coordinate system, and GeoJSON is then in degrees, but its numbers look like metres or "
        f"feet (first: 527,133 185,323); {CAMDEN_GRID}: say --crs EPSG:27700 if that is right.",
        "--crs EPSG:27700", Taken(20, 20, "EPSG:27700", CAMDEN),
    ),
    "awkward/made/csv_formula_cells.csv": Told(f"{{}} {IS_A_TABLE}"),
    "awkward/made/degrees_labelled_bng.geojson": Told(
        "{} says EPSG:27700, but its numbers look like degrees (first: -0.1677, 51.5525); as EPSG:4326 (longitude and "
        f"latitude), near latitude 51.54, longitude -0.16, {IN_UK}: say --crs EPSG:4326 if that is right.",
        "--crs EPSG:4326", in_degrees(20, CAMDEN),
    ),
    "awkward/made/duplicate_codes.geojson": Told(
        "E05009369 is the code of rows 3 and 16 and E05009387 is the code of rows 21 and 22: correct it, or say "
        "--merge-duplicates if they are parts of one area.",
        "--merge-duplicates", in_degrees(20, HACKNEY, rows=22),
    ),
    "awkward/made/duplicate_names.geojson": in_degrees(20, CAMDEN),
    "awkward/made/empty_polygon.geojson": Told(
        "Row 9 (Haverstock, E05013660) has no shape, or one that does not close: draw it or leave it out with "
        "--leave-out 9.",
        "--leave-out 9", in_degrees(19, CAMDEN, rows=20),
    ),
    "awkward/made/gap_between_wards.geojson": in_degrees(33, LEEDS),
    "awkward/made/lat_lon_swapped.geojson": Told(
        "{} does not say its coordinate system, and GeoJSON is then in degrees, but its areas would then lie near "
        "latitude -0.16, longitude 51.54 (first: 51.5525, -0.1677); as EPSG:4326 (latitude before longitude), near "
        f"latitude 51.54, longitude -0.16, {IN_UK}: say --swap-axes if that is right.",
        "--swap-axes", in_degrees(20, CAMDEN),
    ),
    "awkward/made/latin1.csv": Told(f"{{}} {IS_A_TABLE}"),
    "awkward/made/mixed_points_and_lines.geojson": Told(
        "Row 1 (Belsize, E05013652) has a point where an area is expected (8 lines and 12 points in 20 of 20 rows): "
        "give a file of areas only."
    ),
    "awkward/made/names_only_no_codes.geojson": in_degrees(20, "Belsize"),
    "awkward/made/null_geometry.geojson": Told(
        "Row 7 (Gospel Oak, E05013658) has no shape, or one that does not close: draw it or leave it out with "
        "--leave-out 7.",
        "--leave-out 7", in_degrees(19, CAMDEN, rows=20),
    ),
    "awkward/made/overlapping_wards.geojson": in_degrees(33, LEEDS),
    "awkward/made/path_traversal.zip": Told(
        "{} holds a file that would be written outside it: make the zip again."
    ),
    "awkward/made/server_error_saved_as.geojson": Told(
        "{} holds a web page or XML that is not KML, perhaps an error message saved as a file: download it again."
    ),
    "awkward/made/tab_separated_named.csv": Told(f"{{}} {IS_A_TABLE}"),
    "awkward/made/truncated.geojson": Told(
        "{} is cut short, it does not end as GeoJSON ends: download or export it again."
    ),
    "awkward/made/unknown_crs.geojson": Told(
        "{} says its coordinate system is urn:ogc:def:crs:EPSG::404000, which is not known here, but its numbers "
        f"(first: 527,133 185,323) do not tell which it is; {CAMDEN_GRID}: say --crs EPSG:27700 if that is right.",
        "--crs EPSG:27700", Taken(20, 20, "EPSG:27700", CAMDEN),
    ),
    "awkward/made/web_mercator_in_geojson.geojson": Taken(21, 21, "EPSG:3857", HACKNEY),
    "awkward/made/z_and_invalid_bng.geojson": Taken(21, 21, "EPSG:27700", HACKNEY),
    "awkward/made/z_extended_data.kml": in_degrees(21, HACKNEY),
    "awkward/made/zip_bomb_small.zip": Told(
        "{} unpacks to far more than a boundary file should, so it was not opened: send it unpacked or simpler."
    ),
    "awkward/made/zip_with_two_shapefiles.zip": Told(
        "{} holds camden_wards_2022 and hackney_wards_2022: say which one with --layer.",
        "--layer hackney_wards_2022", Taken(21, 21, "EPSG:27700", HACKNEY),
    ),
    "awkward/made/zip_without_shapefile.zip": Told(
        "{} holds no .shp file, only README.txt and wards.csv: zip the .shp, .shx, .dbf and .prj of a Shapefile "
        "together."
    ),
    "boundaries/banes_parishes.geojson.gz": Told(
        "Row 6 has no code in the column code and no name in the column name: fill it in, leave it out with "
        "--leave-out 6 or give another column with --code.",
        "--leave-out 6", in_degrees(51, "West Harptree CP (E04000997)", rows=52),
    ),
    "boundaries/banes_polling_districts_2016.geojson.gz": Told(
        "Row 9 (N-KS1) has no name in the column DISTRICT_N, nor have rows 10 (N-KE2), 11 (N-KN1), 12 (N-KS2), "
        "13 (N-KE1), 14 (N-SA1), 15 (N-SA2), 16 (B-AB1), 17 (B-AB2), 18 (B-BK1), 19 (B-BK2) and 37 more: fill them in, "
        "leave them out with --leave-out 9-45,48-49,76-78,88-90,97-99 or take the column POLLING_DI, "
        "which has one in every row, with --name POLLING_DI.",
        "--name POLLING_DI", in_degrees(110, "N-BW3B (N-BW3B)"),
    ),
    "boundaries/formats/banes_parking_zones_2019_shapefile.zip": Told(
        "Rows 1 and 25 are both called Zone 8 and have no codes to tell them apart: give a column of codes with "
        "--code, or say --merge-duplicates if they are parts of one area.",
        "--code zone --merge-duplicates", Taken(72, 22, "EPSG:27700", "Zone 8 (08)"),
    ),
    "boundaries/formats/banes_polling_stations_2019_shapefile.zip": Told(
        "Row 1 (Radstock, N-RA3) has a point where an area is expected (480 points in 480 of 480 rows): give a file "
        "of areas only."
    ),
    "boundaries/formats/leeds_wards_2013.kml": in_degrees(33, LEEDS),
    "boundaries/formats/leeds_wards_2013.topojson": in_degrees(33, LEEDS),
    "boundaries/formats/leeds_wards_2013_bng.geojson": Taken(33, 33, "EPSG:27700", LEEDS),
    "boundaries/formats/leeds_wards_2013_bng.gpkg": Taken(33, 33, "EPSG:27700", LEEDS),
    "boundaries/formats/leeds_wards_2013_bng_shapefile.zip": Taken(33, 33, "EPSG:27700", LEEDS),
}  # fmt: skip
REFUSED = {name: outcome for name, outcome in OUTCOMES.items() if isinstance(outcome, Told)}
CURED = {name: outcome for name, outcome in REFUSED.items() if outcome.taken}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, for files that do not change each other: every set is a reference one of its own name."""
    home = tmp_path_factory.mktemp("files") / "home"
    assert wardbook(home, "init").exit_code == 0
    return home


def wardbook(home: Path, *words: object, **settings: str) -> Result:
    env = environment_of(home) | {"WARDBOOK_MAIL": "outbox:", **settings}
    return CliRunner(env=env).invoke(main, [str(word) for word in words])


def imported(home: Path, file: Path, *options: str) -> Result:
    name = f"{file.name} {' '.join(options)}"
    return wardbook(
        home, "boundaries", "import", file, "--set", name, "--type", "ward", "--reference", *options, "--json"
    )


def the_sentence(result: Result) -> str:
    """One line on stderr, nothing on stdout, exit status 2 and no traceback."""
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    (line,) = result.stderr.splitlines()
    assert line.endswith(".") and "Traceback" not in line
    return line


def kept(home: Path) -> Iterator[tuple[int, int, list[str]]]:
    """How many sets and areas are in the store, and what the last set's areas are called, in the order of the file."""
    app = application(home)
    with app.app_context():
        sets, areas = (db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (BoundarySet, Area))
        last = db.session.scalar(select(func.max(BoundarySet.id)))
        rows = db.session.scalars(select(Area).where(Area.set_id == last).order_by(Area.id))
        yield sets, areas, [f"{row.name} ({row.code})" if row.coded else row.name for row in rows]
        db.session.remove()
        db.engine.dispose()


def require_taken(home: Path, file: Path, expected: Taken, *options: str) -> None:
    checked = wardbook(home, "boundaries", "check", file, *options, "--json")
    assert checked.exit_code == 0, checked.stderr
    report = json.loads(checked.stdout)
    assert (report["rows"], report["areas"], report["crs"]) == (expected.rows, expected.areas, expected.crs)
    result = imported(home, file, *options)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["areas"] == expected.areas
    ((_, _, labels),) = kept(home)
    assert (len(labels), labels[0]) == (expected.areas, expected.first)


@pytest.mark.parametrize("name,expected", OUTCOMES.items(), ids=OUTCOMES)
def test_each_file_is_imported_rightly_or_refused_in_a_sentence(name, expected, store, open_data, record_property):
    file = open_data / name
    if isinstance(expected, Taken):
        said = wardbook(store, "boundaries", "check", file)
        record_property(TOLD, (name, "taken", said.stdout.splitlines()[0]))
        require_taken(store, file, expected)
        return
    before = list(kept(store))
    sentence = the_sentence(wardbook(store, "boundaries", "check", file))
    record_property(TOLD, (name, "refused", sentence))
    assert sentence == expected.sentence.format(file.name)
    assert the_sentence(imported(store, file)) == sentence
    assert list(kept(store)) == before


@pytest.mark.parametrize("name,told", CURED.items(), ids=CURED)
def test_what_the_sentence_says_to_do_works(name, told, store, open_data):
    assert told.cure.split()[0] in told.sentence
    require_taken(store, open_data / name, told.taken, *shlex.split(told.cure))


def test_every_awkward_file_has_an_expected_outcome(open_data):
    folders = ("awkward", "awkward/made", "boundaries/formats")
    found = {f"{each}/{path.name}" for each in folders for path in (open_data / each).iterdir() if path.is_file()}
    assert found <= set(OUTCOMES)


# --- coordinate systems that lie ---------------------------------------------------------------------------------

GRID = {"type": "name", "properties": {"name": "EPSG:27700"}}
MERCATOR = {"type": "name", "properties": {"name": "EPSG:3857"}}


def spoiled(source: Path, target: Path, change: Callable[[Any], Any], crs: dict[str, Any] | None) -> Path:
    """A GeoJSON file with other numbers and another word about their system."""
    file = json.loads(source.read_text())
    file.pop("crs", None)
    if crs:
        file["crs"] = crs
    for feature in file["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        feature["geometry"] = shapely.geometry.mapping(shapely.transform(shape, change))
    target.write_text(json.dumps(file))
    return target


def into(epsg: int, *, unit: float = 1.0) -> Callable[[Any], Any]:
    turn = Transformer.from_crs(4326, epsg, always_xy=True).transform
    return lambda corners: np.column_stack(turn(corners[:, 0], corners[:, 1])) / unit


def as_it_is(corners: Any) -> Any:
    return corners


def turned_round(corners: Any) -> Any:
    return corners[:, ::-1]


def astray(source: Path, target: Path, row: int, point: list[float], crs: dict[str, Any] | None = None) -> Path:
    """A GeoJSON file of which one corner of one row is elsewhere."""
    file = json.loads(spoiled(source, target, as_it_is, crs).read_text())
    (ring, *_), *_ = file["features"][row - 1]["geometry"]["coordinates"]
    (ring if isinstance(ring[0], list) else file["features"][row - 1]["geometry"]["coordinates"][0])[3] = point
    target.write_text(json.dumps(file))
    return target


@pytest.mark.parametrize("crs,words", [(None, ""), (GRID, ", as the others are")])
def test_one_corner_astray_is_told_by_its_row_and_no_system_is_offered_for_it(crs, words, open_data, store, tmp_path):
    true = open_data / "boundaries" / "camden_wards_2022.geojson"
    file = astray(true, tmp_path / "wards.geojson", 1, [999, 51.5], crs)
    assert the_sentence(wardbook(store, "boundaries", "check", file)) == (
        f"Row 1 (Belsize, E05013652) has the point 999, 51.5, which is no longitude and latitude{words}: correct it in "
        "the file."
    )
    for given in ("EPSG:27700", "EPSG:4326"):
        sentence = the_sentence(wardbook(store, "boundaries", "check", file, "--crs", given))
        assert sentence.startswith("Row 1 (Belsize, E05013652) has the point 999, 51.5")


@pytest.mark.parametrize(
    "change,crs,point",
    [(None, None, [0, 0]), (None, None, [51.5, -0.1]), (into(27700), GRID, [5e9, 5e9]), (into(27700), GRID, [-3e7, 1])],
)
def test_one_corner_far_off_is_told_by_its_row(change, crs, point, open_data, store, tmp_path):
    true = open_data / "boundaries" / "camden_wards_2022.geojson"
    moved = spoiled(true, tmp_path / "moved.geojson", change or as_it_is, crs)
    file = astray(moved, tmp_path / "wards.geojson", 2, point, crs)
    assert the_sentence(wardbook(store, "boundaries", "check", file)) == (
        f"Row 2 (Bloomsbury, E05013653) has the point {point[0]:.10g}, {point[1]:.10g}, which is far from its others: "
        "correct it in the file."
    )


def test_a_system_in_which_the_areas_would_be_specks_is_not_offered(open_data, store, tmp_path):
    kilometres = into(27700, unit=1000)
    file = spoiled(open_data / "boundaries/camden_wards_2022.geojson", tmp_path / "wards.geojson", kilometres, None)
    assert "--crs EPSG:27700" not in the_sentence(wardbook(store, "boundaries", "check", file))
    told = wardbook(store, "boundaries", "check", file, "--crs", "EPSG:27700").stdout
    assert "is the file whole, and read in the right coordinate system?" in told


LIES = [
    # what the numbers are, what the file says, what is asked, what is offered
    (into(27700, unit=0.3048), GRID, "lie outside the part of the world", "--crs EPSG:27700+feet"),
    (into(27700, unit=0.3048), None, "look like metres or feet", "--crs EPSG:27700+feet"),
    (into(3857), GRID, "lie outside the part of the world", "--crs EPSG:3857"),
    (into(3857), None, "look like metres or feet", "--crs EPSG:3857"),
    (into(27700), MERCATOR, "would then lie near latitude 1.66", "--crs EPSG:27700"),
    (as_it_is, MERCATOR, "look like degrees", "--crs EPSG:4326"),
    (turned_round, GRID, "look like degrees", "--crs EPSG:4326 --swap-axes"),
    (turned_round, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}, "near latitude -0.16",
     "--swap-axes"),
    (as_it_is, {"type": "name", "properties": {"name": "British"}}, "which is not known here", "--crs EPSG:4326"),
    (into(32630), GRID, "lie outside the part of the world", "--crs EPSG:32630"),
]  # fmt: skip


@pytest.mark.parametrize("change,crs,problem,offered", LIES)
def test_a_system_that_lies_is_a_question_and_its_answer_reads_the_file(
    change, crs, problem, offered, open_data, store, tmp_path
):
    true = open_data / "boundaries" / "camden_wards_2022.geojson"
    file = spoiled(true, tmp_path / "wards.geojson", change, crs)
    sentence = the_sentence(wardbook(store, "boundaries", "check", file))
    assert problem in sentence
    assert offered in sentence.partition(f"{IN_UK}: say ")[2]
    assert json.loads(wardbook(store, "boundaries", "check", file, *offered.split(), "--json").stdout)["areas"] == 20
    crs_given = offered.split()[1] if offered.startswith("--crs") else None
    read = read_boundaries(file, crs=crs_given, swap_axes="--swap-axes" in offered)
    assert farthest_apart(read_boundaries(true), read) < 1


def farthest_apart(one: Any, other: Any) -> float:
    """Metres between the outlines of areas of the same code, at most."""
    shapes, others = (
        {area.code: reproject(area.geometry, 4326, 27700) for area in read.areas} for read in (one, other)
    )
    assert set(shapes) == set(others)
    return max(shapes[code].hausdorff_distance(others[code]) for code in shapes)


def test_feet_that_are_published_as_a_system_are_offered_by_its_number(open_data, tmp_path):
    true = open_data / "reports" / "dc_wards.geojson"
    file = spoiled(true, tmp_path / "wards.geojson", into(2248), None)
    home = tmp_path / "home"
    assert wardbook(home, "init", WARDBOOK_CRS="26985").exit_code == 0
    sentence = the_sentence(wardbook(home, "boundaries", "check", file, WARDBOOK_CRS="26985"))
    assert "EPSG:2248 (Maryland (ftUS))" in sentence
    assert "they would lie in Maryland: say --crs EPSG:2248" in sentence
    good = wardbook(home, "boundaries", "check", file, "--crs", "EPSG:2248", "--json", WARDBOOK_CRS="26985")
    assert json.loads(good.stdout)["outside_country"] == []


def test_another_country_s_file_is_read_and_said_to_be_elsewhere(open_data, store):
    result = wardbook(store, "boundaries", "check", open_data / "reports" / "dc_wards.geojson")
    assert result.exit_code == 0
    assert "8 of 8 areas lie outside the United Kingdom" in result.stdout


# --- one set in many formats --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ending,metres",
    [("_bng_shapefile.zip", 0.1), ("_bng.gpkg", 0.1), ("_bng.geojson", 0.1), (".kml", 0.1), (".topojson", 3)],
)
def test_leeds_is_the_same_in_five_formats_and_two_systems(ending, metres, open_data):
    plain = read_boundaries(open_data / "boundaries" / "leeds_wards_2013.geojson")
    other = read_boundaries(open_data / "boundaries" / "formats" / f"leeds_wards_2013{ending}")
    assert farthest_apart(plain, other) < metres


def test_a_site_is_asked_about_as_a_set_of_wards_is(open_data, tmp_path):
    wards = open_data / "boundaries" / "camden_wards_2022.geojson"
    with pytest.raises(Refused, match=r"they would lie in the United Kingdom: save it again .*, longitude first\.$"):
        read_shapes(spoiled(wards, tmp_path / "site.geojson", turned_round, None))


def test_the_country_is_that_of_the_council_s_own_system(open_data, tmp_path):
    home = tmp_path / "home"
    assert wardbook(home, "init", WARDBOOK_CRS="26985").exit_code == 0
    file = spoiled(open_data / "reports" / "dc_wards.geojson", tmp_path / "dc.geojson", turned_round, None)
    sentence = the_sentence(wardbook(home, "boundaries", "check", file, WARDBOOK_CRS="26985"))
    assert "they would lie in Maryland: say --swap-axes if that is right." in sentence


@pytest.mark.parametrize("inner", ["<Folder>" * 200 + "</Folder>" * 200, "<a/>" * 2_000_001], ids=["deep", "wide"])
def test_a_kml_that_is_no_map_is_refused_before_it_fills_the_memory(inner, tmp_path):
    path = tmp_path / "odd.kml"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2">{inner}</kml>')
    with pytest.raises(Refused, match="is built too deep or too wide to be a map"):
        read_boundaries(path)
