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
