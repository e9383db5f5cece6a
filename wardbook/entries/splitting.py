"""When one contribution tells of two things: the second of them, and who keeps hearing of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from wardbook.areas.derive import derive
from wardbook.db import db, now
from wardbook.entries import queries
from wardbook.entries.actions import free_reference
from wardbook.entries.kinds import KINDS
from wardbook.entries.models import Category, Entry
from wardbook.erasure import blanks, redact_copies, taking_out
from wardbook.events import Event
from wardbook.policy import Viewer

Parting = Callable[[Entry, Entry], None]
_partings: list[Parting] = []


def parts(parting: Parting) -> Parting:
    """Let a function be called with the first and the second whenever one contribution becomes two."""
    _partings.append(parting)
    return parting


def part_of(entry: Entry, *, title: str, words: str, category: Category | None, once: str) -> Entry:
    """A second contribution of a part of the first: by the same author, at the same place, with its own reference."""
    second = Entry(
        ref=free_reference(), kind=entry.kind, state=KINDS[entry.kind].starts, title=title, words=words,
        category=category or entry.category, geometry=entry.geometry, level=entry.level, channel=entry.channel,
        told_at=entry.told_at, changed_at=now(), name_shown=entry.name_shown, once=once, author=entry.author,
        contact_shared=entry.contact_shared,
        confirmed_at=entry.confirmed_at, standing=entry.standing, lapses_on=entry.lapses_on, shape_id=entry.shape_id,
        held_for=list(entry.held_for), risk=entry.risk, asked_to_edit=entry.asked_to_edit, split_from_id=entry.id,
        only_ward=entry.only_ward, blurred=entry.blurred, spot_words=entry.spot_words,
    )  # fmt: skip
    db.session.add(second)
    derive(second)
    for parting in _partings:
        parting(entry, second)
    return second


def firsts(entry: Entry) -> Iterator[Entry]:
    """What it is a part of, and what that is a part of: each said once what it says."""
    while entry.split_from_id is not None:
        entry = db.session.get_one(Entry, entry.split_from_id)
        yield entry


@blanks
def _earlier_wordings(thing: Any) -> None:
    """What the first said until the part was taken out of it, it said of both."""
    if not isinstance(thing, Entry):
        return
    part, taken = thing.ref, set[str]()
    for first in firsts(thing):
        of_first = select(Event).where(Event.thing == Entry.__tablename__, Event.thing_id == first.id)
        steps = db.session.scalars(of_first.order_by(Event.id)).all()
        parting = next((step for step in reversed(steps) if step.change.get("part") == part), None)
        if parting is not None:
            if "words" in parting.change:
                taken |= {thing.words.strip(), _taken_out(*parting.change["words"])} - {""}
            for step in steps:
                if step.id <= parting.id:
                    step.change = {name: value for name, value in step.change.items() if name != "words"}
        if taken:
            redact_copies(first, taking_out(sorted(taken, key=len, reverse=True)))
        part = first.ref


def _taken_out(before: str, rest: str) -> str:
    """The words that the first lost to its part: what stood between those that it begins and ends with still."""
    said, left = before.split(), rest.split()
    start = next((at for at, (one, other) in enumerate(zip(said, left, strict=False)) if one != other), len(left))
    return " ".join(said[start : start + len(said) - len(left)])


def others(entry: Entry, viewer: Viewer) -> Sequence[Entry]:
    """What it was split from and what was split from it, as far as it stands and this viewer sees it."""
    tied = or_(Entry.split_from_id == entry.id, Entry.id == entry.split_from_id)
    rows = queries.published(viewer).where(tied, Entry.id != entry.id).order_by(None).order_by(Entry.id)
    return db.session.scalars(queries.shown(select(Entry).where(Entry.id.in_(rows.with_only_columns(Entry.id))))).all()
