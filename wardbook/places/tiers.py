"""Who represents a spot: every tier that covers it, by name, with the councillors we know; and whose it is outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import shapely

from wardbook.areas import queries as areas
from wardbook.areas.locator import Called, LocatedSet, locator
from wardbook.areas.models import AREA_TYPES, Area
from wardbook.clock import today
from wardbook.config import settings
from wardbook.people import queries as people
from wardbook.people.models import Person
from wardbook.places.gazetteer import name_at


@dataclass(frozen=True)
class Tier:
    """An area that covers a spot: what it is, who represents it, and whether it has a page of its own."""

    kind: str
    area: Area
    is_ward: bool
    own: bool
    """One of the council's own sets; a reference set's area has no page"""
    councillors: tuple[str, ...] = ()


def tiers_at(point: shapely.Point, on: date | None = None) -> list[Tier]:
    """Every tier in force on a day (today) that covers a point, what councillors represent first.

    Of a type that the council has as its own, reference sets say nothing further.
    """
    covering = locator().covering(point.x, point.y, on or today())
    own = {known.type for known, _ in covering if not known.reference}
    told = [(known, called) for known, called in covering if not (known.reference and known.type in own)]
    rows = areas.areas_by_id([called.id for _, called in told])
    names = people.councillors([rows[called.id] for known, called in told if not known.reference], on)
    tiers = [_tier(known, rows[called.id], names) for known, called in told]
    return sorted(tiers, key=_order)


def _tier(known: LocatedSet, area: Area, names: dict[str, list[Person]]) -> Tier:
    councillors = () if known.reference else tuple(person.name for person in names.get(area.code, []))
    is_ward = known.type == settings().ward_type and not known.reference
    return Tier(AREA_TYPES[known.type], area, is_ward, not known.reference, councillors)


def _order(tier: Tier) -> tuple[bool, bool, int]:
    return not tier.is_ward, not tier.councillors, list(AREA_TYPES.values()).index(tier.kind)


def lies_in(point: shapely.Point, on: date) -> str:
    """In words, the ward that covers a point on a day, and the parish or neighbourhood where there are such."""
    found = locator().covering(point.x, point.y, on)
    covering = {known.type: called.name for known, called in found if not known.reference}
    named = [
        f"the {AREA_TYPES[type_].lower()} {covering[type_]}"
        for type_ in dict.fromkeys((settings().ward_type, "ward", "parish", "neighbourhood"))
        if type_ in covering
    ]
    return f"in {', '.join(named)}" if named else "outside the council's wards"


def called_at(point: shapely.Point) -> str:
    """What the street or place is called that has its point just there, with what it is near or else its ward, for many
    are called alike; empty where none has."""
    found = name_at(point)
    if found is None or found.near:
        return found.label if found else ""
    wards = [(known, known.covering(point.x, point.y)) for known in locator().wards(today())]
    return ", ".join([found.name, *(known.called[place].name for known, place in wards if place is not None)])


@dataclass(frozen=True)
class Elsewhere:
    """An area of a reference set that covers a spot outside the council."""

    kind: str
    name: str
    source: str


def elsewhere(point: shapely.Point) -> Elsewhere | None:
    """Which council a spot outside this one lies in, or else which ward, where a reference set says; the set that is in
    force first, else the newest."""
    for type_ in ("authority", "ward"):
        sets = [known for known in locator().sets if known.reference and known.type == type_]
        for known in sorted(sets, key=_newest, reverse=True):
            place = known.covering(point.x, point.y)
            if place is not None:
                return _told(known, known.called[place])
    return None


def knows_councils() -> bool:
    """Whether a reference set says where the other councils are."""
    return any(known.reference and known.type == "authority" for known in locator().sets)


def _newest(known: LocatedSet) -> tuple[bool, int, int]:
    return known.in_force(today()), known.from_on.toordinal() if known.from_on else 0, known.id


def _told(known: LocatedSet, called: Called) -> Elsewhere:
    area = areas.areas_by_id([called.id])[called.id]
    return Elsewhere(AREA_TYPES[known.type], called.name, area.set.name)
