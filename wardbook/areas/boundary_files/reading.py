"""Reading a boundary file: it becomes areas, taken whole, or is refused with one sentence that tells the cure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely
from shapely import Geometry, MultiPolygon

from wardbook.areas.boundary_files.archives import in_words
from wardbook.areas.boundary_files.columns import Recognised, recognise
from wardbook.areas.boundary_files.coordinates import claim_of, placed
from wardbook.areas.boundary_files.country import council_system
from wardbook.areas.boundary_files.flattening import NOTHING_LOST, Flattened
from wardbook.areas.boundary_files.formats import Table, read_table
from wardbook.areas.boundary_files.options import LeftOpen
from wardbook.areas.boundary_files.repairs import Repair, and_others, areal, areal_rows, repaired
from wardbook.areas.boundary_files.systems import turned_round
from wardbook.errors import Refused

__all__ = ["ReadArea", "Reading", "Repair", "read_boundaries", "read_shapes", "slug"]

MOST_CODES: Final = 5
ASCII: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
)


@dataclass(frozen=True)
class ReadArea:
    """One area. `row` is its number in the file, from 1; `geometry` is valid, in WGS 84, without heights.

    `other_names` holds the Welsh name, and the names of rows merged into this one, where they differ.
    """

    row: int
    code: str | None
    name: str
    other_names: tuple[str, ...]
    geometry: MultiPolygon

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})" if self.code else self.name


@dataclass(frozen=True)
class Reading:
    """All that a file held, and how it was understood. `crs` is the file's own system (`EPSG:27700`), not the areas'.

    `crs_source` is "file", "given" or "assumed for ..."; `merged` names the codes whose rows were made one.
    """

    areas: tuple[ReadArea, ...]
    repaired: tuple[Repair, ...]
    merged: tuple[str, ...]
    crs: str
    crs_source: str
    code_column: str | None
    name_column: str | None
    layer: str | None
    rows: int
    flattened: Flattened = NOTHING_LOST
    swapped: bool = False


def read_boundaries(
    path: Path,
    *,
    code: str | None = None,
    name: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    merge_duplicates: bool = False,
    swap_axes: bool = False,
    council: int | None = None,
) -> Reading:
    """The areas of a GeoJSON, TopoJSON, GeoPackage, zipped Shapefile or KML file, gzipped or not.

    `code` and `name` are columns, by default the best recognised; `crs` wins over what the file says; `layer` is needed
    where there are several. Rows with one code are refused, or become one area where `merge_duplicates`. `swap_axes`
    turns each pair of numbers round; `council` is the number of the system whose country the areas should lie in, the
    council's own unless given. Raises Refused for whatever would make a set of areas that is wrong or not whole.
    """
    table = read_table(path, layer=layer)
    if len(table.shapes) == 0:
        raise Refused(f"{table.title} has no areas in it: export it again.", field="file")
    columns = _columns(table, code, name)
    claim = claim_of(table, crs)
    codes = _codes(table, columns.code)
    names = _names(table, columns.name, codes)
    labels = [_row_label(number, *both) for number, both in enumerate(zip(names, codes, strict=True), start=1)]
    drawn = areal(table.shapes, labels)
    shapes, system = placed(turned_round(drawn) if swap_axes else drawn, claim, council or council_system())
    shapes, repairs = repaired(shapes, names, codes)
    welsh = table.columns[columns.in_welsh] if columns.in_welsh else [""] * len(names)
    areas = [
        ReadArea(number, code_ or None, name_, (other,) if other and other != name_ else (), _multi(shape))
        for number, (code_, name_, other, shape) in enumerate(zip(codes, names, welsh, shapes, strict=True), start=1)
    ]
    distinct, merged = _distinct(areas, merge=merge_duplicates)
    return Reading(
        areas=tuple(distinct),
        repaired=repairs,
        merged=merged,
        crs=system.name,
        crs_source=system.source,
        code_column=columns.code,
        name_column=columns.name,
        layer=table.layer,
        rows=len(areas),
        flattened=table.flattened,
        swapped=swap_axes,
    )


def read_shapes(path: Path) -> tuple[list[Geometry], tuple[Repair, ...]]:
    """The polygons of a file in WGS 84, whatever they are called, and what was mended: a site boundary.

    Raises Refused as above; nobody is there to give options, so its sentences ask for none.
    """
    try:
        return _read_shapes(path)
    except LeftOpen as question:
        raise Refused(question.without_options, field="file") from None


def _read_shapes(path: Path) -> tuple[list[Geometry], tuple[Repair, ...]]:
    table = read_table(path)
    if len(table.shapes) == 0:
        raise Refused(f"{table.title} has no areas in it: export it again.", field="file")
    labels = [f"Row {number}" for number in range(1, len(table.shapes) + 1)]
    shapes = placed(areal(table.shapes, labels), claim_of(table, None), council_system())[0]
    whole, repairs = repaired(shapes, labels, [""] * len(labels))
    return list(whole), repairs


def slug(name: str) -> str:
    """A name as lower-case ascii words joined by `-`, for an area without a code: `St. Mary's & Ynys Môn` is
    `st-marys-and-ynys-mon`. A name in another script gives "".
    """
    plain = name.casefold().translate(ASCII).replace("&", " and ")
    plain = unicodedata.normalize("NFKD", re.sub("['’‘ʼ]", "", plain)).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain))


def _columns(table: Table, code: str | None, name: str | None) -> Recognised:
    """The columns; where they are not known, what has no areas at all is told first: no column would cure it."""
    try:
        return recognise(table.columns, code=code, name=name, title=table.title)
    except Refused:
        if not areal_rows(table.shapes).any():
            areal(table.shapes, [f"Row {row}" for row in range(1, len(table.shapes) + 1)])
        raise


def _codes(table: Table, column: str | None) -> Sequence[str]:
    codes = table.columns[column] if column else [""] * len(table.shapes)
    if column and (blank := _blank(codes)):
        labels = [f"Row {row}" for row in range(1, len(codes) + 1)]
        raise Refused(
            f"{labels[blank[0]]} has no code in the column {column}{and_others(labels, blank)}: fill it in, or give "
            "another column with --code.",
            field="code",
        )
    return codes


def _names(table: Table, column: str, codes: Sequence[str]) -> Sequence[str]:
    names = table.columns[column]
    if blank := _blank(names):
        labels = [f"Row {row} ({code})" if code else f"Row {row}" for row, code in enumerate(codes, start=1)]
        raise Refused(
            f"{labels[blank[0]]} has no name in the column {column}{and_others(labels, blank)}: fill it in, or give "
            "another column with --name.",
            field="name",
        )
    return names


def _blank(cells: Sequence[str]) -> list[int]:
    return [place for place, cell in enumerate(cells) if cell == ""]


def _row_label(row: int, name: str, code: str) -> str:
    return f"Row {row} ({name}, {code})" if code else f"Row {row} ({name})"


def _multi(shape: Geometry) -> MultiPolygon:
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


def _distinct(areas: Sequence[ReadArea], *, merge: bool) -> tuple[list[ReadArea], tuple[str, ...]]:
    """The areas with every code once, and the codes whose rows were merged. Areas without codes must differ in slug."""
    groups: dict[str, list[ReadArea]] = {}
    for area in areas:
        groups.setdefault(area.code or slug(area.name), []).append(area)
    for key, same in groups.items():
        if not same[0].code:
            _require_own_name(key, same)
    twice = {key: same for key, same in groups.items() if len(same) > 1}
    if twice and not merge:
        told = [
            f"{key} is the code of rows {in_words([str(area.row) for area in same])}" for key, same in twice.items()
        ]
        more = [f"{len(told) - MOST_CODES:,} more codes are used again"] if len(told) > MOST_CODES else []
        raise Refused(
            f"{in_words([*told[:MOST_CODES], *more])}: correct it, or say --merge-duplicates if they are parts of one "
            "area.",
            field="code",
        )
    return [_merged(same) for same in groups.values()], tuple(twice)


def _require_own_name(key: str, same: Sequence[ReadArea]) -> None:
    first = same[0]
    if len(same) > 1:
        raise Refused(
            f"Rows {first.row} and {same[1].row} are both called {first.name} and have no codes to tell them apart: "
            "give a column of codes with --code.",
            field="code",
        )
    if not key:
        raise Refused(
            f"Row {first.row} ({first.name}) has no code, and none can be made from its name: "
            "give a column of codes with --code.",
            field="code",
        )


def _merged(same: Sequence[ReadArea]) -> ReadArea:
    first = same[0]
    if len(same) == 1:
        return first
    names = dict.fromkeys(name for area in same for name in (area.name, *area.other_names) if name != first.name)
    shape = shapely.union_all([area.geometry for area in same])
    return ReadArea(first.row, first.code, first.name, tuple(names), _multi(shape))
