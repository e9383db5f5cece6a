"""A shape clipped to the council: what of it lies in each ward, what inside the council, and how much outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from wardbook.areas.locator import SMALL_AREA, SMALL_LENGTH, SMALL_SHARE, LocatedSet, Locator, locator
from wardbook.config import settings
from wardbook.geo import WGS84, reproject
from wardbook.places.sizes import measure

MOST_KEPT = 128
NEXT_TO_NOTHING = 1e-8
"""Of a shape, a share that is only how numbers are rounded"""


@dataclass(frozen=True)
class Part:
    """What of a shape lies in an area: the part in metres, and its share of the whole shape."""

    area_id: int
    shape: shapely.Geometry
    share: float


@dataclass(frozen=True)
class Clip:
    """A shape and the council. The shares of its parts sum to the share of the shape that lies in wards."""

    parts: tuple[Part, ...]
    inside: shapely.Geometry
    """What of it lies inside the council, in WGS 84: the shape itself where nothing worth a word lies outside"""
    in_metres: shapely.Geometry
    """The same in the council's system"""
    outside: float
    """How much lies outside, as `measure` measures; 0 where it is not worth a word"""


_kept: WeakKeyDictionary[Locator, dict[tuple[date, shapely.Geometry], Clip]] = WeakKeyDictionary()


def clipped(shape: shapely.Geometry, on: date) -> Clip:
    """A WGS 84 shape clipped to the council's wards of a day. The last few are kept: a place is asked about again."""
    here = locator()
    kept = _kept.setdefault(here, {})
    found = kept.get((on, shape))
    if found is None:
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept)), None)
        found = kept[on, shape] = clip(shape, here.wards(on), settings().crs)
    return found


def clip(shape: shapely.Geometry, sets: Sequence[LocatedSet], epsg: int) -> Clip:
    """A WGS 84 shape clipped to the wards of these sets. Small gaps between them are inside the council all the same.

    Where there are no wards nothing is known of inside and outside, and nothing is left out.
    """
    moved = _valid(reproject(shape, WGS84, epsg))
    parts = tuple(part for known in sets for part in parts_in(known, shape, moved))
    if not sets or not _is_worth_a_word(moved, measure(moved) * (1 - sum(part.share for part in parts))):
        return Clip(parts, shape, moved, 0.0)
    ground = shapely.union_all([known.ground(moved) for known in sets])
    inside = _like(moved, shapely.intersection(moved, ground))
    outside = measure(moved) - (0.0 if inside.is_empty else measure(inside))
    if not _is_worth_a_word(moved, outside):
        return Clip(parts, shape, moved, 0.0)
    return Clip(parts, reproject(inside, epsg, WGS84), inside, outside)


def _is_worth_a_word(shape: shapely.Geometry, amount: float) -> bool:
    """By the rule that says in which areas a thing lies."""
    least = (1.0, SMALL_LENGTH, SMALL_AREA)[shapely.get_dimensions(shape)]
    return amount >= least or amount >= SMALL_SHARE * measure(shape)


def parts_in(known: LocatedSet, shape: shapely.Geometry, moved: shapely.Geometry) -> Iterator[Part]:
    """The part of a shape (`moved`: in metres) in each area of a set. What runs along a shared edge is in one of them,
    that with the lowest code.
    """
    if shapely.get_dimensions(moved) == 0:
        yield from _points_in(known, shape, moved)
        return
    whole, rest = measure(moved), moved
    for place in known.near(moved, 1.0):
        area = known.in_metres(place)
        part = _like(moved, shapely.intersection(rest, area))
        share = 0.0 if part.is_empty else measure(part) / whole
        if share > 1 - NEXT_TO_NOTHING:
            yield Part(known.area_ids[place], moved, 1.0)
            return
        if share > NEXT_TO_NOTHING:
            yield Part(known.area_ids[place], part, share)
            rest = rest if shapely.get_dimensions(moved) == 2 else shapely.difference(rest, area)


def _points_in(known: LocatedSet, shape: shapely.Geometry, moved: shapely.Geometry) -> Iterator[Part]:
    lon, lat = shapely.get_coordinates(shape).T
    places = known.covering_each(lon, lat)
    for place in np.unique(places[places >= 0]):
        here = shapely.multipoints(shapely.get_coordinates(moved)[places == place])
        yield Part(known.area_ids[place], here, float(np.mean(places == place)))


def _like(shape: shapely.Geometry, found: shapely.Geometry) -> shapely.Geometry:
    """What of an intersection has as many dimensions as the shape: where edges meet there are points and lines too."""
    if found.geom_type != "GeometryCollection":
        return found if shapely.get_dimensions(found) == shapely.get_dimensions(shape) else type(shape)()
    alike = [one for one in shapely.get_parts(found) if shapely.get_dimensions(one) == shapely.get_dimensions(shape)]
    return shapely.union_all(alike) if alike else type(shape)()


def _valid(shape: shapely.Geometry) -> shapely.Geometry:
    """Moving its corners may fold an edge over by less than a millimetre."""
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
