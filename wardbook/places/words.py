"""Places in words, the same on the command line and in an address: `ward:E05012461`, `postcode:BA1 5AW+300m`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

import shapely
from sqlalchemy import select

from wardbook import geo
from wardbook.areas import queries as areas
from wardbook.areas.boundary_files.archives import in_words
from wardbook.areas.models import Area
from wardbook.clock import day_in_words, today
from wardbook.config import settings
from wardbook.db import db
from wardbook.errors import NotFound, Refused
from wardbook.places import sizes
from wardbook.places.examples import examples
from wardbook.places.models import Shape
from wardbook.places.place import Place
from wardbook.places.tiers import called_at
from wardbook.policy import Viewer, visible

DEFAULT_METRES = 400.0
MOST_METRES = 50_000.0
MOST_CORNERS = 100
"""An address of more points is too long for some servers"""
MOST_NAMED = 7
"""A label with more names would be no label"""
_SCHEME = re.compile(r"\s*(wards?|postcode|point|grid|street|shape)\s*:", re.IGNORECASE)
_TAIL = re.compile(r"(?P<body>.*?)(?:\+(?P<metres>\d+(?:\.\d+)?)\s*m)?(?:@(?P<day>\d{4}-\d\d-\d\d))?", re.DOTALL)


@dataclass(frozen=True)
class _Asked:
    """The parts of a place's words; metres to the centimetre."""

    body: str
    metres: float
    day: date | None
    viewer: Viewer

    @property
    def on(self) -> date:
        return self.day or today()

    def spelled(self, scheme: str, body: str, *, round_it: bool = True) -> str:
        """The one spelling: scheme, body, radius and day."""
        radius = f"+{self.distance}m" if round_it else ""
        return f"{scheme}:{body}{radius}" + (f"@{self.day.isoformat()}" if self.day else "")

    @property
    def distance(self) -> str:
        """How many metres, to the centimetre."""
        return f"{self.metres:.2f}".rstrip("0").rstrip(".")

    @property
    def distance_words(self) -> str:
        """The same to be read."""
        return f"{self.metres:,.2f}".rstrip("0").rstrip(".")

    @property
    def day_words(self) -> str:
        return f", as at {day_in_words(self.day)}" if self.day else ""


def are_words_of_a_place(words: str) -> bool:
    """Whether a text begins as a place in words does: `geo:51.4,-2.4` and `lat: 51.4` do not."""
    return _SCHEME.match(words) is not None


def place_from_words(words: str, viewer: Viewer) -> Place:
    """The place these words name, for this viewer: a drawn shape is found only by those who may see it.

    Raises Refused where the words are no place or it is not one we know; NotFound for a shape that is not to be seen.
    """
    scheme, _, rest = words.strip().partition(":")
    maker = _MAKERS.get(scheme.strip().lower())
    if maker is None:
        raise Refused(f"'{words[:60]}' is not a place: write it like {examples().in_words}.")
    tail = cast("re.Match[str]", _TAIL.fullmatch(rest.strip()))
    metres = round(float(tail["metres"] or DEFAULT_METRES), 2)
    if not 0 < metres <= MOST_METRES:
        raise Refused("The radius must be more than 0 and at most 50,000 metres.")
    try:
        day = date.fromisoformat(tail["day"]) if tail["day"] else None
    except ValueError:
        raise Refused(f"'{tail['day']}' is not a date: write the year, month and day like @2019-05-02.") from None
    return maker(_Asked(tail["body"].strip(), metres, day, viewer))


def _ward(asked: _Asked) -> Place:
    return _of_areas(asked, [asked.body], "ward")


def _wards(asked: _Asked) -> Place:
    return _of_areas(asked, [code.strip() for code in asked.body.split(",") if code.strip()], "wards")


def _of_areas(asked: _Asked, codes: list[str], scheme: str) -> Place:
    found = [_area(code, asked.day) for code in dict.fromkeys(codes)]
    if not found:
        raise Refused("Name at least one ward by its code.")
    shape = shapely.union_all([area.geometry for area in found])
    names = [area.name for area in found]
    label = together(names)
    as_at = asked.day or _day_of(found[0])
    words = asked.spelled(scheme, ",".join(area.code for area in found), round_it=False)
    return Place(words, label + asked.day_words, shape, as_at, tuple(area.id for area in found))


