"""Leaving rows out: those that a person names, such as the fillers of a published file that is good otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np

from wardbook.areas.boundary_files.columns import Recognised
from wardbook.areas.boundary_files.formats import Table
from wardbook.errors import Refused

MOST_OFFERED: Final = 10
"""Rows, or runs of rows, that a sentence offers to leave out: of more the file is the wrong one, or the column."""
ROWS: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


@dataclass(frozen=True)
class LeftOut:
    """A row that was left out as asked, and what it says of itself."""

    row: int
    code: str | None
    name: str | None

    @property
    def words(self) -> str:
        """`row 6 (Non-Civil Parish)`"""
        told = ", ".join(filter(None, [self.name, self.code]))
        return f"row {self.row} ({told})" if told else f"row {self.row}, which has neither code nor name"


def without(table: Table, asked: Sequence[str]) -> Table:
    """The table less the rows asked for: `6`, `6,9` or `9-12`, each. Raises Refused for what is no row of it."""
    out = {row for text in asked for row in _rows(text, table)}
    if len(out) == len(table.numbers):
        raise Refused(f"--leave-out leaves nothing of {table.title}: leave some of its rows in.", field="leave_out")
    keep = [place for place, row in enumerate(table.numbers) if row not in out]
    return replace(
        table,
        columns={name: [cells[place] for place in keep] for name, cells in table.columns.items()},
        shapes=table.shapes[np.array(keep, dtype=int)],
        numbers=[table.numbers[place] for place in keep],
    )


def _rows(text: str, table: Table) -> Iterator[int]:
    for part in text.split(","):
        found = ROWS.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= len(table.numbers):
            raise Refused(
                f"--leave-out {text} names no row of {table.title}, whose rows are 1 to {len(table.numbers):,}: write "
                "it like 6 or 6,9-12.",
                field="leave_out",
            )
        yield from range(first, last + 1)


def left_out(table: Table, kept: Table, columns: Recognised) -> tuple[LeftOut, ...]:
    """What was in the table and is not kept."""
    out = sorted(set(table.numbers) - set(kept.numbers))
    codes = table.columns[columns.code] if columns.code else [""] * len(table.numbers)
    names = table.columns[columns.name]
    return tuple(LeftOut(row, codes[row - 1] or None, names[row - 1] or None) for row in out)


def way_to_leave_out(table: Table, places: Sequence[int]) -> str:
    """`leave it out with --leave-out 6`, together with what is left out already; nothing where that would be much."""
    already = set(range(1, table.rows + 1)) - set(table.numbers)
    runs = list(_runs(sorted({*already, *(table.numbers[place] for place in places)})))
    if len(runs) > MOST_OFFERED or len(places) == len(table.numbers):
        return ""
    return f"leave {'it' if len(places) == 1 else 'them'} out with --leave-out {','.join(runs)}"


def _runs(rows: Sequence[int]) -> Iterator[str]:
    """`9-12` for rows that follow each other."""
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        found = [row for _, row in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"
