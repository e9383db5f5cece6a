"""Formats: a boundary file of any kind becomes one table of words and shapes, as it was written."""

from __future__ import annotations

import json
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from wardbook.areas.boundary_files.archives import in_words
from wardbook.areas.boundary_files.arrivals import Kind, LocalFile, local_file, mapped
from wardbook.areas.boundary_files.encodings import assumed_encoding
from wardbook.areas.boundary_files.flattening import NOTHING_LOST, Flattened, flat, lost_of_geopackage
from wardbook.areas.boundary_files.kml import placemarks
from wardbook.areas.boundary_files.nested import unnested
from wardbook.areas.boundary_files.options import LeftOpen
from wardbook.areas.boundary_files.shapeless import why_shapeless
from wardbook.errors import Refused

pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})  # an index that is missing is made anew

UNSEEN: Final = r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]"
ASSUMED_DEGREES: Final = {Kind.GEOJSON, Kind.TOPOJSON, Kind.KML}
FEATURE: Final = re.compile(rb'"geometry"\s*:\s*(?:\{|null)')
CRS_MEMBER: Final = re.compile(rb'"crs"\s*:\s*(null|\{[^{}]*\{[^{}]*\}[^{}]*\})')


@dataclass(frozen=True)
class Table:
    """One layer. `columns` hold tidied words ("" is blank), `shapes` are 2D, in the file's own coordinates, unchecked.

    `stated_crs` is what the file says of its coordinate system, None where it says nothing; `encoding` what was assumed
    of its words where it does not say. `numbers` are those of the rows in the file, from 1, of `rows`; `shapeless`
    says by the number of a row what is known of why it has no shape.
    """

    title: str
    kind: Kind
    layer: str | None
    columns: Mapping[str, Sequence[str]]
    shapes: NDArray[np.object_]
    stated_crs: str | None
    numbers: Sequence[int]
    rows: int
    flattened: Flattened = NOTHING_LOST
    shapeless: Mapping[int, str] = field(default_factory=dict)
    encoding: str | None = None


def read_table(path: Path, *, layer: str | None = None) -> Table:
    """The one layer of the file, or the one asked for. Raises Refused; nothing is read in part."""
    with local_file(path, layer=layer) as file:
        asked = None if layer == file.document else layer
        return _read_kml(file) if file.kind is Kind.KML else _read_by_gdal(file, asked)


