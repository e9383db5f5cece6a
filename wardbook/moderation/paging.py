"""From page to page of the queue, by key: the most pressing first and of those the oldest, or only the oldest."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Select, literal, select, tuple_

from wardbook.db import Moment, db
from wardbook.entries.models import Entry
from wardbook.entries.paging import FIRST, At, Key, Page
from wardbook.entries.queries import count, shown
from wardbook.moderation.queries import URGENCY


class First(StrEnum):
    """Which comes first."""

    RISK = "risk"
    OLDEST = "oldest"


def page(rows: Select[Entry], at: At = FIRST, size: int = 25, first: First = First.RISK) -> Page:
    """A page of the queue; where a key leads beyond its end, the first."""
    key, back = at.before or at.after, at.before is not None
    if key is not None and (key.supporters is not None) is not (first is First.RISK):
        key, back = None, False
    found = list(db.session.scalars(shown(_in_order(rows, key, back, first).limit(size + 1))))
    if key is not None and not found:
        return page(rows, FIRST, size, first)
    more, found = len(found) > size, found[:size][:: -1 if back else 1]
    ends = (_key(found[0], first), _key(found[-1], first)) if found else (None, None)
    onward = At(after=ends[1]) if more or back else None
    return Page(found, count(rows), onward, At(before=ends[0]) if key and (more or not back) else None)


def _in_order(rows: Select[Entry], key: Key | None, back: bool, first: First) -> Select[Entry]:
    by: list[Any] = [*([URGENCY] if first is First.RISK else []), Entry.told_at, Entry.id]
    rows = rows.order_by(None).order_by(*(column.desc() if back else column for column in by))
    if key is None:
        return rows
    urgency = [] if key.supporters is None else [literal(key.supporters)]
    there = tuple_(*urgency, literal(key.told_at, Moment), literal(key.id))
    return rows.where(tuple_(*by) < there if back else tuple_(*by) > there)


def _key(entry: Entry, first: First) -> Key:
    """The place of an entry in the order: its urgency stands where other lists have how many support it."""
    urgency = db.session.scalar(select(URGENCY).where(Entry.id == entry.id)) if first is First.RISK else None
    return Key(entry.told_at, entry.id, urgency)
