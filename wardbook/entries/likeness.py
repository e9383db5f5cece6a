"""What looks the same as something about to be told: near it first, then alike in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from sqlalchemy import select

from wardbook import geo
from wardbook.config import settings
from wardbook.db import db, touches
from wardbook.entries.kinds import CONTRIBUTIONS, Family, Kind, states_in
from wardbook.entries.models import Category, Entry
from wardbook.entries.queries import is_now, shown
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing

LEAST, LEAST_IN_CATEGORY = 0.3, 0.18
"""How similar two texts must be, from 0 to 1: less where both are about the same category."""
MOST_NEAR, MOST_SHOWN, MOST_SIGNS = 500, 5, 600
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Alike:
    """An entry that looks the same, how far away it is in metres, and how similar in words from 0 to 1."""

    entry: Entry
    metres: float
    similarity: float


def alike(viewer: Viewer, at: shapely.Point, kind: Kind, category: Category, title: str, words: str) -> list[Alike]:
    """What this viewer sees that lies within the category's radius, is not settled and says something similar: the most
    similar first.

    An offer is like offers alone. Notes are no contributions and are left out; so is what was closed, since it may have
    come back.
    """
    near = _near(viewer, at, kind, category.radius_m)
    scores = {row[0]: _similarity(row[1:3], (title, words)) for row in near}
    good = [row[0] for row in near if scores[row[0]] >= (LEAST_IN_CATEGORY if row[3] == category.id else LEAST)]
    best = sorted(good, key=lambda id_: (-scores[id_], -id_))[:MOST_SHOWN]
    entries = {entry.id: entry for entry in db.session.scalars(shown(select(Entry).where(Entry.id.in_(best))))}
    return [
        Alike(entries[id_], geo.metres_between(at, entries[id_].geometry, settings().crs), scores[id_]) for id_ in best
    ]


def _near(viewer: Viewer, at: shapely.Point, kind: Kind, metres: float) -> Sequence[tuple[int, str, str, int | None]]:
    kinds = [kind] if kind is Kind.OFFER else [other for other in CONTRIBUTIONS if other is not Kind.OFFER]
    lasting = [*states_in(Family.OPEN), *states_in(Family.CURRENT)]
    rows = select(Entry.id, Entry.title, Entry.words, Entry.category_id).where(
        visible(Entry, viewer),
        Entry.standing == Standing.PUBLISHED,
        Entry.kind.in_(kinds),
        is_now(lasting),
        touches(Entry, geo.circle(at, metres, settings().crs)),
    )
    found = db.session.execute(rows.order_by(Entry.told_at.desc(), Entry.id.desc()).limit(MOST_NEAR))
    return [(row[0], row[1], row[2], row[3]) for row in found]


def _similarity(one: tuple[str, str], other: tuple[str, str]) -> float:
    """The greater of how similar the titles are and how similar the whole texts."""
    return max(similarity(one[0], other[0]), similarity(" ".join(one)[:MOST_SIGNS], " ".join(other)[:MOST_SIGNS]))


def similarity(one: str, other: str) -> float:
    """The share of three-letter pieces that two texts have in common, as PostgreSQL's pg_trgm defines it.

    Each word, with two blanks before it and one after, gives its pieces; the share is of all that either text has.
    """
    these, those = _pieces(one), _pieces(other)
    return len(these & those) / len(these | those) if these and those else 0.0


def _pieces(text: str) -> frozenset[str]:
    padded = (f"  {word} " for word in _WORD.findall(text.lower()))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
