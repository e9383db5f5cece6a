"""Entries as GeoJSON from narrow columns: no object is made of an entry, so that any number of them can go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

from sqlalchemy import Select, String, and_, select, type_coerce

from wardbook.clock import day_of
from wardbook.db import AsGeoJSON, db
from wardbook.entries.kinds import STATES, State
from wardbook.entries.models import Category, Entry
from wardbook.entries.paging import Key, beyond
from wardbook.entries.queries import said_by_name
from wardbook.people.models import Person, Service

BATCH = 2000
_TEXTS = (
    Entry.ref, Entry.kind, Entry.title, Entry.words, Entry.state, Entry.level, Entry.topic, Entry.basis, Entry.source,
    Entry.source_id,
)  # fmt: skip
_NARROW = (
    *(type_coerce(column, String) for column in _TEXTS),
    Entry.id, Entry.told_at, Entry.closed_at, Entry.review_on, Category.name, Service.name, Person.name,
    type_coerce(Entry.geometry, AsGeoJSON()),
)  # fmt: skip
_FEATURES = (
    select(*_NARROW)
    .select_from(Entry)
    .outerjoin(Category, Category.id == Entry.category_id)
    .outerjoin(Service, Service.id == Category.service_id)
    .outerjoin(Person, and_(Person.id == Entry.author_id, Entry.name_shown))
    .order_by(Entry.told_at.desc(), Entry.id.desc())
)


def narrow(rows: Select[Entry]) -> Select[Any]:
    """The same rows, newest first, with the columns of a feature alone, and an author's name only where it is shown."""
    return _FEATURES if rows.whereclause is None else _FEATURES.where(rows.whereclause)


def geojson(rows: Select[Entry], limit: int | None = None) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946) of these rows, newest first, in pieces: each is one short reading of the store."""
    asked, left, last = narrow(rows), limit, None
    yield b'{"type": "FeatureCollection", "features": ['
    while left is None or left > 0:
        size = BATCH if left is None else min(BATCH, left)
        part = db.session.execute((asked.where(beyond(last, falling=True)) if last else asked).limit(size)).all()
        db.session.rollback()
        if part:
            yield (",\n" if last else "\n").encode() + ",\n".join(map(_feature, part)).encode(errors="replace")
            last = Key(part[-1].told_at, part[-1].id)
        if len(part) < size:
            break
        left = None if left is None else left - size
    yield b"\n]}"


def _feature(row: Sequence[Any]) -> str:
    (
        ref, kind, title, words, state, level, topic, basis, source, source_id,
        _, told_at, closed_at, review_on, category, service, name, geometry,
    ) = row  # fmt: skip
    return (
        f'{{"type": "Feature", "id": "{ref}", "geometry": {geometry}, "properties": {{"ref": "{ref}", '
        f'"kind": "{kind}", "title": {quoted(title)}, "words": {quoted(words)}, '
        f'"category": {quoted(category or "")}, "service": {quoted(service or "")}, '
        f'"state": {_LABELS[state]}, "told_on": "{day_of(told_at)}", '
        f'"closed_on": "{day_of(closed_at) if closed_at else ""}", "by": {quoted(said_by_name(name, kind))}, '
        f'"level": "{level}", "topic": {quoted(topic or "")}, "basis": {quoted(basis or "")}, '
        f'"review_on": "{review_on or ""}", "source": {quoted(source or "")}, '
        f'"source_id": {quoted(source_id or "")}}}}}'
    )


_LABELS = {str(state): quoted(STATES[state].label) for state in State}
