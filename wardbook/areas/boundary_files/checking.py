"""Checking boundaries: where areas overlap and where a strip between them belongs to none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, STRtree

from wardbook.areas.boundary_files.country import Country, country_of
from wardbook.areas.boundary_files.names import names_alike
from wardbook.areas.boundary_files.reading import Reading
from wardbook.areas.boundary_files.systems import moved
from wardbook.errors import Refused
from wardbook.geo import WGS84, reproject

LEAST_AREA: Final = 1.0
"""Square metres. What is smaller comes from rounding and does not count."""
LEAST_WIDTH: Final = 0.05
"""Metres, on average over the length. What is thinner comes from rounding and does not count."""
WIDEST_STRIP: Final = 250.0
"""Metres. An open strip wider than this between two areas is taken for ground outside them."""
TOUCH: Final = 0.05
"""Metres within which two outlines are taken to touch."""
EMPTY: Final = shapely.MultiPolygon()
NONE: Final[NDArray[np.object_]] = np.empty(0, dtype=object)


@dataclass(frozen=True)
class Overlap:
    """Ground in two areas, which are named by their labels, with a point in it; `shape` is in WGS 84."""

    first: str
    second: str
    square_metres: float
    lon: float
    lat: float
    shape: Geometry


@dataclass(frozen=True)
class Gap:
    """Ground in no area, with a point in it and the labels of the areas around it.

    `enclosed` is ground surrounded by areas. Otherwise it is a strip open at an end, with areas along at least nine
    tenths of its edge: a fault of drawing, or a river or an inlet of the sea.
    """

    square_metres: float
    lon: float
    lat: float
    between: tuple[str, ...]
    enclosed: bool
    shape: Geometry


@dataclass(frozen=True)
class Report:
    """What a GIS officer wants to know of a set: the largest faults come first, enclosed gaps before open ones.

    `epsg` is the system in which metres are reckoned. `hectares` and `in_country` say of each area, in the order of the
    reading, how large it is and whether it lies in the council's country; `extent` is west, south, east and north in
    degrees; `alike` holds the labels of areas that are called the same, or nearly.
    """

    areas: int
    total_hectares: float
    overlaps: tuple[Overlap, ...]
    gaps: tuple[Gap, ...]
    epsg: int
    hectares: tuple[float, ...]
    country: Country
    in_country: tuple[bool, ...]
    extent: tuple[float, float, float, float]
    alike: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Ground:
    """The areas in metres, with an index of them and their labels in the same order."""

    shapes: NDArray[np.object_]
    labels: tuple[str, ...]
    tree: STRtree
    epsg: int


def overlaps_of(reading: Reading, *, epsg: int = 27700) -> tuple[Overlap, ...]:
    """Which areas share ground, the most first: the part of a check that is told on importing, too."""
    ground = _ground(reading, epsg)
    return _worst_first(_overlaps(ground, _loose(ground)))


def check(reading: Reading, *, epsg: int = 27700) -> Report:
    """The faults of a reading, measured in the projected system `epsg` (metres). Raises Refused if it cannot be.

    GEOS finds in linear time which areas do not meet their neighbours edge to edge; only those are overlaid.
    """
    ground = _ground(reading, epsg)
    loose = _loose(ground)
    holes = _holes(ground, loose)
    gaps = [_gap(ground, hole, enclosed=True) for hole in holes[_counts(holes)]]
    gaps += [_gap(ground, strip, enclosed=False) for strip in _once(_open_strips(ground, loose, holes))]
    degrees = np.array([area.geometry for area in reading.areas], dtype=object)
    hectares = shapely.area(ground.shapes) / 10_000
    country = country_of(epsg)
    return Report(
        areas=len(ground.shapes),
        total_hectares=float(hectares.sum()),
        overlaps=_worst_first(_overlaps(ground, loose)),
        gaps=tuple(sorted(gaps, key=lambda gap: (not gap.enclosed, -gap.square_metres))),
        epsg=epsg,
        hectares=tuple(hectares.tolist()),
        country=country,
        in_country=tuple(country.holds(degrees).tolist()),
        extent=tuple(shapely.total_bounds(degrees).tolist()),
        alike=names_alike([(area.name, area.label) for area in reading.areas]),
    )


def _ground(reading: Reading, epsg: int) -> _Ground:
    shapes = moved(np.array([area.geometry for area in reading.areas], dtype=object), WGS84, epsg)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise Refused(f"The areas cannot be measured in EPSG:{epsg}: choose the system of their country.", field="crs")
    bent = ~shapely.is_valid(shapes)
    shapes[bent] = shapely.make_valid(shapes[bent], method="structure", keep_collapsed=False)
    return _Ground(shapes, tuple(area.label for area in reading.areas), STRtree(shapes), epsg)


def _loose(ground: _Ground) -> NDArray[np.bool_]:
    """Which areas do not meet all their neighbours edge to edge."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(ground.shapes)))


