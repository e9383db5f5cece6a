"""Repairs: every row's shape is an area, and one that is not valid is mended and listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

from wardbook.errors import Refused

FAULTS: Final = {
    "Self-intersection": "crosses itself",
    "Ring Self-intersection": "touches itself",
    "Hole lies outside shell": "has a hole outside it",
    "Holes are nested": "has a hole within a hole",
    "Nested shells": "has a part within a part",
    "Duplicate Rings": "has an outline twice over",
    "Interior is disconnected": "is cut in two by a hole",
    "Too few points in geometry component": "has an outline of too few points",
}


@dataclass(frozen=True)
class Repair:
    """A shape that was not valid and was mended: which, and what was done, in words."""

    row: int
    label: str
    what: str


def areal(shapes: NDArray[np.object_], labels: Sequence[str]) -> NDArray[np.object_]:
    """Each row's shape as one MultiPolygon, or Refused: a row without an area cannot be placed on a map of areas."""
    areal = np.empty(len(shapes), dtype=object)
    areal[:] = [_polygons_of(shape, label) for shape, label in zip(shapes, labels, strict=True)]
    return areal


def _polygons_of(shape: Geometry | None, label: str) -> MultiPolygon:
    if shape is None or shape.is_empty:
        raise Refused(f"{label} has no shape, or one that does not close: draw it or take the row out.", field="file")
    parts = _flat(shape)
    if other := next((part for part in parts if not isinstance(part, Polygon)), None):
        kind = "a line" if "Line" in other.geom_type else "a point"
        raise Refused(f"{label} has {kind} where an area is expected: give a file of areas only.", field="file")
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and not part.is_empty])


def _flat(shape: Geometry) -> list[Geometry]:
    """The single parts of a shape, however many collections they are wrapped in."""
    parts = list(shapely.get_parts(shape))
    while any(hasattr(part, "geoms") for part in parts):
        parts = list(shapely.get_parts(parts))
    return parts


def repaired(
    shapes: NDArray[np.object_], names: Sequence[str], codes: Sequence[str]
) -> tuple[NDArray[np.object_], tuple[Repair, ...]]:
    """The shapes with every invalid one mended so that it covers what its outline enclosed, and a list of those."""
    mended, repairs = shapes.copy(), []
    for place in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        label = f"{names[place]} ({codes[place]})" if codes[place] else names[place]
        repair, mended[place] = _repair(place + 1, label, shapes[place])
        repairs.append(repair)
    return mended, tuple(repairs)


def _repair(row: int, label: str, shape: Geometry) -> tuple[Repair, Geometry]:
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    polygons = [part for part in _flat(mended) if isinstance(part, Polygon) and not part.is_empty]
    if not polygons:
        raise Refused(f"Row {row} ({label}) encloses no area: draw it again.", field="file")
    after = MultiPolygon(polygons)
    return Repair(row, label, f"{_fault(shape)}: repaired, {_change(shape.area, after.area)}"), after


def _fault(shape: Geometry) -> str:
    """What is wrong and near where: latitude, longitude."""
    reason = shapely.is_valid_reason(shape)
    found = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", reason)
    if not found:
        return "is not a valid shape"
    what, x, y = found.groups()
    return f"{FAULTS.get(what, 'is not a valid shape')} near {float(y):.2f}, {float(x):.2f}"


def _change(before: float, after: float) -> str:
    """Areas in square degrees, of which only the ratio is told."""
    if before and abs(after - before) / before < 0.0001:
        return "area unchanged to 0.01%"
    if before and abs(after - before) / before < 0.05:
        return f"area changed by {(after - before) / before:+.2%}"
    return "area greatly changed, look at it on the map"
