"""What can be read beside an entry, as its reader sees it: notes tied to it, and the stub of a withdrawn one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from wardbook.db import db
from wardbook.entries import queries
from wardbook.entries.kinds import KINDS, Kind, Lifecycle, State
from wardbook.entries.models import Entry, Superseded
from wardbook.policy import Viewer, stub_of
from wardbook.shared import Standing, reference_typed


@dataclass(frozen=True)
class Ties:
    """Notes tied to one that is being read, of those that its reader sees."""

    differs_from: Entry | None
    views: Sequence[Entry]
    """Notes that see it differently, oldest first"""
    superseded_by: Entry | None
    supersedes: Sequence[Entry]


def ties(entry: Entry, viewer: Viewer) -> Ties:
    """The notes tied to an entry that stand and that this viewer may see."""
    later = db.session.scalar(select(Superseded.by_id).where(Superseded.entry_id == entry.id))
    older = set(db.session.scalars(select(Superseded.entry_id).where(Superseded.by_id == entry.id)))
    ids = older | {id_ for id_ in (later, entry.differs_from_id) if id_ is not None}
    tied = or_(Entry.id.in_(ids), Entry.differs_from_id == entry.id)
    rows = queries.shown(queries.published(viewer).where(tied)).order_by(None).order_by(Entry.told_at, Entry.id)
    found = db.session.scalars(rows).all()
    by_id = {row.id: row for row in found}
    return Ties(
        differs_from=by_id.get(entry.differs_from_id or 0),
        views=[row for row in found if row.differs_from_id == entry.id],
        superseded_by=by_id.get(later or 0),
        supersedes=[row for row in found if row.id in older],
    )


def beside(rows: Sequence[Entry], viewer: Viewer) -> dict[int, list[Entry]]:
    """For each of these entries the notes that see it differently, and the one it sees differently: one query."""
    ids = [row.id for row in rows if row.kind is Kind.NOTE]
    of = {row.differs_from_id for row in rows if row.differs_from_id is not None}
    if not ids:
        return {}
    tied = or_(Entry.differs_from_id.in_(ids), Entry.id.in_(of))
    asked = queries.shown(queries.published(viewer).where(tied)).order_by(None).order_by(Entry.told_at, Entry.id)
    found: dict[int, list[Entry]] = defaultdict(list)
    for other in db.session.scalars(asked):
        for row in rows:
            if row.differs_from_id == other.id or other.differs_from_id == row.id:
                found[row.id].append(other)
    return dict(found)


def seen_differently(viewer: Viewer) -> dict[int, str]:
    """For every note that sees another differently the reference of that other, where this viewer may see it."""
    view = aliased(Entry)
    asked = (
        queries.published(viewer)
        .order_by(None)
        .join(view, view.differs_from_id == Entry.id)
        .with_only_columns(view.id, Entry.ref)
    )
    return {row[0]: row[1] for row in db.session.execute(asked)}


def seen_by(ids: Collection[int], viewer: Viewer) -> dict[int, str]:
    """The references of those of these entries that stand and that this viewer may see."""
    if not ids:
        return {}
    asked = queries.published(viewer).where(Entry.id.in_(ids)).order_by(None).with_only_columns(Entry.id, Entry.ref)
    return {row[0]: row[1] for row in db.session.execute(asked)}


def own_later_notes(note: Entry, viewer: Viewer) -> Sequence[Entry]:
    """Notes by the same writer that could take its place, newest first."""
    rows = queries.published(viewer, None, queries.Filters(kind=Kind.NOTE, state=State.CURRENT))
    return db.session.scalars(rows.where(Entry.author_id == viewer.id, Entry.id != note.id).limit(100)).all()


@dataclass(frozen=True)
class Stub:
    """What is left of a withdrawn entry for those who relied on it: none of its words."""

    ref: str
    life: Lifecycle
    reason: str
    withdrawn_at: datetime


def stub(ref: str, viewer: Viewer) -> Stub | None:
    """The stub of a withdrawn entry, if this viewer relied on it."""
    columns = select(Entry.ref, Entry.kind, Entry.withdrawn_for, Entry.changed_at)
    row = db.session.execute(columns.where(Entry.ref == reference_typed(ref, "WB"), stub_of(Entry, viewer))).first()
    return Stub(row.ref, KINDS[row.kind], row.withdrawn_for or "", row.changed_at) if row else None


def withdrawn_beside(entry: Entry, viewer: Viewer) -> Stub | None:
    """The stub of the note that this one sees differently, where that was withdrawn."""
    ref = select(Entry.ref).where(Entry.id == entry.differs_from_id, Entry.standing == Standing.WITHDRAWN)
    found = db.session.scalar(ref) if entry.differs_from_id else None
    return stub(found, viewer) if found else None
