"""What can be read of areas and postcodes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy import Select, Table, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, defer

from wardbook.areas.models import Area, BoundarySet, Postcode, PostcodeSource
from wardbook.clock import today
from wardbook.config import settings
from wardbook.db import db, glance
from wardbook.errors import Refused

POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")


def _areas() -> Select[Area]:
    """Areas with their set and without their shape, which is large and seldom wanted."""
    return select(Area).join(Area.set).options(contains_eager(Area.set), defer(Area.geometry))


def wards(on: date | None = None) -> Sequence[Area]:
    """The council's own wards in force on a day (today), by name."""
    own = _in_force(on or today()).where(BoundarySet.type == settings().ward_type)
    return db.session.scalars(own.order_by(Area.name)).all()


def other_areas(on: date | None = None) -> dict[str, list[Area]]:
    """The council's own areas of every other type in force on a day (today), by type and then by name."""
    found: dict[str, list[Area]] = {}
    for known in in_force(on):
        if known.set.type != settings().ward_type:
            found.setdefault(known.set.type, []).append(known)
    return found


def _in_force(asked: date) -> Select[Area]:
    """The council's own areas in force on a day."""
    return _areas().where(
        BoundarySet.reference.is_(False),
        BoundarySet.waits.is_(False),
        or_(BoundarySet.from_on.is_(None), BoundarySet.from_on <= asked),
        or_(BoundarySet.until_on.is_(None), BoundarySet.until_on > asked),
    )


def in_force(on: date | None = None) -> Sequence[Area]:
    """The council's own areas of every type that are in force on a day (today), type by type and by name."""
    return db.session.scalars(_in_force(on or today()).order_by(BoundarySet.type, Area.name)).all()


def area(code: str, on: date | None = None) -> Area | None:
    """The council's own area with a code on a day (today); where none is in force with that code, the latest.

    Reference sets answer look-ups, but a place is never made of one.
    """
    found = [known for known in areas_with_code(code) if on is None or known.set.in_force(on)]
    return max(found, key=_nearness, default=None)


def areas_with_code(code: str) -> Sequence[Area]:
    """The council's own areas with a code, of every set."""
    return db.session.scalars(_areas().where(Area.code == code, BoundarySet.reference.is_(False))).all()


def _nearness(known: Area) -> tuple[bool, bool, date]:
    return known.set.in_force(today()), known.set.type == settings().ward_type, known.set.from_on or date.min


def areas_by_id(ids: Sequence[int]) -> dict[int, Area]:
    """Areas by their id, without their shapes."""
    return {known.id: known for known in db.session.scalars(_areas().where(Area.id.in_(ids)))}


def boundary_sets() -> Sequence[BoundarySet]:
    """Every set, oldest first."""
    return db.session.scalars(select(BoundarySet).order_by(BoundarySet.from_on.nulls_first(), BoundarySet.id)).all()


def boundary_set_named(name: str) -> BoundarySet:
    """A set by its name. Raises Refused where there is none."""
    sets = boundary_sets()
    found = next((row for row in sets if row.name.casefold() == name.strip().casefold()), None)
    if found is None:
        known = ", ".join(f"'{row.name}'" for row in sets) or "none yet"
        raise Refused(f"There is no boundary set called '{name[:80]}'. There are: {known}.")
    return found


def codes_and_names() -> dict[int, list[tuple[str, str]]]:
    """By the id of each of the council's own sets the codes and names of its areas, in the order of the codes."""
    asked = select(Area.set_id, Area.code, Area.name).join(Area.set).where(BoundarySet.reference.is_(False))
    found: dict[int, list[tuple[str, str]]] = {}
    for set_id, code, name in db.session.execute(asked.order_by(Area.code)):
        found.setdefault(set_id, []).append((code, name))
    return found


def boundary_set(set_id: int) -> BoundarySet | None:
    """A set by its id."""
    return db.session.get(BoundarySet, set_id) if 0 < set_id < 2**31 else None


def postcode_sources() -> Sequence[PostcodeSource]:
    """The latest of each file of postcodes that was brought in, by name."""
    latest = select(func.max(PostcodeSource.id)).group_by(PostcodeSource.file_name)
    return db.session.scalars(
        select(PostcodeSource).where(PostcodeSource.id.in_(latest)).order_by(PostcodeSource.file_name)
    ).all()


def area_counts() -> dict[int, int]:
    """How many areas each set has."""
    counts = db.session.execute(select(Area.set_id, func.count()).group_by(Area.set_id))
    return dict(counts.all())


def compact_postcode(words: str) -> str | None:
    """`ba1 5aw` as `BA15AW`; None where the words are no whole postcode."""
    compact = re.sub(r"\s", "", words).upper()
    return compact if POSTCODE.fullmatch(compact) else None


def postcode(words: str) -> Postcode | None:
    """A postcode we hold, however it is written."""
    compact = compact_postcode(words)
    return None if compact is None else db.session.get(Postcode, compact)


_POSTCODES = cast(Table, Postcode.__table__).c
CENTRE = select(_POSTCODES.lon, _POSTCODES.lat).where(_POSTCODES.compact == bindparam("compact"))


def centre(compact: str) -> tuple[float, float] | None:
    """Longitude and latitude of a postcode we hold, written without its space: one small query and nothing more."""
    found = glance(CENTRE, compact=compact)
    return (found[0][0], found[0][1]) if found else None
