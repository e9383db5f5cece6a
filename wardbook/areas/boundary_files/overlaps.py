"""Overlaps: ground that two areas of a set share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from wardbook.areas.boundary_files.ground import LEAST_AREA, Ground, ground_of, loose_in, point_in, wide
from wardbook.areas.boundary_files.reading import Reading
from wardbook.geo import WGS84, reproject

EMPTY: Final = shapely.MultiPolygon()


@dataclass(frozen=True)
class Overlap:
    """Ground in two areas, which are named by their labels, with a point in it; `shape` is in WGS 84."""

    first: str
    second: str
    square_metres: float
    lon: float
    lat: float
    shape: Geometry


def overlaps_of(reading: Reading, *, epsg: int = 27700) -> tuple[Overlap, ...]:
    """Which areas of a reading share ground: the part of a check that is told on importing, too."""
    ground = ground_of(reading, epsg)
    return overlaps_in(ground, loose_in(ground))


def overlaps_in(ground: Ground, loose: NDArray[np.bool_]) -> tuple[Overlap, ...]:
    """Every overlap, the largest first."""
    return tuple(sorted(_overlaps(ground, loose), key=lambda overlap: -overlap.square_metres))


def _overlaps(ground: Ground, loose: NDArray[np.bool_]) -> Iterator[Overlap]:
    suspects = np.flatnonzero(loose)
    found, others = ground.tree.query(ground.shapes[suspects], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([suspects[found], others]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    shared = _wide_parts(shapely.intersection(ground.shapes[pairs[:, 0]], ground.shapes[pairs[:, 1]]))
    counts = shapely.area(shared) >= LEAST_AREA
    for (first, second), shape in zip(pairs[counts], shared[counts], strict=True):
        lon, lat = point_in(shape, ground.epsg)
        in_degrees = reproject(shape, ground.epsg, WGS84)
        yield Overlap(ground.labels[first], ground.labels[second], float(shape.area), lon, lat, in_degrees)


def _wide_parts(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Of each shape the areas in it that are no slivers. (Two wards that overlap share lines as well: no ground.)"""
    parts, places = shapely.get_parts(shapes, return_index=True)
    inner, among = shapely.get_parts(parts, return_index=True)
    kept = (shapely.get_dimensions(inner) == 2) & wide(inner)
    out = np.full(len(shapes), EMPTY, dtype=object)
    return np.asarray(shapely.multipolygons(inner[kept], indices=places[among][kept], out=out))
