"""A shape somebody gave: mended where that changes nothing, simplified where nobody would see it, else refused."""

from __future__ import annotations

import re

import numpy as np
import shapely

from wardbook.areas.boundary_files.repairs import FAULTS
from wardbook.config import settings
from wardbook.errors import Refused
from wardbook.geo import WGS84, is_tangled, reproject

MOST_CORNERS = 20_000
UNSEEN_METRES = (0.25, 0.5, 1.0)
"""By so little an edge may move to have fewer corners"""
MOST_NAMED = 500
"""Of so many corners somebody can still count which crosses which"""

NOTHING_IN_IT = "The area encloses less than a square metre: its points lie on one line, or on one spot."


def checked(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape itself, flat and valid, where it is one we can keep. Raises Refused, for the field `shape`."""
    shape = shapely.force_2d(shape)
    if shape.is_empty or shape.geom_type == "GeometryCollection":
        raise Refused("Draw one point, line or area.", field="shape")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refused("The shape does not lie on the map: give longitude and latitude in degrees.", field="shape")
    if shape.geom_type.endswith("LineString") and not shape.length:
        raise Refused("The points of the line are all the same. Give two different points.", field="shape")
    whole = _whole(shape)
    if whole.area and reproject(whole, WGS84, settings().crs).area < 1:
        raise Refused(NOTHING_IN_IT, field="shape")
    return _simple_enough(whole)


def rounded(shape: shapely.Geometry) -> shapely.Geometry:
    """To about a centimetre, so that it reads the same wherever it is kept."""
    return shapely.set_precision(shape, 0.0000001, mode="pointwise")


def _whole(shape: shapely.Geometry) -> shapely.Geometry:
    """A valid shape as it is; one that touches itself, mended; one that crosses itself is refused, with where."""
    valid = shape.is_valid
    if (not valid or shapely.get_dimensions(shape) == 1) and is_tangled(shape):
        raise Refused("The shape crosses itself thousands of times. Draw it again.", field="shape")
    if valid:
        return shape
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if not mended.area:
        raise Refused(NOTHING_IN_IT, field="shape")
    if abs(mended.area - shape.area) > 1e-6 * mended.area:
        raise Refused(f"{_fault(shape)} Draw it again, or type its points in another order.", field="shape")
    return mended


def _fault(shape: shapely.Geometry) -> str:
    """What is wrong with an area, and where: latitude, longitude."""
    found = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
    if found is None:
        return "The edge of the area crosses itself."
    what, x, y = found[1], float(found[2]), float(found[3])
    if what == "Self-intersection":
        at = f"{y:.5f}, {x:.5f}{_which(shape, shapely.Point(x, y))}"
        return f"The edge of the area crosses itself. It does so near {at}."
    return f"The area {FAULTS.get(what, 'is not a valid shape')} near {y:.5f}, {x:.5f}."


def _which(shape: shapely.Geometry, at: shapely.Point) -> str:
    """Which of its sides cross, by the numbers of their points, where they can be counted."""
    if shape.geom_type != "Polygon" or shape.interiors or shapely.get_num_coordinates(shape) > MOST_NAMED:
        return ""
    corners = shapely.get_coordinates(shape)
    sides = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
    near = [int(side) + 1 for side in np.flatnonzero(shapely.distance(sides, at) < 1e-9)]
    if len(near) < 2:
        return ""
    last = len(sides)
    one, other = (f"from point {side} to point {side % last + 1}" for side in (near[0], near[-1]))
    return f", where the side {one} meets the side {other}"


def _simple_enough(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape of many corners with fewer, as long as no edge moves by more than a metre; refused beyond that."""
    if shapely.get_num_coordinates(shape) <= MOST_CORNERS:
        return shape
    moved = reproject(shape, WGS84, settings().crs)
    for metres in UNSEEN_METRES:
        simpler = reproject(shapely.simplify(moved, metres, preserve_topology=True), settings().crs, WGS84)
        if shapely.get_num_coordinates(simpler) <= MOST_CORNERS and simpler.is_valid:
            return simpler
    raise Refused(
        f"The shape has more than {MOST_CORNERS:,} points, even where it is simplified by a metre. Simplify it first, "
        "or take fewer shapes.",
        field="shape",
    )
