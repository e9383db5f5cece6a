"""Shapes and coordinate systems: WGS 84 is kept, metres are reckoned in the council's projected system."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Final, TypeVar, cast

import numpy as np
import shapely
from convertbng.cutil import convert_bng, convert_lonlat
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import Geometry
from shapely.geometry import Point, Polygon

from wardbook.errors import Refused

WGS84: Final = 4326
BRITISH_GRID: Final = 27700
Shape = TypeVar("Shape", bound=Geometry)


@lru_cache(maxsize=16)
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _turn(transformer: Transformer, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))


def reproject(shape: Shape, source: int, target: int) -> Shape:
    """The same shape in another system (EPSG numbers, x before y): every corner moves, straight edges stay straight."""
    if source == target:
        return shape
    return cast(Shape, shapely.transform(shape, partial(_turn, _transformer(source, target))))


def ready(shape: Shape) -> Shape:
    """A copy of a shape, prepared to be compared with many: what threads share is never prepared."""
    own = cast(Shape, shapely.from_wkb(shapely.to_wkb(shape)))
    shapely.prepare(own)
    return own


MOST_CROSSINGS: Final = 2_000


def is_tangled(shape: Geometry) -> bool:
    """Whether the sides of a shape meet thousands of times: nobody drew that, and GEOS would need minutes and gigabytes
    to part it.
    """
    parts = shapely.get_parts(shape)
    edges = shapely.get_rings(parts) if shapely.get_dimensions(shape) == 2 else parts
    corners, edge = shapely.get_coordinates(edges, return_index=True)
    along = edge[:-1] == edge[1:]
    sides = shapely.linestrings(np.stack([corners[:-1][along], corners[1:][along]], axis=1))
    tree, meetings, start, many = shapely.STRtree(sides), 0, 0, 10
    while start < len(sides) and meetings <= 2 * MOST_CROSSINGS:
        some = sides[start : start + many]
        meetings += tree.query(some, predicate="intersects").shape[1] - 3 * len(some)  # itself and those beside it
        start, many = start + many, min(2 * many, 1_000)
    return meetings > 2 * MOST_CROSSINGS


def circle(centre: Point, metres: float, epsg: int) -> Polygon:
    """The disc round a WGS 84 point, as a WGS 84 polygon of 256 corners: its area is 0.01% short of the true disc."""
    disc = reproject(centre, WGS84, epsg).buffer(metres, quad_segs=64)
    return cast(Polygon, reproject(disc, epsg, WGS84))


def around(shape: Geometry, metres: float, epsg: int) -> Geometry:
    """A WGS 84 shape with a margin of so many metres, as a WGS 84 shape."""
    return reproject(reproject(shape, WGS84, epsg).buffer(metres), epsg, WGS84)


def hectares(shape: Geometry, epsg: int) -> float:
    """The area of a WGS 84 shape, in the council's system."""
    return float(reproject(shape, WGS84, epsg).area) / 10_000


def percent(share: float) -> str:
    """A share in words: `40%`, and never `0%` of what there is a little of."""
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def metres_between(one: Geometry, other: Geometry, epsg: int) -> float:
    """The shortest distance between two WGS 84 shapes."""
    return float(reproject(one, WGS84, epsg).distance(reproject(other, WGS84, epsg)))


def projects(shape: Geometry, epsg: int) -> bool:
    """Whether all of a WGS 84 shape has metres in a system: a quarter of the world away some of it may have none."""
    return not shape.is_empty and bool(np.isfinite(shapely.get_coordinates(reproject(shape, WGS84, epsg))).all())


_SQUARE = re.compile(r"([A-HJ-Z])([A-HJ-Z])((?:\d\d){1,5})", re.IGNORECASE)


def british_grid_reference(words: str) -> tuple[float, float] | None:
    """Easting and northing of the south-west corner of `ST 750 647`; None where the words are no grid reference.

    Letters name 500 km and 100 km squares counted without I from the false origin, as in Ordnance Survey's
    "A guide to coordinate systems in Great Britain".
    """
    match = _SQUARE.fullmatch(re.sub(r"\s", "", words))
    if match is None:
        return None
    first, second = (ord(c) - ord("A") - (c > "I") for c in (match[1].upper(), match[2].upper()))
    column = (first - 2) % 5 * 5 + second % 5
    row = 19 - first // 5 * 5 - second // 5
    if not (0 <= column <= 6 and 0 <= row <= 12):
        return None
    half = len(match[3]) // 2
    scale = 10 ** (5 - half)
    return column * 100_000 + int(match[3][:half]) * scale, row * 100_000 + int(match[3][half:]) * scale


