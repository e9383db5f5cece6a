"""Entries as GeoJSON from narrow columns: no object is made of an entry, so that any number of them can go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

import shapely
from shapely import Polygon
from sqlalchemy import Integer, Select, String, and_, bindparam, select, type_coerce
from sqlalchemy.orm import aliased

from wardbook.clock import day_of, today
from wardbook.db import AsGeoJSON, db, given, glance, touches_given
from wardbook.entries import ties
from wardbook.entries.kinds import LED, STATES, Kind, Lead, State, lead_in_words, state_on
from wardbook.entries.models import Category, Entry, how_near
from wardbook.entries.paging import Key, beyond
from wardbook.entries.queries import Filters, published, said_by_name
from wardbook.entries.questions import answers_in_words
from wardbook.people.models import Person, Service
from wardbook.places.place import Place, lies_in_one_of
from wardbook.policy import Viewer

BATCH = 2000
_ENABLER = aliased(Person)
_TEXTS = (
    Entry.ref, Entry.kind, Entry.title, Entry.words, Entry.state, Entry.level, Entry.topic, Entry.basis, Entry.lead,
    Entry.partner, Entry.source, Entry.source_id, Entry.channel, Entry.spot_words,
)  # fmt: skip
_NARROW = (
    *(type_coerce(column, String) for column in _TEXTS),
    Entry.id, Entry.told_at, Entry.closed_at, Entry.review_on, Entry.lapses_on, Entry.supporters,
    Entry.differs_from_id, Category.name, Service.name, Person.name, _ENABLER.name,
    Entry.blurred, Entry.only_ward, Entry.answers, type_coerce(Entry.geometry, AsGeoJSON()),
)  # fmt: skip
_OTHER = _NARROW.index(Entry.differs_from_id)
_FEATURES = (
    select(*_NARROW)
    .select_from(Entry)
    .outerjoin(Category, Category.id == Entry.category_id)
    .outerjoin(Service, Service.id == Category.service_id)
    .outerjoin(Person, and_(Person.id == Entry.author_id, Entry.name_shown))
    .outerjoin(_ENABLER, _ENABLER.id == Entry.enabler_id)
    .order_by(Entry.told_at.desc(), Entry.id.desc())
)


class Feature(NamedTuple):
    """An entry as the text of a GeoJSON feature."""

    ref: str
    text: str


def narrow(rows: Select[Entry]) -> Select[Any]:
    """The same rows, newest first, with the columns of a feature alone, and an author's name only where it is shown."""
    return _FEATURES if rows.whereclause is None else _FEATURES.where(rows.whereclause)


def newest(reader: Viewer, filters: Filters, place: Place | None, box: Polygon | None, most: int) -> list[Feature]:
    """The newest of what this reader sees, in a place and in a box where they are given."""
    areas = place.area_ids if place is not None else ()
    drawn: dict[str, shapely.Geometry] = {} if box is None else {"box": box}
    if place is not None and not areas:
        drawn["place"] = place.inside
    asked = _asked(db.engine.dialect.name, reader, filters, areas, tuple(drawn), today())
    shapes = {part: value for name, shape in drawn.items() for part, value in given(name, shape).items()}
    return _features(glance(asked, most=most, **shapes), reader)


@lru_cache(maxsize=256)
def _asked(
    engine: str, reader: Viewer, filters: Filters, areas: tuple[int, ...], drawn: tuple[str, ...], on: date
) -> Select[Any]:
    """One query of an engine for all shapes that are asked about: to make it for each takes longer than to run it."""
    rows = published(reader, None, filters)
    if areas:
        rows = rows.where(lies_in_one_of(Entry, areas))
    return narrow(rows.where(*(touches_given(Entry, name) for name in drawn))).limit(
        bindparam("most", None, type_=Integer)
    )


def in_the_order_of(rows: Select[Entry], reader: Viewer, most: int) -> list[Feature]:
    """The first of these, in the order they have."""
    ids = db.session.scalars(rows.with_only_columns(Entry.id).limit(most)).all()
    found = {row.id: row for some in _cut(ids) for row in db.session.execute(_FEATURES.where(Entry.id.in_(some)))}
    return _features([found[id_] for id_ in ids], reader)


def _cut(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def in_batches(rows: Select[Entry], reader: Viewer, size: int = BATCH) -> Iterator[Feature]:
    """All of these, newest first, each batch in a short reading of its own. For jobs: the transaction ends."""
    asked, last = narrow(rows), None
    while part := db.session.execute((asked.where(beyond(last, falling=True)) if last else asked).limit(size)).all():
        made = _features(part, reader)
        db.session.rollback()
        yield from made
        last = Key(part[-1].told_at, part[-1].id)


def collection(features: Iterable[Feature]) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946), one feature at a time."""
    yield b'{"type": "FeatureCollection", "features": ['
    for number, feature in enumerate(features):
        yield f"{',' if number else ''}\n{feature.text}".encode(errors="replace")
    yield b"\n]}"


def _features(rows: Sequence[Sequence[Any]], reader: Viewer) -> list[Feature]:
    differing = ties.seen_by({row[_OTHER] for row in rows if row[_OTHER] is not None}, reader)
    return [Feature(row[0], _text(row, differing)) for row in rows]


def _text(row: Any, differing: Mapping[int, str]) -> str:
    (
        ref, kind, title, words, state, level, topic, basis, lead, partner, source, source_id, channel, spot_words,
        _, told_at, closed_at, review_on, lapses_on, supporters, other, category, service, name, enabler,
        blurred, only_ward, answers, geometry,
    ) = row  # fmt: skip
    stands_until = lapses_on if kind == Kind.OFFER else review_on
    return (
        f'{{"type": "Feature", "id": "{ref}", "geometry": {geometry}, "properties": {{"ref": "{ref}", '
        f'"kind": "{kind}", "title": {quoted(title)}, "words": {quoted(words)}, '
        f'"category": {quoted(category or "")}, "service": {quoted(service or "")}, '
        f'"state": {_LABELS[_now(kind, state, stands_until) if stands_until else state]}, '
        f'"told_on": "{day_of(told_at)}", "closed_on": "{day_of(closed_at) if closed_at else ""}", '
        f'"by": {quoted(said_by_name(name, kind))}, "level": "{level}", '
        f'"topic": {quoted(topic or "")}, "basis": {quoted(basis or "")}, "review_on": "{review_on or ""}", '
        f'"lapses_on": "{lapses_on or ""}", '
        f'"lead": {quoted(lead_in_words(Lead(lead), partner) if kind in LED else "")}, '
        f'"enabler": {quoted(enabler or "")}, "supporters": {supporters}, '
        f'"differs_from": {quoted(differing.get(other, ""))}, "source": {quoted(source or "")}, '
        f'"source_id": {quoted(source_id or "")}, "channel": "{channel}", "spot_words": {quoted(spot_words)}, '
        f'"how_near": "{how_near(blurred, only_ward)}", "answers": {quoted(answers_in_words(answers))}}}}}'
    )


def _now(kind: str, kept: str, stands_until: Any) -> str:
    return state_on(Kind(kind), State(kept), stands_until, today())


_LABELS = {str(state): quoted(STATES[state].label) for state in State}
