"""Rows: each one area with a code or a name of its own; of several that share it one area, where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely import Geometry, MultiPolygon

from wardbook.areas.boundary_files.archives import in_words
from wardbook.areas.boundary_files.codes import slug
from wardbook.errors import Refused

MOST_CODES: Final = 5
PARTS: Final = "or say --merge-duplicates if they are parts of one area."


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


def distinct(areas: Sequence[ReadArea], *, merge: bool) -> tuple[list[ReadArea], tuple[str, ...]]:
    """The areas with every code once, and the codes whose rows were merged; of areas without codes, their names.

    Those without codes must differ in slug. Raises Refused where rows are alike that may not be.
    """
    groups = _groups(areas)
    twice = [same for same in groups if len(same) > 1]
    if twice and not merge:
        raise _shared(twice)
    return [_merged(same) for same in groups], tuple(same[0].code or same[0].name for same in twice)


def _groups(areas: Sequence[ReadArea]) -> list[list[ReadArea]]:
    """The rows of each code, or where there are none of each name; no code differs from another in capitals alone."""
    groups: dict[str, list[ReadArea]] = {}
    for area in areas:
        groups.setdefault((area.code or slug(area.name)).casefold(), []).append(area)
    for key, same in groups.items():
        _require_one_key(key, same)
    return list(groups.values())


def _require_one_key(key: str, same: Sequence[ReadArea]) -> None:
    first = same[0]
    if not key:
        raise Refused(
            f"Row {first.row} ({first.name}) has no code, and none can be made from its name: "
            "give a column of codes with --code.",
            field="code",
        )
    if other := next((area for area in same if area.code != first.code), None):
        raise Refused(
            f"Rows {first.row} and {other.row} have the codes {first.code} and {other.code}, which differ in capital "
            "letters alone: correct one of them, or write both alike if they are parts of one area.",
            field="code",
        )


def _shared(twice: Sequence[Sequence[ReadArea]]) -> Refused:
    first, second = twice[0][:2]
    if not first.code:
        return Refused(
            f"Rows {first.row} and {second.row} are both called {first.name} and have no codes to tell them apart: "
            f"give a column of codes with --code, {PARTS}",
            field="code",
        )
    told = list(_codes_told(twice[:MOST_CODES]))
    more = [f"{len(twice) - MOST_CODES:,} more codes are used again"] if len(twice) > MOST_CODES else []
    return Refused(f"{in_words([*told, *more])}: correct it, {PARTS}", field="code")


def _codes_told(twice: Sequence[Sequence[ReadArea]]) -> Iterator[str]:
    for same in twice:
        yield f"{same[0].code} is the code of rows {in_words([str(area.row) for area in same])}"


def _merged(same: Sequence[ReadArea]) -> ReadArea:
    first = same[0]
    if len(same) == 1:
        return first
    names = dict.fromkeys(name for area in same for name in (area.name, *area.other_names) if name != first.name)
    shape = shapely.union_all([area.geometry for area in same])
    return ReadArea(first.row, first.code, first.name, tuple(names), as_multi(shape))


def as_multi(shape: Geometry) -> MultiPolygon:
    """An area as a MultiPolygon, whichever kind it is."""
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])
