"""Address points from files that name each address by its UPRN: OS Open UPRN, with its directory of postcodes.

Both files are read row by row; in memory is only what lies in the council and a kilometre round it, so that those of
the whole country do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from wardbook import geo
from wardbook.areas.addresses import Points, packed
from wardbook.areas.locator import locator
from wardbook.areas.postcode_files import LAT_COLUMNS, LON_COLUMNS, POSTCODE_COLUMNS, RefusedRow
from wardbook.areas.queries import compact_postcode
from wardbook.clock import today
from wardbook.errors import Refused
from wardbook.files import tables

UPRN = "uprn"
EAST, NORTH = ("x_coordinate", "easting", "gridgb1e"), ("y_coordinate", "northing", "gridgb1n")
MARGIN = 0.015
"""Degrees round the council: a kilometre of longitude, more of latitude."""
Box = tuple[float, float, float, float]


@dataclass
class AddressFile:
    """What the files hold: address points by postcode, and what was left out."""

    points: dict[str, Points] = field(default_factory=dict)
    outside: int = 0
    without_postcode: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


def has_uprns(path: Path) -> bool:
    """Whether a file names addresses by their UPRN."""
    if not path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv", ".txt", ".zip")):
        return False
    return any(UPRN in _columns(first) for _, first, _ in tables(path))


def read_addresses(path: Path, directory: Path | None) -> AddressFile:
    """Address points by postcode. Raises Refused where a column is missing, or which postcode each address has."""
    found = AddressFile()
    places: dict[str, tuple[float, float]] = {}
    postcodes: dict[str, list[tuple[float, float]]] = {}
    for name, first, rest in tables(path):
        columns = _columns(first)
        if UPRN in columns:
            _read_places(columns, rest, name, found, places, postcodes)
    if places:
        if directory is None:
            raise Refused(
                f"{path.name} does not say which postcode each address has: give its directory too, with --directory "
                "FILE (the National Statistics UPRN Lookup, for example: columns UPRN and PCDS)."
            )
        _join(places, directory, postcodes)
        found.without_postcode = len(places)
    found.points = {compact: packed(points) for compact, points in postcodes.items()}
    return found


def _columns(first: Sequence[str]) -> dict[str, int]:
    return {name.strip().lower(): place for place, name in enumerate(first)}


def _column(columns: dict[str, int], wanted: Iterable[str]) -> int | None:
    return next((columns[name] for name in wanted if name in columns), None)


def _read_places(
    columns: dict[str, int],
    rest: Iterator[list[str]],
    name: str,
    found: AddressFile,
    places: dict[str, tuple[float, float]],
    postcodes: dict[str, list[tuple[float, float]]],
) -> None:
    uprn, postcode = columns[UPRN], _column(columns, POSTCODE_COLUMNS)
    x, y, grid = _column(columns, LON_COLUMNS[:-1]), _column(columns, LAT_COLUMNS[:-1]), False
    if x is None or y is None:
        x, y, grid = _column(columns, EAST), _column(columns, NORTH), True
    if x is None or y is None:
        raise Refused(
            f"{name} does not say where its addresses are: it needs columns LATITUDE and LONGITUDE, or X_COORDINATE "
            "and Y_COORDINATE."
        )
    reach = _reach(grid)
    for number, cells in enumerate(rest, start=2):
        try:
            key, first, second = _key(cells[uprn]), float(cells[x]), float(cells[y])
        except (IndexError, ValueError):
            if any(cells):
                found.refused.append(RefusedRow(number, "it has no UPRN, or no numbers for its place"))
            continue
        if not (reach[0] <= first <= reach[2] and reach[1] <= second <= reach[3]):
            found.outside += 1
            continue
        point = geo.point_from_grid(first, second).coords[0] if grid else (first, second)
        compact = compact_postcode(cells[postcode]) if postcode is not None and postcode < len(cells) else None
        if compact:
            postcodes.setdefault(compact, []).append(point)
        else:
            places[key] = point


def _key(uprn: str) -> str:
    """A UPRN without leading noughts: one file writes them, the other does not."""
    key = uprn.strip().lstrip("0")
    if not key.isdigit():
        raise ValueError(uprn)
    return key


def _join(
    places: dict[str, tuple[float, float]], directory: Path, postcodes: dict[str, list[tuple[float, float]]]
) -> None:
    """Move each place to its postcode; those that the directory does not know stay."""
    read = False
    for _, first, rest in tables(directory):
        columns = _columns(first)
        uprn, postcode = columns.get(UPRN), _column(columns, POSTCODE_COLUMNS)
        if uprn is None or postcode is None:
            continue
        read = True
        last = max(uprn, postcode)
        for cells in rest:
            point = places.get(cells[uprn].strip().lstrip("0")) if len(cells) > last else None
            if point is not None and (compact := compact_postcode(cells[postcode])):
                postcodes.setdefault(compact, []).append(point)
                del places[cells[uprn].strip().lstrip("0")]
    if not read:
        raise Refused(f"{directory.name} is no directory of postcodes: it needs columns 'UPRN' and 'PCDS'.")


def _reach(grid: bool) -> Box:
    """The box of the council with a margin, in degrees or on the grid; the whole world where no wards are in force."""
    shapes = [shape for known in locator().wards(today()) for shape in known.shapes]
    if not shapes:
        return (0.0, 0.0, 700_000.0, 1_300_000.0) if grid else (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = (float(side) for side in shapely.total_bounds(np.array(shapes, dtype=object)))
    west, south, east, north = west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN
    if not grid:
        return west, south, east, north
    x, y = geo.to_grid_each(np.array([west, west, east, east]), np.array([south, north, south, north]))
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
