"""Bringing in boundary sets and postcodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, select

from wardbook.areas.derive import BOUNDARIES, derive_for_set, located_models
from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.models import AREA_TYPES, Activation, Area, BoundarySet, Postcode, PostcodeSource
from wardbook.areas.queries import boundary_set_named
from wardbook.clock import day_in_words, today
from wardbook.db import alone, db, now
from wardbook.errors import Refused

if TYPE_CHECKING:
    from wardbook.areas.boundary_files.reading import ReadArea, Reading  # GDAL and pandas: for imports of files alone


MOST_OF_A_NAME = 200


@dataclass(frozen=True)
class SetDescription:
    """What a file cannot say of itself."""

    name: str
    type: str
    from_on: date | None = None
    until_on: date | None = None
    source: str = ""
    licence: str = ""
    reference: bool = False


def add_boundary_set(about: SetDescription, reading: Reading) -> BoundarySet:
    """Take in a boundary set whole, and write for everything on the map which of its areas it lies in.

    Where one of its type without an end holds over the same ground, and began before it, the new one waits to be
    activated. Raises Refused where the name is taken, the dates are back to front, or another own set of the type holds
    on some of the same days over the same ground in any other way.
    """
    alone(BOUNDARIES)
    if not about.name.isprintable() or not about.name.strip() or len(about.name) > MOST_OF_A_NAME:
        raise Refused(f"The name of a set is a line of 1 to {MOST_OF_A_NAME} characters: give it with --set NAME.")
    if about.type not in AREA_TYPES:
        raise Refused(f"'{about.type}' is not a type of area: choose one of {', '.join(AREA_TYPES)}.")
    if about.from_on and about.until_on and about.from_on >= about.until_on:
        raise Refused(
            f"The set would end ({day_in_words(about.until_on)}) before it begins ({day_in_words(about.from_on)}): "
            "--until is the first day on which it no longer holds."
        )
    if db.session.scalar(select(BoundarySet.id).where(BoundarySet.name == about.name)):
        raise Refused(f"There is already a boundary set called '{about.name}': choose another --set name.")
    waits = _waits(about, reading)
    row = BoundarySet(
        name=about.name,
        type=about.type,
        from_on=about.from_on,
        until_on=about.until_on,
        source=about.source,
        licence=about.licence,
        reference=about.reference,
        waits=waits,
        imported_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.execute(insert(Area), [_area(row.id, read) for read in reading.areas])
    derive_for_set(row.id)
    return row


def remove_boundary_set(name: str) -> tuple[int, int]:
    """Take a set away with its areas; how many there were, and how many things lay in them. Nothing else goes with it.

    Raises Refused for a set of which an activation speaks that was not undone.
    """
    alone(BOUNDARIES)
    row = boundary_set_named(name)
    for done in db.session.scalars(select(Activation).where(Activation.undone_at.is_(None))):
        if row.id == done.set_id or row.id in [set_id for set_id, _ in done.changes["sets"]]:
            raise Refused(
                f"'{row.name}' cannot be removed while '{done.set.name}' is activated: undo that first, with "
                "'wardbook boundaries activate NAME --undo'."
            )
    ids = select(Area.id).where(Area.set_id == row.id)
    things = 0
    for model in located_models():
        lies = model.lies_in.c.area_id.in_(ids)
        things += db.session.scalar(select(func.count(model.lies_in.c.thing_id.distinct())).where(lies)) or 0
        db.session.execute(delete(model.lies_in).where(lies))
    areas = db.session.scalar(select(func.count()).select_from(Area).where(Area.set_id == row.id)) or 0
    db.session.execute(delete(Activation).where(Activation.set_id == row.id))
    db.session.execute(delete(Area).where(Area.set_id == row.id))
    db.session.delete(row)
    db.session.flush()
    return areas, things


def _area(set_id: int, read: ReadArea) -> dict[str, object]:
    from wardbook.areas.boundary_files.reading import slug

    return {
        "set_id": set_id,
        "code": read.code or slug(read.name),
        "coded": read.code is not None,
        "name": read.name,
        "other_names": list(read.other_names),
        "geometry": read.geometry,
    }


def _waits(about: SetDescription, reading: Reading) -> bool:
    """Whether it is to take the place of a set without an end. Raises Refused where it could not."""
    if about.reference:
        return False
    same_days = [known for known in locator().own() if known.type == about.type and _share_days(known, about)]
    over = _over_the_same_ground(same_days, reading) if same_days else []
    for known in over:
        if known.waits:
            raise Refused(
                f"'{_name(known)}' waits to take the place of the set in force: activate it first, or take it "
                "away with 'wardbook boundaries remove'."
            )
        if not _can_be_ended(known, about):
            raise Refused(
                f"The set '{_name(known)}' holds on some of the same days over the same ground: give --from and "
                "--until so that one ends on the day the other begins, or load this one with --reference."
            )
    return bool(over)


def _can_be_ended(known: LocatedSet, about: SetDescription) -> bool:
    """Whether a set without an end began before another does."""
    later = about.from_on is not None and (known.from_on is None or known.from_on < about.from_on)
    return later and known.until_on is None


def _over_the_same_ground(sets: Sequence[LocatedSet], reading: Reading) -> list[LocatedSet]:
    """The sets that share more than slivers with what was read."""
    shapes = np.array([area.geometry for area in reading.areas], dtype=object)
    return [
        known for known in sets if _shared_area(known, shapes) > 0.001 * min(_area_of(known.shapes), _area_of(shapes))
    ]


def _shared_area(known: LocatedSet, shapes: NDArray[np.object_]) -> float:
    """In square degrees: only compared with others over the same ground."""
    asked, places = known.tree.query(shapes, predicate="intersects")
    return _area_of(shapely.intersection(shapes[asked], known.shapes[places]))


def _area_of(shapes: NDArray[np.object_]) -> float:
    return float(shapely.area(shapes).sum())


def _name(known: LocatedSet) -> str:
    return db.session.get_one(BoundarySet, known.id).name


def _share_days(known: LocatedSet, about: SetDescription) -> bool:
    begins = max(known.from_on or date.min, about.from_on or date.min)
    ends = min(known.until_on or date.max, about.until_on or date.max)
    return begins < ends


@dataclass(frozen=True)
class PostcodeRow:
    """One row of a postcode file: the postcode without its space, and a point in WGS 84."""

    compact: str
    lon: float
    lat: float


@dataclass
class PostcodeTally:
    """What became of the rows of a postcode file. Those outside the council are kept, and counted again."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    outside: int = 0


