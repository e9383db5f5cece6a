"""A GIS officer asks what is wrong with a set of boundaries: which areas overlap, and what ground is in none."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
import shapely
from shapely import Geometry
from shapely.affinity import translate

from wardbook.areas.boundary_files.checking import Report, check
from wardbook.areas.boundary_files.reading import ReadArea, Reading, read_boundaries
from wardbook.geo import reproject

DATA = Path(os.environ.get("WARDBOOK_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
CLEAN = [
    "boundaries/banes_wards_2011.geojson",
    "boundaries/banes_wards_2019.geojson",
    "boundaries/birmingham_wards_2013.geojson",
    "boundaries/camden_wards_2022.geojson",
    "boundaries/hackney_wards_2013.geojson",
    "boundaries/leeds_wards_2013.geojson",
    "boundaries/leeds_wards_2022.geojson",
    "boundaries/formats/leeds_wards_2013_bng.gpkg",
    "boundaries/trafford_wards_2017.geojson",
]


def real(name: str) -> Path:
    if not DATA.is_dir():
        pytest.skip("the folder of open data is not here: set WARDBOOK_TEST_DATA")
    return DATA / name


def reading_of(**shapes: Geometry) -> Reading:
    """Areas near Bath, drawn in metres of the British National Grid from 375000 165000."""
    there = {name: translate(shape, 375_000, 165_000) for name, shape in shapes.items()}
    areas = tuple(
        ReadArea(row, None, name, (), shapely.MultiPolygon([reproject(shape, 27700, 4326)]))
        for row, (name, shape) in enumerate(there.items(), start=1)
    )
    return Reading(areas, (), (), "EPSG:27700", "file", None, "name", None, len(areas))


def wide(shape: Geometry) -> list[Geometry]:
    """Its areas that are five centimetres wide and more on average."""
    flat = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in flat if part.geom_type == "Polygon" and 2 * part.area >= 0.05 * part.length]


def faults(report: Report) -> tuple[int, int]:
    return len(report.overlaps), len(report.gaps)


@pytest.mark.parametrize("name", CLEAN)
def test_a_sound_set_has_no_overlaps_and_no_gaps(name):
    assert faults(check(read_boundaries(real(name)))) == (0, 0)


def test_the_strip_in_two_wards_is_found_with_its_size():
    report = check(read_boundaries(real("awkward/made/overlapping_wards.geojson")))
    assert faults(report) == (1, 0)
    (overlap,) = report.overlaps
    assert (overlap.first, overlap.second) == ("Morley North (E05001435)", "Morley South (E05001436)")
    assert overlap.square_metres == pytest.approx(1_050_000, rel=0.01)


def test_the_strip_in_no_ward_is_found_though_it_is_open_at_the_end():
    report = check(read_boundaries(real("awkward/made/gap_between_wards.geojson")))
    assert faults(report) == (0, 1)
    (gap,) = report.gaps
    assert {"Morley North (E05001435)", "Morley South (E05001436)"} <= set(gap.between)
    assert not gap.enclosed
    assert gap.square_metres == pytest.approx(1_050_000, rel=0.02)
    assert (gap.lon, gap.lat) == (pytest.approx(-1.6, abs=0.05), pytest.approx(53.75, abs=0.02))


def test_every_ward_of_the_united_kingdom_is_checked_and_none_overlap():
    reading = read_boundaries(real("boundaries/uk_wards_2022_simplified.geojson.gz"), merge_duplicates=True)
    report = check(reading)
    assert (report.areas, report.overlaps) == (8482, ())
    assert not any(gap.enclosed for gap in report.gaps)
    assert report.total_hectares == pytest.approx(24_400_000, rel=0.01)


def test_every_ward_of_great_britain_is_checked():
    report = check(read_boundaries(real("boundaries/gb_wards_2013.geojson.gz")))
    assert [(overlap.first, overlap.second, round(overlap.square_metres)) for overlap in report.overlaps] == [
        ("Oakham North West (E05001816)", "Oakham South West (E05001818)", 242),
        ("Leven (S13002815)", "Dumbarton (S13002816)", 87),
        ("Leven (S13002815)", "Kilpatrick (S13002817)", 29),
        ("Caol and Mallaig (S13002673)", "Fort William and Ardnamurchan (S13002683)", 6),
    ]
    assert sum(gap.enclosed for gap in report.gaps) == 13


def test_ground_that_opens_by_less_than_rounding_is_surrounded():
    report = check(read_boundaries(real("awkward/made/z_and_invalid_bng.geojson")))
    assert all(gap.enclosed for gap in report.gaps)
    assert [gap.square_metres for gap in report.gaps] == pytest.approx([303_191, 71_804], rel=0.001)


@pytest.mark.parametrize("name", ["reports/boston_wards.geojson", "awkward/made/z_and_invalid_bng.geojson"])
def test_overlaps_are_those_that_comparing_every_pair_finds(name):
    reading = read_boundaries(real(name))
    epsg = 26919 if "boston" in name else 27700
    shapes = {area.label: reproject(area.geometry, 4326, epsg) for area in reading.areas}
    shared = {(a, b): shapes[a].intersection(shapes[b]) for a, b in itertools.combinations(shapes, 2)}
    expected = {both: ground for both, each in shared.items() if (ground := sum(part.area for part in wide(each))) >= 1}
    found = {(each.first, each.second): each.square_metres for each in check(reading, epsg=epsg).overlaps}
    assert found == pytest.approx(expected)


# From here on the areas are drawn here and need no data folder.


def test_hectares_are_counted():
    report = check(reading_of(west=shapely.box(0, 0, 1000, 1000), east=shapely.box(1000, 0, 2000, 1000)))
    assert (report.areas, report.epsg) == (2, 27700)
    assert report.total_hectares == pytest.approx(200, rel=1e-6)
    assert faults(report) == (0, 0)


@pytest.mark.parametrize(
    "other,square_metres",
    [
        (shapely.box(990, 0, 2000, 1000), 10_000),  # a strip
        (shapely.box(400, 400, 500, 500), 10_000),  # one within the other
        (shapely.box(0, 0, 1000, 1000), 1_000_000),  # one ward twice over
        (shapely.box(-500, 400, 1500, 600), 200_000),  # one across the other
    ],
)
def test_ground_in_two_areas_is_found_however_they_lie(other, square_metres):
    report = check(reading_of(first=shapely.box(0, 0, 1000, 1000), second=other))
    assert [(each.first, each.second) for each in report.overlaps] == [("first", "second")]
    assert report.overlaps[0].square_metres == pytest.approx(square_metres, rel=0.001)


@pytest.mark.parametrize("west", [999.98, 1000.02])
def test_what_comes_of_rounding_does_not_count(west):
    report = check(reading_of(first=shapely.box(0, 0, 1000, 1000), second=shapely.box(west, 0, 2000, 1000)))
    assert faults(report) == (0, 0)


def test_a_small_square_of_less_than_a_square_metre_does_not_count():
    ring = shapely.box(0, 0, 1000, 1000) - shapely.box(500, 500, 500.9, 500.9)
    assert faults(check(reading_of(ring=ring))) == (0, 0)


def test_ground_surrounded_by_areas_is_a_gap():
    hole = shapely.box(450, 450, 550, 550)
    west, east = shapely.box(0, 0, 500, 1000) - hole, shapely.box(500, 0, 1000, 1000) - hole
    (gap,) = check(reading_of(west=west, east=east)).gaps
    assert (gap.between, gap.enclosed) == (("west", "east"), True)
    assert gap.square_metres == pytest.approx(10_000, rel=0.001)


@pytest.mark.parametrize("opening,found", [(0, 1), (0.02, 1), (0.04, 1), (0.5, 0)])
def test_a_wide_gap_counts_as_surrounded_where_it_opens_by_a_hair_s_breadth(opening, found):
    """A square of 600 m in the middle, and a slit through the eastern side of it, wider than any strip inside."""
    west = shapely.box(0, 0, 1000, 1000) - shapely.box(200, 200, 1000, 800)
    east = shapely.box(800, 200, 1000, 500), shapely.box(800, 500 + opening, 1000, 800)
    gaps = [gap for gap in check(reading_of(west=west, south=east[0], north=east[1])).gaps if gap.enclosed]
    assert [round(gap.square_metres, -2) for gap in gaps] == [360_000] * found


def test_areas_far_apart_leave_no_gap():
    report = check(reading_of(here=shapely.box(0, 0, 1000, 1000), there=shapely.box(2000, 0, 3000, 1000)))
    assert faults(report) == (0, 0)


def test_the_worst_comes_first():
    report = check(
        reading_of(
            a=shapely.box(0, 0, 1000, 1000), b=shapely.box(990, 0, 2000, 1000), c=shapely.box(1900, 0, 3000, 1000)
        )
    )
    assert [(each.first, each.second) for each in report.overlaps] == [("b", "c"), ("a", "b")]