def side_of_square(words: str) -> int:
    """The side of the square that a British grid reference names, in metres: 100 of `ST 750 647`."""
    return int(10 ** (5 - sum(sign.isdigit() for sign in words) // 2))


def spot_of_grid_reference(words: str) -> tuple[float, float] | None:
    """Easting and northing that a grid reference stands for: its corner; of a square of 1 km or more, its middle."""
    corner = british_grid_reference(words)
    if corner is None:
        return None
    half = side_of_square(words) / 2 if side_of_square(words) >= 1000 else 0.0
    return corner[0] + half, corner[1] + half


def as_grid_reference(easting: float, northing: float, half: int) -> str:
    """`ST 750 647` for `half` 3: the square of so many figures each way that holds a point; empty beyond the grid."""
    column, row = int(easting // 100_000), int(northing // 100_000)
    if not (0 <= column <= 6 and 0 <= row <= 12):
        return ""
    first = (19 - row) // 5 * 5 + (column + 10) // 5
    second = (19 - row) % 5 * 5 + column % 5
    letters = "".join(chr(ord("A") + place + (place > 7)) for place in (first, second))
    figures = (f"{int(metres % 100_000):05d}"[:half] for metres in (easting, northing))
    return " ".join((letters, *figures))


def point(lon: float, lat: float) -> Point:
    """A WGS 84 point, rounded to about a centimetre so that it reads the same wherever it is kept."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused("Longitude must lie between -180 and 180 and latitude between -90 and 90.")
    return Point(round(lon, 7), round(lat, 7))


def box_from(words: str) -> Polygon:
    """A box as programs write it: west, south, east and north in degrees. Raises Refused where it is none."""
    try:
        west, south, east, north = map(float, words.split(","))
    except ValueError:
        raise Refused("Give the box as four numbers: bbox=west,south,east,north.") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Refused("The box must have its west before its east and its south before its north, in degrees.")
    return shapely.box(west, south, east, north)


Numbers = NDArray[np.float64]


def to_grid_each(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
    """Eastings and northings on the British grid, to the millimetre: Ordnance Survey's own OSTN15 for every point.

    PROJ without its grid files is up to 4 m off, so points never go its way; only beyond OSTN15's cover, where there is
    no better answer, does PROJ give one. Shapes of whole files go through `reproject`: `doctor` says how well.
    """
    return _or_else(convert_bng(lon, lat), _transformer(WGS84, BRITISH_GRID), lon, lat)


def from_grid_each(easting: Numbers, northing: Numbers) -> tuple[Numbers, Numbers]:
    """Longitudes and latitudes of points on the British grid, as `to_grid_each` goes there."""
    return _or_else(convert_lonlat(easting, northing), _transformer(BRITISH_GRID, WGS84), easting, northing)


def _or_else(
    exact: tuple[Numbers, Numbers], transformer: Transformer, x: Numbers, y: Numbers
) -> tuple[Numbers, Numbers]:
    first, second = exact
    beyond = np.isnan(first) | np.isnan(second)
    if beyond.any():
        first[beyond], second[beyond] = transformer.transform(x[beyond], y[beyond])
    return first, second


def to_grid(lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing on the British grid."""
    easting, northing = to_grid_each(np.array([lon]), np.array([lat]))
    return float(easting[0]), float(northing[0])


def point_from_grid(easting: float, northing: float, epsg: int = BRITISH_GRID) -> Point:
    """The WGS 84 point of an easting and northing in metres; on the British grid by way of OSTN15."""
    if epsg == BRITISH_GRID:
        lon, lat = (float(each[0]) for each in from_grid_each(np.array([easting]), np.array([northing])))
    else:
        lon, lat = _transformer(epsg, WGS84).transform(easting, northing)
    if not np.isfinite([lon, lat]).all():
        raise Refused("The easting and northing do not lie in the grid: check the numbers.")
    return point(lon, lat)
