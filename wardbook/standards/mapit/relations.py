"""How areas lie to each other: MapIt's words for it, asked of search trees and shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wardbook.areas.locator import LocatedSet
from wardbook.geo import ready
from wardbook.standards.mapit.register import PARENTS, Known, Register

Shapes = NDArray[Any]
Hits = NDArray[np.bool_]


def _crossing(ask: Callable[[shapely.Geometry, Shapes], Any]) -> Callable[[shapely.Geometry, Shapes], Hits]:
    """Ask only of shapes that reach the edge: one that lies well inside the other neither touches nor overlaps it.

    A prepared shape knows that at once, where the whole of both would have to be compared.
    """

    def found(shape: shapely.Geometry, others: Shapes) -> Hits:
        hits: Hits = ~shapely.contains_properly(shape, others)
        hits[hits] = ~shapely.contains_properly(others[hits], shape)
        hits[hits] = ask(shape, others[hits])
        return hits

    return found


_overlaps = _crossing(shapely.overlaps)


def _covers(shape: shapely.Geometry, others: Shapes) -> Hits:
    hits: Hits = shapely.covers(shape, others)
    return hits


def _covered(shape: shapely.Geometry, others: Shapes) -> Hits:
    hits: Hits = shapely.covers(others, shape)
    return hits


def _coverlaps(shape: shapely.Geometry, others: Shapes) -> Hits:
    hits = _covers(shape, others)
    hits[~hits] = _overlaps(shape, others[~hits])
    return hits


def _intersects(shape: shapely.Geometry, others: Shapes) -> Hits:
    return np.ones(len(others), dtype=bool)  # the tree has found no others


RELATIONS: dict[str, tuple[str, Callable[[shapely.Geometry, Shapes], Hits]]] = {
    "touches": ("Areas touching {}", _crossing(shapely.touches)),
    "overlaps": ("Areas overlapping {}", _overlaps),
    "covers": ("Areas covered by {}", _covers),
    "covered": ("Areas that cover {}", _covered),
    "coverlaps": ("Areas covered by or overlapping {}", _coverlaps),
    "intersects": ("Areas that intersect {}", _intersects),
}
"""Each word, a heading for it, and which of the shapes that share a point with the first are meant."""


def related(word: str, known: Known, sets: Iterable[LocatedSet]) -> Iterator[Known]:
    """The areas of these sets that stand in a relation to an area; never itself."""
    shape, (_, ask) = ready(known.shape), RELATIONS[word]
    for one in sets:
        near = one.tree.query(shape, predicate="intersects")
        for place in near[ask(shape, one.shapes[near])]:
            if one.area_ids[place] != known.called.id:
                yield Known(one, int(place))


def children(of: Register, known: Known, sets: Iterable[LocatedSet]) -> Iterator[Known]:
    """The areas of these sets that are parts of an area: of a type that is parted from its own, lying in it."""
    for one in sets:
        if PARENTS.get(one.type) != known.its_set.type:
            continue
        for place in one.tree.query(known.shape, predicate="intersects"):
            child = Known(one, int(place))
            if shapely.intersects(known.shape, of.point_inside(child)):
                yield child
