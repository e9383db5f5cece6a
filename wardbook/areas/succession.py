"""What becomes of each area when a boundary set takes another's place: by what share of its land and its postcodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from wardbook.areas.locator import SMALL_SHARE, Called, LocatedSet, locator
from wardbook.areas.models import Postcode
from wardbook.db import db

MOST_OF_IT = 0.9
"""Who takes this share of what passes on of an area's land, and of its postcodes, is its one successor"""
HALF = 0.5
"""... where at least so much of either passes to it: of a coast the sea may be left out"""


@dataclass(frozen=True)
class Part:
    """What of an area passes to one of the set after it: the shares of the old area's land and of its postcodes."""

    new: Called
    land: float
    postcodes: float | None
    """None where no postcode is known to lie in the old area"""


@dataclass(frozen=True)
class Passing:
    """An area of the set before, and where its ground goes: the largest part first."""

    old: Called
    parts: tuple[Part, ...]

    @property
    def stays(self) -> bool:
        """Whether its code goes on: whoever names it by its code names the new one from then on."""
        return any(part.new.code == self.old.code for part in self.parts)

    @property
    def heir(self) -> Called | None:
        """The one area that takes it over, if one does: most of the land, and of the postcodes, that any takes."""
        return next((part.new for part in self.parts if part.new.code == self.old.code or self._is_most(part)), None)

    def _is_most(self, part: Part) -> bool:
        land = part.land >= MOST_OF_IT * sum(other.land for other in self.parts)
        taken = sum(other.postcodes or 0 for other in self.parts)
        postcodes = part.postcodes is None or part.postcodes >= MOST_OF_IT * taken
        return land and postcodes and max(part.land, part.postcodes or 0) >= HALF


def before(new: LocatedSet) -> list[LocatedSet]:
    """The council's own sets of its type that hold until it begins, wherever their ground is."""
    if new.from_on is None:
        return []
    eve = new.from_on - timedelta(days=1)
    return [known for known in _own_beside(new) if known.in_force(eve) and _ends_by(known, new)]


def after(old: LocatedSet) -> list[LocatedSet]:
    """The council's own sets of its type that begin on the day on which it ends."""
    if old.until_on is None:
        return []
    return [known for known in _own_beside(old) if not known.waits and known.from_on == old.until_on]


def _own_beside(one: LocatedSet) -> list[LocatedSet]:
    return [known for known in locator().own() if known.type == one.type and known.id != one.id]


def _ends_by(known: LocatedSet, new: LocatedSet) -> bool:
    return new.waits or known.until_on == new.from_on


def set_called(set_id: int) -> LocatedSet:
    """A set as it is kept in memory."""
    return next(known for known in locator().sets if known.id == set_id)


def succession(old: LocatedSet, new: LocatedSet) -> list[Passing]:
    """Where the ground of each area of a set goes in another, slivers of how edges were drawn left out.

    Land is measured in the council's projected system over pairs that the search tree finds; a postcode is its point.
    """
    first, second = new.tree.query(old.shapes, predicate="intersects")
    ours, theirs = _in_metres(old), _in_metres(new)
    shared = shapely.area(shapely.intersection(ours[first], theirs[second])) / shapely.area(ours)[first]
    points = _postcodes_shared(old, new)
    parts: dict[int, list[Part]] = defaultdict(list)
    for place, other, land in zip(first.tolist(), second.tolist(), shared.tolist(), strict=True):
        here = points.get(place)
        share = None if here is None else here.get(other, 0.0)
        if land >= SMALL_SHARE or (share or 0) >= SMALL_SHARE:
            parts[place].append(Part(new.called[other], min(land, 1.0), share))
    return [Passing(called, _ordered(parts[place])) for place, called in enumerate(old.called)]


def covered(old: LocatedSet, passings: Sequence[Passing]) -> float:
    """The share of a set's land that passes on."""
    sizes = shapely.area(_in_metres(old))
    shares = [min(sum(part.land for part in passing.parts), 1.0) for passing in passings]
    return float(np.dot(sizes, shares) / sizes.sum())


def _ordered(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-part.land, part.new.code)))


def _in_metres(known: LocatedSet) -> NDArray[np.object_]:
    return np.array([known.in_metres(place) for place in range(len(known.shapes))], dtype=object)


def _postcodes_shared(old: LocatedSet, new: LocatedSet) -> dict[int, dict[int, float]]:
    """By the place of an old area and of a new one the share of the old one's postcodes; none where it has none."""
    rows = db.session.execute(select(Postcode.lon, Postcode.lat)).all()
    lon, lat = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, 2).T
    pairs, counts = np.unique(
        np.column_stack([old.covering_each(lon, lat), new.covering_each(lon, lat)]), axis=0, return_counts=True
    )
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    for (place, other), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        if place >= 0:
            counted[place][other] = count
    return {place: {o: n / sum(found.values()) for o, n in found.items()} for place, found in counted.items()}


@dataclass(frozen=True)
class Share:
    """An area of another set that shares ground with one: by what share of the one that is named."""

    area: Called
    land: float


@dataclass(frozen=True)
class Lineage:
    """Where the ground of an area was before its set began, and where it is after its set ends."""

    before: tuple[Share, ...]
    after: tuple[Share, ...]


def lineage(set_id: int, code: str) -> Lineage:
    """The lineage of an area of the council's own, by its shape alone: activated or not, it is the same."""
    known = set_called(set_id)
    shape = known.shapes[known.codes.index(code)]
    return Lineage(*(tuple(_shares(shape, others)) for others in (before(known), after(known))))


def _shares(shape: shapely.Geometry, others: Sequence[LocatedSet]) -> list[Share]:
    """The areas that hold some of a shape, the largest share first."""
    found = [
        Share(other.called[place], part / whole)
        for other in others
        for place, part, whole in other.parts(shape)
        if part >= SMALL_SHARE * whole
    ]
    return sorted(found, key=lambda share: (-share.land, share.area.code))
