"""A GIS officer reads a check: as text, as one JSON object, and as a page that needs no JavaScript."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result
from lxml import html

from tests.conftest import square
from tests.engines import environment_of
from wardbook.areas.boundary_files.names import names_alike
from wardbook.cli import main
from wardbook.geo import reproject

KEYS = [
    "file", "layer", "rows", "areas", "crs", "crs_source", "swapped_axes", "code_column", "name_column", "encoding",
    "left_out", "flattened", "repaired", "merged", "hectares", "measured_in", "smallest", "largest", "extent",
    "country", "outside_country", "km_from_wards", "smaller_than_1_m2", "names_alike", "overlaps", "gaps", "each_area",
]  # fmt: skip
MARKUP = "<img src=x onerror=alert(1)></script><script>alert(2)</script>{{ 7 * 7 }}"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("checks") / "home"
    assert wardbook(home, "init").exit_code == 0
    return home


def wardbook(home: Path, *words: object) -> Result:
    return CliRunner(env=environment_of(home)).invoke(main, [str(word) for word in words])


def checked(home: Path, file: Path, *options: object) -> dict[str, Any]:
    result = wardbook(home, "boundaries", "check", file, *options, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def wards(folder: Path, **shapes: shapely.Geometry) -> Path:
    """A file of named areas, in kilometres near Bath."""
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape)}
        for name, shape in shapes.items()
    ]
    path = folder / "wards.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Two squares that overlap by a strip, one of them called by markup, and one with a hole of ground in none."""
    ring = square(3, 0) - square(3.4, 0.4, 200)
    return wards(tmp_path, **{MARKUP: square(0, 0), "Mill": square(0.9, 0), "Dock": ring})


def test_the_object_has_the_same_keys_for_every_file(store, faulty, open_data):
    assert list(checked(store, faulty)) == KEYS
    assert list(checked(store, open_data / "boundaries/formats/leeds_wards_2013_bng.gpkg")) == KEYS


def test_the_object_says_what_is_wrong_where(store, faulty):
    report = checked(store, faulty)
    (overlap,), (gap,) = report["overlaps"], report["gaps"]
    assert (overlap["first"], overlap["second"]) == (MARKUP, "Mill")
    assert overlap["square_metres"] == pytest.approx(100_000, rel=0.001)
    assert (overlap["lon"], overlap["lat"]) == (pytest.approx(-2.346, abs=0.01), pytest.approx(51.379, abs=0.01))
    assert (gap["between"], gap["enclosed"]) == (["Dock"], True)
    assert gap["square_metres"] == pytest.approx(40_000, rel=0.001)


def test_it_says_how_large_the_areas_are_and_where(store, faulty):
    report = checked(store, faulty)
    assert report["hectares"] == pytest.approx(296, rel=0.001)
    assert (report["smallest"]["name"], report["smallest"]["hectares"]) == ("Dock", pytest.approx(96, rel=0.001))
    assert report["largest"]["hectares"] == pytest.approx(100, rel=0.001)
    assert report["extent"]["west"] == pytest.approx(square(0, 0).bounds[0], abs=1e-6)
    assert (report["country"], report["outside_country"]) == ("the United Kingdom", [])
    assert [area["row"] for area in report["each_area"]] == [1, 2, 3]


def test_an_area_astray_is_named(store, tmp_path):
    file = wards(tmp_path, Mill=square(0, 0), Bridge=square(1, 0), Astray=shapely.box(2.3, 48.8, 2.4, 48.9))
    assert checked(store, file)["outside_country"] == ["Astray"]
    said = wardbook(store, "boundaries", "check", file).stdout
    assert "1 of 3 areas lie outside the United Kingdom" in said
    assert "Outside the United Kingdom: Astray." in said


def test_heights_that_were_left_out_are_counted(store, open_data):
    file = open_data / "awkward" / "made" / "z_extended_data.kml"
    assert checked(store, file)["flattened"] == {"heights": 21, "measures": 0, "curves": 0}
    said = wardbook(store, "boundaries", "check", file).stdout
    assert "Flattened: 21 rows have heights (Z), which were left out." in said


