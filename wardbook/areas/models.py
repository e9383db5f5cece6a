"""Boundary sets and their areas, postcodes and the sources they came from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import shapely
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wardbook.clock import holds
from wardbook.db import ID_USED_ONCE, Base

AREA_TYPES = {
    "ward": "Ward",
    "division": "Electoral division",
    "parish": "Parish",
    "polling-district": "Polling district",
    "neighbourhood": "Neighbourhood",
    "lsoa": "Lower layer super output area",
    "authority": "Council",
}
REPRESENTED = frozenset({"ward", "division"})
"""Types of area for which a councillor is elected"""


class BoundarySet(Base):
    """Areas of one type that were made together, and the days [from, until) on which they hold."""

    __tablename__ = "boundary_set"
    __table_args__ = (
        CheckConstraint("from_on IS NULL OR until_on IS NULL OR from_on < until_on", name="dates"),
        CheckConstraint(f"type IN ({', '.join(repr(word) for word in AREA_TYPES)})", name="type"),
        ID_USED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    source: Mapped[str]
    licence: Mapped[str]
    reference: Mapped[bool]
    """A reference set answers look-ups; it never gives a thing its wards."""
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It holds on no day yet: the set before it has no end, and activating this one gives it one"""
    imported_at: Mapped[datetime]
    areas: Mapped[list[Area]] = relationship(back_populates="set", order_by="Area.code")

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return not self.waits and holds(self.from_on, self.until_on, on)


class Area(Base):
    """One official boundary: what it is called and its shape, in WGS 84."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("set_id", "code"), ID_USED_ONCE)

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("boundary_set.id"))
    code: Mapped[str] = mapped_column(index=True)
    coded: Mapped[bool]
    """The code is the file's; otherwise it is a slug of the name."""
    name: Mapped[str] = mapped_column(index=True)
    other_names: Mapped[list[str]] = mapped_column(JSON)
    geometry: Mapped[shapely.Geometry]
    set: Mapped[BoundarySet] = relationship(back_populates="areas")


class Succession(Base):
    """That the ground of an area passed to one of the set after it: the share of its land, and of its postcodes."""

    __tablename__ = "succession"

    old_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    new_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True, index=True)
    land: Mapped[float]
    postcodes: Mapped[float | None]


class Activation(Base):
    """That a boundary set was put in the place of the one before it; undone, the next one is another row."""

    __tablename__ = "activation"
    __table_args__ = (
        Index(
            "uq_activation_standing", "set_id", unique=True,
            sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL"),
        ),
        ID_USED_ONCE,
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("boundary_set.id"), index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What it changed and how that was before, by ids and codes: undoing reads it"""
    set: Mapped[BoundarySet] = relationship()


class PostcodeSource(Base):
    """One file of postcodes and the day it speaks of: where two sources differ, the later is believed."""

    __tablename__ = "postcode_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    dated_on: Mapped[date]
    imported_at: Mapped[datetime]
    licence: Mapped[str] = mapped_column(server_default="")


def spaced(compact: str) -> str:
    """`BA15AW` as people write it: `BA1 5AW`"""
    return f"{compact[:-3]} {compact[-3:]}"


class Postcode(Base):
    """A postcode and the point that stands for it: its centre."""

    __tablename__ = "postcode"
    __table_args__ = (Index("ix_postcode_lat_lon", "lat", "lon"),)

    compact: Mapped[str] = mapped_column(primary_key=True)
    """Capitals, no space: `BA15AW`"""
    lon: Mapped[float]
    lat: Mapped[float]
    source_id: Mapped[int] = mapped_column(ForeignKey("postcode_source.id"))
    source: Mapped[PostcodeSource] = relationship()

    @property
    def spaced(self) -> str:
        return spaced(self.compact)

    @property
    def point(self) -> shapely.Point:
        return shapely.Point(self.lon, self.lat)
