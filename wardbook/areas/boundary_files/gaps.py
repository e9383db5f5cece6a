"""Gaps: ground between the areas of a set that is in none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, STRtree

from wardbook.areas.boundary_files.ground import Ground, counts, point_in
from wardbook.geo import WGS84, reproject

WIDEST_STRIP: Final = 250.0
"""Metres. An open strip wider than this between two areas is taken for ground outside them."""
TOUCH: Final = 0.05
"""Metres within which two outlines are taken to touch."""
NONE: Final[NDArray[np.object_]] = np.empty(0, dtype=object)


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


def gaps_in(ground: Ground, loose: NDArray[np.bool_]) -> tuple[Gap, ...]:
    """Every gap: those that areas surround first, the largest first."""
    holes = _holes(ground, loose)
    gaps = [_gap(ground, hole, enclosed=True) for hole in holes[counts(holes)]]
    gaps += [_gap(ground, strip, enclosed=False) for strip in _once(_open_strips(ground, loose, holes))]
    return tuple(sorted(gaps, key=lambda gap: (not gap.enclosed, -gap.square_metres)))


def _holes(ground: Ground, loose: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The holes of all areas together, those too that open to the outside by a hair's breadth.

    Only loose areas and their neighbours need the slow way of joining; what comes of it meets all others edge to edge.
    """
    beside = np.unique(ground.tree.query(ground.shapes[loose], "intersects")[1])
    knotted = shapely.union_all(ground.shapes[beside])
    joined = shapely.coverage_union_all(np.append(np.delete(ground.shapes, beside), shapely.get_parts(knotted)))
    rings = [ring for part in shapely.get_parts(_grown(joined)) for ring in part.interiors]
    return _regrown(ground, np.asarray(shapely.polygons(np.array(rings, dtype=object))))


def _grown(shapes: Any) -> Any:
    """Wider by half of what is taken for touching on every side, so that outlines which nearly touch do."""
    return shapely.buffer(shapes, TOUCH / 2, quad_segs=1, join_style="mitre", mitre_limit=2)


def _regrown(ground: Ground, holes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The holes grown again by what the areas around them were, and cut where these begin."""
    places, near = ground.tree.query(holes, "dwithin", TOUCH)
    around = [shapely.union_all(ground.shapes[near[places == place]]) for place in range(len(holes))]
    return np.asarray(shapely.difference(_grown(holes), np.array(around, dtype=object)))


def _joined(shapes: NDArray[np.object_], loose: NDArray[np.bool_], more: NDArray[np.object_] = NONE) -> Geometry:
    """All the shapes as one. Those that meet edge to edge are joined the quick way, the loose ones and more after."""
    return shapely.union_all([shapely.coverage_union_all(shapes[~loose]), *shapes[loose], *more])


def _open_strips(ground: Ground, loose: NDArray[np.bool_], holes: NDArray[np.object_]) -> Iterator[Geometry]:
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
        added = added[counts(added)]
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


def _unclaimed(ground: Ground, filled: Geometry, near: NDArray[np.int64]) -> NDArray[np.object_]:
    """What is filled in, less what belongs to areas that were too far off to be among the near ones."""
    others = np.setdiff1d(ground.tree.query(filled, "intersects"), near)
    parts = shapely.get_parts(shapely.difference(filled, shapely.union_all(ground.shapes[others])))
    return np.asarray(parts[counts(parts)])


def _filled(land: Geometry) -> Geometry:
    """The land with every place narrower than the widest strip filled in."""
    half = WIDEST_STRIP / 2
    wide = shapely.buffer(land, half, quad_segs=2, join_style="mitre", mitre_limit=2)
    return shapely.buffer(wide, -half, quad_segs=2, join_style="mitre", mitre_limit=2)


def _is_between(ground: Ground, strip: Geometry) -> bool:
    """Whether areas line nine tenths of the strip's edge, two of them a tenth each."""
    left, low, right, high = strip.bounds
    around = ground.shapes[ground.tree.query(strip, predicate="dwithin", distance=TOUCH)]
    nearest = shapely.buffer(shapely.clip_by_rect(around, left - 1, low - 1, right + 1, high + 1), TOUCH, quad_segs=1)
    along = shapely.length(shapely.intersection(strip.boundary, nearest))
    lined = shapely.length(shapely.intersection(strip.boundary, shapely.union_all(nearest)))
    return bool(lined >= 0.9 * strip.length and (along >= 0.1 * strip.length).sum() >= 2)


def _gap(ground: Ground, shape: Geometry, *, enclosed: bool) -> Gap:
    lon, lat = point_in(shape, ground.epsg)
    around = ground.tree.query(shape, predicate="dwithin", distance=TOUCH)
    between = tuple(ground.labels[each] for each in sorted(around))
    return Gap(float(shape.area), lon, lat, between, enclosed, reproject(shape, ground.epsg, WGS84))
