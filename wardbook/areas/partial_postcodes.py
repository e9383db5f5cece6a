"""The beginning of a postcode: how many we hold that begin so, and in which wards they lie."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import func, select

from wardbook.areas.locator import Called, locator
from wardbook.areas.models import Postcode
from wardbook.db import db

MOST_READ = 20_000
MOST_WARDS = 20


@dataclass(frozen=True)
class PartialPostcode:
    """The postcodes that begin like this."""

    words: str
    number: int
    wards: tuple[tuple[Called, int], ...]
    """The wards in force with most of them, and how many lie in each"""
    wards_left: int
    outside: int
    """How many lie in no ward of this council"""


def partial_postcodes(words: str, on: date) -> list[PartialPostcode]:
    """What a partial postcode may mean, where we hold any: `BA15` is the district BA15, and the sector BA1 5."""
    readings = [_held(outward, inward, on) for outward, inward in _readings(words)]
    return [reading for reading in readings if reading is not None]


def looks_partial(words: str) -> bool:
    """Whether the words are written like the beginning of a postcode."""
    return bool(_readings(words))


def _readings(words: str) -> list[tuple[str, str]]:
    """(outward, beginning of inward): with the blank where it was typed, else wherever it can be."""
    typed = " ".join(words.upper().split())
    if len(typed) > 7:
        return []
    found = []
    for size in range(2, 5):
        outward, inward = typed[:size].strip(), typed[size:].strip()
        fits = re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?", outward) and re.fullmatch(r"(\d[A-Z]?)?", inward)
        if fits and (" " not in typed or typed.split()[0] == outward) and (outward, inward) not in found:
            found.append((outward, inward))
    return found


def _held(outward: str, inward: str, on: date) -> PartialPostcode | None:
    beginning = outward + inward
    same = [
        Postcode.compact >= beginning,
        Postcode.compact <= beginning + "ZZZ",
        func.length(Postcode.compact) == len(outward) + 3,
    ]
    number = db.session.scalar(select(func.count()).where(*same)) or 0
    if not number:
        return None
    rows = db.session.execute(
        select(Postcode.lon, Postcode.lat).where(*same).order_by(Postcode.compact).limit(MOST_READ)
    )
    points = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, 2)
    counts: Counter[Called] = Counter()
    for known in locator().wards(on):
        places = known.covering_each(points[:, 0], points[:, 1])
        counts.update(known.called[place] for place in places.tolist() if place >= 0)
    wards = counts.most_common()
    outside = len(points) - sum(counts.values())
    words = f"{outward} {inward}".strip()
    return PartialPostcode(words, number, tuple(wards[:MOST_WARDS]), max(0, len(wards) - MOST_WARDS), max(0, outside))
