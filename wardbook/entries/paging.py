"""From page to page of a list by the key of its entries, not by counting off: every page costs the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_

from wardbook.db import Moment, db
from wardbook.entries.models import Entry
from wardbook.entries.queries import count, shown

_KEY = re.compile(r"(-?\d{1,17})\.(\d{1,9})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = tuple_(Entry.told_at, Entry.id)


class Order(StrEnum):
    """Which comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Key:
    """An entry's place in the order of telling. In an address: microseconds since 1970, and its number."""

    told_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.told_at - _EPOCH) // timedelta(microseconds=1)}.{self.id}"


def key_from(words: str | None) -> Key | None:
    """The key in an address; None where the words are none."""
    match = _KEY.fullmatch(words or "")
    try:
        return Key(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2])) if match else None
    except OverflowError:
        return None


@dataclass(frozen=True)
class At:
    """Where a page begins: after an entry, or before one; at the beginning where neither is said."""

    after: Key | None = None
    before: Key | None = None


FIRST = At()


def at_from(arguments: Mapping[str, str]) -> At:
    """Where the page begins that an address asks for."""
    return At(key_from(arguments.get("after")), key_from(arguments.get("before")))


@dataclass(frozen=True)
class Page:
    """One page of a list, how many there are in all, and the keys from which the pages next to it go on."""

    rows: Sequence[Entry]
    total: int
    after: Key | None = None
    before: Key | None = None

    @property
    def ways(self) -> dict[str, str]:
        """The pages next to it, as what an address asks: `before` and `after`."""
        return {name: str(key) for name in ("before", "after") if (key := getattr(self, name)) is not None}


def page(rows: Select[Entry], at: At = FIRST, size: int = 25, order: Order = Order.NEWEST) -> Page:
    """A page of a list; before its beginning or beyond its end, the first."""
    back = at.before is not None
    key = at.before or at.after
    asked = _in_order(rows, falling=(order is Order.NEWEST) is not back, key=key)
    found = list(db.session.scalars(shown(asked.limit(size + 1))))
    if key is not None and (not found or (back and len(found) <= size)):
        return page(rows, FIRST, size, order)
    more, found = len(found) > size, found[:size][:: -1 if back else 1]
    first, last = (_key(found[0]), _key(found[-1])) if found else (None, None)
    return Page(found, count(rows), last if more or back else None, first if key else None)


def _in_order(rows: Select[Any], *, falling: bool, key: Key | None) -> Select[Any]:
    if falling:
        rows = rows.order_by(None).order_by(Entry.told_at.desc(), Entry.id.desc())
    else:
        rows = rows.order_by(None).order_by(Entry.told_at, Entry.id)
    return rows if key is None else rows.where(beyond(key, falling=falling))


def beyond(key: Key, *, falling: bool) -> ColumnElement[bool]:
    """What comes after an entry: its key is compared whole, so that the index goes straight there."""
    there = tuple_(literal(key.told_at, Moment), literal(key.id))
    return there > _PLACE if falling else there < _PLACE


def _key(entry: Entry) -> Key:
    return Key(entry.told_at, entry.id)
