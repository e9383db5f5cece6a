"""A shape that somebody drew on a map, or typed point by point."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

import shapely

from wardbook.errors import Refused
from wardbook.places.checking import checked, rounded
from wardbook.places.examples import point_help
from wardbook.places.find import spot

MOST_TYPED = 500


class Form(StrEnum):
    """What a list of points makes."""

    POINT = "point"
    LINE = "line"
    AREA = "area"


_LEAST = {Form.POINT: 1, Form.LINE: 2, Form.AREA: 3}
_TOO_FEW = {
    Form.LINE: "A line needs two points or more. Type one point on each line; after a blank line begins another part.",
    Form.AREA: "An area needs three points or more. Type one point on each line; after a blank line begins a hole.",
}


def shape_from(words: str, form: Form | None = None) -> shapely.Geometry:
    """The shape in a text: GeoJSON as the map writes it, or points one a line as the find box takes them.

    After a blank line begins another part of a line; in an area another ring: a hole where it lies inside, a second
    part where it lies outside.
    Raises Refused, naming the line that cannot be read, or where the shape crosses itself or is no shape.
    """
    text = words.strip()
    if not text:
        raise Refused("Draw a point, line or area on the map, or type its points.", field="shape")
    shape = _drawn(text) if text.startswith("{") else _typed(text, form or Form.POINT)
    return checked(rounded(shape))


def _drawn(text: str) -> shapely.Geometry:
    try:
        value: Any = json.loads(text)
        geometry = value.get("geometry", value)
        return shapely.from_geojson(json.dumps(geometry))
    except (ValueError, AttributeError, RecursionError, shapely.GEOSException):
        raise Refused(
            "The shape cannot be read. Draw it again, or type its points one a line.", field="shape"
        ) from None


def _typed(text: str, form: Form) -> shapely.Geometry:
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", text)]
    if sum(map(bool, lines)) > MOST_TYPED:
        raise Refused(f"Type at most {MOST_TYPED} points, or upload the shape as a file.", field="shape")
    rings: list[list[shapely.Point]] = [[]]
    for number, line in enumerate(lines, start=1):
        if line:
            rings[-1].append(_point(line, number))
        elif rings[-1] and form is not Form.POINT:
            rings.append([])
    rings = [ring for ring in rings if ring]
    if form is Form.POINT:
        return _one(rings[0])
    if any(len(ring) < _LEAST[form] for ring in rings):
        raise Refused(_TOO_FEW[form], field="shape")
    return _area(rings) if form is Form.AREA else _line(rings)


def _one(points: list[shapely.Point]) -> shapely.Point:
    if len(points) > 1:
        raise Refused(f"These are {len(points)} points. Choose what they make, or type one alone.", field="form")
    return points[0]


def _line(parts: list[list[shapely.Point]]) -> shapely.Geometry:
    if len(parts) == 1:
        return shapely.LineString(parts[0])
    if any(len(set(part)) < 2 for part in parts):
        raise Refused("The points of one part of the line are all the same. Give two different points.", field="shape")
    return shapely.MultiLineString(parts)


def _point(line: str, number: int) -> shapely.Point:
    found = spot(line)
    if found is None:
        raise Refused(
            f"Line {number}, '{line[:40]}', is not a point. {point_help()}",
            field="shape",
        )
    return found.point


def _area(rings: list[list[shapely.Point]]) -> shapely.Geometry:
    """The first ring, less each that lies in what there is so far, with each that lies beside it."""
    area = checked(shapely.Polygon(rings[0]))
    for number, points in enumerate(rings[1:], start=2):
        ring = checked(shapely.Polygon(points))
        if shapely.covers(area, ring):
            area = shapely.difference(area, ring)
        elif not shapely.intersects(area, ring):
            area = shapely.union(area, ring)
        else:
            raise Refused(
                f"Ring {number} (after a blank line) crosses the edge of what comes before it. A hole lies wholly "
                "inside the area, another part wholly outside.",
                field="shape",
            )
    return area
