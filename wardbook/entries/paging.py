"""From page to page of a list by the key of its entries, not by counting off: every page costs the same.

How well words match is no key that lasts, so the best matches alone go by position, as far as MOST_BY_MATCH.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_

from wardbook import search
from wardbook.db import Moment, db
from wardbook.entries.models import Entry
from wardbook.entries.queries import Filters, Sort, count, shown

SAYS_WHERE = frozenset({"after", "before", "at"})
"""What an address says of where a page begins, and of nothing else"""
MOST_BY_MATCH = 500
"""Nobody reads further among what matches less and less; all of it is there by date, and in files."""
_KEY = re.compile(r"(?:(\d{1,9})~)?(-?\d{1,17})\.(\d{1,9})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Order(StrEnum):
    """Which comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SUPPORTED = "supported"
    BEST = "best"


def order_of(filters: Filters) -> Order:
    """In which order `queries.entries` gives what these filters ask for."""
    if filters.sort is Sort.SUPPORTED:
        return Order.SUPPORTED
    ranked = filters.words and filters.sort is None and search.wanted(filters.words).needed
    return Order.BEST if ranked else Order.NEWEST


@dataclass(frozen=True)
class Key:
    """An entry's place in the order of telling, or of support. In an address: its supporters where it goes by them,
    microseconds since 1970, and its number.
    """

    told_at: datetime
    id: int
    supporters: int | None = None

    def __str__(self) -> str:
        by = "" if self.supporters is None else f"{self.supporters}~"
        return f"{by}{(self.told_at - _EPOCH) // timedelta(microseconds=1)}.{self.id}"


def key_from(words: str | None) -> Key | None:
    """The key in an address; None where the words are none."""
    match = _KEY.fullmatch(words or "")
    try:
        return _key_in(*match.groups()) if match else None
    except OverflowError:
        return None


def _key_in(supporters: str | None, told_at: str, id_: str) -> Key:
    told = _EPOCH + timedelta(microseconds=int(told_at))
    return Key(told, int(id_), None if supporters is None else int(supporters))


@dataclass(frozen=True)
class At:
    """Where a page begins: after an entry, before one, or at a position; at the beginning where nothing is said."""

    after: Key | None = None
    before: Key | None = None
    position: int = 0


FIRST = At()


def at_from(arguments: Mapping[str, str]) -> At:
    """Where the page begins that an address asks for."""
    position = arguments.get("at", "")
    known = position.isascii() and position.isdecimal() and len(position) < 5
    return At(key_from(arguments.get("after")), key_from(arguments.get("before")), int(position) if known else 0)


def beside_page(arguments: Mapping[str, str]) -> dict[str, str]:
    """What an address asks of the list itself, whichever page of it is shown."""
    return {name: value for name, value in arguments.items() if name not in SAYS_WHERE and value}


@dataclass(frozen=True)
class Page:
    """One page of a list, how many there are in all, and where the pages next to it begin."""

    rows: Sequence[Entry]
    total: int
    onward: At | None = None
    back: At | None = None
    cut: bool = False
    """Whether the list ends here although there is more of it"""

    @property
    def next(self) -> dict[str, str]:
        """The page after it, as what an address says; empty where there is none."""
        return _said(self.onward)

    @property
    def previous(self) -> dict[str, str]:
        """The page before it, likewise."""
        return _said(self.back)


def _said(at: At | None) -> dict[str, str]:
    if at is None:
        return {}
    keys = {name: str(key) for name in ("after", "before") if (key := getattr(at, name)) is not None}
    return keys or {"at": str(at.position)}


def page(rows: Select[Entry], at: At = FIRST, size: int = 25, order: Order = Order.NEWEST) -> Page:
    """A page of a list; before its beginning or beyond its end, the first. `order`: the one that the rows are to have;
    only the best matches are taken in the order in which they are given.
    """
    if order is Order.BEST:
        return _by_position(rows, at.position, size)
    key = _of(order, at.before or at.after)
    back = key is not None and at.before is not None
    asked = in_order(rows, order, key, falling=(order is not Order.OLDEST) is not back)
    found = list(db.session.scalars(shown(asked.limit(size + 1))))
    if key is not None and (not found or (back and len(found) <= size)):
        return page(rows, FIRST, size, order)
    more, found = len(found) > size, found[:size][:: -1 if back else 1]
    first, last = (_key(found[0], order), _key(found[-1], order)) if found else (None, None)
    return Page(found, count(rows), At(after=last) if more or back else None, At(before=first) if key else None)


def _of(order: Order, key: Key | None) -> Key | None:
    """A key, where it is one of this order: one of another is none."""
    return key if key is not None and (key.supporters is not None) is (order is Order.SUPPORTED) else None


def in_order(rows: Select[Any], order: Order, key: Key | None, *, falling: bool) -> Select[Any]:
    """The rows in an order (or, read backwards, in its reverse), from a key on where one is given."""
    by_key = _columns(order is Order.SUPPORTED)
    rows = rows.order_by(None).order_by(*(column.desc() if falling else column for column in by_key))
    return rows if key is None else rows.where(beyond(key, falling=falling))


def _columns(by_support: bool) -> list[Any]:
    return [*([Entry.supporters] if by_support else []), Entry.told_at, Entry.id]


def beyond(key: Key, *, falling: bool) -> ColumnElement[bool]:
    """What comes after an entry: its key is compared whole, so that the index goes straight there."""
    supporters = [] if key.supporters is None else [literal(key.supporters)]
    there = tuple_(*supporters, literal(key.told_at, Moment), literal(key.id))
    place = tuple_(*_columns(key.supporters is not None))
    return there > place if falling else there < place


def _key(entry: Entry, order: Order) -> Key:
    return Key(entry.told_at, entry.id, entry.supporters if order is Order.SUPPORTED else None)


def _by_position(rows: Select[Entry], position: int, size: int) -> Page:
    most = MOST_BY_MATCH // size * size
    at = min(position, most) // size * size
    found = list(db.session.scalars(shown(rows.offset(at).limit(size + 1)))) if at < most else []
    if not found and at:
        return _by_position(rows, 0, size)
    more, further = len(found) > size, at + size < most
    onward = At(position=at + size) if more and further else None
    return Page(found[:size], count(rows), onward, At(position=at - size) if at else None, cut=more and not further)
