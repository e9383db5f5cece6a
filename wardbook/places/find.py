"""The find box: a spot as people write it, by a postcode, a grid reference or coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import shapely

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.locator import locator
from wardbook.areas.models import Area, spaced
from wardbook.areas.partial_postcodes import looks_partial
from wardbook.clock import today
from wardbook.config import settings
from wardbook.errors import Refused
from wardbook.places.coordinates import read_coordinates, read_grid_reference
from wardbook.places.examples import point_help
from wardbook.places.tiers import called_at
from wardbook.shared import LETTERS


@dataclass(frozen=True)
class Spot:
    """A point, and in words how we know it."""

    point: shapely.Point
    label: str


def spot(words: str) -> Spot | None:
    """The point that a postcode, grid reference or pair of numbers names; None where the words are none of these.

    Raises Refused for a postcode that we do not hold, for a reference, and for numbers that lie nowhere or too far away
    to be measured.
    """
    words = words.strip()
    if reference := reference_typed(words):
        raise Refused(f"{reference} is a reference, not a place. {point_help()}", field="q")
    if postcode := postcode_typed(words):
        return _postcode_spot(postcode)
    read = read_grid_reference(words) or read_coordinates(words, is_inside)
    if read is None:
        return None
    if not geo.projects(read.point, settings().crs):
        raise Refused("This is nowhere near the council. Check the numbers and their order.", field="q")
    return Spot(read.point, read.label)


def named(found: Spot) -> Spot:
    """A spot, called by the street or place that has its point just there."""
    return replace(found, label=called_at(found.point) or found.label)


def is_inside(shape: shapely.Geometry) -> bool:
    """Whether some of a shape lies in the council, gaps between its wards too."""
    return geo.projects(shape, settings().crs) and locator().inside_council(shape, today())


_REFERENCE = re.compile(rf"(?:(WB)[\s-]*|(BR)\s*-\s*)([{LETTERS}]{{5}})", re.IGNORECASE)


def reference_typed(words: str) -> str:
    """The reference of an entry or a brief, as `WB-7K3QD`; empty where the words are none. No postcode begins with WB;
    those of Bromley begin with BR, and are written without a hyphen there."""
    found = _REFERENCE.fullmatch(words.strip())
    return f"{found[1] or found[2]}-{found[3]}".upper() if found and not areas.postcode(words) else ""


_FIGURES, _LETTERS = str.maketrans("OILS", "0115"), str.maketrans("015", "OIS")


def postcode_typed(words: str) -> str:
    """A whole postcode however it is written (`ba1-5aw`), with its blank; empty where the words are none.

    Letters and figures that look alike are told apart by where they stand, where that makes it one that we hold.
    """
    plain = re.sub(r"[\W_]", "", words).upper()
    if compact := areas.compact_postcode(plain):
        return spaced(compact)
    if not 5 <= len(plain) <= 7:
        return ""
    inward = plain[-3].translate(_FIGURES) + plain[-2:].translate(_LETTERS)
    head = 2 if plain[1].isalpha() else 1
    outward = plain[:head] + plain[head:-3].translate(_FIGURES)
    meant = areas.postcode(outward + inward)
    return meant.spaced if meant else ""


def _postcode_spot(words: str) -> Spot:
    found = areas.postcode(words)
    if found is None:
        raise Refused(f"We do not hold the postcode {words.upper()[:10]}: check it, or try one next to it.", field="q")
    return Spot(found.point, f"the centre of postcode {found.spaced}")


def spot_in(shape: shapely.Geometry, label: str) -> Spot:
    """The spot that stands for a place: its middle, or where that is not in it or not in the council, one that is."""
    middle = shapely.centroid(shape)
    if shape.covers(middle) and is_inside(middle):
        return Spot(middle, f"the middle of ‘{label}’")
    return Spot(shapely.point_on_surface(shape), f"a spot in ‘{label}’")


def refuse_outside(point: shapely.Geometry, *, field: str | None = None) -> None:
    """Raise Refused where a shape lies outside the council."""
    if not is_inside(point):
        raise Refused("This is outside the council's area. Choose a place inside it.", field=field)


def not_found(words: str, what_is: str) -> str:
    """That nothing is called like this, and what would be found here."""
    if looks_partial(words):
        return f"'{words[:10]}' is only how a postcode begins. Enter all of it, or the name of a street."
    return f"We cannot find '{words[:60]}'. {what_is}"


def ward_at(point: shapely.Point, on: date | None = None) -> Area | None:
    """The ward in force on a day (today) that covers a point; never the nearest."""
    ids = [
        known.area_ids[place]
        for known in locator().wards(on or today())
        if (place := known.covering(point.x, point.y)) is not None
    ]
    return areas.areas_by_id(ids)[ids[0]] if ids else None
