"""Rows without a shape: what stands in a GeoJSON file where GDAL could make nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

LARGEST: Final = 100_000_000
"""Bytes of a file that is read once more to say what is wrong with it."""
LONGEST: Final = 20


def why_shapeless(path: Path, places: Sequence[int]) -> dict[int, str]:
    """For each feature of these places whose coordinates are not all numbers, what is wrong, after `Row 2`."""
    if not places or path.stat().st_size > LARGEST:
        return {}
    try:
        features = json.loads(path.read_bytes())["features"]
        found = {place: next(_not_numbers(features[place]["geometry"]["coordinates"]), None) for place in places}
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    return {place: f"has the coordinate {text}, which is no number" for place, text in found.items() if text}


def _not_numbers(coordinates: object) -> Iterator[str]:
    if not isinstance(coordinates, list):
        return
    for each in coordinates:
        if isinstance(each, list):
            yield from _not_numbers(each)
        elif isinstance(each, bool) or not isinstance(each, int | float):
            text = json.dumps(each, ensure_ascii=False)
            yield text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
