"""Ground: the areas of a reading in metres, and which shapes on it are more than rounding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, STRtree

from wardbook.areas.boundary_files.reading import Reading
from wardbook.areas.boundary_files.systems import moved
from wardbook.errors import Refused
from wardbook.geo import WGS84, reproject

LEAST_AREA: Final = 1.0
"""Square metres. What is smaller comes from rounding and does not count."""
LEAST_WIDTH: Final = 0.05
"""Metres, on average over the length. What is thinner comes from rounding and does not count."""


@dataclass(frozen=True)
class Ground:
    """The areas in metres, with an index of them and their labels in the same order."""

    shapes: NDArray[np.object_]
    labels: tuple[str, ...]
    tree: STRtree
    epsg: int


def ground_of(reading: Reading, epsg: int) -> Ground:
    """The areas measured in the projected system `epsg`. Raises Refused where they cannot be."""
    shapes = moved(np.array([area.geometry for area in reading.areas], dtype=object), WGS84, epsg)
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise Refused(f"The areas cannot be measured in EPSG:{epsg}: choose the system of their country.", field="crs")
    bent = ~shapely.is_valid(shapes)
    shapes[bent] = shapely.make_valid(shapes[bent], method="structure", keep_collapsed=False)
    return Ground(shapes, tuple(area.label for area in reading.areas), STRtree(shapes), epsg)


def loose_in(ground: Ground) -> NDArray[np.bool_]:
    """Which areas do not meet all their neighbours edge to edge."""
    return np.asarray(~shapely.is_empty(shapely.coverage_invalid_edges(ground.shapes)))


def counts(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shapes are large and wide enough not to come from rounding."""
    return np.asarray((shapely.area(shapes) >= LEAST_AREA) & wide(shapes))


def wide(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which are wide enough: the mean width is twice the area over the edge."""
    return np.asarray(2 * shapely.area(shapes) >= LEAST_WIDTH * shapely.length(shapes))


def point_in(shape: Geometry, epsg: int) -> tuple[float, float]:
    """Longitude and latitude of a point in a shape, which is in metres."""
    point = reproject(shapely.point_on_surface(shape), epsg, WGS84)
    return point.x, point.y