def test_the_words_tell_what_the_object_does(store, open_data):
    said = wardbook(store, "boundaries", "check", open_data / "awkward/made/overlapping_wards.geojson").stdout
    assert said.splitlines() == [
        "33 areas in EPSG:4326 (codes from WD13CD, names from WD13NM).",
        "overlapping_wards.geojson has 33 rows.",
        "Coordinates: EPSG:4326 (longitude and latitude), assumed for GeoJSON/KML, as the file says nothing.",
        "55,286 hectares in all, measured in EPSG:27700.",
        "Smallest: Headingley (E05001427), 211.9 ha.",
        "Largest: Harewood (E05001426), 10,919.2 ha.",
        "Extent: 53.69898 to 53.94587 north, -1.80036 to -1.29039 east (WGS 84).",
        "Every area lies in the United Kingdom.",
        "Overlap: Morley North (E05001435) and Morley South (E05001436) share 1,053,184 m² near 53.74846, -1.60013.",
        "1 overlap and 0 gaps.",
        "Nothing was imported.",
    ]


def test_importing_tells_of_overlaps_and_takes_the_set(store, faulty):
    words = ["boundaries", "import", faulty, "--set", "Faulty", "--type", "parish"]
    said = wardbook(store, *words)
    assert said.exit_code == 0
    assert re.search(r"^Overlap: .* and Mill share 100,\d{3} m² near ", said.stdout, re.MULTILINE)
    assert said.stdout.endswith("Imported 3 areas as 'Faulty'.\n")


def test_a_program_that_imports_hears_of_overlaps_beside_the_object(store, faulty):
    said = wardbook(store, "boundaries", "import", faulty, "--set", "Again", "--type", "lsoa", "--json")
    assert json.loads(said.stdout) == {"areas": 3, "repaired": 0, "merged": 0, "refused": 0}
    assert said.stderr.startswith("Overlap: ")


def test_the_page_reads_without_javascript_and_holds_words_as_text(store, faulty, tmp_path):
    page = tmp_path / "check.html"
    assert wardbook(store, "boundaries", "check", faulty, "--map", page).exit_code == 0
    text = page.read_text()
    assert MARKUP not in text
    tree = html.fromstring(text)
    assert (tree.xpath("count(//img)"), tree.xpath("count(//script)")) == (0, 3)
    assert [cell.text_content() for cell in tree.xpath("//tr[@id='overlap-1']/*")][:2] == ["O1", f"{MARKUP} and Mill"]
    assert tree.xpath("//tr[@id='gap-1']/td")[0].text_content() == "Dock"
    assert len(tree.xpath("//table")[-1].xpath(".//tbody/tr")) == 3


@pytest.fixture
def bow_tie(tmp_path: Path) -> Path:
    """A square, and beside it an outline that crosses itself, so that a triangle of ground is in neither."""
    (west, south, east, north) = square(2, 0).bounds
    crossed = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    return wards(tmp_path, Mill=square(0, 0), Bridge=crossed)


def test_a_repair_tells_where_and_how_much_in_lines_object_and_page_and_on_importing(store, bow_tie, tmp_path):
    told = "Repaired: row 2, Bridge: crosses itself near 51.3"
    page = tmp_path / "check.html"
    said = wardbook(store, "boundaries", "check", bow_tie, "--map", page).stdout
    assert re.search(rf"^{told}\d{{4}}, -2\.\d{{5}}: repaired, 50\.\d ha now, ", said, re.MULTILINE)
    (repair,) = checked(store, bow_tie)["repaired"]
    assert (repair["row"], repair["label"]) == (2, "Bridge")
    assert (repair["hectares_before"], repair["hectares_after"]) == pytest.approx((0, 50), abs=1)
    tree = html.fromstring(page.read_text())
    assert tree.xpath("//tr[@id='repair-1']/td")[0].text_content().startswith("Bridge, row 2: crosses itself near 51.3")
    assert len(json.loads(tree.xpath("//script[@id='told']/text()")[0])["repairs"]) == 1
    words = ["boundaries", "import", bow_tie, "--set", "Bow", "--type", "lsoa", "--reference"]
    assert told in wardbook(store, *words).stdout


