"""What is at a spot, in words that can be read out: its ward, and how far it is from the nearest street or place."""

from __future__ import annotations

from math import atan2, degrees, hypot

import shapely

from wardbook import geo
from wardbook.config import settings
from wardbook.places.find import ward_at
from wardbook.places.gazetteer import GazetteerName, names_within

LOOKED_FOR = (100.0, 500.0, 2000.0)
"""Metres each way within which the nearest name is looked for, the next only where the one before has none"""
JUST_THERE = 10.0
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def surroundings(point: shapely.Point) -> str:
    """`in Mill, 40 metres north-east of High Street`; metres are rounded to ten."""
    ward = ward_at(point)
    parts = [f"in {ward.name}" if ward else "", _from_nearest(point)]
    return ", ".join(part for part in parts if part)


def _from_nearest(point: shapely.Point) -> str:
    name = _nearest(point)
    if name is None:
        return ""
    one, other = (geo.reproject(at, geo.WGS84, settings().crs) for at in (name.point, point))
    east, north = other.x - one.x, other.y - one.y
    metres = hypot(east, north)
    if metres < JUST_THERE:
        return f"at {name.label}"
    return f"{round(metres, -1):,.0f} metres {WINDS[round(degrees(atan2(east, north)) / 45) % 8]} of {name.label}"


def _nearest(point: shapely.Point) -> GazetteerName | None:
    for metres in LOOKED_FOR:
        found = names_within(geo.circle(point, metres, settings().crs).bounds, 20)
        if found:
            return min(found, key=lambda name: geo.metres_between(name.point, point, settings().crs))
    return None


def moved(point: shapely.Point, east: float, north: float) -> shapely.Point:
    """The point so many metres to the east and to the north."""
    on_grid = geo.reproject(point, geo.WGS84, settings().crs)
    there = geo.reproject(shapely.Point(on_grid.x + east, on_grid.y + north), settings().crs, geo.WGS84)
    return geo.point(there.x, there.y)
