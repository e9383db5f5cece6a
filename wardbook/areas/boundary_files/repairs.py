"""Repairs: every row's shape is an area, and one that is not valid is mended and listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon, Polygon

from wardbook.areas.boundary_files.archives import in_words, one_of
from wardbook.errors import Refused
from wardbook.geo import hectares, is_tangled

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
    """A shape that was not valid and was mended: which, what was done in words, near where, and what came of it.

    `shape` is in WGS 84. The hectares before are those of the outline as it was drawn, in which a loop that is gone
    round the other way counts against the rest.
    """

    row: int
    label: str
    what: str
    lon: float
    lat: float
    hectares_before: float
    hectares_after: float
    shape: Geometry


def areal_rows(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which rows have an area."""
    return np.asarray(shapely.get_dimensions(shapes) == 2)


def areal(
    shapes: NDArray[np.object_],
    labels: Sequence[str],
    known: Mapping[int, str],
    leave_out: Callable[[Sequence[int]], str],
) -> NDArray[np.object_]:
    """Each row's shape as one MultiPolygon, or Refused: a row without an area cannot be placed on a map of areas.

    `known` says by its place why a row has no shape, `leave_out` how one does without some of them.
    """
    if missing := np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes)).tolist():
        raise _shapeless(labels, missing, known.get(missing[0]), leave_out(missing))
    parts = [_flat(shape) for shape in shapes]
    if others := [place for place, each in enumerate(parts) if any(not isinstance(part, Polygon) for part in each)]:
        raise _not_areas(labels, parts, others, leave_out(others))
    areas = np.empty(len(shapes), dtype=object)
    areas[:] = [MultiPolygon([part for part in each if not part.is_empty]) for each in parts]
    return areas


def _shapeless(labels: Sequence[str], missing: Sequence[int], known: str | None, leave_out: str) -> Refused:
    fault = known or f"has no shape, or one that does not close{and_others(labels, missing)}"
    ways = one_of(["correct it" if known else "draw it", leave_out])
    return Refused(f"{labels[missing[0]]} {fault}: {ways}.", field="file")


def and_others(labels: Sequence[str], places: Sequence[int]) -> str:
    """The rows after the first of which the same is true: `, nor have rows 4 (...) and 9 (...)`, of many the first."""
    told = [labels[place].removeprefix("Row ") for place in places[1 : MOST_ROWS + 1]]
    more = [f"{len(places) - 1 - MOST_ROWS:,} more"] if len(places) - 1 > MOST_ROWS else []
    if not told:
        return ""
    return f", nor have rows {in_words([*told, *more])}" if len(places) > 2 else f", nor has row {told[0]}"


def _not_areas(
    labels: Sequence[str], parts: Sequence[Sequence[Geometry]], others: Sequence[int], leave_out: str
) -> Refused:
    """Which row comes first, and how many there are of each kind."""
    kinds = Counter(_odd_kind(parts[place]) for place in others)
    first = f"{labels[others[0]]} has a {_odd_kind(parts[others[0]])} where an area is expected"
    counts = in_words([f"{number:,} {kind if number == 1 else kind + 's'}" for kind, number in sorted(kinds.items())])
    many = f" ({counts} in {len(others):,} of {len(labels):,} rows)" if len(others) > 1 else ""
    ways = one_of(["give a file of areas only", leave_out])
    return Refused(f"{first}{many}: {ways}.", field="file")


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
    shapes: NDArray[np.object_], rows: Sequence[int], labels: Sequence[str], epsg: int
) -> tuple[NDArray[np.object_], tuple[Repair, ...]]:
    """The shapes with every invalid one mended so that it covers what its outline enclosed, and a list of those.

    How much that changed is measured in the projected system `epsg`.
    """
    mended, repairs = shapes.copy(), []
    for place in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        repair = _repair(rows[place], labels[place], shapes[place], epsg)
        repairs.append(repair)
        mended[place] = repair.shape
    return mended, tuple(repairs)


def _repair(row: int, label: str, shape: Geometry, epsg: int) -> Repair:
    if is_tangled(shape):
        raise Refused(f"Row {row} ({label}) crosses itself thousands of times: draw it again.", field="file")
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    polygons = [part for part in _flat(mended) if isinstance(part, Polygon) and not part.is_empty]
    if not polygons:
        raise Refused(f"Row {row} ({label}) encloses no area: draw it again.", field="file")
    after = MultiPolygon(polygons)
    fault, lon, lat = _fault(shape, after)
    before_ha, after_ha = hectares(shape, epsg), hectares(after, epsg)
    what = f"{fault} near {lat:.5f}, {lon:.5f}: repaired, {_change(before_ha, after_ha)}"
    return Repair(row, label, what, lon, lat, before_ha, after_ha, after)


def _fault(shape: Geometry, mended: Geometry) -> tuple[str, float, float]:
    """What is wrong, and the longitude and latitude near which it is."""
    found = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
    if not found:
        point = shapely.point_on_surface(mended)
        return "is not a valid shape", point.x, point.y
    what, x, y = found.groups()
    return FAULTS.get(what, "is not a valid shape"), float(x), float(y)


def _change(before: float, after: float) -> str:
    """What became of the hectares that an outline came to as it was drawn."""
    change = (after - before) / before if before else 1
    if abs(change) < 0.0001:
        return "area unchanged to 0.01%"
    if abs(change) < 0.05:
        return f"area changed by {change:+.2%}, from {before:,.1f} to {after:,.1f} ha"
    drawn = f"the outline as drawn comes to {before:,.1f} ha, since its loops count against each other"
    return f"{after:,.1f} ha now, where {drawn}: look at it on the map"