def test_what_was_left_out_is_told_in_lines_and_object_and_on_importing(store, faulty):
    out = ("--leave-out", "1", "--leave-out", "3")
    assert "Left out as asked: row 3 (Dock)." in wardbook(store, "boundaries", "check", faulty, *out).stdout
    rows = [{"row": 1, "code": None, "name": MARKUP}, {"row": 3, "code": None, "name": "Dock"}]
    assert checked(store, faulty, *out)["left_out"] == rows
    words = ["boundaries", "import", faulty, "--type", "lsoa", "--reference", *out]
    assert "Left out as asked: row 3 (Dock)." in wardbook(store, *words, "--set", "Less").stdout
    assert json.loads(wardbook(store, *words, "--set", "Less again", "--json").stdout)["left_out"] == rows


def test_a_set_far_from_the_wards_that_are_loaded_is_told_to_be_and_why(tmp_path, open_data):
    home = tmp_path / "home"
    camden = open_data / "boundaries" / "camden_wards_2022.geojson"
    assert wardbook(home, "init").exit_code == 0
    assert checked(home, camden)["km_from_wards"] is None
    assert wardbook(home, "boundaries", "import", camden, "--set", "Wards", "--type", "ward").exit_code == 0
    assert checked(home, camden)["km_from_wards"] is None
    northing_first = tmp_path / "northing_first.geojson"
    file = json.loads(camden.read_text()) | {"crs": {"type": "name", "properties": {"name": "EPSG:27700"}}}
    for feature in file["features"]:
        shape = reproject(shapely.geometry.shape(feature["geometry"]), 4326, 27700)
        feature["geometry"] = shapely.geometry.mapping(shapely.transform(shape, lambda corners: corners[:, ::-1]))
    northing_first.write_text(json.dumps(file))
    told = (
        "These areas lie 476 km from the wards that are loaded; with each pair of numbers turned round they would lie "
        "there: say --swap-axes if that is right."
    )
    assert told in wardbook(home, "boundaries", "check", northing_first).stdout.splitlines()
    imported = wardbook(home, "boundaries", "import", northing_first, "--set", "New", "--type", "ward", "--reference")
    assert told in imported.stdout.splitlines()
    assert checked(home, northing_first, "--swap-axes")["km_from_wards"] is None
    leeds = wardbook(home, "boundaries", "check", open_data / "boundaries" / "leeds_wards_2022.geojson").stdout
    assert "km from the wards that are loaded: is this the right file" in leeds


def test_the_page_names_no_other_address(store, faulty, tmp_path):
    page = tmp_path / "check.html"
    wardbook(store, "boundaries", "check", faulty, "--map", page)
    tree = html.fromstring(page.read_text())
    assert tree.xpath("//@src | //link | //iframe | //@href") == []
    assert not re.search(r"url\((?!#)", "".join(tree.xpath("//style/text()")))


def test_a_page_is_a_page(store, faulty, tmp_path):
    before = faulty.read_bytes()
    result = wardbook(store, "boundaries", "check", faulty, "--map", faulty)
    assert (result.exit_code, result.stderr.strip()) == (
        2, "--map wards.geojson does not end in .html: give a name for a page."
    )  # fmt: skip
    assert faulty.read_bytes() == before
    nowhere = wardbook(store, "boundaries", "check", faulty, "--map", tmp_path / "none" / "check.html")
    assert (nowhere.exit_code, nowhere.stderr.strip()) == (
        2, "check.html cannot be written: give another place with --map."
    )  # fmt: skip


@pytest.mark.parametrize(
    "names,expected",
    [
        (["Highgate", "HIGHGATE "], [("Highgate", "HIGHGATE ")]),
        (["St. Mary's", "Saint Marys", "St Marys"], [("St. Mary's", "Saint Marys", "St Marys")]),
        (["Cefn & Llŷn", "Cefn and Llyn"], [("Cefn & Llŷn", "Cefn and Llyn")]),
        (["Haverstock", "Haverstok"], [("Haverstock", "Haverstok")]),
        (["Haverstock", "Havrestock"], [("Haverstock", "Havrestock")]),
        (["Kingswood East", "Kingswood West"], []),
        (["Ward 11", "Ward 12"], []),
        (["Upper Norwood", "Lower Norwood"], []),
    ],
)
def test_names_alike_are_told(names, expected):
    assert list(names_alike([(name, name) for name in names])) == expected
