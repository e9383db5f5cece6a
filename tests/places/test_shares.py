"""What lies in which ward by what share: of any polygon, against a plain overlay of the same wards."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import geopandas
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.conftest import shared_data
from wardbook import geo
from wardbook.areas.boundary_files.reading import read_boundaries
from wardbook.areas.locator import Called, LocatedSet, SetRow
from wardbook.places.clipping import clip

COUNCILS = {
    "Bath & North East Somerset": "banes_wards_2019.geojson",
    "Leeds": "leeds_wards_2022.geojson",
    "Hackney": "hackney_wards_2022.geojson",
}
pytestmark = pytest.mark.skipif(not shared_data().is_dir(), reason="the open data is not there")


@cache
def wards_of(council: str) -> LocatedSet:
    reading = read_boundaries(Path(shared_data() / "boundaries" / COUNCILS[council]))
    areas = [(Called(area.row, area.code or area.name, True, area.name), area.geometry) for area in reading.areas]
    return LocatedSet(SetRow(1, datetime.now(UTC), None, None, "ward", False), areas, geo.BRITISH_GRID)


@cache
def plain_wards(council: str) -> geopandas.GeoDataFrame:
    known = wards_of(council)
    frame = geopandas.GeoDataFrame({"id": known.area_ids}, geometry=list(known.shapes), crs=geo.WGS84)
    return frame.to_crs(geo.BRITISH_GRID)


@cache
def land_of(council: str) -> shapely.Geometry:
    return plain_wards(council).union_all()


def star(x: float, y: float, radii: list[float]) -> shapely.Polygon:
    turn = 2 * math.pi / len(radii)
    return shapely.Polygon([(x + r * math.cos(i * turn), y + r * math.sin(i * turn)) for i, r in enumerate(radii)])


@st.composite
def shapes(draw: st.DrawFn, council: str) -> shapely.Geometry:
    """A star, one with a hole, or a sliver, somewhere about a council: in it, across its edge or beside it."""
    west, south, east, north = land_of(council).bounds
    x = west + (east - west) * draw(st.floats(-0.1, 1.1))
    y = south + (north - south) * draw(st.floats(-0.1, 1.1))
    size = draw(st.sampled_from([30, 300, 3000, 20_000]))
    radii = [size * share for share in draw(st.lists(st.floats(0.2, 1), min_size=3, max_size=16))]
    kind = draw(st.sampled_from(["star", "hole", "sliver"]))
    if kind == "sliver":
        angle, width = draw(st.floats(0, math.pi)), draw(st.floats(0.1, 20))
        along = shapely.LineString([(x, y), (x + size * math.cos(angle), y + size * math.sin(angle))])
        return along.buffer(width, cap_style="flat")
    outer = star(x, y, radii)
    return outer.difference(star(x, y, [r / 3 for r in radii])) if kind == "hole" else outer


@pytest.mark.parametrize("council", COUNCILS)
def test_shares_are_those_of_a_plain_overlay_and_sum_to_the_share_inside(council: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(shapes(council))
    def check(drawn: shapely.Geometry) -> None:
        known, wards = wards_of(council), plain_wards(council)
        shape = geo.reproject(drawn, geo.BRITISH_GRID, geo.WGS84)
        moved = geo.reproject(shape, geo.WGS84, geo.BRITISH_GRID)
        if not (shape.is_valid and moved.is_valid and moved.area > 1):
            return
        found = clip(shape, [known], geo.BRITISH_GRID)
        place = geopandas.GeoDataFrame(geometry=[moved], crs=geo.BRITISH_GRID)
        parts = geopandas.overlay(place, wards, how="intersection")
        expected = (parts.area.groupby(parts["id"]).sum() / moved.area).to_dict()
        shares = {part.area_id: part.share for part in found.parts}
        assert all(shares.get(id_, 0) == pytest.approx(share, abs=1e-7) for id_, share in expected.items())
        assert set(shares) <= set(expected)
        inside = shapely.intersection(moved, land_of(council))
        assert sum(shares.values()) == pytest.approx(inside.area / moved.area, abs=1e-6)
        together = shapely.union_all([part.shape for part in found.parts])
        assert shapely.symmetric_difference(together, inside).area / moved.area < 1e-6
        left = found.outside or moved.area - found.in_metres.area
        assert left + found.in_metres.area == pytest.approx(moved.area, rel=1e-6)

    check()


@pytest.mark.parametrize("council", COUNCILS)
def test_what_lies_in_one_ward_lies_in_it_whole_and_what_lies_outside_in_none(council: str) -> None:
    known, (_, _, east, north) = wards_of(council), land_of(council).bounds
    for ward_id, ward in zip(known.area_ids, known.shapes, strict=True):
        middle = geo.reproject(shapely.point_on_surface(ward), geo.WGS84, geo.BRITISH_GRID).buffer(1)
        found = clip(geo.reproject(middle, geo.BRITISH_GRID, geo.WGS84), [known], geo.BRITISH_GRID)
        assert [(part.area_id, part.share) for part in found.parts] == [(ward_id, 1.0)]
    away = geo.reproject(shapely.box(east + 5000, north, east + 6000, north + 1000), geo.BRITISH_GRID, geo.WGS84)
    gone = clip(away, [known], geo.BRITISH_GRID)
    assert (gone.parts, gone.inside.is_empty) == ((), True)
    assert gone.outside == pytest.approx(1_000_000, rel=1e-6)


def line_along_the_edges(council: str) -> shapely.Geometry:
    """Some of the edge of a ward, which is its neighbours' too."""
    ward = wards_of(council).shapes[3]
    return shapely.LineString(shapely.get_coordinates(shapely.get_parts(ward)[0].exterior)[:40])


@pytest.mark.parametrize("council", COUNCILS)
def test_a_line_along_a_shared_edge_is_counted_once(council: str) -> None:
    found = clip(line_along_the_edges(council), [wards_of(council)], geo.BRITISH_GRID)
    assert sum(part.share for part in found.parts) == pytest.approx(1, abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
@example(0.5, 0.5)
def test_a_point_lies_in_one_ward_or_in_none(across: float, up: float) -> None:
    known = wards_of("Hackney")
    west, south, east, north = shapely.total_bounds(known.shapes)
    point = geo.point(west + (east - west) * across, south + (north - south) * up)
    found = clip(point, [known], geo.BRITISH_GRID)
    covering = known.covering(point.x, point.y)
    assert [part.area_id for part in found.parts] == ([] if covering is None else [known.area_ids[covering]])
