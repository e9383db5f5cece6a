"""Merging what was told twice, and taking a merge back."""

from __future__ import annotations

from sqlalchemy import select

from wardbook.db import alone, db, hold, now
from wardbook.entries.hearing.authors import tell_author
from wardbook.entries.kinds import STATES, Family, Kind, State
from wardbook.entries.merging.merged import Merged, lasting, merge_of
from wardbook.entries.models import Entry
from wardbook.entries.support import count_supporters
from wardbook.erasure import blanks
from wardbook.errors import NotFound, Refused
from wardbook.events import Did, Event, Told, done_already, record
from wardbook.people.queries import viewer_of
from wardbook.policy import Act, Viewer, require, sees
from wardbook.shared import Standing, no_wider_than


def merge(viewer: Viewer, entry: Entry, into: Entry, *, words: str, once: str | None) -> Entry:
    """Let another entry stand for this one; the other, or the one that stands for that already.

    This one keeps its words, photos, supporters, followers and address. Its author, and who follows it, is told.
    """
    alone("merging")
    require(viewer, Act.MERGE, entry)
    if done_already(once):
        return lasting(entry)
    target = lasting(into)
    hold(target)
    if not sees(viewer, target):
        raise NotFound
    _check(entry, target)
    before, closed = entry.state, entry.closed_at
    db.session.add(Merged(entry_id=entry.id, into_id=target.id, at=now(), state_before=before, closed_before=closed))
    change: dict[str, object] = {"into": target.ref}
    if entry.kind is Kind.ISSUE and before is not State.DUPLICATE:
        entry.state, entry.closed_at = State.DUPLICATE, now()
        change["state"] = [before, State.DUPLICATE]
    _record(viewer, Did.MERGED, entry, target, words, change, once)
    count_supporters(target)
    return target


def _check(entry: Entry, target: Entry) -> None:
    if merge_of(entry) is not None:
        raise Refused("It was merged already. Take that back first.", field="ref")
    if target.id == entry.id:
        raise Refused("That is this entry, or it was merged into this one. Choose another.", field="ref")
    if target.standing is not Standing.PUBLISHED or target.kind is Kind.NOTE:
        raise Refused("Choose something that was contributed and is published.", field="ref")
    if (entry.kind is Kind.OFFER) is not (target.kind is Kind.OFFER):
        raise Refused("An offer can only be the same as another offer.", field="ref")
    if entry.level not in no_wider_than(target.level):
        raise Refused(
            f"Fewer people see {target.ref} than this one, so its words would be lost to the others. Merge that one "
            "into this, if it is wide enough.", field="ref",
        )  # fmt: skip


def _record(
    viewer: Viewer, did: Did, entry: Entry, target: Entry, words: str, change: dict[str, object], once: str | None
) -> None:
    """Put it on both timelines, and tell both authors and who follows the merged one."""
    entry.changed_at = target.changed_at = now()
    mine = record(viewer, did, entry, words=words, told=Told.FOLLOWERS, change=dict(change), once=once)
    told = Told.NOBODY if target.author_id == entry.author_id else Told.AUTHOR  # who told both has the other letter
    theirs = record(viewer, did, target, told=told, change={"from": entry.ref})
    author = entry.author
    other = target if author is not None and sees(viewer_of(author), target) else None
    said = _closed_with(target) if other else ""
    tell_author(entry, mine, "merged", parted=did is Did.PARTED, other=other, closed_with=said)
    if told is Told.AUTHOR:
        tell_author(target, theirs, "joined", parted=did is Did.PARTED, why=words)


def _closed_with(entry: Entry) -> str:
    """The words an entry was closed with, where it is closed."""
    if entry.closed_at is None or entry.meaning.family is not Family.CLOSED:
        return ""
    steps = select(Event.words).where(
        Event.thing == Entry.__tablename__, Event.thing_id == entry.id, Event.at >= entry.closed_at,
        Event.did.in_([Did.CHANGED_STATE, Did.TOOK_ON]),
    )  # fmt: skip
    return db.session.scalar(steps.order_by(Event.id).limit(1)) or ""


def part(viewer: Viewer, entry: Entry, *, words: str, once: str | None) -> Entry:
    """Take a merge back: this entry stands for itself again, in the state it had."""
    alone("merging")
    require(viewer, Act.MERGE, entry)
    if done_already(once):
        return entry
    held = merge_of(entry)
    if held is None:
        raise Refused("It is not merged into another.")
    target = db.session.get_one(Entry, held.into_id)
    hold(target)
    change: dict[str, object] = {"into": target.ref}
    if entry.kind is Kind.ISSUE and entry.state is not held.state_before:
        change["state"] = [entry.state, held.state_before]
    _let_go(held, entry)
    _record(viewer, Did.PARTED, entry, target, words, change, once)
    count_supporters(target)
    return entry


def _let_go(held: Merged, entry: Entry) -> None:
    if entry.state is State.DUPLICATE:
        entry.state = held.state_before
        entry.closed_at = held.closed_before if STATES[entry.state].family is Family.CLOSED else None
    db.session.delete(held)
    db.session.flush()


@blanks
def _merges(thing: object) -> None:
    """What was merged into something erased stands for itself again; what stands for it counts its supporters no more.

    On timelines of others the reference of what was erased stays: it is no word of anybody's.
    """
    if not isinstance(thing, Entry):
        return
    for held in db.session.scalars(select(Merged).where(Merged.into_id == thing.id)).all():
        _let_go(held, db.session.get_one(Entry, held.entry_id))
    if (own := merge_of(thing)) is not None:
        target = lasting(thing)
        db.session.delete(own)
        count_supporters(target)