def together(names: list[str]) -> str:
    """`Mill`, `Mill and Bridge`, or of many the first few and how many more."""
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more areas"]
    return in_words(names)


def _day_of(area: Area) -> date:
    """Today while the area's set holds; otherwise the day on which it did that is nearest to today."""
    on = today()
    if area.set.from_on and on < area.set.from_on:
        return area.set.from_on
    if area.set.until_on and on >= area.set.until_on:
        return date.fromordinal(area.set.until_on.toordinal() - 1)
    return on


def _area(code: str, on: date | None) -> Area:
    found = areas.area(code, on)
    if found is None:
        when = f" on {day_in_words(on)}" if on else ""
        raise Refused(f"No area of this council has the code {code[:30]}{when}: the wards page lists the codes.")
    return found


def _round(asked: _Asked, scheme: str, body: str, label: str, centre: shapely.Point) -> Place:
    disc = _measurable(geo.circle(centre, asked.metres, settings().crs))
    label = f"Within {asked.distance_words} m of {label}{asked.day_words}"
    return Place(asked.spelled(scheme, body), label, disc, asked.on)


def _postcode(asked: _Asked) -> Place:
    found = areas.postcode(asked.body)
    if found is None:
        raise Refused(f"We do not hold the postcode '{asked.body[:12]}': check it, or give a place another way.")
    return _round(asked, "postcode", found.spaced, found.spaced, found.point)


def _point(asked: _Asked) -> Place:
    spot = _corner(asked.body)
    label = called_at(spot) or f"{spot.y:.5f}, {spot.x:.5f}"
    return _round(asked, "point", f"{spot.x:.9g},{spot.y:.9g}", label, spot)


def _corner(words: str) -> shapely.Point:
    try:
        lon, lat = (float(part) for part in words.split(","))
    except ValueError:
        like = examples().point or "-1.5,52.5"
        raise Refused(f"'{words[:40]}' is not a longitude and a latitude: write them like {like}.") from None
    return _measurable(geo.point(lon, lat))


Measured = TypeVar("Measured", bound=shapely.Geometry)


def _measurable(shape: Measured) -> Measured:
    """The shape, where the council's system has metres for all of it."""
    if not geo.projects(shape, settings().crs):
        raise Refused("This lies too far from the council to be measured: check the numbers and their order.")
    return shape


def _grid(asked: _Asked) -> Place:
    at = geo.spot_of_grid_reference(asked.body)
    if at is None:
        like = examples().grid.replace(" ", "") or "SP123456"
        raise Refused(f"'{asked.body[:20]}' is not a grid reference: write it like {like}.")
    body = re.sub(r"\s", "", asked.body).upper()
    side = geo.side_of_square(body)
    label = body if side < 1000 else f"the middle of the {side // 1000} km square {body}"
    return _round(asked, "grid", body, label, geo.point_from_grid(*at))


def _street(asked: _Asked) -> Place:
    corners = [_corner(words) for words in asked.body.split(";")]
    if len(set(corners)) < 2:
        raise Refused("A street needs two points or more, like street:LONGITUDE,LATITUDE;LONGITUDE,LATITUDE+50m.")
    if len(corners) > MOST_CORNERS:
        raise Refused(f"A street takes at most {MOST_CORNERS} points: leave some out, or draw it as an area.")
    line = geo.reproject(shapely.LineString(corners), geo.WGS84, settings().crs)
    band = _measurable(geo.reproject(line.buffer(asked.metres, quad_segs=16), settings().crs, geo.WGS84))
    body = ";".join(f"{corner.x:.9g},{corner.y:.9g}" for corner in corners)
    label = f"Within {asked.distance_words} m of a street {sizes.length(line.length)} long{asked.day_words}"
    return Place(asked.spelled("street", body), label, band, asked.on)


def _shape(asked: _Asked) -> Place:
    found = db.session.scalar(select(Shape).where(Shape.key == asked.body, visible(Shape, asked.viewer)))
    if found is None:
        raise NotFound
    words = asked.spelled("shape", found.key, round_it=False)
    return Place(words, found.label + asked.day_words, found.geometry, asked.on, shape_id=found.id)


_MAKERS: dict[str, Callable[[_Asked], Place]] = {
    "ward": _ward,
    "wards": _wards,
    "postcode": _postcode,
    "point": _point,
    "grid": _grid,
    "street": _street,
    "shape": _shape,
}
