"""Postcodes by where they lie: the nearest to a point, one inside a shape, the middle of those that begin alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, cast

import numpy as np
import shapely
from sqlalchemy import Table, bindparam, func, select

from wardbook import geo
from wardbook.areas.models import Postcode
from wardbook.config import settings
from wardbook.db import glance

REACHES = (0.005, 0.02, 0.08, 0.32)
"""Degrees of latitude, about 111 km each, within which the nearest is looked for, one after the other."""
AT_ONCE, MOST_PAGES = 2000, 50
"""Postcodes looked at together for one that lies inside a shape, and how often before it is given up."""

_POSTCODES = cast(Table, Postcode.__table__).c
_NARROW = select(_POSTCODES.compact, _POSTCODES.lon, _POSTCODES.lat)
_BOX = _NARROW.where(
    _POSTCODES.lat.between(bindparam("south"), bindparam("north")),
    _POSTCODES.lon.between(bindparam("west"), bindparam("east")),
)
_EAST = (_POSTCODES.lon - bindparam("lon", type_=_POSTCODES.lon.type)) * bindparam("narrow", type_=_POSTCODES.lon.type)
_NORTH = _POSTCODES.lat - bindparam("lat", type_=_POSTCODES.lat.type)
NEAREST = _BOX.order_by(_EAST * _EAST + _NORTH * _NORTH, _POSTCODES.compact).limit(20)
_INSIDE = _BOX.where(_POSTCODES.compact > bindparam("after")).order_by(_POSTCODES.compact).limit(AT_ONCE)
_MIDDLE = select(func.avg(_POSTCODES.lon), func.avg(_POSTCODES.lat)).where(
    _POSTCODES.compact.between(bindparam("first"), bindparam("last")),
    func.length(_POSTCODES.compact) == bindparam("figures"),
)


@dataclass(frozen=True)
class Centre:
    """A postcode and the point that stands for it."""

    compact: str
    lon: float
    lat: float


def nearest(at: shapely.Point) -> tuple[Centre, float] | None:
    """The nearest postcode within some 35 km, and how many metres away it is.

    A box finds those that are near, in degrees made equally long; metres decide among the nearest of these.
    """
    narrow = max(cos(radians(at.y)), 0.01)
    for reach in REACHES:
        box = _box(at.x - reach / narrow, at.y - reach, at.x + reach / narrow, at.y + reach)
        rows = [Centre(*row) for row in glance(NEAREST, lon=at.x, lat=at.y, narrow=narrow, **box)]
        if rows and (_degrees(rows[0], at, narrow) <= reach or reach == REACHES[-1]):
            return min(((row, _metres(row, at)) for row in rows), key=lambda found: (found[1], found[0].compact))
    return None


def _degrees(row: Centre, at: shapely.Point, narrow: float) -> float:
    return float(np.hypot((row.lon - at.x) * narrow, row.lat - at.y))


def _metres(row: Centre, at: shapely.Point) -> float:
    return geo.metres_between(shapely.Point(row.lon, row.lat), at, settings().crs)


def one_inside(shape: shapely.Geometry) -> str | None:
    """The first postcode, as they are ordered, whose centre lies in a shape; None where none does."""
    shape = geo.ready(shape)
    box, after = _box(*shape.bounds), ""
    for _ in range(MOST_PAGES):
        rows = glance(_INSIDE, after=after, **box)
        found = _first_inside(rows, shape)
        if found is not None or len(rows) < AT_ONCE:
            return found
        after = rows[-1][0]
    return None


def _first_inside(rows: Sequence[Sequence[Any]], shape: shapely.Geometry) -> str | None:
    lon, lat = np.array([(row[1], row[2]) for row in rows], dtype=float).reshape(-1, 2).T
    hits = np.flatnonzero(shapely.intersects_xy(shape, lon, lat))
    return str(rows[hits[0]][0]) if len(hits) else None


def middle(outward: str) -> tuple[float, float] | None:
    """The mean of the centres of all postcodes with this first half (`BA1`); None where we hold none."""
    words = {"first": f"{outward}0AA", "last": f"{outward}9ZZ", "figures": len(outward) + 3}
    lon, lat = glance(_MIDDLE, **words)[0]
    return None if lon is None else (lon, lat)


def _box(west: float, south: float, east: float, north: float) -> dict[str, float]:
    return {"west": west, "south": south, "east": east, "north": north}
