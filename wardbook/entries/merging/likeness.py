"""What looks the same as something about to be told: near it first, then alike in words."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import shapely
from sqlalchemy import ColumnElement, select

from wardbook import geo
from wardbook.config import settings
from wardbook.db import db, touches
from wardbook.entries.kinds import CONTRIBUTIONS, Family, Kind, states_in
from wardbook.entries.merging.merged import stands_for_itself
from wardbook.entries.merging.wording import Said, likeness
from wardbook.entries.models import Category, Entry
from wardbook.entries.queries import is_now, shown
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing

MOST_NEAR, MOST_SHOWN = 10_000, 5
USED_BY_MANY = 4
"""A title that so many near have, word for word, says as little as the name of a category"""


@dataclass(frozen=True)
class Alike:
    """An entry that looks the same, how far away it is in metres, and how alike it is in words: at least 1."""

    entry: Entry
    metres: float
    likeness: float


class _Near(NamedTuple):
    id: int
    title: str
    words: str
    category_id: int | None
    category: str | None


def alike(viewer: Viewer, at: shapely.Geometry, kind: Kind, category: Category, title: str, words: str) -> list[Alike]:
    """What this viewer sees that lies within the category's radius, is not settled and says something similar: the most
    similar first.

    An offer is like offers alone. Notes are no contributions and are left out; so is what was closed, since it may have
    come back. A title that is only the name of a category is nobody's own words and is not compared.
    """
    near = _near(viewer, kind, touches(Entry, _within(at, category.radius_m)))
    told = Said.of(title, words, (category.name,))
    best = heapq.nlargest(MOST_SHOWN, _scores(near, told, category))
    rows = db.session.scalars(shown(select(Entry).where(Entry.id.in_([id_ for _, id_ in best]))))
    entries = {entry.id: entry for entry in rows}
    return [
        Alike(entries[id_], geo.metres_between(at, entries[id_].geometry, settings().crs), score) for score, id_ in best
    ]


def _within(at: shapely.Geometry, metres: float) -> shapely.Geometry:
    crs = settings().crs
    return geo.circle(at, metres, crs) if isinstance(at, shapely.Point) else geo.around(at, metres, crs)


def _near(viewer: Viewer, kind: Kind, lies: ColumnElement[bool]) -> Sequence[_Near]:
    kinds = [kind] if kind is Kind.OFFER else [other for other in CONTRIBUTIONS if other is not Kind.OFFER]
    lasting = [*states_in(Family.OPEN), *states_in(Family.CURRENT)]
    rows = (
        select(Entry.id, Entry.title, Entry.words, Entry.category_id, Category.name)
        .outerjoin(Category, Category.id == Entry.category_id)
        .where(
            visible(Entry, viewer),
            Entry.standing == Standing.PUBLISHED,
            Entry.kind.in_(kinds),
            is_now(lasting),
            stands_for_itself(viewer),
            lies,
        )
    )
    found = db.session.execute(rows.order_by(Entry.told_at.desc(), Entry.id.desc()).limit(MOST_NEAR))
    return [_Near(*row) for row in found]


def _scores(near: Sequence[_Near], told: Said, category: Category) -> Iterable[tuple[float, int]]:
    """How alike each is that is alike at all, and its id."""
    titles = Counter(row.title for row in near)
    for row in near:
        plain = (row.category or "", *([row.title] if titles[row.title] >= USED_BY_MANY else []))
        score = likeness(told, Said.of(row.title, row.words, plain), same_category=row.category_id == category.id)
        if score >= 1:
            yield score, row.id
