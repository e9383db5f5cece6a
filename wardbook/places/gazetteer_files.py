"""Names from a file: OS Open Names as published, a zip of many CSVs, or any CSV or GeoJSON with a name and a point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely

from wardbook.errors import Refused
from wardbook.files import read_rows, tables

OPEN_NAMES = (
    "ID NAMES_URI NAME1 NAME1_LANG NAME2 NAME2_LANG TYPE LOCAL_TYPE GEOMETRY_X GEOMETRY_Y MOST_DETAIL_VIEW_RES "
    "LEAST_DETAIL_VIEW_RES MBR_XMIN MBR_YMIN MBR_XMAX MBR_YMAX POSTCODE_DISTRICT POSTCODE_DISTRICT_URI POPULATED_PLACE "
    "POPULATED_PLACE_URI POPULATED_PLACE_TYPE DISTRICT_BOROUGH DISTRICT_BOROUGH_URI DISTRICT_BOROUGH_TYPE "
    "COUNTY_UNITARY COUNTY_UNITARY_URI COUNTY_UNITARY_TYPE REGION REGION_URI COUNTRY COUNTRY_URI "
    "RELATED_SPATIAL_OBJECT SAME_AS_DBPEDIA SAME_AS_GEONAMES"
).lower().split()  # fmt: skip
"""The 34 columns of OS Open Names, in their order: its files have no header row.
https://docs.os.uk/os-downloads/products/addressing-and-names-portfolio/os-open-names"""
NAME = ("name1", "name", "street", "street_name", "place_name", "label", "title", "enw")
OTHER = ("name2", "name_cy", "name_gd", "welsh_name", "other_name", "alt_name", "cy")
KIND = ("local_type", "kind", "type", "class", "category", "feature")
NEAR = ("populated_place", "near", "town", "locality", "place", "village")
FURTHER = ("district_borough", "county_unitary", "district", "county", "postcode_district")
LON, LAT = ("lon", "long", "lng", "longitude"), ("lat", "latitude")
EAST = ("geometry_x", "easting", "eastings", "x_coordinate", "gridgb1e", "x")
NORTH = ("geometry_y", "northing", "northings", "y_coordinate", "gridgb1n", "y")
KINDS = {
    "named road": "Street", "section of named road": "Street",
    "numbered road": "Road", "section of numbered road": "Road",
    "road_street": "Street", "road_main": "Street", "highstreet": "Street", "": "Place",
}  # fmt: skip
POSTCODE = "postcode"


@dataclass(frozen=True)
class NameRow:
    """A row as it was read: a name, what it is, and where. `grid`: x and y are easting and northing."""

    where: str
    name: str
    other: str
    kind: str
    near: str
    x: float
    y: float
    grid: bool


@dataclass(frozen=True)
class RefusedName:
    """A row that was left out, and why."""

    row: str
    why: str


Row = NameRow | RefusedName


def read_names(path: Path) -> Iterator[Row]:
    """Every name of a file, one at a time: a whole country's file needs no memory. Postcodes among them are passed by.

    Raises Refused where it is no such file, or holds no column of names or of places.
    """
    if path.name.lower().removesuffix(".gz").endswith((".geojson", ".json")):
        yield from _of_geojson(path)
        return
    several = path.name.lower().endswith(".zip")
    for name, first, rest in tables(path):
        yield from _of_table(first, rest, name, f"{{}} of {name}" if several else "{}")


def _of_table(first: Sequence[str], rest: Iterable[list[str]], name: str, where: str) -> Iterator[Row]:
    columns, has_header = _columns(first, name)
    take = _taker(columns, name)
    if not has_header:
        yield from _taken(take, first, where.format(1))
    for number, cells in enumerate(rest, start=2):
        if cells:
            yield from _taken(take, cells, where.format(number))


def _columns(first: Sequence[str], name: str) -> tuple[dict[str, int], bool]:
    """Which column is where, and whether the first row says so. Without names 34 columns are OS Open Names."""
    given = {cell.strip().lower(): place for place, cell in enumerate(first)}
    if any(column in given for column in NAME):
        return given, True
    if len(first) == len(OPEN_NAMES):
        return {column: place for place, column in enumerate(OPEN_NAMES)}, False
    raise Refused(
        f"{name} has no column of names: name one of its columns 'name' (and 'lat' and 'lon', or 'easting' and "
        "'northing'), or give OS Open Names with its 34 columns."
    )


