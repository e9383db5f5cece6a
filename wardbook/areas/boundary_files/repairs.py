"""Repairs: every row's shape is an area, and one that is not valid is mended and listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

from wardbook.areas.boundary_files.archives import in_words
from wardbook.errors import Refused

MOST_ROWS: Final = 10
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


def areal_rows(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which rows have an area."""
    return np.asarray(shapely.get_dimensions(shapes) == 2)


def areal(shapes: NDArray[np.object_], labels: Sequence[str]) -> NDArray[np.object_]:
    """Each row's shape as one MultiPolygon, or Refused: a row without an area cannot be placed on a map of areas."""
    if missing := np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes)).tolist():
        raise Refused(
            f"{labels[missing[0]]} has no shape, or one that does not close{and_others(labels, missing)}: "
            "draw it or take the row out.",
            field="file",
        )
    parts = [_flat(shape) for shape in shapes]
    if others := [place for place, each in enumerate(parts) if any(not isinstance(part, Polygon) for part in each)]:
        raise _not_areas(labels, parts, others)
    areas = np.empty(len(shapes), dtype=object)
    areas[:] = [MultiPolygon([part for part in each if not part.is_empty]) for each in parts]
    return areas


def and_others(labels: Sequence[str], places: Sequence[int]) -> str:
    """The rows after the first of which the same is true: `, nor have rows 4 (...) and 9 (...)`, of many the first."""
    told = [labels[place].removeprefix("Row ") for place in places[1 : MOST_ROWS + 1]]
    more = [f"{len(places) - 1 - MOST_ROWS:,} more"] if len(places) - 1 > MOST_ROWS else []
    if not told:
        return ""
    return f", nor have rows {in_words([*told, *more])}" if len(places) > 2 else f", nor has row {told[0]}"


def _not_areas(labels: Sequence[str], parts: Sequence[Sequence[Geometry]], others: Sequence[int]) -> Refused:
    """Which row comes first, and how many there are of each kind."""
    kinds = Counter(_odd_kind(parts[place]) for place in others)
    first = f"{labels[others[0]]} has a {_odd_kind(parts[others[0]])} where an area is expected"
    counts = in_words([f"{number:,} {kind if number == 1 else kind + 's'}" for kind, number in sorted(kinds.items())])
    many = f" ({counts} in {len(others):,} of {len(labels):,} rows)" if len(others) > 1 else ""
    return Refused(f"{first}{many}: give a file of areas only.", field="file")


def _odd_kind(parts: Sequence[Geometry]) -> str:
    other = next(part for part in parts if not isinstance(part, Polygon))
    return "line" if "Line" in other.geom_type else "point"


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
    return f"{FAULTS.get(what, 'is not a valid shape')} near {float(y):.5f}, {float(x):.5f}"


def _change(before: float, after: float) -> str:
    """Areas in square degrees, of which only the ratio is told."""
    if before and abs(after - before) / before < 0.0001:
        return "area unchanged to 0.01%"
    if before and abs(after - before) / before < 0.05:
        return f"area changed by {(after - before) / before:+.2%}"
    return "area greatly changed, look at it on the map"
