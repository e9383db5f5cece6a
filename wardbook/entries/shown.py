"""Entries as rows of a file and as features of a map: what they show, the same on every road out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from wardbook.clock import day_in_words, day_of
from wardbook.entries.blurring import SHOWN_WITHIN
from wardbook.entries.kinds import KINDS
from wardbook.entries.models import Entry
from wardbook.entries.queries import said_by

COLUMNS = (
    "ref", "kind", "title", "words", "category", "service", "state", "told_on", "closed_on", "by", "level", "topic",
    "basis", "review_on", "lapses_on", "lead", "enabler", "supporters", "differs_from", "source", "source_id",
    "channel", "spot_words", "how_near", "answers", "longitude", "latitude",
)  # fmt: skip


def row(entry: Entry, seen_differently: Mapping[int, str]) -> tuple[object, ...]:
    """An entry as a row under COLUMNS; a line or area gives a point on it.

    `seen_differently` has the references of the notes that others see differently, as far as the reader sees them.
    """
    at = shapely.point_on_surface(entry.geometry)
    return (
        entry.ref,
        str(entry.kind),
        entry.title,
        entry.words,
        entry.category.name if entry.category else "",
        entry.category.service.name if entry.category else "",
        entry.meaning.label,
        day_of(entry.told_at).isoformat(),
        day_of(entry.closed_at).isoformat() if entry.closed_at else "",
        said_by(entry),
        str(entry.level),
        str(entry.topic or ""),
        str(entry.basis or ""),
        entry.review_on.isoformat() if entry.review_on else "",
        entry.lapses_on.isoformat() if entry.lapses_on else "",
        entry.leads,
        entry.enabler.name if entry.enabler else "",
        entry.supporters,
        seen_differently.get(entry.id, ""),
        entry.source or "",
        entry.source_id or "",
        str(entry.channel),
        entry.spot_words,
        entry.how_near,
        entry.answered,
        round(at.x, 7),
        round(at.y, 7),
    )


def on_map(entries: Iterable[Entry], address: Any) -> dict[str, Any]:
    """What a map needs of entries: a point, a name and an address for each, and the shape where it is no point."""
    return {"type": "FeatureCollection", "features": [_on_map(entry, address) for entry in entries]}


def _on_map(entry: Entry, address: Any) -> dict[str, Any]:
    at = shapely.point_on_surface(entry.geometry)
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(entry.geometry),
        "properties": {
            "ref": entry.ref,
            "kind": str(entry.kind),
            "called": KINDS[entry.kind].label,
            "family": str(entry.meaning.family),
            "title": entry.title,
            "category": entry.category.name if entry.category else str(entry.topic or KINDS[entry.kind].label),
            "state": entry.meaning.label,
            "told_on": day_in_words(day_of(entry.told_at)),
            "at": [round(at.x, 6), round(at.y, 6)],
            "near": entry.how_near,
            "within": SHOWN_WITHIN if entry.blurred else None,
            "url": address(entry.ref),
        },
    }