def add_postcodes(rows: Sequence[PostcodeRow], *, file_name: str, dated_on: date, licence: str = "") -> PostcodeTally:
    """Bring in a dated source of postcodes. A row of an older source never replaces one of a later."""
    alone("postcodes")
    source = PostcodeSource(file_name=file_name, dated_on=dated_on, imported_at=now(), licence=licence)
    db.session.add(source)
    db.session.flush()
    held = {row.compact: row for row in db.session.scalars(select(Postcode))}
    dates = {known.id: known.dated_on for known in db.session.scalars(select(PostcodeSource))}
    tally = PostcodeTally(outside=_count_outside(rows))
    fresh: dict[str, PostcodeRow] = {}
    for row in rows:
        known = held.get(row.compact)
        if known is None:
            tally.created += row.compact not in fresh
            fresh[row.compact] = row
        elif dates[known.source_id] > dated_on:
            tally.unchanged += 1
        elif (known.lon, known.lat) == (row.lon, row.lat):
            known.source_id = source.id
            tally.unchanged += 1
        else:
            known.lon, known.lat, known.source_id = row.lon, row.lat, source.id
            tally.updated += 1
    if fresh:
        values = [{"compact": r.compact, "lon": r.lon, "lat": r.lat, "source_id": source.id} for r in fresh.values()]
        db.session.execute(insert(Postcode), values)
    return tally


def _count_outside(rows: Iterable[PostcodeRow]) -> int:
    """How many points lie in none of the council's wards in force today (the nearest is not taken)."""
    lon, lat = np.array([(row.lon, row.lat) for row in rows], dtype=float).reshape(-1, 2).T
    inside = np.zeros(len(lon), dtype=bool)
    for known in locator().wards(today()):
        inside |= known.covering_each(lon, lat) >= 0
    return int((~inside).sum())