Taker = Callable[[Sequence[str], str], Row | None]


def _taker(columns: dict[str, int], name: str) -> Taker:
    def place_of(wanted: Iterable[str]) -> int | None:
        return next((columns[column] for column in wanted if column in columns), None)

    own, other, kind, near = (place_of(wanted) for wanted in (NAME, OTHER, KIND, NEAR))
    further = [columns[column] for column in FURTHER if column in columns]
    x, y, grid = place_of(LON), place_of(LAT), False
    if x is None or y is None:
        x, y, grid = place_of(EAST), place_of(NORTH), True
    if x is None or y is None:
        raise Refused(
            f"{name} does not say where its names are: it needs columns 'lat' and 'lon', or 'easting' and 'northing'."
        )
    east, north = x, y

    def cell(cells: Sequence[str], place: int | None) -> str:
        return cells[place].strip()[:200] if place is not None and place < len(cells) else ""

    def take(cells: Sequence[str], where: str) -> Row | None:
        called, what = cell(cells, own), cell(cells, kind)
        if what.lower() == POSTCODE:
            return None
        beside = [cell(cells, place) for place in (near, *further) if place is not None]
        told = NameRow(where, called, cell(cells, other), what, _first_other_than(called, beside), 0, 0, grid)
        return _placed(told, cell(cells, east), cell(cells, north))

    return take


def _taken(take: Taker, cells: Sequence[str], where: str) -> Iterator[Row]:
    row = take(cells, where)
    if row is not None:
        yield row


def _first_other_than(name: str, beside: Iterable[str]) -> str:
    return next((word for word in beside if word and word != name), "")


def _placed(row: NameRow, x: str, y: str) -> Row:
    if not row.name:
        return RefusedName(row.where, "it has no name")
    try:
        first, second = float(x), float(y)
    except ValueError:
        return RefusedName(row.where, f"{row.name} has no place: '{x[:20]}', '{y[:20]}'")
    grid = row.grid and not (abs(first) <= 180 and abs(second) <= 90)
    good = abs(first) < 10_000_000 and abs(second) < 10_000_000 if grid else abs(first) <= 180 and abs(second) <= 90
    if not good:  # NaN too
        return RefusedName(row.where, f"{row.name} has a place that is not on the map ({x[:20]}, {y[:20]})")
    return NameRow(row.where, row.name, row.other, kind_in_words(row.kind), row.near, first, second, grid)


def kind_in_words(kind: str) -> str:
    """`Section Of Named Road` as `Street`, `railway_station` as `Railway station`."""
    plain = kind.replace("_", " ").strip()
    return KINDS.get(kind.strip().lower(), plain[:1].upper() + plain[1:].lower())


def _of_geojson(path: Path) -> Iterator[Row]:
    """Points as they are; of a line its middle, of an area a point inside it."""
    rows = read_rows(path)
    if not rows:
        raise Refused(f"{path.name} has no rows.")
    for row in rows:
        cells = {str(name).strip().lower(): row.text(name) for name in row.cells}

        def first(wanted: Iterable[str], of: dict[str, str] = cells) -> str:
            return next((of[column][:200] for column in wanted if of.get(column)), "")

        where, name, kind = str(row.number), first(NAME), first(KIND)
        if kind.lower() == POSTCODE:
            continue
        near = _first_other_than(name, [first(NEAR), first(FURTHER)])
        told = NameRow(where, name, first(OTHER), kind, near, 0, 0, False)
        if row.shape is None:
            yield RefusedName(where, f"{name or 'it'} has no place")
        else:
            spot = _spot_of(row.shape)
            yield _placed(told, repr(spot.x), repr(spot.y))


def _spot_of(shape: shapely.Geometry) -> shapely.Point:
    if shape.geom_type == "LineString":
        return shapely.line_interpolate_point(shape, 0.5, normalized=True)
    return shapely.point_on_surface(shape)
