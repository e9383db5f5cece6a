"""The find box: a postcode, ward, grid reference, coordinates or an entry's reference, as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.areas.models import Area
from wardbook.clock import today
from wardbook.errors import Refused

_NUMBERS = re.compile(r"(-?\d+(?:\.\d+)?)°?\s*([NSns])?\s*[,;\s]\s*(-?\d+(?:\.\d+)?)°?\s*([EWew])?")
HELP = "Try a postcode, the name of a ward, a grid reference like ST 750 647, or coordinates like 51.38, -2.36."


@dataclass(frozen=True)
class Spot:
    """A point, and in words how we know it."""

    point: shapely.Point
    label: str


def spot(words: str) -> Spot | None:
    """The point that a postcode, grid reference or pair of numbers names; None where the words are none of these.

    Raises Refused for a postcode that we do not hold.
    """
    words = words.strip()
    if areas.compact_postcode(words):
        return _postcode_spot(words)
    corner = geo.british_grid_reference(words)
    if corner is not None:
        return Spot(geo.point_from_grid(*corner), f"grid reference {words.upper()}")
    pair = _NUMBERS.fullmatch(words)
    return _numbers_spot(pair) if pair else None


def _postcode_spot(words: str) -> Spot:
    found = areas.postcode(words)
    if found is None:
        raise Refused(f"We do not hold the postcode {words.upper()[:10]}: check it, or try one next to it.", field="q")
    return Spot(found.point, f"the centre of postcode {found.spaced}")


def _numbers_spot(pair: re.Match[str]) -> Spot:
    """Easting and northing where the numbers are large; else degrees, in whichever order lies in the council."""
    first, second = float(pair[1]), float(pair[3])
    if pair[2] or pair[4]:
        first = -first if (pair[2] or "n").lower() == "s" else first
        second = -second if (pair[4] or "e").lower() == "w" else second
    if abs(first) > 360 or abs(second) > 360:
        return Spot(geo.point_from_grid(first, second), f"easting {first:g}, northing {second:g}")
    for lat, lon in ((first, second), (second, first)):
        if abs(lat) <= 90 and locator().inside_council(shapely.Point(lon, lat), today()):
            return Spot(geo.point(lon, lat), f"{lat:g}, {lon:g}")
    return Spot(geo.point(second, first), f"{first:g}, {second:g}")


def wards_called(words: str) -> Sequence[Area]:
    """The wards in force whose name or code begins with, or else holds, these words; other names count too."""
    asked = words.strip().casefold()
    if not asked:
        return []
    names = [(ward, [ward.name, ward.code, *ward.other_names]) for ward in areas.wards()]
    exact = [ward for ward, called in names if asked in (name.casefold() for name in called)]
    starts = [ward for ward, called in names if any(name.casefold().startswith(asked) for name in called)]
    return exact or starts or [ward for ward, called in names if any(asked in name.casefold() for name in called)]


def refuse_outside(point: shapely.Geometry, *, field: str | None = None) -> None:
    """Raise Refused where a shape lies outside the council."""
    if not locator().inside_council(point, today()):
        raise Refused("This is outside the council's area. Choose a place inside it.", field=field)


def ward_at(point: shapely.Point) -> Area | None:
    """The ward in force that covers a point; never the nearest."""
    ids = [
        known.area_ids[place]
        for known in locator().wards(today())
        if (place := known.covering(point.x, point.y)) is not None
    ]
    return areas.areas_by_id(ids)[ids[0]] if ids else None
