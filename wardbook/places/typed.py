"""A shape that somebody drew on a map, typed point by point, or uploaded as a file."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

import shapely

from wardbook.errors import Refused
from wardbook.places.examples import point_help
from wardbook.places.find import spot

MOST_CORNERS = 20_000
MOST_TYPED = 500


class Form(StrEnum):
    """What a list of points makes."""

    POINT = "point"
    LINE = "line"
    AREA = "area"


_LEAST = {Form.POINT: 1, Form.LINE: 2, Form.AREA: 3}


def shape_from(words: str, form: Form | None = None) -> shapely.Geometry:
    """The shape in a text: GeoJSON as the map writes it, or points one a line as the find box takes them.

    Raises Refused, naming the line that cannot be read, or where the shape crosses itself or is no shape.
    """
    text = words.strip()
    if not text:
        raise Refused("Draw a point, line or area on the map, or type its points.", field="shape")
    shape = _drawn(text) if text.startswith("{") else _typed(text, form or Form.POINT)
    return checked(shape)


def checked(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape itself, flat, where it is one we can keep."""
    shape = shapely.set_precision(shapely.force_2d(shape), 0.0000001, mode="pointwise")
    if shape.is_empty or shape.geom_type == "GeometryCollection":
        raise Refused("Draw one point, line or area.", field="shape")
    if shapely.get_num_coordinates(shape) > MOST_CORNERS:
        raise Refused(f"The shape has more than {MOST_CORNERS:,} points: simplify it first.", field="shape")
    if shape.geom_type.endswith("LineString") and not shape.length:
        raise Refused("The points of the line are all the same. Give two different points.", field="shape")
    if not shape.is_valid:
        raise Refused("The edge of the area crosses itself. Draw it again without crossing lines.", field="shape")
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refused("The shape does not lie on the map: give longitude and latitude in degrees.", field="shape")
    return shape


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
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    if len(lines) > MOST_TYPED:
        raise Refused(f"Type at most {MOST_TYPED} points, or upload the shape as a file.", field="shape")
    points = [_point(line, number) for number, line in enumerate(lines, start=1)]
    if len(points) < _LEAST[form]:
        least = {Form.LINE: "A line needs two points or more", Form.AREA: "An area needs three points or more"}
        raise Refused(f"{least[form]}. Type one point on each line.", field="shape")
    if form is Form.POINT:
        return points[0]
    return shapely.LineString(points) if form is Form.LINE else shapely.Polygon(points)


def _point(line: str, number: int) -> shapely.Point:
    found = spot(line)
    if found is None:
        raise Refused(
            f"Line {number}, '{line.strip()[:40]}', is not a point. {point_help()}",
            field="shape",
        )
    return found.point
