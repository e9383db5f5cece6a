"""A place: its words, its label and its shape; whoever takes a place takes all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote

import shapely
from sqlalchemy import ColumnElement, select

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.locator import SMALL_AREA, SMALL_LENGTH, SMALL_SHARE, locator
from wardbook.areas.models import Area
from wardbook.config import settings
from wardbook.db import touches
from wardbook.errors import Refused
from wardbook.places import sizes
from wardbook.places.clipping import Clip, Part, clipped


@dataclass(frozen=True)
class WardShare:
    """A ward that the place touches, and the share of the place that lies in it."""

    ward: Area
    share: float
    lies: bool = True
    """More than a sliver of the place lies in it, by the rule that says in which areas a thing lies"""


@dataclass(frozen=True)
class Place:
    """Anything on the ground that can be asked about, as at a day."""

    words: str
    """Its one spelling, as on the command line and, percent-encoded, in its address: `ward:E05012461`"""
    label: str
    geometry: shapely.Geometry
    """As it was drawn or named; what is asked of it is asked of what lies inside the council (`inside`)"""
    as_at: date
    area_ids: tuple[int, ...] = ()
    """The areas it is made of, where it is made of areas: things then lie in it by their derived rows."""
    shape_id: int | None = None
    """The row in which it is kept, where it was drawn or uploaded"""

    @property
    def path(self) -> str:
        """Its words, percent-encoded for `/places/{PLACE}`."""
        return quote(self.words, safe=":,@;")

    @cached_property
    def _clip(self) -> Clip:
        return clipped(self.geometry, self.as_at)

    @property
    def inside(self) -> shapely.Geometry:
        """What of it lies inside the council, in WGS 84: all of what is made of the council's own areas.

        Of what lies wholly outside, itself: no shape at all could not be asked about.
        """
        return self.geometry if self.area_ids or self._clip.inside.is_empty else self._clip.inside

    @cached_property
    def _measured(self) -> shapely.Geometry:
        if self.area_ids:
            return geo.reproject(self.geometry, geo.WGS84, settings().crs)
        return self._clip.in_metres

    @property
    def hectares(self) -> float:
        """Of what lies inside the council."""
        return float(self._measured.area) / 10_000

    @property
    def metres(self) -> float | None:
        """How long its edge is, or a line itself; of points, nothing."""
        return float(self._measured.length) or None

    @property
    def size(self) -> str:
        """How large it is, in words, as far as it lies inside the council."""
        return "" if self._measured.is_empty else sizes.size(self._measured)

    @property
    def left_out(self) -> str:
        """How much of it lies outside the council, in a sentence; empty where nothing worth a word does."""
        if self.area_ids or not self._clip.outside:
            return ""
        if self.is_outside:
            return "All of it lies outside the council: nothing is known of it here."
        whole = geo.reproject(self.geometry, geo.WGS84, settings().crs)
        return f"{sizes.some(whole, self._clip.outside)} lie outside the council and are left out."

    @property
    def is_outside(self) -> bool:
        """Whether the council has wards on its day, and it lies wholly outside all of them."""
        return not self.area_ids and bool(self._clip.outside) and self._clip.inside.is_empty

    @cached_property
    def wards(self) -> tuple[WardShare, ...]:
        """The council's wards on its day in which some of it lies, largest share first.

        The shares sum to the share of the place that lies in wards. A place made of wards touches those alone: its
        neighbours share slivers with it that are only how edges were drawn.
        """
        own = self._own_wards()
        parts = [part for part in self._clip.parts if not own or part.area_id in own]
        rows = areas.areas_by_id([part.area_id for part in parts])
        shares = [WardShare(rows[part.area_id], part.share, _lies(part)) for part in parts]
        return tuple(sorted(shares, key=lambda share: (-share.share, share.ward.id)))

    def _own_wards(self) -> set[int]:
        """The wards it is made of, where it is made of wards of one set that holds on its day, and nothing else."""
        own = set(self.area_ids)
        return own if any(own <= set(known.area_ids) for known in locator().wards(self.as_at)) else set()

    @property
    def sets(self) -> list[Any]:
        """The boundary sets its wards come from."""
        return list({share.ward.set.id: share.ward.set for share in self.wards}.values())


def refuse_outside(place: Place) -> Place:
    """The place, unless all of it lies outside the council. Raises Refused."""
    if place.is_outside:
        raise Refused("This lies wholly outside the council's area. Choose a place inside it.")
    return place


def _lies(part: Part) -> bool:
    return (
        part.share >= SMALL_SHARE
        or part.shape.area >= SMALL_AREA
        or (not part.shape.area and part.shape.length >= SMALL_LENGTH)
    )


def inside(model: Any, place: Place) -> ColumnElement[bool]:
    """Whether a thing lies in a place: by its derived rows in areas, by its own shape in any other."""
    return lies_in_one_of(model, place.area_ids) if place.area_ids else touches(model, place.inside)


def lies_in_one_of(model: Any, area_ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a thing lies in one of these areas, by its derived rows."""
    lies = model.lies_in.c
    found: ColumnElement[bool] = model.id.in_(select(lies.thing_id).where(lies.area_id.in_(area_ids)))
    return found
