"""Flattening: heights and measures are left out, curves straightened, and the rows that had them counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

ENVELOPES: Final = (0, 32, 48, 48, 64)
"""Bytes of the box in a GeoPackage shape's header, by bits 1 to 3 of its flags (GeoPackage 1.3, 2.1.3.1.1)."""
MEASURED: Final = (2, 3)
"""Thousands of the types of well-known binary that have measures, without heights and with them."""
CURVES: Final = range(8, 13)
"""Types of well-known binary: CircularString, CompoundCurve, CurvePolygon, MultiCurve, MultiSurface."""


@dataclass(frozen=True)
class Flattened:
    """How many rows had heights (Z) and measures (M), which were left out, and curves, which were straightened."""

    heights: int = 0
    measures: int = 0
    curves: int = 0

    @property
    def words(self) -> list[str]:
        told = (
            (self.heights, "heights (Z), which were left out"),
            (self.measures, "measures (M), which were left out"),
            (self.curves, "shapes of a curved kind, which were straightened"),
        )
        return [f"{number:,} {'row has' if number == 1 else 'rows have'} {what}" for number, what in told if number]


NOTHING_LOST: Final = Flattened()


def flat(shapes: NDArray[np.object_], lost: Flattened = NOTHING_LOST) -> tuple[NDArray[np.object_], Flattened]:
    """The shapes in two dimensions, and what was lost by it beside what the reader of the file lost already."""
    heights, measures = int(shapely.has_z(shapes).sum()), int(shapely.has_m(shapes).sum())
    plain = np.asarray(shapely.force_2d(shapes)) if heights or measures else shapes
    return plain, replace(lost, heights=heights, measures=lost.measures or measures)


def lost_of_geopackage(path: Path, layer: str) -> Flattened:
    """How many rows of a layer have measures or are of a curved kind: GDAL hands them over plain, without a word."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        try:
            (column,) = database.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
            ).fetchone()
            quoted = [name.replace('"', '""') for name in (column, layer)]
            openings = database.execute('SELECT substr("{}", 1, 80) FROM "{}"'.format(*quoted))
            kinds = [_kind(opening) for (opening,) in openings if isinstance(opening, bytes)]
        except (sqlite3.Error, TypeError):
            return NOTHING_LOST
    return Flattened(
        measures=sum(kind // 1000 in MEASURED for kind in kinds), curves=sum(kind % 1000 in CURVES for kind in kinds)
    )


def _kind(opening: bytes) -> int:
    """The type, as well-known binary counts them, of a shape of a GeoPackage of which this is the beginning; or 0."""
    if len(opening) < 8 or not opening.startswith(b"GP") or (opening[3] >> 1 & 7) >= len(ENVELOPES):
        return 0
    start = 8 + ENVELOPES[opening[3] >> 1 & 7]
    little = opening[start : start + 1] == b"\x01"
    return int.from_bytes(opening[start + 1 : start + 5], "little" if little else "big") & 0x0FFFFFFF
