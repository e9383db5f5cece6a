"""Names of streets and places with a point each: kept by their words, found by an index, mistakes forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians
from typing import Any

import shapely
from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base, db
from wardbook.memory import remembered
from wardbook.places.folding import How, alike, folded, match, why

BY_LETTER = String().with_variant(String(collation="C"), "postgresql")
"""Folded text is compared letter by letter on either engine, so that how a word begins is a stretch of its index."""
MOST_READ = 200
MOST_WORDS = 6
SAME_THING = 100.0
"""Metres within which two rows of one name and kind are one thing"""
METRES_OF_A_DEGREE = 111_320.0
SAME_SPOT = 0.000002
"""Degrees within which a point is that of a name: some 20 centimetres, for coordinates are written rounded"""


class GazetteerSource(Base):
    """A list of names that came as one, and how often it has changed."""

    __tablename__ = "gazetteer_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    file_name: Mapped[str]
    imported_at: Mapped[datetime]
    version: Mapped[int]
    licence: Mapped[str]


class GazetteerName(Base):
    """One name of a street or place. What has names in two languages is there under each."""

    __tablename__ = "gazetteer_name"
    __table_args__ = (Index("ix_gazetteer_name_lat_lon", "lat", "lon"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("gazetteer_source.id"), index=True)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(BY_LETTER)
    other: Mapped[str]
    """Its name in another language"""
    kind: Mapped[str]
    near: Mapped[str]
    """The town, village or district that tells it from others of its name"""
    lon: Mapped[float]
    lat: Mapped[float]

    @property
    def point(self) -> shapely.Point:
        return shapely.Point(self.lon, self.lat)

    @property
    def label(self) -> str:
        """`High Street, Keynsham`"""
        return f"{self.name}, {self.near}" if self.near else self.name


class GazetteerWord(Base):
    """A word of a name, or of what it is near."""

    __tablename__ = "gazetteer_word"

    word: Mapped[str] = mapped_column(BY_LETTER, primary_key=True)
    name_id: Mapped[int] = mapped_column(
        ForeignKey("gazetteer_name.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    of_name: Mapped[bool]


@dataclass(frozen=True)
class GazetteerMatch:
    """A street or place that what was typed may mean."""

    name: GazetteerName
    how: How
    why: str
    score: float = 100.0


@dataclass(frozen=True)
class Names:
    """The best of the names that were found, and how many there are."""

    matches: list[GazetteerMatch]
    total: int


NOTHING = Names([], 0)


def begins(column: Any, beginning: str) -> ColumnElement[bool]:
    """Whether folded text begins with this: a stretch of its index."""
    return and_(column >= beginning, column < beginning[:-1] + chr(ord(beginning[-1]) + 1))


def names_called(words: str) -> Names:
    """The names all of whose words begin like those typed, the same name first. A town may be typed after a street."""
    asked = folded(words)
    if not asked:
        return NOTHING
    found = _with_words(asked.split()[:MOST_WORDS])
    rows = db.session.scalars(_best_first(found, asked).limit(MOST_READ)).all()
    total = (
        len(rows) if len(rows) < MOST_READ else db.session.scalar(select(func.count()).select_from(found.subquery()))
    )
    hits = _each_once([_hit(row, asked) for row in rows])
    return Names(sorted(hits, key=_order), (total or 0) - len(rows) + len(hits))


def _each_once(hits: Sequence[GazetteerMatch]) -> list[GazetteerMatch]:
    """Rows that are called the same and lie within 100 m of each other are one: a road comes in sections."""
    kept: dict[tuple[str, str], list[GazetteerMatch]] = {}
    for hit in hits:
        same = kept.setdefault((hit.name.label, hit.name.kind), [])
        if not any(_metres(hit.name, other.name) <= SAME_THING for other in same):
            same.append(hit)
    return [hit for same in kept.values() for hit in same]


def _metres(one: GazetteerName, other: GazetteerName) -> float:
    """About how far two names lie apart, which is enough where they are near."""
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(east, one.lat - other.lat) * METRES_OF_A_DEGREE


def _with_words(words: Sequence[str]) -> Select[GazetteerName]:
    found = select(GazetteerName)
    for place, word in enumerate(words):
        has = select(GazetteerWord.name_id).where(begins(GazetteerWord.word, word))
        found = found.where(GazetteerName.id.in_(has if place else has.where(GazetteerWord.of_name)))
    return found


def _best_first(found: Select[GazetteerName], asked: str) -> Select[GazetteerName]:
    rank = case((GazetteerName.folded == asked, 0), (begins(GazetteerName.folded, asked), 1), else_=2)
    return found.order_by(rank, func.length(GazetteerName.folded), GazetteerName.folded, GazetteerName.id)


def _hit(row: GazetteerName, asked: str) -> GazetteerMatch:
    how = match(asked, row.folded, folded(row.near))
    how = How.WORDS if how is None else how
    return GazetteerMatch(row, how, why(how))


def _order(hit: GazetteerMatch) -> tuple[object, ...]:
    return hit.how, -hit.score, len(hit.name.folded), hit.name.folded, hit.name.near, hit.name.id


# --- typing mistakes ---------------------------------------------------------------------------------------------

NEAR_WORDS = 12
LIKE_A_WORD = 70.0
MOST_CANDIDATES = 2000
MOST_VOCABULARY = 100_000


def names_spelled_like(words: str) -> Names:
    """The names that look like this with typing mistakes.

    Of the words typed the one is taken that, with the words like it, the fewest names have: their names alone are
    compared, at most 2,000.
    """
    asked = folded(words)
    candidates = _rarest(asked)
    if not candidates:
        return NOTHING
    has = select(GazetteerWord.name_id).where(GazetteerWord.word.in_(candidates), GazetteerWord.of_name)
    rows = db.session.scalars(select(GazetteerName).where(GazetteerName.id.in_(has)).limit(MOST_CANDIDATES)).all()
    scored = [(max(alike(asked, row.folded), alike(asked, f"{row.folded} {folded(row.near)}")), row) for row in rows]
    best = max((score for score, _ in scored), default=0.0)
    hits = _each_once(
        [GazetteerMatch(row, How.ALIKE, why(How.ALIKE), score) for score, row in scored if score >= best - 12 > 0]
    )
    return Names(sorted(hits, key=_order), len(hits))


def _rarest(asked: str) -> list[str]:
    vocabulary = _vocabulary()
    alike_words = [
        process.extract(word, vocabulary.keys(), scorer=fuzz.ratio, score_cutoff=LIKE_A_WORD, limit=NEAR_WORDS)
        for word in asked.split()[:MOST_WORDS]
        if len(word) >= 3
    ]
    near = [[word for word, _, _ in hits] for hits in alike_words]
    return min((words for words in near if words), key=lambda words: sum(vocabulary[w] for w in words), default=[])


def _vocabulary() -> dict[str, int]:
    """Every word of a name, and how many names have it: in memory, read again when a list of names has changed."""
    version = tuple(
        db.session.execute(select(GazetteerSource.id, GazetteerSource.version).order_by(GazetteerSource.id))
    )
    return remembered("vocabulary", version, _counted_words)


def _counted_words() -> dict[str, int]:
    counted = select(GazetteerWord.word, func.count()).where(GazetteerWord.of_name).group_by(GazetteerWord.word)
    return {row[0]: row[1] for row in db.session.execute(counted.limit(MOST_VOCABULARY))}


# --- near a point ------------------------------------------------------------------------------------------------


STREETS = ("Street", "Road")


def names_within(
    bounds: tuple[float, float, float, float], most: int, kinds: Sequence[str] = ()
) -> list[GazetteerName]:
    """Names in a box of degrees, of some kinds or of all, nearest to its middle first."""
    west, south, east, north = bounds
    inside = select(GazetteerName).where(GazetteerName.lat.between(south, north), GazetteerName.lon.between(west, east))
    if kinds:
        inside = inside.where(GazetteerName.kind.in_(kinds))
    middle = ((west + east) / 2, (south + north) / 2)
    rows = db.session.scalars(inside.limit(MOST_CANDIDATES)).all()
    return sorted(rows, key=lambda row: (row.lon - middle[0]) ** 2 + (row.lat - middle[1]) ** 2)[:most]


def name_at(point: shapely.Point) -> GazetteerName | None:
    """The street or place that has its point just there."""
    x, y, off = point.x, point.y, SAME_SPOT
    return next(iter(names_within((x - off, y - off, x + off, y + off), 1)), None)


def sources() -> Sequence[GazetteerSource]:
    """The lists of names that are held."""
    return db.session.scalars(select(GazetteerSource).order_by(GazetteerSource.name)).all()


def name_by_id(id_: int) -> GazetteerName | None:
    """A name by its number."""
    return db.session.get(GazetteerName, id_)


def words_of(name: str, near: str) -> Iterable[tuple[str, bool]]:
    """The words under which a name is kept, and whether each is of the name itself."""
    own = set(folded(name).split())
    yield from ((word, True) for word in sorted(own))
    yield from ((word, False) for word in sorted(set(folded(near).split()) - own))
