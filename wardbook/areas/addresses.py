"""The address points of each postcode, so that a postcode that lies in two wards can say so, and by what share.

The points of one postcode are packed into one row: some 30,000 rows for a city in place of half a million. Shares are
reckoned when they are asked for, from a dozen points against shapes that are in memory already, so there is nothing to
derive again when a boundary set comes, ends or is undone, and any day can be asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.areas.actions import PostcodeRow, PostcodeTally, add_postcodes
from wardbook.areas.locator import Called, locator
from wardbook.areas.models import Postcode, PostcodeSource
from wardbook.db import Base, alone, db

Points = NDArray[np.int32]
"""Longitude and latitude of each address, in ten-millionths of a degree: about a centimetre."""
SCALE = 10_000_000


class PostcodeAddresses(Base):
    """The points of the addresses of one postcode."""

    __tablename__ = "postcode_addresses"

    compact: Mapped[str] = mapped_column(ForeignKey("postcode.compact"), primary_key=True)
    points: Mapped[bytes] = mapped_column(LargeBinary)
    """Pairs of little-endian 32-bit numbers: longitude, latitude"""
    source_id: Mapped[int] = mapped_column(ForeignKey("postcode_source.id"))


@dataclass(frozen=True)
class AddressShare:
    """That of a postcode's addresses so many lie in a ward; of no ward: they lie in none of this council's."""

    ward: Called | None
    addresses: int
    share: float


@dataclass
class AddressTally:
    """What became of the address points of a file."""

    addresses: int = 0
    postcodes: int = 0
    changed: int = 0
    older: int = 0


def packed(points: Iterable[tuple[float, float]]) -> Points:
    """Longitudes and latitudes as they are kept, in an order of their own, so that the same points are the same row."""
    numbers = np.round(np.array(sorted(points), dtype=float).reshape(-1, 2) * SCALE)
    return numbers.astype("<i4")


def degrees(points: Points) -> NDArray[np.float64]:
    """Longitudes and latitudes of packed points."""
    return points.astype(float) / SCALE


def points_of(compact: str) -> NDArray[np.float64] | None:
    """The address points of a postcode as longitudes and latitudes; None where we know its centre alone."""
    kept = db.session.scalar(select(PostcodeAddresses.points).where(PostcodeAddresses.compact == compact))
    return None if kept is None else degrees(np.frombuffer(kept, dtype="<i4").reshape(-1, 2))


def shares(compact: str, on: date) -> list[AddressShare]:
    """How a postcode's addresses lie in the wards in force on a day, most first; empty where we know no addresses."""
    points = points_of(compact)
    if points is None or not len(points):
        return []
    counts: dict[Called | None, int] = {}
    left = np.ones(len(points), dtype=bool)
    for known in locator().wards(on):
        places = known.covering_each(points[:, 0], points[:, 1])
        for place in places[left & (places >= 0)].tolist():
            counts[known.called[place]] = counts.get(known.called[place], 0) + 1
        left &= places < 0
    if left.any():
        counts[None] = int(left.sum())
    found = [AddressShare(ward, number, number / len(points)) for ward, number in counts.items()]
    return sorted(found, key=lambda one: (one.ward is None, -one.addresses, one.ward.code if one.ward else ""))


ADDRESSES_OF_A_FILE = 0.1
"""Where at least a tenth of the rows of a file repeat a postcode, each of its rows is an address."""


def parted(rows: Sequence[PostcodeRow]) -> tuple[list[PostcodeRow], dict[str, Points]]:
    """Rows with a postcode and a point, parted into centres and address points.

    A postcode that stands at several places is given by its addresses. Where many are, those that stand once are
    postcodes of one address.
    """
    places: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        places.setdefault(row.compact, []).append((row.lon, row.lat))
    of_addresses = len(rows) - len(places) >= ADDRESSES_OF_A_FILE * len(rows) > 0
    several = {compact for compact, points in places.items() if len(set(points)) > 1 or of_addresses}
    if not any(len(set(points)) > 1 for points in places.values()):
        several = set()
    centres = [row for row in rows if row.compact not in several]
    return centres, {compact: packed(places[compact]) for compact in several}


def add_addresses(
    centres: Sequence[PostcodeRow],
    addresses: Mapping[str, Points],
    *,
    file_name: str,
    dated_on: date,
    licence: str = "",
) -> tuple[PostcodeTally, AddressTally]:
    """Bring in a dated source of address points, beside what centres it has. An older source never replaces a later.

    A postcode that we did not hold takes the address nearest to the middle of all as its centre; one that we hold keeps
    its centre, which was published as such.
    """
    alone("postcodes")
    held = set(db.session.scalars(select(Postcode.compact)))
    middles = [_middle(compact, points) for compact, points in addresses.items() if compact not in held]
    tally = add_postcodes([*centres, *middles], file_name=file_name, dated_on=dated_on, licence=licence)
    source = db.session.scalars(select(PostcodeSource).order_by(PostcodeSource.id.desc()).limit(1)).one()
    return tally, _write(addresses, source)


def _middle(compact: str, points: Points) -> PostcodeRow:
    at = degrees(points)
    off = at - at.mean(axis=0)
    lon, lat = at[int(np.argmin((off[:, 0] * 0.62) ** 2 + off[:, 1] ** 2))]
    return PostcodeRow(compact, float(lon), float(lat))


def _write(addresses: Mapping[str, Points], source: PostcodeSource) -> AddressTally:
    known = {row.compact: row for row in db.session.scalars(select(PostcodeAddresses))}
    dates = {row.id: row.dated_on for row in db.session.scalars(select(PostcodeSource))}
    tally = AddressTally(sum(map(len, addresses.values())), len(addresses))
    for compact, points in addresses.items():
        kept, sent = known.get(compact), points.tobytes()
        if kept is None:
            db.session.add(PostcodeAddresses(compact=compact, points=sent, source_id=source.id))
            tally.changed += 1
        elif dates[kept.source_id] > source.dated_on:
            tally.older += 1
        elif kept.points != sent:
            kept.points, kept.source_id = sent, source.id
            tally.changed += 1
    return tally
