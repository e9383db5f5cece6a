"""Postcodes from a file: CSV or GeoJSON, columns by their usual names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import shapely

from wardbook.areas.actions import PostcodeRow
from wardbook.areas.queries import compact_postcode
from wardbook.errors import Refused
from wardbook.files import FileRow, read_rows

POSTCODE_COLUMNS = ("postcode", "pc", "pcds", "pcd", "pcd2", "pcd7", "pcd8", "postal_code", "post_code")
LAT_COLUMNS = ("lat", "latitude", "y")
LON_COLUMNS = ("long", "lon", "lng", "longitude", "x")


@dataclass(frozen=True)
class RefusedRow:
    """A row that was left out, and why."""

    row: int
    why: str


@dataclass
class PostcodeFile:
    """What a file holds: rows to bring in and rows that were refused."""

    rows: list[PostcodeRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def read_postcodes(path: Path) -> PostcodeFile:
    """Read a postcode file. Raises Refused where it is no such file; single bad rows are listed instead."""
    rows = read_rows(path)
    if not rows:
        raise Refused(f"{path.name} has no rows.")
    names = {name.lower().strip(): name for name in rows[0].cells if isinstance(name, str)}
    postcode = _column(names, POSTCODE_COLUMNS)
    if postcode is None:
        raise Refused(f"{path.name} has no column of postcodes: name one of its columns 'Postcode' or 'pc'.")
    lat, lon = _column(names, LAT_COLUMNS), _column(names, LON_COLUMNS)
    if (lat is None or lon is None) and not any(row.shape for row in rows):
        raise Refused(
            f"{path.name} does not say where its postcodes are: it needs columns 'lat' and 'long', or points."
        )
    found = PostcodeFile()
    for row in rows:
        read = _read(row, postcode, lat, lon)
        if isinstance(read, PostcodeRow):
            found.rows.append(read)
        else:
            found.refused.append(RefusedRow(row.number, read))
    return found


def _column(names: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((names[name] for name in wanted if name in names), None)


def _read(row: FileRow, postcode: str, lat: str | None, lon: str | None) -> PostcodeRow | str:
    compact = compact_postcode(row.text(postcode))
    if compact is None:
        return f"'{row.text(postcode)[:20]}' is not a postcode"
    try:
        x, y = _place(row, lat, lon)
    except ValueError:
        return f"{row.text(postcode)} has no place"
    if not (-180 <= x <= 180 and -90 <= y <= 90) or (x, y) == (0, 0) or y > 89:
        return f"{row.text(postcode)} has a place that is not on the map ({x}, {y})"
    return PostcodeRow(compact, round(x, 7), round(y, 7))


def _place(row: FileRow, lat: str | None, lon: str | None) -> tuple[float, float]:
    if row.shape is not None:
        centre = shapely.centroid(row.shape)
        return centre.x, centre.y
    return float(row.text(lon)), float(row.text(lat))
