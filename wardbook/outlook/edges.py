"""What is public on both sides of a ward's edge: it belongs to one ward and matters to two.

Only what everyone may see is looked for here, whoever reads the page: what is for a ward's councillors stays in their
ward. Nothing is kept: what a ward holds, its counts, files, feeds and briefs are by its derived rows alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from sqlalchemy import Integer, Select, bindparam, exists, or_, select

from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.models import Area
from wardbook.config import settings
from wardbook.db import db, given, glance, touches_given
from wardbook.entries import queries
from wardbook.entries.models import Entry
from wardbook.geo import WGS84, reproject
from wardbook.policy import VISITOR

MOST = 10
CELLS = 8
"""A band is asked about in pieces, of a grid of so many by so many: the index would find all of the ward round one"""
MOST_KEPT = 500


@dataclass(frozen=True)
class AtTheEdge:
    """An entry near a ward's edge: how far from the edge it is, and in which ward on the other side or beyond."""

    entry: Entry
    metres: float
    other: str
    is_inside: bool

    @property
    def words(self) -> str:
        """`12 m over the border, in Kingsmead`; `12 m from the border with Kingsmead` of what is the ward's own."""
        if self.is_inside:
            away = f"{self.metres:.0f} m from" if self.metres >= 0.5 else "On"
            return f"{away} the border with {self.other}"
        away = f"{self.metres:.0f} m over" if self.metres >= 0.5 else "On"
        return f"{away} the border, in {self.other}" if self.other else f"{away} the border"


def at_the_edge(ward: Area) -> list[AtTheEdge]:
    """The nearest ten over a ward's edge, then its own nearest to a neighbour: within so many metres (a setting)."""
    known = next((known for known in locator().own() if known.id == ward.set_id), None)
    if known is None or ward.id not in known.area_ids or not settings().edge_metres:
        return []
    place = known.area_ids.index(ward.id)
    ids, own, shapes = _on_the_band(known, place)
    return [*_over(known, place, ids[~own], shapes[~own]), *_within(known, place, ids[own], shapes[own])]


def _on_the_band(known: LocatedSet, place: int) -> tuple[Any, Any, Any]:
    """What is public close to an area's edge: ids, whether each lies in the area, and shapes in metres."""
    asked, values = on_the_band(known, place)
    rows = glance(asked, **values)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [reproject(row[2], WGS84, known.epsg) for row in rows]
    return np.array([row[0] for row in rows], dtype=int), np.array([row[1] for row in rows], dtype=bool), shapes


def on_the_band(known: LocatedSet, place: int) -> tuple[Select[Any], dict[str, object]]:
    """The query of what is public on the ground beside an area's edge, and its values."""
    pieces = _band(known, place).pieces
    most = max(8, 1 << (len(pieces) - 1).bit_length())
    shapes = (given(f"piece{number}", pieces[min(number, len(pieces) - 1)]) for number in range(most))
    values = {name: value for shape in shapes for name, value in shape.items()}
    return _asked(db.engine.dialect.name, most), {"area": known.area_ids[place], **values}


@lru_cache(maxsize=16)
def _asked(engine: str, pieces: int) -> Select[Any]:
    """One query of an engine for so many pieces: to make it for each ward takes longer than to run it."""
    lies = Entry.lies_in.c
    own = exists().where(lies.thing_id == Entry.id, lies.area_id == bindparam("area", None, type_=Integer))
    near = queries.published(VISITOR).where(or_(*(touches_given(Entry, f"piece{n}") for n in range(pieces))))
    return near.with_only_columns(Entry.id, own.correlate(Entry), Entry.geometry).order_by(None)


def _over(known: LocatedSet, place: int, ids: Any, shapes: Any) -> list[AtTheEdge]:
    """What lies in another area, or in none, and reaches close to this one."""
    nearest = _nearest(ids, shapes, shapely.distance(shapes, known.in_metres(place)))
    names = _where(known, list(nearest))
    return [AtTheEdge(entry, nearest[entry.id], names.get(entry.id, ""), False) for entry in _entries(nearest)]


def _within(known: LocatedSet, place: int, ids: Any, shapes: Any) -> list[AtTheEdge]:
    """What lies in this area close to another one."""
    neighbours = _band(known, place).neighbours
    if not neighbours or not len(ids):
        return []
    metres = np.stack([shapely.distance(shapes, known.in_metres(other)) for other in neighbours])
    nearest = _nearest(ids, shapes, metres.min(axis=0))
    whose = dict(zip(ids.tolist(), metres.argmin(axis=0).tolist(), strict=True))
    return [
        AtTheEdge(entry, nearest[entry.id], known.called[neighbours[whose[entry.id]]].name, True)
        for entry in _entries(nearest)
    ]


def _nearest(ids: Any, shapes: Any, metres: Any) -> dict[int, float]:
    """The nearest ten; spots before lines and areas, of which one may fill a ward; of equals the newer."""
    near = [
        (dimensions, far, -id_)
        for id_, dimensions, far in zip(ids.tolist(), shapely.get_dimensions(shapes), metres.tolist(), strict=True)
        if far <= settings().edge_metres
    ]
    return {-negative: far for _, far, negative in sorted(near)[:MOST]}


def _entries(nearest: dict[int, float]) -> list[Entry]:
    rows = queries.published(VISITOR).where(Entry.id.in_(list(nearest)))
    found = {entry.id: entry for entry in db.session.scalars(queries.shown(rows))} if nearest else {}
    return [found[id_] for id_ in nearest if id_ in found]


def _where(known: LocatedSet, ids: list[int]) -> dict[int, str]:
    """The area of a set in which each of these lies, by its name; the one with the largest share where several do."""
    lies = Entry.lies_in.c
    rows = select(lies.thing_id, Area.name).join(Area, Area.id == lies.area_id)
    rows = rows.where(lies.thing_id.in_(ids), Area.set_id == known.id).order_by(lies.share, Area.code.desc())
    return dict(db.session.execute(rows).all()) if ids else {}


# --- the ground beside an edge -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Band:
    """The ground on both sides of an area's edge, in pieces in WGS 84, and the places of the areas beside it."""

    pieces: list[shapely.Geometry]
    neighbours: list[int]


_kept: WeakKeyDictionary[LocatedSet, dict[tuple[int, float], _Band]] = WeakKeyDictionary()


def _band(known: LocatedSet, place: int) -> _Band:
    kept, metres = _kept.setdefault(known, {}), settings().edge_metres
    if (place, metres) not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[place, metres] = _made(known, place, metres)
    return kept[place, metres]


def _made(known: LocatedSet, place: int, metres: float) -> _Band:
    """A little wider than asked for, since the corners of a buffer are cut; distances decide."""
    area, wide = known.in_metres(place), metres * 1.02
    grown = area.buffer(wide)
    beside = known.tree.query(reproject(grown, known.epsg, WGS84), predicate="intersects")
    band = shapely.difference(grown, area.buffer(-wide))
    return _Band(_pieces(band, known.epsg), [int(other) for other in sorted(beside) if other != place])


def _pieces(band: shapely.Geometry, epsg: int) -> list[shapely.Geometry]:
    west, south, east, north = band.bounds
    xs, ys = np.linspace(west, east, CELLS + 1), np.linspace(south, north, CELLS + 1)
    cells = [
        shapely.clip_by_rect(band, xs[column], ys[row], xs[column + 1], ys[row + 1])
        for column in range(CELLS)
        for row in range(CELLS)
    ]
    return [reproject(cell, epsg, WGS84) for cell in cells if not cell.is_empty]