def tidy(value: object) -> str:
    """A cell as words: white space of every kind trimmed and single, whole numbers without `.0`, nothing as ""."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(re.sub(UNSEEN, "", str(value)).split())


def _read_kml(file: LocalFile) -> Table:
    rows = list(placemarks(file.path, file.title))
    names = list(dict.fromkeys(name for told, _ in rows for name in told))
    columns = {name: [tidy(told.get(name)) for told, _ in rows] for name in names}
    shapes, lost = flat(_array([shape for _, shape in rows]))
    return Table(file.title, file.kind, None, columns, shapes, None, *_numbered(shapes), lost)


def _numbered(shapes: NDArray[np.object_]) -> tuple[Sequence[int], int]:
    return range(1, len(shapes) + 1), len(shapes)


def _array(shapes: Sequence[object]) -> NDArray[np.object_]:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _read_by_gdal(file: LocalFile, asked: str | None) -> Table:
    """GDAL, held to one driver by the prefix or, for a Shapefile, by the opening bytes that arrivals.py has checked."""
    encoding = assumed_encoding(file.path) if file.kind is Kind.SHAPEFILE else None
    source = str(file.path) if file.kind is Kind.SHAPEFILE else f"{_driver(file.kind)}:{file.path}"
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer = file.layer or _only_layer(source, file, asked)
            found = None if file.kind is Kind.SHAPEFILE else layer
            about, _, wkb, cells = pyogrio.raw.read(source, layer=found, datetime_as_string=True, encoding=encoding)
    except (RuntimeError, ValueError, TypeError, OSError, LookupError, NameError, MemoryError) as problem:
        raise _unreadable(file) from problem
    _require_all(file, len(wkb) if wkb is not None else _rows(cells))
    with np.errstate(invalid="ignore"):
        shapes = shapely.from_wkb(wkb if wkb is not None else _array([None] * _rows(cells)), on_invalid="ignore")
    shapes, lost = flat(shapes, _lost(file, layer, len(shapes), [str(each.message) for each in said]))
    layer_said = None if file.kind is Kind.GEOJSON else layer
    return Table(
        file.title, file.kind, layer_said, dict(_columns(about["fields"], cells)), shapes,
        _stated_crs(file, about["crs"]), *_numbered(shapes), lost, _shapeless(file, shapes), encoding,
    )  # fmt: skip


def _shapeless(file: LocalFile, shapes: NDArray[np.object_]) -> dict[int, str]:
    missing = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes)).tolist()
    why = why_shapeless(file.path, missing) if file.kind is Kind.GEOJSON else {}
    return {place + 1: words for place, words in why.items()}


def _lost(file: LocalFile, layer: str | None, rows: int, said: Sequence[str]) -> Flattened:
    """What the reader left out on the way: a GeoPackage tells it row by row, of others a warning says it of all."""
    if layer and file.kind is Kind.GEOPACKAGE:
        return lost_of_geopackage(file.path, layer)
    return Flattened(measures=rows if any("Measured (M)" in words for words in said) else 0)


def _require_all(file: LocalFile, rows: int) -> None:
    """GDAL leaves out, without a word, a feature that it cannot make out. Each has one `geometry`: these are counted.

    (A column called geometry would be counted too: then there is a round number for each row.)
    """
    if file.kind is not Kind.GEOJSON or rows == 0:
        return
    with mapped(file.path) as text:
        features = sum(1 for _ in FEATURE.finditer(text))
    if features > rows and features % rows:
        raise Refused(
            f"Only {rows:,} of the {features:,} features of {file.title} can be read: export it again.", field="file"
        )


def _driver(kind: Kind) -> str:
    return "GPKG" if kind is Kind.GEOPACKAGE else kind.value


def _rows(cells: Sequence[Any]) -> int:
    return len(cells[0]) if cells else 0


def _only_layer(source: str, file: LocalFile, asked: str | None) -> str | None:
    """The layer to read; None for GeoJSON, which has one alone and would have to be read to learn its name."""
    if file.kind is Kind.GEOJSON and asked is None:
        return None
    layers = [
        str(name)
        for name, shape in pyogrio.list_layers(source)
        if shape is not None or file.kind is not Kind.GEOPACKAGE
    ]
    if asked is not None and asked not in layers:
        raise Refused(f"{file.title} has no layer {asked}: it has {in_words(layers) or 'none'}.", field="layer")
    if not layers:
        raise Refused(f"{file.title} has no layer with shapes in it: export the areas again.", field="file")
    if asked is None and len(layers) > 1:
        several = f"{file.title} has {len(layers)} layers, {in_words(layers)}"
        raise LeftOpen(several, "say which with --layer", again="save one of them as a file of its own", field="layer")
    return asked or layers[0]


def _unreadable(file: LocalFile) -> Refused:
    again = "download or export it again."
    if file.kind in (Kind.GEOJSON, Kind.TOPOJSON) and not _ends_as_json(file.path):
        return Refused(f"{file.title} is cut short, it does not end as {file.kind} ends: {again}", field="file")
    if file.kind in (Kind.GEOJSON, Kind.TOPOJSON) and (line := _line_not_utf8(file.path)):
        return Refused(f"Line {line:,} of {file.title} is not written in UTF-8: save the file as UTF-8.", field="file")
    if file.kind is Kind.GEOJSON and b"esriGeometry" in file.path.read_bytes()[:100_000]:
        return Refused(f"{file.title} is Esri's own JSON: export it as GeoJSON.", field="file")
    return Refused(f"{file.title} cannot be read as {file.kind}, it may be damaged: {again}", field="file")


def _line_not_utf8(path: Path) -> int:
    """The number of the first line that is in some other encoding, 0 where there is none."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def _ends_as_json(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read().rstrip().endswith(b"}")


def _columns(names: Sequence[str], cells: Sequence[Any]) -> Iterator[tuple[str, list[str]]]:
    for name, column in zip(names, cells, strict=True):
        for plain, values in unnested(str(name), column.tolist()):
            yield plain, [tidy(value) for value in values]


def _stated_crs(file: LocalFile, by_gdal: str | None) -> str | None:
    """For JSON the `crs` member itself, since GDAL takes one that it does not know for degrees."""
    if file.kind not in (Kind.GEOJSON, Kind.TOPOJSON):
        return by_gdal
    with mapped(file.path) as text:
        found = CRS_MEMBER.search(text)
        return None if found is None else _crs_name(found.group(1))


def _crs_name(member: bytes) -> str:
    """The name in {"type": "name", "properties": {"name": ...}}; what cannot be made out is "unknown"."""
    try:
        told = json.loads(member)
        properties = told["properties"]
        return str(properties["name"]) if "name" in properties else f"EPSG:{properties['code']}"
    except (ValueError, KeyError, TypeError):
        return "unknown"
