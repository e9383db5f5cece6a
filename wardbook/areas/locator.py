"""Which areas is this in: every boundary set in memory under a search tree.

The shapes are never prepared: threads share them, and GEOS crashes where two use one prepared shape. It would gain
nothing either: a point in polygon takes a few microseconds.

The rules are those of the product. A point lies in the area that covers it, on a shared line in the one with the lowest
code. A line or polygon lies in every area that holds at least 1% of it, or 10 m, or 100 m², with its share; if none
does, in the one that holds most. A point inside the council but in no area takes the nearest within 100 m, marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import cast

import numpy as np
import shapely
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import event, select

from wardbook.areas.models import Area, BoundarySet
from wardbook.clock import holds
from wardbook.config import settings
from wardbook.db import changed, changes, db
from wardbook.geo import WGS84, reproject

SNAP_METRES = 100.0
MOST_OPEN, NEXT_TO_CLOSED = 0.2, 0.01
THIN = 0.01
"""Metres: what is narrower than twice this is how numbers are rounded"""
LONGEST_STRAIGHT = 5_000.0
"""Metres after which an edge gets another corner before it is moved: what is straight in one system bends in the other,
by less than a metre over so many."""
SMALL_SHARE, SMALL_LENGTH, SMALL_AREA = 0.01, 10.0, 100.0
MOST_KEPT = 3
"""Locators kept in memory: while a set is being activated some still see the sets as they were."""
ASK_AGAIN = 1.0
"""Seconds for which a process that only reads believes that no boundary set has come by way of another process."""


@dataclass(frozen=True)
class Lie:
    """That a thing lies in an area: by what share of it, and whether the area is only the nearest."""

    area_id: int
    share: float
    nearest: bool = False


@dataclass(frozen=True)
class SetRow:
    """What is known of a boundary set beside its areas: where any of it differs, the set is another."""

    id: int
    imported_at: datetime
    from_on: date | None
    until_on: date | None
    type: str
    reference: bool
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """What an area is called, for answers that need no query."""

    id: int
    code: str
    coded: bool
    name: str


class LocatedSet:
    """One boundary set, ready to be asked. Areas stand in the order of their codes, so the first hit is the lowest."""

    def __init__(self, row: SetRow, areas: Sequence[tuple[Called, shapely.Geometry]], epsg: int) -> None:
        ordered = sorted(areas, key=lambda area: area[0].code)
        self.id, self.type, self.reference = row.id, row.type, row.reference
        self.from_on, self.until_on, self.waits = row.from_on, row.until_on, row.waits
        self.epsg = epsg
        self.called = [called for called, _ in ordered]
        self.area_ids = [called.id for called in self.called]
        self.codes = [called.code for called in self.called]
        self.shapes = np.array([shape for _, shape in ordered], dtype=object)
        self.tree = shapely.STRtree(self.shapes)
        self._in_metres: dict[int, shapely.Geometry] = {}

    def in_force(self, on: date) -> bool:
        """Whether the set holds on a day."""
        return not self.waits and holds(self.from_on, self.until_on, on)

    def covering(self, lon: float, lat: float) -> int | None:
        """The place in `area_ids` of the area that covers a point."""
        point = shapely.Point(lon, lat)
        for place in sorted(self.tree.query(point)):
            if shapely.intersects(self.shapes[place], point):  # intersects_xy prepares a shape that is given alone
                return int(place)
        return None

    def covering_each(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """For each point the place of its area, or -1: the same answer as `covering`, many at a time."""
        found = np.full(len(lon), len(self.shapes), dtype=np.int64)
        asked, places = self.tree.query(shapely.points(lon, lat))
        hit = shapely.intersects_xy(self.shapes[places], lon[asked], lat[asked])
        np.minimum.at(found, asked[hit], places[hit])
        return np.where(found == len(self.shapes), -1, found)

    def in_metres(self, place: int) -> shapely.Geometry:
        """An area in the council's projected system."""
        if place not in self._in_metres:
            self._in_metres[place] = reproject(self.shapes[place], WGS84, self.epsg)
        return self._in_metres[place]

    def nearest(self, point: shapely.Point) -> int | None:
        """The area nearest to a point within 100 m; of equals, the lowest code."""
        moved = reproject(point, WGS84, self.epsg)
        reach = reproject(moved.buffer(SNAP_METRES * 1.5), self.epsg, WGS84)
        near = [(self.in_metres(place).distance(moved), int(place)) for place in self.tree.query(reach)]
        return next((place for metres, place in sorted(near) if metres <= SNAP_METRES), None)

    def parts(self, shape: shapely.Geometry) -> list[tuple[int, float, float]]:
        """(place, part, whole) of a line or polygon for each area that holds some of it: metres, or square metres."""
        moved = reproject(shape, WGS84, self.epsg)
        whole = _size(moved)
        shared = ((place, _size(self.in_metres(place).intersection(moved))) for place in self.near(moved, 1.0))
        return [(place, size, whole) for place, size in shared if size > 0]

    def near(self, around: shapely.Geometry, metres: float) -> list[int]:
        """The places of the areas whose extents come so near to that of a shape in the council's system."""
        box = reproject(shapely.segmentize(_box(around, metres), LONGEST_STRAIGHT), self.epsg, WGS84)
        return sorted(int(place) for place in self.tree.query(box)) if np.isfinite(box.bounds).all() else []

    def lies(self, shape: shapely.Geometry, *, inside: bool) -> Iterator[Lie]:
        """The areas of this set in which a thing lies; `inside`: it is inside the council, so may take the nearest."""
        if shapely.get_dimensions(shape) == 0:
            yield from self._lies_of_point(shapely.centroid(shape), inside)
            return
        parts = self.parts(shape)
        least = SMALL_AREA if shapely.get_dimensions(shape) == 2 else SMALL_LENGTH
        enough = [part for part in parts if part[1] >= least or part[1] >= SMALL_SHARE * part[2]]
        for place, part, whole in enough or sorted(parts, key=lambda part: -part[1])[:1]:
            yield Lie(self.area_ids[place], min(part / whole, 1.0))

    def _lies_of_point(self, point: shapely.Point, inside: bool) -> Iterator[Lie]:
        covering = self.covering(point.x, point.y)
        if covering is not None:
            yield Lie(self.area_ids[covering], 1.0)
        elif inside and (nearest := self.nearest(point)) is not None:
            yield Lie(self.area_ids[nearest], 1.0, nearest=True)

    def ground(self, around: shapely.Geometry) -> shapely.Geometry:
        """The land of the set round a shape, with gaps between its areas of up to 200 m; both in the council's system.

        What closes a gap lies within 100 m of it, so only the areas near the shape are joined.
        """
        box = _box(around, SNAP_METRES * 3)
        areas = [self.in_metres(place).intersection(box) for place in self.near(box, 1.0)]
        together = shapely.union_all(areas)
        closed = together.buffer(SNAP_METRES, quad_segs=4).buffer(-SNAP_METRES, quad_segs=4)
        found = shapely.difference(closed, together)
        wide = shapely.buffer(shapely.buffer(found, -THIN), THIN)
        gaps = shapely.get_parts(wide)
        between = gaps[_are_between(gaps, areas, _box(around, SNAP_METRES * 2))]
        return shapely.union_all([together, *between, shapely.difference(found, wide)])

    def reaches(self, shape: shapely.Geometry) -> bool:
        """Whether a WGS 84 shape touches the land of the set, with gaps of up to 200 m closed."""
        near = self.tree.query(shape)
        if len(near) > 0 and bool(shapely.intersects(self.shapes[near], shape).any()):
            return True
        moved = reproject(shape, WGS84, self.epsg)
        return bool(shapely.intersects(self.ground(moved), moved))

    def within(self, metres: float, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of many points lie in the set or so near to it."""
        found = self.covering_each(lon, lat) >= 0
        beside = np.flatnonzero(~found)
        points = reproject(shapely.points(lon[beside], lat[beside]), WGS84, self.epsg)
        near, _ = self._tree_in_metres.query(points, predicate="dwithin", distance=metres)
        found[beside[near]] = True
        return found

    @cached_property
    def _tree_in_metres(self) -> shapely.STRtree:
        return shapely.STRtree([self.in_metres(place) for place in range(len(self.shapes))])


def _box(around: shapely.Geometry, metres: float) -> shapely.Geometry:
    west, south, east, north = shapely.bounds(around)
    return shapely.box(west - metres, south - metres, east + metres, north + metres)


def _are_between(
    gaps: NDArray[np.object_], areas: Sequence[shapely.Geometry], seen: shapely.Geometry
) -> NDArray[np.bool_]:
    """Which of the pieces that closing adds are gaps: enclosed, or walled in by two areas for four fifths of the edge.

    Of an edge, what is `seen` counts. The other pieces fill bays and corners of the outer edge: there a neighbouring
    council lies.
    """
    edges = shapely.intersection(shapely.boundary(gaps), seen)
    walls = shapely.buffer(shapely.union_all(areas), THIN * 3)
    openings = shapely.get_parts(shapely.difference(shapely.union_all(edges), walls))
    gap, opening = shapely.STRtree(openings).query(gaps, predicate="dwithin", distance=THIN)
    wide_open = np.bincount(gap, shapely.length(openings)[opening], minlength=len(gaps))
    beside = np.bincount(shapely.STRtree(areas).query(gaps, "dwithin", THIN * 3)[0], minlength=len(gaps))
    return np.asarray(wide_open <= shapely.length(edges) * np.where(beside > 1, MOST_OPEN, NEXT_TO_CLOSED))


def _size(shape: shapely.Geometry) -> float:
    return float(shape.area or shape.length)


class Locator:
    """All boundary sets of an installation."""

    def __init__(self, sets: Iterable[LocatedSet], ward_type: str) -> None:
        self.sets = list(sets)
        self.ward_type = ward_type

    def own(self, on: date | None = None) -> list[LocatedSet]:
        """The sets that give things their areas; those in force on a day, where one is given."""
        return [known for known in self.sets if not known.reference and (on is None or known.in_force(on))]

    def wards(self, on: date) -> list[LocatedSet]:
        """The council's own ward sets in force on a day."""
        return [known for known in self.own(on) if known.type == self.ward_type]

    def inside_council(self, shape: shapely.Geometry, on: date) -> bool:
        """Whether a shape touches the union of the council's own wards in force on a day, small gaps closed."""
        return any(known.reaches(shape) for known in self.wards(on))

    def lies(self, shape: shapely.Geometry, on: date) -> list[Lie]:
        """Every area, of every own set past and to come, in which a shape lies."""
        inside = self.inside_council(shape, on)
        return [lie for known in self.own() for lie in known.lies(shape, inside=inside)]

    def covering(self, lon: float, lat: float, on: date) -> list[tuple[LocatedSet, Called]]:
        """The areas of all sets in force, reference ones too, that cover a point: never the nearest."""
        found = ((known, known.covering(lon, lat)) for known in self.sets if known.in_force(on))
        return [(known, known.called[place]) for known, place in found if place is not None]


@dataclass
class _Kept:
    """The locators of an application by the sets of which they were made, and since when the newest is believed."""

    made: dict[tuple[SetRow, ...], Locator]
    newest: Locator | None = None
    asked_at: float = float("-inf")
    change: int = -1


_lock = Lock()
_SETS = select(*(getattr(BoundarySet, name) for name in SetRow.__dataclass_fields__)).order_by(BoundarySet.id)
_HERE = "wardbook.locator"


def _kept() -> _Kept:
    kept: _Kept = current_app.extensions.setdefault("wardbook.locator", _Kept({}))
    return kept


def locator() -> Locator:
    """The locator of the sets that this transaction sees, asked of the store once in it: while a set is activated, who
    reads sees all of it or nothing.
    """
    session = db.session()
    transaction, change, found = session.info.get(_HERE, (None, -1, None))
    if found is not None and transaction is session.get_transaction() and change == changes():
        return cast(Locator, found)
    change = changes()
    version = tuple(SetRow(*row) for row in session.execute(_SETS))
    made = _kept().made
    with _lock:
        if version not in made:
            made[version] = _load(version)
            while len(made) > MOST_KEPT:
                del made[next(iter(made))]
        found = made[version]
    session.info[_HERE] = session.get_transaction(), change, found
    return found


def recent_locator() -> Locator:
    """For an answer that reads nothing else of the store: what another process changed is known a second later."""
    kept = _kept()
    if kept.newest is None or kept.change != changes() or monotonic() - kept.asked_at >= ASK_AGAIN:
        change, at = changes(), monotonic()
        kept.newest, kept.change, kept.asked_at = locator(), change, at
    return kept.newest


for _deed in ("after_insert", "after_update", "after_delete"):
    event.listen(BoundarySet, _deed, changed)


def _load(sets: Sequence[SetRow]) -> Locator:
    rows: dict[int, list[tuple[Called, shapely.Geometry]]] = {}
    asked = select(Area.set_id, Area.id, Area.code, Area.coded, Area.name, Area.geometry)
    for set_id, area_id, code, coded, name, shape in db.session.execute(asked):
        rows.setdefault(set_id, []).append((Called(area_id, code, coded, name), shape))
    return Locator((LocatedSet(row, rows.get(row.id, []), settings().crs) for row in sets), settings().ward_type)
