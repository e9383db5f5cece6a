"""Rows to files: CSV that a spreadsheet opens safely, and GeoPackage; what they hold is handed in."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely

from wardbook.errors import Refused
from wardbook.geo import WGS84

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A whole CSV file."""
    return b"".join(csv_parts(columns, rows))


def csv_parts(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """UTF-8 with the mark that Excel looks for, lines ended by CRLF, a row at a time.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
    """
    yield codecs.BOM_UTF8
    for row in chain([columns], rows):
        line = io.StringIO(newline="")
        csv.writer(line).writerow([_cell(value) for value in row])
        yield line.getvalue().encode(errors="replace")


def _cell(value: object) -> object:
    plain = _plain(value)
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return f"'{plain}" if isinstance(plain, str) and plain.startswith(FORMULA_BEGINS) else plain


def _plain(value: object) -> object:
    """Nothing, a number, or text; days and moments as in ISO 8601."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def json_parts(before: str, things: Iterable[Mapping[str, Any]], after: str) -> Iterator[bytes]:
    """A JSON array of things, one at a time, between what stands before and after it."""
    yield before.encode()
    for number, thing in enumerate(things):
        text = json.dumps(thing, ensure_ascii=False, default=_plain)
        yield (", " if number else "").encode() + text.encode(errors="replace")
    yield after.encode()


_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_xml(words: str) -> str:
    """Words with a blank for each character that XML does not allow: Word and Excel files are XML."""
    return _NOT_IN_XML.sub(" ", words)


@dataclass(frozen=True)
class Layer:
    """One table of a GeoPackage: as many WGS 84 geometries as rows, of any types. It may be empty."""

    name: str
    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]
    geometries: Sequence[shapely.Geometry]
    description: str = ""


def write_geopackage(path: Path, layers: Sequence[Layer], *, title: str = "", description: str = "") -> None:
    """A new GeoPackage with these layers in place of whatever stood there; days and moments are ISO text.

    Written as version 1.3, which every GDAL in use reads without a warning.
    """
    with TemporaryDirectory(dir=path.parent, prefix=".geopackage-") as folder:
        made = Path(folder) / "made.gpkg"
        told = {"TITLE": title, "ABSTRACT": description}
        try:
            for layer in layers:
                _write_layer(made, layer, {name: words for name, words in told.items() if words})
        except RuntimeError:  # as GDAL's reader and writer has its errors
            raise Refused(f"{path.name} cannot be written: is there room on the disk?") from None
        made.replace(path)


def _write_layer(path: Path, layer: Layer, metadata: dict[str, str]) -> None:
    import geopandas
    import pyogrio

    cells = zip(*layer.rows, strict=True) if layer.rows else ([] for _ in layer.columns)
    table = {name: _column(list(values)) for name, values in zip(layer.columns, cells, strict=True)}
    shapes = geopandas.GeoSeries(list(layer.geometries), crs=WGS84)
    first = {} if path.exists() else {"dataset_options": {"VERSION": "1.3"}, "dataset_metadata": metadata}
    pyogrio.write_dataframe(
        geopandas.GeoDataFrame(table, geometry=shapes),
        path,
        layer=layer.name,
        driver="GPKG",
        geometry_type=_geometry_type(layer.geometries),
        promote_to_multi=False,
        layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": layer.description},
        **first,
    )


def _column(values: Sequence[object]) -> Any:
    """A column of the narrowest type that holds all its values; one without any is text."""
    from pandas import Series  # type: ignore[import-untyped]

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return Series(values, dtype="boolean")
    if kinds == {int}:
        return Series(values, dtype="Int64")
    if kinds and kinds <= {int, float}:
        return Series(values, dtype="float64")
    return Series([None if value is None else str(_plain(value)) for value in values], dtype=object)


def _geometry_type(shapes: Sequence[shapely.Geometry]) -> str:
    """The one type of all these shapes; 'Unknown', which means any, where they differ or there are none."""
    types = {shape.geom_type for shape in shapes}
    return types.pop() if len(types) == 1 else "Unknown"
