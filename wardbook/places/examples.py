"""What could be typed here: a postcode, ward, grid reference and coordinates of this council, of the sets in force."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy import func, select

from wardbook import geo
from wardbook.areas.locator import LocatedSet, locator
from wardbook.areas.models import Postcode, PostcodeSource, spaced
from wardbook.clock import today
from wardbook.db import db
from wardbook.memory import remembered

LOOKED_AT = 200


@dataclass(frozen=True)
class Examples:
    """One of each, all in one ward; empty where there is none."""

    code: str = ""
    ward: str = ""
    postcode: str = ""
    grid: str = ""
    coordinates: str = ""
    point: str = ""
    """Longitude and latitude, as a place in words has them"""

    @property
    def in_words(self) -> str:
        """Places in words, for whoever wrote one wrongly."""
        if not self.code:
            return "ward:CODE, postcode:POSTCODE+300m or point:LONGITUDE,LATITUDE+800m"
        postcode = f"postcode:{self.postcode}+300m, " if self.postcode else ""
        grid = f" or grid:{self.grid.replace(' ', '')}+500m" if self.grid else ""
        return f"ward:{self.code}, {postcode}point:{self.point}+800m{grid}"


def examples() -> Examples:
    """This council's examples; made anew when its wards or postcodes change."""
    sources = tuple(db.session.execute(select(func.max(PostcodeSource.id), func.count(PostcodeSource.id))).one())
    key = (locator(), today(), sources)
    return remembered("examples", key, _made)


def _made() -> Examples:
    sets = [known for known in locator().wards(today()) if known.called]
    if not sets:
        return Examples()
    known = sets[0]
    postcode, place = _postcode(known)
    called = known.called[place]
    middle = known.shapes[place].representative_point()
    point = (round(middle.x, 4), round(middle.y, 4))
    return Examples(
        called.code, called.name, postcode, _grid(known, place, middle), f"{point[1]}, {point[0]}",
        f"{point[0]},{point[1]}",
    )  # fmt: skip


def _postcode(known: LocatedSet) -> tuple[str, int]:
    """A postcode in one of the wards, and that ward's place; the first ward by name where we hold none there."""
    west, south, east, north = (float(side) for side in shapely.total_bounds(known.shapes))
    near = select(Postcode.compact, Postcode.lon, Postcode.lat).where(
        Postcode.lon.between(west, east), Postcode.lat.between(south, north)
    )
    rows = db.session.execute(near.order_by(Postcode.compact).limit(LOOKED_AT)).all()
    places = known.covering_each(np.array([row.lon for row in rows]), np.array([row.lat for row in rows]))
    for row, place in zip(rows, places.tolist(), strict=True):
        if place >= 0:
            return spaced(row.compact), place
    return "", min(range(len(known.called)), key=lambda at: known.called[at].name)


def _grid(known: LocatedSet, place: int, point: shapely.Point) -> str:
    """The shortest grid reference whose corner lies in the ward, of six figures or more; empty beyond the grid."""
    easting, northing = geo.to_grid(point.x, point.y)
    for half in (3, 4, 5):
        words = geo.as_grid_reference(easting, northing, half)
        corner = geo.british_grid_reference(words) if words else None
        if corner is None:
            return ""
        at = geo.point_from_grid(*corner)
        if known.covering(at.x, at.y) == place:
            return words
    return ""


def help_words() -> str:
    """What to try, in a sentence, by examples that are found here."""
    known = examples()
    if not known.ward:
        return "Try a postcode, the name of a ward or street, a grid reference, or latitude and longitude."
    postcode = f"a postcode like {known.postcode}, " if known.postcode else ""
    grid = f"a grid reference like {known.grid}, " if known.grid else ""
    return f"Try {postcode}the name of a ward like {known.ward}, {grid}or coordinates like {known.coordinates}."


def point_hint() -> str:
    """How one point is written, by examples that lie here: the end of a sentence."""
    known = examples()
    like = [
        f"a postcode{_like(known.postcode)}", f"a grid reference{_like(known.grid)}",
        f"latitude and longitude{_like(known.coordinates)}",
    ]  # fmt: skip
    return f"{like[0]}, {like[1]}, or {like[2]}"


def _like(example: str) -> str:
    return f" like {example}" if example else ""


def point_help() -> str:
    """How one point is written, in a sentence."""
    return f"Type {point_hint()}."
