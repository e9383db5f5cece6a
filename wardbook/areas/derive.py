"""The areas a thing lies in, as rows: written with the thing, and for all things when a boundary set comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import delete, insert, inspect, select

from wardbook.areas.locator import Lie, LocatedSet, locator
from wardbook.clock import today
from wardbook.db import Base, beside_others, db
from wardbook.shared import Located

BOUNDARIES = "boundary sets"
"""Whoever brings a set in is alone with them: what is told at the same moment waits, and then lies in its areas too."""


def located_models() -> list[type[Any]]:
    """Every model whose things have a shape."""
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Located)]


def derive(thing: Any) -> list[Lie]:
    """Write the areas of one thing; where it was there before, in place of what was written then."""
    table, came = type(thing).lies_in, not inspect(thing).persistent
    beside_others(BOUNDARIES)
    lies = locator().lies(thing.geometry, today())
    db.session.flush()
    if not came:
        db.session.execute(delete(table).where(table.c.thing_id == thing.id))
    _write(table, ((thing.id, lie) for lie in lies))
    return lies


def derive_for_set(set_id: int) -> None:
    """Write, for every thing there is, the areas of a set that has just come."""
    known = next((known for known in locator().own() if known.id == set_id), None)
    if known is None:
        return
    for model in located_models():
        rows = db.session.execute(select(model.id, model.geometry)).all()
        _write(model.lies_in, _lies_of_many(known, [(row[0], row[1]) for row in rows], today()))


def derive_many(model: type[Any], rows: Sequence[tuple[int, shapely.Geometry]]) -> None:
    """Write the areas of many new things of one model at once."""
    beside_others(BOUNDARIES)
    for known in locator().own():
        _write(model.lies_in, _lies_of_many(known, rows, today()))


def _lies_of_many(
    known: LocatedSet, rows: Sequence[tuple[int, shapely.Geometry]], on: date
) -> Iterable[tuple[int, Lie]]:
    points = [(id_, shape) for id_, shape in rows if shape.geom_type == "Point"]
    lon = np.array([shape.x for _, shape in points], dtype=float)
    lat = np.array([shape.y for _, shape in points], dtype=float)
    places = known.covering_each(lon, lat)
    for (id_, shape), place in zip(points, places, strict=True):
        if place >= 0:
            yield id_, Lie(known.area_ids[place], 1.0)
        else:
            yield from ((id_, lie) for lie in known.lies(shape, inside=locator().inside_council(shape, on)))
    for id_, shape in rows:
        if shape.geom_type != "Point":
            yield from ((id_, lie) for lie in known.lies(shape, inside=True))


def _write(table: Any, lies: Iterable[tuple[int, Lie]]) -> None:
    rows = [
        {"thing_id": thing_id, "area_id": lie.area_id, "share": lie.share, "nearest": lie.nearest}
        for thing_id, lie in lies
    ]
    if rows:
        db.session.execute(insert(table), rows)
