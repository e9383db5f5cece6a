"""Reading a boundary file: it becomes areas, taken whole, or is refused with one sentence that tells the cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely import Geometry

from wardbook.areas.boundary_files.codes import codes_and_names, row_label, slug
from wardbook.areas.boundary_files.columns import Recognised, recognise
from wardbook.areas.boundary_files.coordinates import claim_of, placed
from wardbook.areas.boundary_files.country import council_system
from wardbook.areas.boundary_files.flattening import NOTHING_LOST, Flattened
from wardbook.areas.boundary_files.formats import Table, read_table
from wardbook.areas.boundary_files.leaving_out import LeftOut, left_out, way_to_leave_out, without
from wardbook.areas.boundary_files.options import LeftOpen
from wardbook.areas.boundary_files.repairs import Repair, areal, areal_rows, repaired
from wardbook.areas.boundary_files.rows import ReadArea, as_multi, distinct
from wardbook.areas.boundary_files.systems import turned_round
from wardbook.errors import Refused

__all__ = ["ReadArea", "Reading", "Repair", "read_boundaries", "read_shapes", "slug"]


@dataclass(frozen=True)
class Reading:
    """All that a file held, and how it was understood. `crs` is the file's own system (`EPSG:27700`), not the areas'.

    `crs_source` is "file", "given" or "assumed for ..."; `merged` holds the codes, or names, whose rows were made one;
    `encoding` what its words were taken to be written in, where it does not say.
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
    left_out: tuple[LeftOut, ...] = ()
    encoding: str | None = None


def read_boundaries(
    path: Path,
    *,
    code: str | None = None,
    name: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    merge_duplicates: bool = False,
    swap_axes: bool = False,
    leave_out: Sequence[str] = (),
) -> Reading:
    """The areas of a GeoJSON, TopoJSON, GeoPackage, zipped Shapefile or KML file, gzipped or not.

    `code` and `name` are columns, by default the best recognised; `crs` wins over what the file says; `layer` is needed
    where there are several. Rows with one code are refused, or become one area where `merge_duplicates`. `swap_axes`
    turns each pair of numbers round; `leave_out` names rows such as "6" or "9-12". The areas should lie in the country
    of the council's own system. Raises Refused for whatever would make a set of areas that is wrong or not whole.
    """
    whole = _read(path, layer)
    table = without(whole, leave_out)
    columns = _columns(table, code, name)
    claim, epsg = claim_of(table, crs), council_system()
    codes, names, welsh = codes_and_names(table, columns)
    labels = [row_label(*told) for told in zip(table.numbers, names, codes, strict=True)]
    drawn = _areal(table, labels)
    shapes, system = placed(turned_round(drawn) if swap_axes else drawn, labels, claim, epsg)
    called = [f"{name_} ({code_})" if code_ else name_ for name_, code_ in zip(names, codes, strict=True)]
    shapes, repairs = repaired(shapes, table.numbers, called, epsg)
    areas, merged = distinct(
        [
            ReadArea(row, code_ or None, name_, (other,) if other and other != name_ else (), as_multi(shape))
            for row, code_, name_, other, shape in zip(table.numbers, codes, names, welsh, shapes, strict=True)
        ],
        merge=merge_duplicates,
    )
    return Reading(
        areas=tuple(areas),
        repaired=repairs,
        merged=merged,
        crs=system.name,
        crs_source=system.source,
        code_column=columns.code,
        name_column=columns.name,
        layer=table.layer,
        rows=table.rows,
        flattened=table.flattened,
        swapped=swap_axes,
        left_out=left_out(whole, table, columns),
        encoding=table.encoding,
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
    table, epsg = _read(path, None), council_system()
    labels = [f"Row {row}" for row in table.numbers]
    drawn = areal(table.shapes, labels, _known(table), lambda _: "take the row out")
    shapes, _ = placed(drawn, labels, claim_of(table, None), epsg)
    whole, repairs = repaired(shapes, table.numbers, labels, epsg)
    return list(whole), repairs


def _read(path: Path, layer: str | None) -> Table:
    table = read_table(path, layer=layer)
    if table.rows == 0:
        raise Refused(f"{table.title} has no areas in it: export it again.", field="file")
    return table


def _columns(table: Table, code: str | None, name: str | None) -> Recognised:
    """The columns; where they are not known, what has no areas at all is told first: no column would cure it."""
    try:
        return recognise(table.columns, code=code, name=name, title=table.title)
    except Refused:
        if not areal_rows(table.shapes).any():
            _areal(table, [f"Row {row}" for row in table.numbers])
        raise


def _areal(table: Table, labels: Sequence[str]) -> NDArray[np.object_]:
    return areal(table.shapes, labels, _known(table), partial(way_to_leave_out, table))


def _known(table: Table) -> dict[int, str]:
    """By its place in the table, why a row has no shape."""
    return {place: table.shapeless[row] for place, row in enumerate(table.numbers) if row in table.shapeless}
