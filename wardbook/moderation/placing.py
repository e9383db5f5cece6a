"""Putting right where something is and under what it stands, and making two of what tells of two things."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from wardbook.areas.derive import derive
from wardbook.db import db, now
from wardbook.entries import splitting
from wardbook.entries.actions import MOST_TITLE
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.models import Category, Entry
from wardbook.errors import Refused
from wardbook.events import Did, Told, record
from wardbook.moderation import letters
from wardbook.moderation.actions import Seen
from wardbook.moderation.settling import begin
from wardbook.places.examples import point_help
from wardbook.places.find import Spot, refuse_outside, spot
from wardbook.policy import Act, Viewer


@dataclass(frozen=True)
class Part:
    """The part of a contribution that is to stand by itself."""

    title: str
    words: str
    """Of its author's own"""
    category: Category | None = None
    take_out: bool = True
    """Whether the first no longer says it"""


def move(
    viewer: Viewer, entry: Entry, *, where: str, category: Category | None, reason: str, seen: Seen, once: str | None
) -> Entry:
    """Give it another spot, another category, or both. What was there before stays in the step."""
    if not begin(viewer, Act.MOVE, entry, seen=seen, once=once):
        return entry
    to = _spot(where) if where.strip() else None
    if category is not None and category.id == entry.category_id:
        category = None
    if to is None and category is None:
        raise Refused("Enter where it is, or choose another category.", field="where")
    if not reason.strip():
        raise Refused("Give the reason. The author and readers read it.", field="reason")
    change = _placed(entry, to) if to else {}
    if category is not None:
        change["category"] = [entry.category.name if entry.category else "", category.name]
        entry.category = category
    entry.changed_at = entry.edited_at = now()
    event = record(viewer, Did.MOVED, entry, words=reason, told=Told.AUTHOR, change=change, once=once)
    letters.to_author(entry, event, reason)
    return entry


def _spot(where: str) -> Spot:
    try:
        found = spot(where)
    except Refused as refused:
        raise Refused(refused.sentence, field="where") from None
    if found is None:
        raise Refused(f"We cannot read this as one spot. {point_help()}", field="where")
    refuse_outside(found.point, field="where")
    return found


def _placed(entry: Entry, to: Spot) -> dict[str, list[str]]:
    if entry.blurred:
        raise Refused("Its author asked for its place to be shown roughly, so it is not moved.", field="where")
    entry.only_ward = False
    before = entry.geometry.wkt if entry.geometry.geom_type == "Point" else entry.geometry.geom_type
    entry.geometry, entry.shape_id = to.point, None
    db.session.flush()
    derive(entry)
    return {"spot": [before, to.point.wkt]}


def split(viewer: Viewer, entry: Entry, part: Part, *, seen: Seen = None, once: str) -> Entry:
    """Make two of one: the second has a part of its author's words. Who follows the first follows both."""
    if not begin(viewer, Act.SPLIT, entry, seen=seen, once=once):
        return db.session.scalars(select(Entry).where(Entry.once == f"{once}-part")).one()
    _check(entry, part)
    second = splitting.part_of(entry, title=part.title, words=part.words, category=part.category, once=f"{once}-part")
    change = _take_out(entry, part) if part.take_out else {}
    entry.changed_at = now()
    first_step = record(viewer, Did.SPLIT, entry, told=Told.AUTHOR, change={**change, "part": second.ref}, once=once)
    letters.to_author(entry, first_step, "")
    tell_author(second, record(viewer, Did.SPLIT, second, told=Told.AUTHOR), "moderated",
                said=letters.SAID[Did.SPLIT], reason="")  # fmt: skip
    return second


def _check(entry: Entry, part: Part) -> None:
    if entry.confirmed_at is None:
        raise Refused("Its author has not confirmed their email address yet.")
    if not part.title.strip() or len(part.title) > MOST_TITLE:
        raise Refused("Say in a few words what the second is.", field="title")
    if not part.words.strip() or _plain(part.words) not in _plain(entry.words):
        raise Refused("Copy the part from its words as its author wrote them: nobody adds to them.", field="words")


def _plain(words: str) -> str:
    return " ".join(words.split())


def _take_out(entry: Entry, part: Part) -> dict[str, list[str]]:
    """The first without the part, where that leaves it something to say; what it said stays readable."""
    before, rest = entry.words, _plain(_plain(entry.words).replace(_plain(part.words), " ", 1))
    if part.words.strip() in before:
        rest = before.replace(part.words.strip(), "", 1).strip()
    entry.words = rest
    entry.edited()
    return {"words": [before, rest]}
