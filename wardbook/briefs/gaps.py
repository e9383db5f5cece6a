"""What we do not know of a place: section 8 of a brief, from what is loaded and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import TYPE_CHECKING

from wardbook.areas.locator import locator
from wardbook.areas.postcode_counts import postcode_counts
from wardbook.briefs.picture import Gaps, QuietWard
from wardbook.clock import day_of
from wardbook.entries import queries as entries
from wardbook.entries.kinds import Kind

if TYPE_CHECKING:
    from wardbook.briefs.queries import Facts, Row

QUIET = 0.5
"""A ward is quiet with less than this part of what all wards together have for each postcode"""
LEAST_POSTCODES = 5
"""Where a ward has fewer postcodes than this, wards are compared by square kilometre"""


def gaps(facts: Facts) -> Gaps:
    """Wards that are silent or quiet against the others, missing kinds, and how old and whose the evidence is."""
    days = sorted(day_of(row.told_at) for row in facts.rows)
    held = {row.kind for row in facts.rows}
    basis, wards = _quiet_wards(facts)
    return Gaps(
        basis=basis,
        wards=tuple(wards),
        missing=tuple(kind for kind in Kind if kind not in held),
        overdue=tuple(item for item in facts.whole(_current_notes(facts)) if item.overdue),
        newest=days[-1] if days else None,
        median=median_low(days) if days else None,
        voices=len({row.author_id for row in facts.rows if row.author_id is not None}),
        unknown=sum(row.author_id is None for row in facts.rows),
        total=len(facts.rows),
    )


def _current_notes(facts: Facts) -> list[Row]:
    return [row for row in facts.rows if row.kind is Kind.NOTE and row.upheld]


def _quiet_wards(facts: Facts) -> tuple[str, list[QuietWard]]:
    """How wards were compared, and those of the place that are silent or quiet: whole wards, not the part in it."""
    on = facts.place.as_at
    ids = [area_id for known in locator().wards(on) for area_id in known.area_ids]
    if len(ids) < 2 or not facts.place.wards:
        return "", []
    counts = {area_id: sum(kinds.values()) for area_id, kinds in entries.counts_by_area(facts.reader, ids).items()}
    unit, measures = _measures(facts, ids)
    whole = sum(counts.get(area_id, 0) for area_id in ids) / sum(measures[area_id] for area_id in ids)
    touched = [share.ward for share in facts.place.wards if share.lies and share.ward.id in measures]
    found = [QuietWard(w.code, w.name, counts.get(w.id, 0), measures[w.id]) for w in touched]
    basis = (
        f"Whole wards are compared by entries for each {unit}, since no population is loaded. Over all wards there "
        f"are {whole:.2g}; a ward with less than half of that is quiet."
    )
    return basis, [ward for ward in found if ward.entries < QUIET * whole * ward.measure or not ward.entries]


def _measures(facts: Facts, ids: Sequence[int]) -> tuple[str, dict[int, float]]:
    """By what wards are compared: the postcodes in each where they are loaded, otherwise its land."""
    counts = postcode_counts(facts.place.as_at)
    if all(counts.get(area_id, 0) >= LEAST_POSTCODES for area_id in ids):
        return "postcode", {area_id: float(counts[area_id]) for area_id in ids}
    sets = locator().wards(facts.place.as_at)
    land = {area: known.in_metres(row).area / 1e6 for known in sets for row, area in enumerate(known.area_ids)}
    return "square kilometre", land
