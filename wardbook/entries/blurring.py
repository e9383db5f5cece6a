"""Where a thing is shown that happened at somebody's home: near the spot; the spot itself is kept apart, for few."""

from __future__ import annotations

from math import floor

import shapely
from sqlalchemy import delete, select

from wardbook import geo, personal
from wardbook.areas.locator import locator
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import db
from wardbook.entries.models import Entry, EntrySpot
from wardbook.erasure import blanks
from wardbook.people.models import Person
from wardbook.places.find import is_inside, ward_at
from wardbook.policy import Act, Viewer, may

CELL = 200.0
"""Metres of a side of the squares, in the council's system, into which spots are put together"""
SHOWN_WITHIN = 150
"""Metres from the middle of a square to its farthest corner, rounded up"""


def blurred(spot: shapely.Point) -> shapely.Point:
    """The middle of the square of 200 m that holds a spot; where that lies in another ward or outside the council, a
    point of the square that does not.

    Whatever lies in one square and one ward comes to the same point, so the point says nothing more of the spot.
    """
    epsg = settings().crs
    moved = geo.reproject(spot, geo.WGS84, epsg)
    west, south = floor(moved.x / CELL) * CELL, floor(moved.y / CELL) * CELL
    square = shapely.box(west, south, west + CELL, south + CELL)
    middle = _point(square.centroid)
    ward = ward_at(spot)
    if is_inside(middle) and _ward_id(middle) == (ward.id if ward else None):
        return middle
    ground = geo.reproject(ward.geometry, geo.WGS84, epsg) if ward else _ground(square)
    return _point(shapely.point_on_surface(square.intersection(ground)))


def _point(moved: shapely.Point) -> shapely.Point:
    back = geo.reproject(moved, settings().crs, geo.WGS84)
    return geo.point(back.x, back.y)


def _ward_id(point: shapely.Point) -> int | None:
    ward = ward_at(point)
    return ward.id if ward else None


def _ground(square: shapely.Geometry) -> shapely.Geometry:
    return shapely.union_all([known.ground(square) for known in locator().wards(today())])


def keep_exact(entry: Entry, spot: shapely.Point) -> None:
    """Keep just where it is, apart from the entry."""
    db.session.add(EntrySpot(entry_id=entry.id, lon=spot.x, lat=spot.y))


def exact_spot(entry: Entry, viewer: Viewer) -> EntrySpot | None:
    """Just where a blurred entry is, for whoever may read it."""
    return db.session.get(EntrySpot, entry.id) if entry.blurred and may(viewer, Act.READ_SPOT, entry) else None


@blanks
def _spots(entry: Entry) -> None:
    db.session.execute(delete(EntrySpot).where(EntrySpot.entry_id == entry.id))


@personal.tells("exact spots of what I told")
def _told(person: Person) -> object:
    own = select(Entry.ref, EntrySpot.lat, EntrySpot.lon).join(EntrySpot, EntrySpot.entry_id == Entry.id)
    rows = db.session.execute(own.where(Entry.author_id == person.id).order_by(Entry.id))
    return [{"entry": ref, "latitude": lat, "longitude": lon} for ref, lat, lon in rows]


@personal.forgets
def _forgotten(person: Person) -> None:
    own = select(Entry.id).where(Entry.author_id == person.id)
    db.session.execute(delete(EntrySpot).where(EntrySpot.entry_id.in_(own)))
