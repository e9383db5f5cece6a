"""Atom 1.0 with GeoRSS: entries, or the steps of one, as a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import shapely
from feedgen.feed import FeedGenerator

from wardbook.config import settings
from wardbook.entries.kinds import KINDS
from wardbook.entries.models import Entry
from wardbook.entries.queries import said_by
from wardbook.entries.steps import step_by, step_in_words, step_said
from wardbook.events import Event

MEDIA_TYPE = "application/atom+xml"
NOTHING_YET = datetime(2000, 1, 1, tzinfo=UTC)
"""A feed must say when it last changed; one that never held anything says this."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Item:
    """One item of a feed. Its address is its identity too, so it never changes."""

    address: str
    title: str
    words: str
    by: str
    kind: str
    updated: datetime
    published: datetime
    shape: shapely.Geometry


@dataclass(frozen=True)
class Feed:
    """What a feed holds, newest first; `address` is the feed's own, `page` the one it stands for."""

    title: str
    address: str
    page: str
    items: tuple[Item, ...]

    @property
    def updated(self) -> datetime:
        return max((item.updated for item in self.items), default=NOTHING_YET)


def of_entries(entries: Iterable[Entry], answers: dict[int, Event]) -> tuple[Item, ...]:
    """Entries as items: what was told, and the latest answer."""
    return tuple(_entry(entry, answers.get(entry.id)) for entry in entries)


def _entry(entry: Entry, answer: Event | None) -> Item:
    said = f"{step_by(answer, entry)}: {answer.words}" if answer else ""
    words = "\n\n".join(
        part for part in (entry.meaning.label, entry.words, entry.answered, _where(entry), said) if part
    )
    kind = KINDS[entry.kind].label
    return Item(
        _address(entry), entry.title, words, said_by(entry), kind, entry.changed_at, entry.told_at, entry.geometry
    )


def _where(entry: Entry) -> str:
    """Where it is in words, and how exactly its point says so; nothing where the point says it all."""
    return ", ".join(part for part in (entry.spot_words, entry.how_near) if part)


def of_steps(entry: Entry, steps: Iterable[Event]) -> tuple[Item, ...]:
    """The steps of one entry as items."""
    kind = KINDS[entry.kind].label
    return tuple(
        Item(
            f"{_address(entry)}#step-{step.id}", f"{step_in_words(step, entry)}: {entry.title}", step_said(step, entry),
            step_by(step, entry), kind, step.at, step.at, entry.geometry,
        )
        for step in steps
    )  # fmt: skip


def _address(entry: Entry) -> str:
    return f"{settings().base_url}/entries/{entry.ref}"


def written(feed: Feed) -> bytes:
    """A feed as XML. Each of its authors is named only as pages name them."""
    made = FeedGenerator()
    made.load_extension("geo", atom=True)
    made.id(feed.address)
    made.title(_clean(feed.title))
    made.updated(feed.updated)
    made.author({"name": settings().council_name})
    made.language("en-GB")
    made.generator("Wardbook")
    made.link(href=feed.address, rel="self", type=MEDIA_TYPE)
    made.link(href=feed.page, rel="alternate", type="text/html")
    for item in feed.items:
        _write(made, item)
    return bytes(made.atom_str())


def _write(made: FeedGenerator, item: Item) -> None:
    one = made.add_entry(order="append")
    one.id(item.address)
    one.title(_clean(item.title))
    one.updated(item.updated)
    one.published(item.published)
    one.author({"name": _clean(item.by)})
    one.category(term=item.kind)
    one.link(href=item.address, rel="alternate", type="text/html")
    one.content(_clean(item.words), type="text")
    _place(one, item.shape)


def _place(one: FeedGenerator, shape: shapely.Geometry) -> None:
    """GeoRSS-Simple: latitude before longitude. A shape of several parts, which it has no word for, gives a point."""
    if isinstance(shape, shapely.LineString):
        one.geo.line(_pairs(shape))
    elif isinstance(shape, shapely.Polygon):
        one.geo.polygon(_pairs(shape.exterior))
    else:
        one.geo.point(_pairs(shapely.point_on_surface(shape)))


def _pairs(shape: shapely.Geometry) -> str:
    return " ".join(f"{y:.7f} {x:.7f}" for x, y in shapely.get_coordinates(shape))


def _clean(words: str) -> str:
    """Words without the signs that no XML may hold."""
    return _NO_XML.sub("", words)
