"""Corners astray: of numbers that are right but for a few, those few and the rows in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from wardbook.areas.boundary_files.country import Country
from wardbook.areas.boundary_files.systems import System
from wardbook.errors import Refused

FAR_OFF: Final = 5.0
"""Degrees outside a country."""
FEW: Final = 0.5
"""The share of corners above which it is not a row that is wrong but what is said of the coordinates."""


def require_none_astray(shapes: NDArray[np.object_], labels: Sequence[str], said: System | None) -> None:
    """Raises Refused for the first corner that is no number, or that no place on the earth has while most have one."""
    corners, rows = shapely.get_coordinates(shapes, return_index=True)
    if (bad := ~np.isfinite(corners).all(axis=1)).any():
        raise Refused(
            f"{labels[rows[bad][0]]} has a coordinate that is not a number: correct it in the file.", field="file"
        )
    if said is not None and said.crs.is_geographic:
        _require_few(_off_the_earth(corners), corners, rows, labels, "is no longitude and latitude")
    elif (~_off_the_earth(corners)).mean() > FEW:
        _require_few(_off_the_earth(corners), corners, rows, labels, "is no longitude and latitude, as the others are")


def require_none_far_off(
    shapes: NDArray[np.object_], found: NDArray[np.object_], labels: Sequence[str], country: Country
) -> None:
    """Raises Refused for the first corner that lies far outside the country in which its row lies, such as 0, 0.

    `found` are the shapes in longitude and latitude, of which a corner can be infinite.
    """
    corners, rows = shapely.get_coordinates(found, return_index=True)
    inside = country.has(corners, 0)
    mostly = np.bincount(rows, inside, minlength=len(shapes)) > FEW * np.bincount(rows, minlength=len(shapes))
    if (bad := mostly[rows] & ~country.has(corners, FAR_OFF)).any():
        place = int(rows[bad][0])
        x, y = shapely.get_coordinates(shapes)[bad][0]
        raise Refused(
            f"{labels[place]} has the point {x:.10g}, {y:.10g}, which is far from its others: correct it in the file.",
            field="file",
        )


def _off_the_earth(corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which corners cannot be in degrees, in the order in which most can be."""
    ways = [np.abs(corners) > limits for limits in ((180, 90), (90, 180))]
    return np.asarray(min((way.any(axis=1) for way in ways), key=np.sum))


def _require_few(
    bad: NDArray[np.bool_], corners: NDArray[np.float64], rows: NDArray[np.int64], labels: Sequence[str], what: str
) -> None:
    if not bad.any() or bad.mean() >= FEW:
        return
    x, y = corners[bad][0]
    more = len(set(rows[bad].tolist())) - 1
    others = "" if not more else f", and {more:,} more row{'' if more == 1 else 's'} such a point"
    raise Refused(
        f"{labels[rows[bad][0]]} has the point {x:.10g}, {y:.10g}, which {what}{others}: correct it in the file.",
        field="file",
    )
