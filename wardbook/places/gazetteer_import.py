"""Bringing in a list of names: what lies in the council and a kilometre round it, in place of what its source had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TypeVar

import numpy as np
import shapely
from sqlalchemy import delete, func, insert, select

from wardbook import geo
from wardbook.areas.locator import LocatedSet, locator
from wardbook.clock import today
from wardbook.db import alone, db, now
from wardbook.errors import Refused
from wardbook.places.folding import folded
from wardbook.places.gazetteer import GazetteerName, GazetteerSource, GazetteerWord, words_of
from wardbook.places.gazetteer_files import NameRow, RefusedName, Row

MARGIN = 1000.0
AT_A_TIME = 20_000
T = TypeVar("T")
Kept = tuple[str, str, str, str, float, float]
"""name, other, kind, near, lon, lat"""


@dataclass
class NamesTally:
    """What became of the rows of a list of names."""

    created: int = 0
    removed: int = 0
    unchanged: int = 0
    outside: int = 0
    refused: list[RefusedName] = field(default_factory=list)


def add_names(rows: Iterable[Row], *, source: str, file_name: str, licence: str = "") -> NamesTally:
    """Keep the names near the council under their source; what it had before and no longer has is taken away.

    Run twice with one file, the second changes nothing. Raises Refused where no wards are in force: without them
    nobody can say what is near.
    """
    alone("gazetteer")
    tally = NamesTally()
    wanted = dict.fromkeys(_near_the_council(rows, tally))
    known = db.session.scalar(select(GazetteerSource).where(GazetteerSource.name == source))
    if known is None:
        known = GazetteerSource(name=source, file_name=file_name, imported_at=now(), version=0, licence=licence)
        db.session.add(known)
        db.session.flush()
    gone, fresh = _compared(known.id, wanted, tally)
    _remove(gone)
    _write(known.id, fresh)
    if gone or fresh:
        known.version += 1
        known.file_name, known.imported_at = file_name, now()
    known.licence = licence or known.licence
    return tally


def _compared(source_id: int, wanted: dict[Kept, None], tally: NamesTally) -> tuple[list[int], list[Kept]]:
    """The numbers of the names that are gone, and the names that are new: what is left of those that are wanted."""
    columns = ("id", "name", "other", "kind", "near", "lon", "lat")
    held = db.session.execute(
        select(*(getattr(GazetteerName, column) for column in columns)).where(GazetteerName.source_id == source_id)
    )
    gone = []
    for id_, name, other, kind, near, lon, lat in held:
        kept = (name, other, kind, near, lon, lat)
        if kept in wanted:
            del wanted[kept]
            tally.unchanged += 1
        else:
            gone.append(id_)
    tally.created, tally.removed = len(wanted), len(gone)
    return gone, list(wanted)


def _near_the_council(rows: Iterable[Row], tally: NamesTally) -> Iterator[Kept]:
    """The names in the council and round it; one row for each name of what has two."""
    wards = _wards()
    box = _grid_box(wards)
    for some in _in_parts(_read(rows, tally), AT_A_TIME):
        inside = [row for row in some if not row.grid or (box[0] <= row.x <= box[2] and box[1] <= row.y <= box[3])]
        tally.outside += len(some) - len(inside)
        if not inside:
            continue
        lon, lat = _degrees(inside)
        near = np.any([known.within(MARGIN, lon, lat) for known in wards], axis=0)
        tally.outside += int((~near).sum())
        for row, x, y, within in zip(inside, lon.tolist(), lat.tolist(), near.tolist(), strict=True):
            if within:
                at = (round(x, 7), round(y, 7))
                yield (row.name, row.other, row.kind, row.near, *at)
                if row.other and row.other != row.name:
                    yield (row.other, row.name, row.kind, row.near, *at)


def _read(rows: Iterable[Row], tally: NamesTally) -> Iterator[NameRow]:
    for row in rows:
        if isinstance(row, RefusedName):
            tally.refused.append(row)
        else:
            yield row


def _wards() -> list[LocatedSet]:
    sets = locator().wards(today())
    if not sets:
        raise Refused(
            "No wards are in force today, so nobody can say which names lie in the council: import its wards first."
        )
    return sets


def _grid_box(sets: Sequence[LocatedSet]) -> tuple[float, float, float, float]:
    """A box of eastings and northings that holds all of it: what lies beyond is passed by without being converted."""
    west, south, east, north = shapely.total_bounds(np.concatenate([known.shapes for known in sets]))
    x, y = geo.to_grid_each(np.array([west, west, east, east]), np.array([south, north, south, north]))
    far = MARGIN + 2000
    return float(x.min() - far), float(y.min() - far), float(x.max() + far), float(y.max() + far)


def _degrees(rows: Sequence[NameRow]) -> tuple[geo.Numbers, geo.Numbers]:
    x, y = np.array([row.x for row in rows]), np.array([row.y for row in rows])
    on_grid = np.array([row.grid for row in rows])
    if on_grid.any():
        x[on_grid], y[on_grid] = geo.from_grid_each(x[on_grid], y[on_grid])
    return x, y


def _in_parts(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def _remove(ids: Sequence[int]) -> None:
    for some in _in_parts(ids, 500):
        db.session.execute(delete(GazetteerWord).where(GazetteerWord.name_id.in_(some)))
        db.session.execute(delete(GazetteerName).where(GazetteerName.id.in_(some)))


def _write(source_id: int, fresh: Sequence[Kept]) -> None:
    first = (db.session.scalar(select(func.max(GazetteerName.id))) or 0) + 1
    for some in _in_parts(zip(count(first), fresh, strict=False), AT_A_TIME):
        names = [
            {
                "id": id_, "source_id": source_id, "name": name, "folded": folded(name), "other": other, "kind": kind,
                "near": near, "lon": lon, "lat": lat,
            }
            for id_, (name, other, kind, near, lon, lat) in some
        ]  # fmt: skip
        words = [
            {"word": word, "name_id": id_, "of_name": own}
            for id_, (name, _, _, near, _, _) in some
            for word, own in words_of(name, near)
        ]
        db.session.execute(insert(GazetteerName), names)
        if words:
            db.session.execute(insert(GazetteerWord), words)
