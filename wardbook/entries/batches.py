"""A long selection of entries, some at a time, so that a whole council's never stand in memory together."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select

from wardbook.db import db
from wardbook.entries.models import Entry
from wardbook.entries.paging import Key, beyond
from wardbook.entries.queries import shown


def in_batches(rows: Select[Entry], size: int = 500) -> Iterator[Entry]:
    """The same entries, newest first whatever order they were asked in, each query by the key of the last. What was
    read is let go of after each.

    For jobs: between two batches the session is emptied and its transaction ended.
    """
    rows = rows.order_by(None).order_by(Entry.told_at.desc(), Entry.id.desc())
    after = rows
    while found := db.session.scalars(shown(after).limit(size)).all():
        last = Key(found[-1].told_at, found[-1].id)
        yield from found
        db.session.expunge_all()
        db.session.rollback()
        after = rows.where(beyond(last, falling=True))