def _worst_first(overlaps: Iterator[Overlap]) -> tuple[Overlap, ...]:
    return tuple(sorted(overlaps, key=lambda overlap: -overlap.square_metres))


def _counts(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shapes are large and wide enough not to come from rounding."""
    return np.asarray((shapely.area(shapes) >= LEAST_AREA) & _wide(shapes))


def _wide(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which are wide enough: the mean width is twice the area over the edge."""
    return np.asarray(2 * shapely.area(shapes) >= LEAST_WIDTH * shapely.length(shapes))


def _overlaps(ground: _Ground, loose: NDArray[np.bool_]) -> Iterator[Overlap]:
    suspects = np.flatnonzero(loose)
    found, others = ground.tree.query(ground.shapes[suspects], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([suspects[found], others]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    shared = _wide_parts(shapely.intersection(ground.shapes[pairs[:, 0]], ground.shapes[pairs[:, 1]]))
    counts = shapely.area(shared) >= LEAST_AREA
    for (first, second), shape in zip(pairs[counts], shared[counts], strict=True):
        lon, lat = _point_in(shape, ground.epsg)
        in_degrees = reproject(shape, ground.epsg, WGS84)
        yield Overlap(ground.labels[first], ground.labels[second], float(shape.area), lon, lat, in_degrees)


def _wide_parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Of each shape the areas in it that are no slivers. (Two wards that overlap share lines as well: no ground.)"""
    parts, places = shapely.get_parts(shapes, return_index=True)
    inner, among = shapely.get_parts(parts, return_index=True)
    wide = (shapely.get_dimensions(inner) == 2) & _wide(inner)
    out = np.full(len(shapes), EMPTY, dtype=object)
    return np.asarray(shapely.multipolygons(inner[wide], indices=places[among][wide], out=out))


def _holes(ground: _Ground, loose: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The holes of all areas together.

    Only loose areas and their neighbours need the slow way of joining; what comes of it meets all others edge to edge.
    """
    beside = np.unique(ground.tree.query(ground.shapes[loose], "intersects")[1])
    knotted = shapely.union_all(ground.shapes[beside])
    joined = shapely.coverage_union_all(np.append(np.delete(ground.shapes, beside), shapely.get_parts(knotted)))
    rings = [ring for part in shapely.get_parts(joined) for ring in part.interiors]
    return np.asarray(shapely.polygons(np.array(rings, dtype=object)))


def _joined(shapes: NDArray[np.object_], loose: NDArray[np.bool_], more: NDArray[np.object_] = NONE) -> Geometry:
    """All the shapes as one. Those that meet edge to edge are joined the quick way, the loose ones and more after."""
    return shapely.union_all([shapely.coverage_union_all(shapes[~loose]), *shapes[loose], *more])


def _open_strips(ground: _Ground, loose: NDArray[np.bool_], holes: NDArray[np.object_]) -> Iterator[Geometry]:
    """Strips that reach the outer edge: what filling in the narrow places between areas would add.

    GEOS marks the edges that face each other across a narrow place; only around their areas is anything filled in.
    """
    edges = shapely.coverage_invalid_edges(ground.shapes, gap_width=WIDEST_STRIP)
    marked = np.flatnonzero(~shapely.is_empty(edges))
    marks, inside = STRtree(edges[marked]), STRtree(holes)
    for group in _groups(ground.shapes[marked]):
        near = np.unique(ground.tree.query(ground.shapes[marked[group]], "dwithin", WIDEST_STRIP)[1])
        filling = np.unique(inside.query(ground.shapes[near], "intersects")[1])
        land = _joined(ground.shapes[near], loose[near], holes[filling])
        land = shapely.intersection(land, _around(edges[marked[group]]))
        added = shapely.get_parts(shapely.difference(_filled(land), land))
        added = added[_counts(added)]
        by_mark = np.unique(marks.query(added, "dwithin", TOUCH)[0])
        for filled in added[by_mark]:
            yield from (strip for strip in _unclaimed(ground, filled, near) if _is_between(ground, strip))


def _around(edges: NDArray[np.object_]) -> Geometry:
    """The ground near the marked edges: a coast of a thousand islands beyond it need not be gone along."""
    left, low, right, high = shapely.total_bounds(edges)
    reach = 40 * WIDEST_STRIP
    return shapely.box(left - reach, low - reach, right + reach, high + reach)


def _once(strips: Iterator[Geometry]) -> list[Geometry]:
    """Without those that lie over one before: a long strip is found from both its ends."""
    kept: list[Geometry] = []
    for strip in strips:
        if not shapely.intersects(strip, np.array(kept, dtype=object)).any():
            kept.append(strip)
    return kept


def _groups(shapes: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    """The places in the list of shapes that lie near each other, by group."""
    outlines = shapely.box(*shapely.bounds(shapes).T)
    parts = shapely.get_parts(shapely.union_all(shapely.buffer(outlines, WIDEST_STRIP, join_style="mitre")))
    return [np.flatnonzero(shapely.intersects(part, outlines)) for part in parts]


def _unclaimed(ground: _Ground, filled: Geometry, near: NDArray[np.int64]) -> NDArray[np.object_]:
    """What is filled in, less what belongs to areas that were too far off to be among the near ones."""
    others = np.setdiff1d(ground.tree.query(filled, "intersects"), near)
    parts = shapely.get_parts(shapely.difference(filled, shapely.union_all(ground.shapes[others])))
    return np.asarray(parts[_counts(parts)])


def _filled(land: Geometry) -> Geometry:
    """The land with every place narrower than the widest strip filled in."""
    half = WIDEST_STRIP / 2
    wide = shapely.buffer(land, half, quad_segs=2, join_style="mitre", mitre_limit=2)
    return shapely.buffer(wide, -half, quad_segs=2, join_style="mitre", mitre_limit=2)


def _is_between(ground: _Ground, strip: Geometry) -> bool:
    """Whether areas line nine tenths of the strip's edge, two of them a tenth each."""
    left, low, right, high = strip.bounds
    around = ground.shapes[ground.tree.query(strip, predicate="dwithin", distance=TOUCH)]
    nearest = shapely.buffer(shapely.clip_by_rect(around, left - 1, low - 1, right + 1, high + 1), TOUCH, quad_segs=1)
    along = shapely.length(shapely.intersection(strip.boundary, nearest))
    lined = shapely.length(shapely.intersection(strip.boundary, shapely.union_all(nearest)))
    return bool(lined >= 0.9 * strip.length and (along >= 0.1 * strip.length).sum() >= 2)


def _gap(ground: _Ground, shape: Geometry, *, enclosed: bool) -> Gap:
    lon, lat = _point_in(shape, ground.epsg)
    around = ground.tree.query(shape, predicate="dwithin", distance=TOUCH)
    between = tuple(ground.labels[each] for each in sorted(around))
    return Gap(float(shape.area), lon, lat, between, enclosed, reproject(shape, ground.epsg, WGS84))


def _point_in(shape: Geometry, epsg: int) -> tuple[float, float]:
    point = reproject(shapely.point_on_surface(shape), epsg, WGS84)
    return point.x, point.y
