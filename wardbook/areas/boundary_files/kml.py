"""KML read without GDAL: placemarks in any folder, their areas, and what is told of each.

GDAL would be led by what the text holds rather than by what it is, and adds a dozen columns of its own about drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from shapely import Geometry

from wardbook.errors import Refused

NUMBER: Final = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf(inity)?)"
DEEPEST: Final = 100
MOST_ELEMENTS: Final = 2_000_000
POINTS_AND_LINES: Final = {"Point", "LineString", "Track", "MultiTrack", "Model"}


def placemarks(path: Path, title: str) -> Iterator[tuple[dict[str, str], Geometry | None]]:
    """What is told of each placemark (its name, then ExtendedData) and its shape, in WGS 84.

    A point or line among its shapes is kept, so that the reader of it can refuse the row.
    """
    try:
        for row, element in enumerate(_each(path, title), start=1):
            told = _told(element)
            _require_numbers(element, row, told["Name"])
            yield told, _shape(element)
    except (ParseError, DefusedXmlException, ValueError, LookupError, shapely.GEOSException) as problem:
        raise Refused(
            f"{title} cannot be read as KML, perhaps because it is cut short: download or export it again.",
            field="file",
        ) from problem


def _each(path: Path, title: str) -> Iterator[Element]:
    """Each placemark when it is whole. What stands beside and in it is let go of, so that memory does not grow."""
    around: list[Element] = []
    inside = count = 0
    for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
        mark = _kind(element) == "Placemark"
        if event == "start":
            around.append(element)
            inside, count = inside + mark, count + 1
            if len(around) > DEEPEST or count > MOST_ELEMENTS:
                raise Refused(f"{title} is built too deep or too wide to be a map: export it again.", field="file")
            continue
        around.pop()
        inside -= mark
        if mark:
            yield element
        if not inside and around:
            around[-1].clear()


def _kind(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _within(element: Element, *kinds: str) -> list[Element]:
    return [each for each in element.iter() if _kind(each) in kinds]


def _told(placemark: Element) -> dict[str, str]:
    name = next((child.text or "" for child in placemark if _kind(child) == "name"), "")
    told = {"Name": name}
    for each in _within(placemark, "Data", "SimpleData"):
        value = _within(each, "value")
        told[each.get("name", "")] = (value[0].text if value else each.text) or ""
    return told


def _require_numbers(placemark: Element, row: int, name: str) -> None:
    """Raises Refused for the first coordinate that is text."""
    for coordinates in _within(placemark, "coordinates"):
        for number in filter(None, re.split(r"[\s,]+", coordinates.text or "")):
            if not re.fullmatch(NUMBER, number):
                raise Refused(
                    f'Row {row} ({name[:40]}) has the coordinate "{number[:20]}", which is no number: correct it.',
                    field="file",
                )


def _shape(placemark: Element) -> Geometry | None:
    shapes: list[Geometry] = [_polygon(each) for each in _within(placemark, "Polygon")]
    if _within(placemark, *POINTS_AND_LINES):
        return shapely.GeometryCollection([*shapes, shapely.Point(0, 0)])
    return shapely.MultiPolygon(shapes) if shapes else None


def _polygon(polygon: Element) -> Geometry:
    outer = [ring for part in _within(polygon, "outerBoundaryIs") for ring in _rings(part)]
    inner = [ring for part in _within(polygon, "innerBoundaryIs") for ring in _rings(part)]
    return shapely.Polygon(outer[0], inner) if outer else shapely.Polygon()


def _rings(boundary: Element) -> list[list[tuple[float, ...]]]:
    """Corners are `longitude,latitude[,height]`, parted by white space. A ring left open is closed."""
    texts = (each.text or "" for each in _within(boundary, "coordinates"))
    return [ring for text in texts if (ring := _ring(text))]


def _ring(text: str) -> list[tuple[float, ...]]:
    """Heights are kept where every corner has one, so that leaving them out can be told."""
    corners = [tuple(float(number) for number in corner.split(",")[:3]) for corner in text.split()]
    if any(len(corner) < 2 for corner in corners):
        raise ValueError("a corner of one number")
    high = all(len(corner) == 3 for corner in corners)
    return corners if high else [corner[:2] for corner in corners]
