"""Rows of a CSV or GeoJSON file as people send them: gzip or not, any usual delimiter and encoding."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from wardbook.errors import Refused

MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class FileRow:
    """One row: its number as a person would count it, its cells by column, its shape where the file has one."""

    number: int
    cells: dict[str, Any]
    shape: shapely.Geometry | None = None

    def text(self, column: str | None) -> str:
        """A cell as text without blanks about it; empty where there is no such column or nothing in it."""
        value = self.cells.get(column) if column else None
        return "" if value is None else str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()


def read_rows(path: Path) -> list[FileRow]:
    """Every row of a file. Raises Refused with one sentence where it cannot be read; nothing is half read."""
    name = path.name.lower().removesuffix(".gz")
    raw = _bytes(path)
    if name.endswith((".geojson", ".json")):
        return list(_geojson_rows(raw, path.name))
    if name.endswith((".csv", ".tsv", ".txt")):
        return list(_csv_rows(raw, path.name))
    raise Refused(f"{path.name} is neither CSV nor GeoJSON by its name: give a .csv, .geojson or .json file (or .gz).")


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Refused(f"There is no file {path.name} there: check the path.")
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Refused(f"{path.name} cannot be read: it is damaged or cut short. Fetch it again.") from None
    if len(raw) > MOST_BYTES:
        raise Refused(f"{path.name} holds more than {MOST_BYTES // 1_000_000} MB: split it into smaller files.")
    return raw


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _csv_rows(raw: bytes, name: str) -> Iterator[FileRow]:
    text = _decoded(raw)
    first = text.partition("\n")[0]
    delimiter = max(",\t;|", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        if not reader.fieldnames or "\x00" in first:
            raise Refused(f"{name} has no header row: its first line must name the columns.")
        for number, cells in enumerate(reader, start=2):
            cells.pop(None, None)
            yield FileRow(number, cells)
    except csv.Error:
        raise Refused(f"{name} cannot be read as CSV: open it in a spreadsheet and save it as CSV again.") from None


def _geojson_rows(raw: bytes, name: str) -> Iterator[FileRow]:
    try:
        features = json.loads(raw)["features"]
    except RecursionError:
        raise Refused(f"{name} is nested too deeply to be GeoJSON: export it again.") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(
            f"{name} is not a GeoJSON FeatureCollection: open it in a text editor, it may hold an error message or be "
            "cut short. Fetch or export it again."
        ) from None
    if not isinstance(features, list):
        raise Refused(f"{name} has no list of features: export it again as a GeoJSON FeatureCollection.")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise Refused(f"Feature {number} of {name} is not a GeoJSON feature: export the file again.")
        yield FileRow(number, feature.get("properties") or {}, _shape(feature.get("geometry"), number, name))


def _shape(geometry: Any, number: int, name: str) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.GEOSException, ValueError, RecursionError):
        raise Refused(
            f"The geometry of feature {number} of {name} cannot be read: correct it or remove the row."
        ) from None
    return None if shape.is_empty else shape
