"""What was told twice and merged: which entry stands for which, and what its page, lists and letters make of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CTE, CheckConstraint, ColumnElement, ForeignKey, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from wardbook.db import Base, db
from wardbook.entries.kinds import State
from wardbook.entries.models import Entry
from wardbook.policy import Viewer, visible
from wardbook.shared import Standing, words_of

MOST_STEPS = 50
"""So many merges, one after the other, are followed"""


class Merged(Base):
    """That an entry is the same as another, which stands for both.

    Nothing of the entry is moved or copied: taking it back deletes the row, and all is as before.
    """

    __tablename__ = "merged_entry"
    __table_args__ = (CheckConstraint("entry_id <> into_id", name="other"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    at: Mapped[datetime]
    state_before: Mapped[State] = mapped_column(words_of(State, "state_before"))
    closed_before: Mapped[datetime | None]


def merge_of(entry: Entry) -> Merged | None:
    """The merge of an entry into another, where there is one."""
    return db.session.get(Merged, entry.id)


def stands_for_itself(viewer: Viewer) -> ColumnElement[bool]:
    """Whether an entry is not one of those for which another stands that this viewer sees: what lists and counts have.

    Where somebody does not see the other, since it was narrowed, hidden or withdrawn, they have this one as before.
    """
    seen = Entry.id == Merged.into_id, Entry.standing == Standing.PUBLISHED, visible(Entry, viewer)
    other = exists().select_from(Entry).where(*seen).correlate(Merged)  # asked for each of the few that are merged
    return Entry.id.not_in(select(Merged.entry_id).where(other).correlate(None))


def lasting(entry: Entry) -> Entry:
    """The entry that stands for this one: itself, where it was merged into none."""
    found = entry
    for _ in range(MOST_STEPS):
        merge = merge_of(found)
        if merge is None:
            break
        found = db.session.get_one(Entry, merge.into_id)
    return found


def lasting_for(entry: Entry, viewer: Viewer) -> Entry | None:
    """The entry to which the address of this one leads a viewer on; None where it is none, or one they do not see."""
    merge = merge_of(entry)
    if merge is None:
        return None
    seen = select(Entry).where(Entry.id == merge.into_id, Entry.standing == Standing.PUBLISHED, visible(Entry, viewer))
    return db.session.scalar(seen)


def ids_of(entry: Entry) -> list[int]:
    """The ids of an entry and of all for which it stands, those merged into these too."""
    found = fresh = [entry.id]
    for _ in range(MOST_STEPS):
        fresh = list(db.session.scalars(select(Merged.entry_id).where(Merged.into_id.in_(fresh))))
        if not fresh:
            break
        found = found + fresh
    return found


def all_merged() -> CTE:
    """Every merged entry beside each that stands for it, whatever lies between: `entry_id`, `into_id`."""
    first = select(Merged.entry_id, Merged.into_id).cte("all_merged", recursive=True)
    return first.union(select(first.c.entry_id, Merged.into_id).join(Merged, Merged.entry_id == first.c.into_id))


def others(viewer: Viewer) -> dict[int, str]:
    """For every merged entry the reference of the one that stands for it, where this viewer sees that, by its id."""
    rows = select(Merged.entry_id, Entry.ref).join(Entry, Entry.id == Merged.into_id)
    seen = rows.where(Entry.standing == Standing.PUBLISHED, visible(Entry, viewer))
    return {row[0]: row[1] for row in db.session.execute(seen)}


def told_as(entry: Entry, viewer: Viewer) -> Sequence[Entry]:
    """What this viewer sees of the entries for which this one stands, the first told first."""
    others = ids_of(entry)[1:]
    if not others:
        return ()
    rows = select(Entry).where(Entry.id.in_(others), Entry.standing == Standing.PUBLISHED, visible(Entry, viewer))
    return db.session.scalars(rows.order_by(Entry.told_at, Entry.id)).all()
