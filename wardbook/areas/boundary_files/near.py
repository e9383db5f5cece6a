"""Nearness to the wards that are loaded: a set that lies far from them may be written with northing before easting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from flask import has_app_context
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from wardbook.areas.boundary_files.reading import Reading
from wardbook.areas.boundary_files.systems import FOOT, moved, system_given, turned, turned_round
from wardbook.areas.locator import LocatedSet, locator
from wardbook.clock import today
from wardbook.config import settings
from wardbook.geo import WGS84, metres_between

FAR: Final = 1_000.0
"""Metres. A set that is nearer is of the same council, or of the one next to it."""


@dataclass(frozen=True)
class Away:
    """That a set lies so far from the wards that are loaded, and whether it would not with its numbers turned round."""

    kilometres: float
    turned_round: bool


def away_from_wards(reading: Reading) -> Away | None:
    """How far the areas lie from the council's own wards in force; None where they do not, or where there are none."""
    if not has_app_context() or not (sets := locator().wards(today())):
        return None
    drawn = _box(np.array([area.geometry for area in reading.areas], dtype=object))
    metres = _metres_from(sets, drawn)
    if not metres > FAR:
        return None
    other = _turned_round(drawn, reading.crs)
    return Away(metres / 1000, other is not None and _metres_from(sets, other) <= FAR)


def _metres_from(sets: Sequence[LocatedSet], ground: shapely.Geometry) -> float:
    """To the nearest of the sets, by the boxes round them."""
    return min(metres_between(ground, _box(known.shapes), settings().crs) for known in sets)


def _box(shapes: NDArray[np.object_]) -> shapely.Geometry:
    return shapely.box(*shapely.total_bounds(shapes))


def _turned_round(drawn: shapely.Geometry, crs: str) -> shapely.Geometry | None:
    """The ground on which it would lie if the numbers of the file stood in the other order."""
    system = system_given(crs)
    if system is None:
        return None
    try:
        written = moved(np.array([drawn], dtype=object), WGS84, system.epsg)
        if system.feet:
            written = np.asarray(shapely.transform(written, lambda corners: corners / FOOT))
        found = turned(turned_round(written), system)
    except ProjError:
        return None
    return _box(found) if np.isfinite(shapely.get_coordinates(found)).all() else None
