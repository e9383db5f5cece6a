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
from wardbook.areas.locator import SMALL_AREA, SMALL_SHARE, locator
from wardbook.areas.models import Area
from wardbook.config import settings
from wardbook.db import touches


@dataclass(frozen=True)
class WardShare:
    """A ward that a place touches, and the share of the place that lies in it."""

    ward: Area
    share: float


@dataclass(frozen=True)
class Place:
    """Anything on the ground that can be asked about, as at a day."""

    words: str
    """Its one spelling, as on the command line and, percent-encoded, in its address: `ward:E05012461`"""
    label: str
    geometry: shapely.Geometry
    as_at: date
    area_ids: tuple[int, ...] = ()
    """The areas it is made of, where it is made of areas: things then lie in it by their derived rows."""

    @property
    def path(self) -> str:
        """Its words, percent-encoded for `/places/{PLACE}`."""
        return quote(self.words, safe=":,@;")

    @cached_property
    def hectares(self) -> float:
        return geo.hectares(self.geometry, settings().crs)

    @cached_property
    def wards(self) -> tuple[WardShare, ...]:
        """The council's wards it touches on its day, largest share first.

        A place made of wards touches those; its neighbours share slivers with it that are only how edges were drawn.
        Any other is taken by the rule for a polygon.
        """
        found: list[tuple[int, float]] = []
        for known in locator().wards(self.as_at):
            own = [area_id for area_id in known.area_ids if area_id in self.area_ids]
            for place, part, whole in known.parts(self.geometry):
                area_id = known.area_ids[place]
                if area_id in own or (not own and (part >= SMALL_AREA or part >= SMALL_SHARE * whole)):
                    found.append((area_id, part / whole))
        rows = areas.areas_by_id([area_id for area_id, _ in found])
        return tuple(WardShare(rows[area_id], share) for area_id, share in sorted(found, key=lambda f: (-f[1], f[0])))

    @property
    def sets(self) -> list[Any]:
        """The boundary sets its wards come from."""
        return list({share.ward.set.id: share.ward.set for share in self.wards}.values())


def inside(model: Any, place: Place) -> ColumnElement[bool]:
    """Whether a thing lies in a place: by its derived rows in areas, by its own shape in any other."""
    return lies_in_one_of(model, place.area_ids) if place.area_ids else touches(model, place.geometry)


def lies_in_one_of(model: Any, area_ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a thing lies in one of these areas, by its derived rows."""
    lies = model.lies_in.c
    found: ColumnElement[bool] = model.id.in_(select(lies.thing_id).where(lies.area_id.in_(area_ids)))
    return found
